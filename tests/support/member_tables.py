"""A programme and a table of its members."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import loyaltykit as lk
from loyaltykit.rules import days, spend
from loyaltykit.tables import MemberTable

CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    tiers=lk.TierLadder(
        lk.Tier("普通"),
        lk.Tier("银卡", enter=spend.over(days(365)) >= 5000),
        lk.Tier("金卡", enter=spend.over(days(365)) >= 10000),
    ),
    fields=[
        lk.Field("goal", str, choices=("strength", "weight"), title="Goal", title_zh="目标", was=("target",)),
        lk.Field("height(cm)", Decimal),
        lk.Field("size", int, title_zh="尺码"),
        lk.Field("news", bool),
        lk.Field("since", date),
        lk.Field("likes tea", set, title_zh="茶类"),
        lk.Field("age group", str, derived=lk.rules.member.region),
    ],
)
TABLE = MemberTable(source="old", default_region="CN")


def items(text: str, table: MemberTable = TABLE, program: lk.Program = CLUB) -> list[Any]:
    with table.read(io.BytesIO(text.encode()), program) as reading:
        found = list(reading)
        assert reading.summary.rejected == 0, reading.summary
        return found


def member(text: str, table: MemberTable = TABLE) -> lk.Member:
    found = items(text, table)
    assert len(found) == 1
    assert isinstance(found[0], lk.Member)
    return found[0]


def rejected(text: str, table: MemberTable = TABLE) -> list[tuple[str, str]]:
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        assert list(reading) == []
    return [(problem.field, problem.reason) for problem, _ in reading.summary.reasons]
