"""Moved balances, beside what the other system said (S22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.stories import START, Story, adjustment, at, club, day

POINTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(-5, 5), max_size=6)


def shop_with(points: Mapping[str, int]) -> lk.Loyalty:
    """A shop whose members have these points, or owe them."""
    story = Story(club(points=lk.PointsPolicy()))
    for member, count in points.items():
        story.shop.enroll(lk.Member(id=member, enrolled_at=START))
        if count:
            story.shop.record(
                lk.Adjustment(id=member, member_id=member, points=count, occurred_at=day(0), actor="x", reason="moved")
            )
    return story.shop


@given(there=POINTS, expected=POINTS)
def test_s22_everybody_is_in_one_place(there: dict[str, int], expected: dict[str, int]) -> None:
    """S22: agreeing, differing, missing or unexpected, by id; who is empty and not spoken of is in none."""
    found = shop_with(there).storage.reconcile(expected)
    both = sorted(there.keys() & expected.keys())
    assert found.differing == tuple((id, expected[id], there[id]) for id in both if expected[id] != there[id])
    assert found.members == len(both) == found.agreeing + len(found.differing)
    assert found.missing == tuple(sorted(expected.keys() - there.keys()))
    assert found.unexpected == tuple((id, there[id]) for id in sorted(there.keys() - expected.keys()) if there[id])
    assert (found.expected, found.found) == (sum(expected.values()), sum(there.values()))
    assert found.is_clean == (not (found.differing or found.missing or found.unexpected))


def test_s22_opening_balances_reconcile() -> None:
    """S22: pending and held points count, debt counts against them, at any instant since the enrolment."""
    story = Story(club(points=lk.PointsPolicy(active_after="activation")))
    opening = lk.OpeningBalance(id="o", member_id="m", lots=[lk.OpeningLot(points=300)], occurred_at=day(0))
    story.shop.record(opening)
    story.buy("p", day(1), 50)
    story.hold("h", day(2), 20)
    assert story.shop.storage.reconcile({"m": 350}).is_clean
    assert story.shop.storage.reconcile({"m": 300}, as_of=day(0)).is_clean
    report = story.shop.storage.reconcile({"m": 300}, as_of=day(1))
    assert (report.differing, report.as_of) == ((("m", 300, 350),), day(1))
    assert story.shop.storage.reconcile({"m": 0}, as_of=at(2023, 1, 1)).missing == ("m",)


def test_s22_a_report_reads_well_without_ids() -> None:
    """S22: counts and sums in two lines; ids of members stand in the fields."""
    report = shop_with({"secret": 5, "agreed": 1}).storage.reconcile({"secret": 6, "agreed": 1, "gone": 2})
    assert str(report).splitlines() == [
        "1 of 2 agree; differing 1, missing 1, unexpected 0",
        "points: expected 9, found 6",
    ]


@pytest.mark.parametrize(
    "expected", [None, [("m", 1)], {"m": "1"}, {"m": 1.0}, {"m": True}, {"m": 10**16}, {"": 1}, {5: 1}]
)
def test_what_is_no_expectation_is_refused(expected: Any) -> None:
    """The door: points by ids; zero is a number of points here."""
    with pytest.raises(lk.InvalidValueError) as refused:
        Story().shop.storage.reconcile(expected)
    assert {problem.field for problem in refused.value.problems} == {"expected"}
    assert Story().shop.storage.reconcile({"m": 0}).is_clean


def test_i11_a_question_changes_nothing() -> None:
    """Reconciling and measuring write nothing."""
    story = Story()
    story.shop.record(adjustment("a", day(0), 5))
    before = story.storage.position()
    story.shop.storage.reconcile({"m": 5})
    story.shop.programs.liability()
    assert story.storage.position() == before
