"""Transactions from the points, the tier and the last purchase in a table of members."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import loyaltykit as lk
from loyaltykit.tables import MemberTable
from tests.support.member_tables import items, rejected


def test_points_become_an_opening_balance() -> None:
    """S22: zero points become none, and negative points are refused."""
    as_of = datetime(2025, 1, 1, tzinfo=UTC)
    _, opening = items(
        "姓名,注册时间,积分\n张三,2022-01-01,500分\n", MemberTable(source="old", as_of=as_of, actor="staff-1")
    )
    assert opening == lk.OpeningBalance(
        id="opening:old:2",
        member_id="old:2",
        lots=[lk.OpeningLot(points=500)],
        occurred_at=as_of,
        actor="staff-1",
        reason="imported from old",
    )
    assert len(items("姓名,积分\n张三,0\n")) == 1
    assert rejected("姓名,积分\n张三,-5\n") == [("points", "is negative")]
    assert rejected(f"姓名,积分\n张三,{10**16}\n") == [("points", "is beyond 10^15")]


def test_a_last_purchase_becomes_a_purchase() -> None:
    """A row with date and amount becomes one; without a date of enrolment, the member enrolled by then."""
    person, bought = items("客户姓名,最近一次购买日期,购买金额(元)\n张三,2023-09-01,399\n")
    assert person.enrolled_at == bought.occurred_at == datetime(2023, 8, 31, 16, tzinfo=UTC)
    assert (bought.id, bought.amount, bought.member_id) == ("purchase:old:2", Decimal(399), "old:2")
    joined, _ = items("姓名,注册时间,最近一次购买日期,购买金额\n张三,2022-01-01,2023-09-01,399\n")
    assert joined.enrolled_at == datetime(2021, 12, 31, 16, tzinfo=UTC)
    assert rejected("姓名,最近一次购买日期\n张三,2023-09-01\n") == [("last_purchase_amount", "is missing")]
    assert rejected("姓名,购买金额\n张三,5\n") == [("last_purchase_at", "is missing")]
    assert rejected("姓名,最近一次购买日期,购买金额\n张三,2023-09-01,-5\n") == [("amount", "is negative")]


def test_words_for_tiers() -> None:
    """A tier is a name of the programme, or a word that ``tiers`` maps to one; others are rejected."""
    table = MemberTable(source="old", tiers={"gold card": "金卡"})
    for word in ("金卡", "gold card", "普通"):
        assert isinstance(items(f"姓名,等级\n张三,{word}\n", table)[0], lk.Member)
    assert rejected("姓名,等级\n张三,gold card\n") == [("tier", "is not a tier of the programme")]
