"""Why a row is rejected, in English and in Chinese; besides these, a record has reasons of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from loyaltykit.domain.forms.problems import RecordProblem
from loyaltykit.errors import Problem


def reason(field: str, code: str) -> RecordProblem:
    """The reason of a code at a field.

    >>> print(reason("points", "points.negative"))
    points: is negative (record what is owed as an Adjustment)
    """
    message, way_out, message_zh, way_out_zh = REASON_WORDS[code]
    return RecordProblem(field, code, message, way_out, message_zh, way_out_zh)


def reasons_of(problems: Iterable[Problem], place: str = "") -> Iterable[RecordProblem]:
    """What a value refuses, as reasons; they are told in English only, since the door has no other words."""
    for problem in problems:
        words = ("不符合限制", "请检查该项")
        yield RecordProblem(place + problem.field, "value.limit", problem.reason, problem.way_out, *words)


REASON_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "cell.number": ("is no number", "write digits, such as 1234.50", "不是数字", "请写数字，例如1234.50"),
    "cell.digits": ("has more than 18 digits", "check the number", "超过18位", "请核对数字"),
    "cell.whole": ("is no whole number", "write it without decimals", "不是整数", "请写整数"),
    "cell.points": ("is no number of points", "write digits, such as 500", "不是积分数", "请写数字，例如500"),
    "cell.flag": ("is neither yes nor no", "write yes or no", "既不是“是”也不是“否”", "请写“是”或“否”"),
    "cell.currency": (
        "has a unit that is not the programme's currency",
        "write the number without it",
        "单位不是方案所用的货币",
        "请只写数字",
    ),
    "cell.separators": (
        "has commas or points in the wrong place",
        'write 1234.50, or say decimal_point=","',
        "逗号或小数点的位置不对",
        "请写成1234.50的形式",
    ),
    "cell.rounded": (
        "is a number of more than 15 digits",
        "Excel has rounded it: format the column as text",
        "是超过15位的数字，已被Excel取整",
        "请把该列设为文本格式",
    ),
    "cell.date": ("is no date", "write it as 2025-01-31", "不是日期", "请写成2025-01-31的形式"),
    "cell.no_date": ("is no date of the calendar", "check the date", "日历上没有这一天", "请核对日期"),
    "cell.date_order": (
        "does not say which number is the day",
        'write 2025-01-31, or say dates="dmy" or dates="mdy"',
        "看不出哪个数字是日",
        "请写成2025-01-31的形式",
    ),
    "cell.time": ("has a time of day", "write the day only", "带有时间", "请只写日期"),
    "cell.year": ("lies outside the years 1900 to 2199", "check the year", "不在1900年至2199年之间", "请核对年份"),
    "cell.exported": (
        "is not what was exported",
        "leave it as it was exported, or empty it",
        "与导出的内容不符",
        "请保持导出时的内容，或清空",
    ),
    "row.short": (
        "has fewer cells than there are headings",
        "mend it: a part is missing",
        "单元格少于标题",
        "该行不完整，请补全",
    ),
    "row.long": (
        "has more cells than there are headings",
        "put quotes around texts with commas in them",
        "单元格多于标题",
        "请给含逗号的内容加上引号",
    ),
    "row.other": ("has other problems", "see the file of rejected rows", "还有其他问题", "请查看退回的行"),
    "key.empty": (
        "is empty",
        "give the row one that no other row of the table has",
        "为空",
        "请填写该行独有的编号",
    ),
    "points.negative": (
        "is negative",
        "record what is owed as an Adjustment",
        "是负数",
        "欠的积分请另外以调整（Adjustment）登记",
    ),
    "tier.unknown": (
        "is no tier of the programme",
        'use one of its names, or say tiers={"word": "name"}',
        "方案中没有这个等级",
        "请填写方案中的等级名称",
    ),
    "value.missing": ("is missing", "fill it in", "缺少", "请填写"),
    "purchase.long": (
        "has more than 10,000 rows",
        "give each purchase an order id of its own",
        "超过10000行",
        "请给每笔购买单独的订单号",
    ),
    "purchase.differs": (
        "differs within one purchase",
        "say it once, or the same in each row",
        "同一笔购买中前后不一致",
        "请只写一次，或各行写成一样",
    ),
}
"""The words of every code: reason and way out in English, then in Chinese."""
