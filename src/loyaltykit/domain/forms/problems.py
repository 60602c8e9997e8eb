"""What is wrong with a member record, as data and in words: which field, which code, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from loyaltykit.rules.refusals import refuse
from loyaltykit.rules.words.wording import Language
from loyaltykit.values import MAX_ID_LENGTH, MAX_TEXT_LENGTH


@frozen
class RecordProblem:
    """One thing that is wrong with a record; it never holds the value.

    Args:
        field: where: ``"phone"``, ``"fields.goal"``, ``"contacts[1].value"``.
        code: what, in a word that stays the same, such as ``"phone.invalid"``.
        message, message_zh: why, in English and in Chinese.
        way_out, way_out_zh: what to do.

    >>> problem = record_problem("phone", "phone.invalid")
    >>> print(problem)
    phone: is no valid phone number (check the digits)
    >>> print(problem.describe("zh"))
    phone：不是有效的电话号码（请核对号码）
    """

    field: str
    code: str
    message: str
    way_out: str
    message_zh: str
    way_out_zh: str

    def __str__(self) -> str:
        return self.describe()

    def describe(self, language: Language = "en") -> str:
        """The problem in one line.

        Args:
            language: ``"en"`` or ``"zh"``.

        Raises:
            InvalidRuleError: problems are not described in that language.
        """
        if language == "en":
            return f"{self.field}: {self.message} ({self.way_out})"
        if language == "zh":
            return f"{self.field}：{self.message_zh}（{self.way_out_zh}）"
        raise refuse("language", "is not one that problems are described in", "use 'en' or 'zh'")


def record_problem(field: str, code: str, **parts: object) -> RecordProblem:
    """The problem of a code at a field.

    Args:
        field: where.
        code: one of ``PROBLEM_WORDS``.
        parts: what the words of some codes name, from the programme and never from the record.
    """
    message, way_out, message_zh, way_out_zh = (text.format(**parts) for text in PROBLEM_WORDS[code])
    return RecordProblem(field, code, message, way_out, message_zh, way_out_zh)


_FIT: Final = ("pass what the programme declares", "请按方案的规定填写")

PROBLEM_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "record.type": (
        "is not a mapping of fields and values",
        "pass a dict",
        "不是字段与值的对应表",
        "请传入字典",
    ),
    "record.unknown": ("is no field of a member record", "check the name", "不是会员资料的字段", "请检查字段名称"),
    "record.limit": ("{reason}", "{way_out}", "不符合会员资料的限制", "请检查该项的类型、长度和数量"),
    "id.missing": ("is missing", "give the member an id of the shop's own", "缺少会员编号", "请填写本店的会员编号"),
    "id.invalid": (
        "is no id",
        f"pass a text of 1 to {MAX_ID_LENGTH} printable characters",
        "不是有效的编号",
        f"请填写1至{MAX_ID_LENGTH}个可显示的字符",
    ),
    "text.type": ("is no text", "pass a text", "不是文字", "请填写文字"),
    "text.long": (
        f"is longer than {MAX_TEXT_LENGTH} characters",
        "shorten it",
        f"超过{MAX_TEXT_LENGTH}个字符",
        "请缩短",
    ),
    "text.invalid": (
        "has a lone surrogate or a NUL",
        "pass valid Unicode text",
        "含有无效字符",
        "请使用有效的Unicode文字",
    ),
    "phone.invalid": ("is no valid phone number", "check the digits", "不是有效的电话号码", "请核对号码"),
    "phone.region": (
        "has no country code, and no default region is given",
        "begin it with + and the country code, or pass default_region",
        "缺少国家代码，也没有指定默认地区",
        "请以+和国家代码开头，或指定默认地区",
    ),
    "phone.extension": (
        "has an extension",
        "keep the extension in the label of the contact",
        "含有分机号",
        "请把分机号写入联系方式的标签",
    ),
    "contact.contradiction": (
        "is not the contact marked as preferred",
        "say it in one way only",
        "与标记为首选的联系方式不一致",
        "请只用一种方式填写",
    ),
    "email.invalid": ("is no valid e-mail address", "check the spelling", "不是有效的邮箱地址", "请核对拼写"),
    "date.invalid": ("is no date", "write it as 2025-01-31", "不是有效的日期", "请写成2025-01-31的形式"),
    "birthday.invalid": (
        "is no date",
        "write it as 1990-01-31, or --01-31 without the year",
        "不是有效的日期",
        "请写成1990-01-31的形式，不知年份时写成--01-31",
    ),
    "birthday.calendar": (
        "is in a calendar that is not registered",
        "call register_calendar first",
        "所用历法尚未登记",
        "请先调用register_calendar登记该历法",
    ),
    "moment.invalid": (
        "is no date and no point in time",
        "write it as 2025-01-31 or 2025-01-31T08:00:00+08:00",
        "不是有效的日期或时间",
        "请写成2025-01-31或2025-01-31T08:00:00+08:00的形式",
    ),
    "status.unknown": (
        "is none of the three",
        'use "pending", "active" or "closed"',
        "不是三种状态之一",
        "请填写待审核、正常或已注销",
    ),
    "set.type": ("is no list of texts", "pass a list of texts", "不是文字列表", "请填写一组文字"),
    "contacts.type": ("is no list of contacts", "pass a list of contacts", "不是联系方式列表", "请填写一组联系方式"),
    "external_ids.type": (
        "is no mapping of channels and ids",
        "pass a dict of channels and ids",
        "不是渠道与编号的对应表",
        "请填写各渠道的编号",
    ),
    "fields.type": ("is no mapping", "pass a dict of names and values", "不是对应表", "请填写名称与值"),
    "field.unknown": (
        "is not declared",
        "declare it with Field in the programme",
        "方案中没有这个字段",
        "请先在方案中定义该字段",
    ),
    "field.missing": ("is missing", "give it a value", "缺少必填项", "请填写"),
    "field.derived": ("is derived from the rest of the record", "leave it out", "由其他资料推算得出", "请不要填写"),
    "field.renamed": (
        "is given under its present and under an earlier name",
        "give it once, as {name}",
        "同时用新旧名称填写",
        "请只用名称{name}填写一次",
    ),
    "field.type": ("{reason}", _FIT[0], "类型不符", _FIT[1]),
    "field.number": ("{reason}", _FIT[0], "不是有限的数，或超过18位", _FIT[1]),
    "field.text": ("{reason}", _FIT[0], "文字过长或含有无效字符", _FIT[1]),
    "field.choice": ("{reason}", _FIT[0], "不在可选项之中", _FIT[1]),
    "field.pattern": ("{reason}", _FIT[0], "格式不符", _FIT[1]),
    "field.least": ("{reason}", _FIT[0], "小于{least}", _FIT[1]),
    "field.most": ("{reason}", _FIT[0], "大于{most}", _FIT[1]),
}
"""The words of every code: message and way out in English, then in Chinese."""
