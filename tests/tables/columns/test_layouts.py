"""Layouts: which columns are written, under which headings."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyaltykit as lk
from loyaltykit.tables import Layout, LayoutColumn, MemberRow, write_members
from loyaltykit.tables.formats.files import Format

CLUB = lk.Program(
    name="Club",
    currency="EUR",
    timezone="Europe/Berlin",
    fields=[
        lk.Field("note", str),
        lk.Field("Name", str),  # the name of a column that the library knows
        lk.Field("no te", str),  # and one that differs from another by what does not matter
        lk.Field("count", int),
        lk.Field("amount", Decimal, title="Amount (EUR)"),
        lk.Field("news", bool),
        lk.Field("since", date),
        lk.Field("diet", set, title_zh="饮食"),
        lk.Field("age", str, derived=lk.rules.member.region),
        lk.Field("old", str, retired=True),
    ],
)
BERLIN = ZoneInfo("Europe/Berlin")


def written(members: Any, format: Format, program: lk.Program = CLUB, **settings: Any) -> bytes:
    stream = io.BytesIO()
    write_members(stream, members, program, format=format, **settings)
    return stream.getvalue()


def test_layouts_choose_columns_and_headings() -> None:
    """A layout can show points, tier and last purchase, own headings, and a phone or an e-mail as contact."""
    layout = Layout([LayoutColumn("contact", en="Reach"), "points", "tier", "last_purchase_at", "last_purchase_amount"])
    rows = [
        MemberRow(member=lk.Member(id="m-1", email="li@example.com"), points=5, tier="gold"),
        MemberRow(
            member=lk.Member(id="m-2"),
            last_purchase_at=datetime(2025, 1, 1, tzinfo=BERLIN),
            last_purchase_amount=Decimal("5.00"),
        ),
        lk.Member(id="m-3"),
    ]
    assert written(rows, "csv", layout=layout).decode("utf-8-sig").splitlines() == [
        "Reach,Points,Tier,Last purchase,Last purchase amount",
        "li@example.com,5,gold,,",
        ",,,2025-01-01,5.00",
        ",,,,",
    ]


@pytest.mark.parametrize("columns", [5, "name", [], [5], ["name", "name"], None])
def test_a_layout_has_columns(columns: Any) -> None:
    """I31: each problem is reported once."""
    with pytest.raises(lk.InvalidValueError):
        Layout(columns)
    with pytest.raises(lk.InvalidValueError):
        Layout(["name"], fields=columns or 5)
