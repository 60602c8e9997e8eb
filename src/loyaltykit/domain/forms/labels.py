"""What the parts of a member record are called in forms, tables and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltykit.rules.words.wording import Language, check_language

HEADINGS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "id": "Member id",
        "name": "Name",
        "phone": "Phone",
        "email": "E-mail",
        "address": "Address",
        "gender": "Gender",
        "birthday": "Birthday",
        "region": "Region",
        "tags": "Tags",
        "enrolled_at": "Registered at",
        "contacts": "Contacts",
        "preferences": "Preferences",
        "channel": "Channel of registration",
        "store": "Store of registration",
        "external_ids": "External ids",
        "status": "Status",
        "reviewer": "Reviewer",
        "review_due": "Review due",
        "fields": "Further fields",
        "kind": "Kind",
        "value": "Contact",
        "label": "Label",
        "verified": "Verified",
        "preferred": "Preferred",
        "pending": "pending",
        "active": "active",
        "closed": "closed",
    },
    "zh": {
        "id": "会员编号",
        "name": "姓名",
        "phone": "电话",
        "email": "邮箱",
        "address": "地址",
        "gender": "性别",
        "birthday": "生日",
        "region": "地区",
        "tags": "标签",
        "enrolled_at": "注册时间",
        "contacts": "联系方式",
        "preferences": "偏好",
        "channel": "注册渠道",
        "store": "注册门店",
        "external_ids": "外部编号",
        "status": "会员状态",
        "reviewer": "审核人",
        "review_due": "审核期限",
        "fields": "其他资料",
        "kind": "类型",
        "value": "联系方式",
        "label": "标签",
        "verified": "已验证",
        "preferred": "首选",
        "pending": "待审核",
        "active": "正常",
        "closed": "已注销",
    },
}
"""The names of built-in parts by language; a declared field has its own (``Field.heading``)."""


def headings(language: Language) -> Mapping[str, str]:
    """Return the names in one language.

    Raises:
        InvalidRuleError: there are none in that language.

    >>> headings("zh")["phone"]
    '电话'
    """
    check_language(language)
    return HEADINGS[language]
