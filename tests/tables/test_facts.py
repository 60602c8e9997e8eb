"""Segments as tables: ids and facts (I28)."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import member, purchases, spend
from loyaltykit.tables import FactTable
from loyaltykit.tables.formats.files import Format
from tests.support.stories import Story, day
from tests.support.texts import texts

CLUB = lk.Program(name="Club", currency="EUR", timezone="Europe/Berlin")
TABLE = FactTable({"=Region": str, "Count": int, "消费": Decimal, "News": bool, "Since": date, "Tags": set})
FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx")
facts = st.tuples(
    st.none() | texts,
    st.none() | st.integers(-(10**17), 10**17),
    st.none() | st.decimals(-(10**9), 10**9, places=2),
    st.none() | st.booleans(),
    st.none() | st.dates(date(1000, 1, 1)),
    st.none() | st.just(()) | st.lists(st.sampled_from(["vip", "a,b", "=x", "茶"]), min_size=1, unique=True).map(tuple),
)


@pytest.mark.parametrize("format", FORMATS)
@given(rows=st.lists(st.tuples(texts, facts), max_size=3), language=st.sampled_from(["en", "zh"]))
def test_i28_facts_come_back_equal(format: Format, rows: list[Any], language: Any) -> None:
    """I28: each in its type, missing ones missing, no tags and no value apart."""
    stream = io.BytesIO()
    assert TABLE.write(stream, rows, CLUB, language=language, format=format) == len(rows)
    assert list(TABLE.read(stream, CLUB)) == rows


def test_a_segment_of_a_shop() -> None:
    """What `select(...).facts(...)` gives."""
    story = Story()
    story.shop.ingest([lk.Purchase(id="p", member_id="m", amount=100, occurred_at=day(1))])
    chosen = story.shop.select(spend > 0, as_of=day(2))
    stream = io.BytesIO()
    table = FactTable({"Spend": Decimal, "Purchases": int, "Region": str})
    table.write(stream, chosen.facts(spend, purchases, member.region), CLUB, format="xlsx")
    assert list(table.read(stream, CLUB)) == [("m", (Decimal(100), 1, None))]
