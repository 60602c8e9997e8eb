"""Descriptions of rules in simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, assert_never

from loyaltykit.calendars import Months
from loyaltykit.rules.nodes import Operator
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier
from loyaltykit.rules.words.wording import AnyWindow, Language, Wording


class Chinese(Wording):
    """Chinese (simplified)."""

    language: ClassVar[Language] = "zh"
    member: ClassVar[Mapping[str, str]] = {
        "id": "会员编号",
        "name": "姓名",
        "phone": "电话",
        "email": "邮箱",
        "gender": "性别",
        "region": "地区",
        "tier": "等级",
        "tags": "标签",
        "age": "年龄",
        "birthday_month": "生日月份",
        "days_to_birthday": "距生日天数",
        "enrolled_on": "入会日期",
        "preferences": "偏好",
        "channel": "注册渠道",
        "store": "注册门店",
        "status": "会员状态",
    }
    purchase: ClassVar[Mapping[str, str]] = {
        "amount": "订单金额",
        "channel": "渠道",
        "store": "门店",
        "weekday": "星期（1为周一）",
        "hour": "小时",
        "date": "消费日期",
    }
    line: ClassVar[Mapping[str, str]] = {
        "sku": "商品编码",
        "category": "商品类别",
        "quantity": "数量",
        "amount": "商品金额",
        "discount": "优惠金额",
        "tax": "税额",
    }
    metrics: ClassVar[Mapping[str, str]] = {
        "spend": "消费金额",
        "purchases": "消费次数",
        "units": "购买件数",
        "visits": "到店次数",
        "points_accrued": "获得积分",
        "events": "{kind}事件次数",
        "days_since_purchase": "距上次消费天数",
        "days_since_visit": "距上次到店天数",
        "days_since_enrolment": "入会天数",
    }
    booleans: ClassVar[Mapping[bool, str]] = {True: "是", False: "否"}
    quotes = "“”"
    separator = "、"
    conjunctions = ("且", "或")
    groups = ("全部满足", "满足任一", "并非")
    outcomes: ClassVar[Mapping[bool, str]] = {True: "满足", False: "未满足"}
    nothing = "空"

    fact_pattern = "{window}{name}"
    filter_pattern = "（仅限{}）"
    compare_pattern = "{}{}{}"
    is_in_pattern = "{}为{}之一"
    is_missing_pattern = "{}缺失"
    has_pattern = "{}包含{}"
    grouped_pattern = "（{}）"
    negation_pattern = "并非（{}）"
    outcome_pattern = "【{}】{}"
    value_pattern = "：现为{}"
    shortfall_pattern = "，还差{}"

    number_operators: ClassVar[Mapping[Operator, str]] = {
        "==": "等于",
        "!=": "不等于",
        "<": "小于",
        "<=": "不超过",
        ">": "大于",
        ">=": "不少于",
    }
    other_operators: ClassVar[Mapping[Operator, str]] = {
        "==": "为",
        "!=": "不为",
        "<": "早于",
        "<=": "不晚于",
        ">": "晚于",
        ">=": "不早于",
    }
    _units: ClassVar[Mapping[str, str]] = {"year": "本年", "half": "本半年", "quarter": "本季度", "month": "本月"}

    def window(self, window: AnyWindow) -> str:
        match window:
            case Lifetime():
                return "累计"
            case Rolling(span):
                return f"最近{span.count}{'个月' if isinstance(span, Months) else '天'}"
            case CalendarWindow(unit, first_month):
                return self._units[unit] + ("" if first_month == 1 else f"（每年自{first_month}月起）")
            case Anniversary():
                return "上一个入会周年日以来"
            case SinceTier():
                return "进入当前等级以来"
            case _:
                assert_never(window)
