"""Cursors: the place of the last member seen, as a text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.loyalty.cursor import read_cursor, sort_key, write_cursor
from loyaltykit.rules import member, spend, visits
from tests.support.stories import START, Story, club, day

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.text(max_size=8).filter(lambda text: text.isprintable()),
    st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
)


@given(values=st.lists(VALUES, max_size=4), member_id=st.text(min_size=1, max_size=8))
def test_what_is_written_is_read(values: list[object], member_id: str) -> None:
    """A cursor means the same in any later process: every kind of value comes back as it was."""
    key = sort_key([*values, member_id], [False] * len(values))
    again = read_cursor(write_cursor(key), len(values))
    assert again == [*values, member_id]
    assert [type(value) for value in again] == [type(value) for value in [*values, member_id]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m-1",
        "{}",
        "[]",
        "5",
        "null",
        '[["s"]]',
        '[["x","m-1"]]',
        '[["i","one"],["s","m-1"]]',
        '[["i","1"],["i","2"]]',
        '[["m","NaN?"],["s","m-1"]]',
        '[["d","2025-13-01"],["s","m-1"]]',
        '[["s","m-1"]]',
        '[["i","1"],["i","2"],["s","m-1"]]',
        '[["s","a"],["s","m-1"]]',
        "[" * 100_000,
        5,
        b"[]",
    ],
)
def test_what_is_no_cursor_is_refused(text: Any) -> None:
    """I31: whatever is passed as a cursor and is none is refused as a value."""
    story = Story()
    selection = story.shop.select(visits >= 0, order_by=visits)
    with pytest.raises(lk.InvalidValueError):
        selection.page(1, text)


def test_a_cursor_goes_on_where_the_page_ended() -> None:
    """A page begins behind the place of the cursor, though that member has left meanwhile."""
    story = Story()
    for number in range(5):
        story.shop.enroll(lk.Member(id=f"n{number}", enrolled_at=START))
        story.shop.record(lk.Purchase(id=f"p{number}", member_id=f"n{number}", amount=10 - number, occurred_at=day(1)))
    first = story.shop.select(spend > 5, as_of=day(2), order_by=spend).page(2)
    assert [found.id for found in first.members] == ["n4", "n3"]
    story.shop.record(lk.Return(id="r", of="p3", occurred_at=day(1)))
    rest = story.shop.select(spend > 5, as_of=day(2), order_by=spend).page(5, first.next)
    assert ([found.id for found in rest.members], rest.next) == (["n2", "n1", "n0"], None)


def test_values_of_every_kind_can_be_sorted_by() -> None:
    """Numbers, dates, booleans and decimals are sorted, and pages over them join."""
    fields = [lk.Field("press", bool), lk.Field("rating", Decimal), lk.Field("wedding", date)]
    story = Story(club(fields=fields))
    for number in range(4):
        given_ = {"press": number % 2 == 0, "rating": Decimal(number), "wedding": date(2025, 1, 9 - number)}
        story.shop.enroll(lk.Member(id=f"n{number}", fields=given_, tags=["a", "b"][:number], enrolled_at=START))
    for term in (member["press"], member["rating"], member["wedding"], member.enrolled_on):
        selection = story.shop.select(visits >= 0, order_by=term)
        found: list[str] = []
        page = selection.page(2)
        while page.next is not None:
            found += [item.id for item in page.members]
            page = selection.page(2, page.next)
        found += [item.id for item in page.members]
        assert found == list(selection.ids())
        assert len(found) == 5


def test_tags_are_sorted_by_or_refused() -> None:
    """I31: a set has no order of its own: asked to sort by it, a selection pages, or says that it cannot."""
    story = Story()
    story.shop.enroll(lk.Member(id="n", tags=["b", "a"], enrolled_at=START))
    try:
        page = story.shop.select(visits >= 0, order_by=member.tags).page(1)
    except lk.errors.InvalidRuleError:
        return
    assert page.next is not None
