"""Headings under which tables keep their columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import loyaltykit as lk
from tests.support.member_tables import items, member, rejected


def test_declared_fields_by_name_title_and_place() -> None:
    """Names, titles in both languages, names of before, and ``fields.name``."""
    expected = {"goal": "weight", "size": 38, "news": True}
    for heading in ("goal", "Goal", "目标", "fields.goal", "target"):
        found = member(f"name,{heading},尺码,NEWS,height(cm),since,茶类\nx,weight,38,是,1.75,2025-01-01,绿茶、红茶\n")
        extra = {"height(cm)": Decimal("1.75"), "since": date(2025, 1, 1), "likes tea": ("红茶", "绿茶")}
        assert found.fields == expected | extra


def test_units_in_headings() -> None:
    """The unit of the heading applies to numbers without a unit."""
    _, bought = items("姓名,最近一次购买日期,购买金额（万元）\n张三,2023-09-01,1.5\n")
    assert bought.amount == Decimal(15000)
    _, bought = items("姓名,最近一次购买日期,购买金额（元）\n张三,2023-09-01,399元\n")
    assert bought.amount == Decimal(399)
    assert rejected("姓名,最近一次购买日期,购买金额(USD)\n张三,2023-09-01,5\n")[0][0] == "last_purchase_amount"
    assert member("姓名,生日(公历)\n张三,1990-01-02\n").birthday == lk.Birthday(1, 2, 1990)
