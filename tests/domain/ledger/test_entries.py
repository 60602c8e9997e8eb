"""How long points live: half-open lots and their ends by every policy (S1, S3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days, end_of, months
from tests.support.stories import LATE, MICROSECOND, START, Story, at, club, day, policy

ENDS = [
    (months(12), at(2024, 3, 15, 9), at(2025, 3, 16)),
    (months(1), at(2024, 1, 31, 23, 59), at(2024, 3, 1)),
    (months(1), at(2025, 1, 31), at(2025, 3, 1)),
    (months(12), at(2024, 2, 29), at(2025, 3, 1)),
    (months(48), at(2024, 2, 29), at(2028, 3, 1)),
    (days(1), at(2024, 3, 30, 12), at(2024, 4, 1)),
    (days(90), at(2024, 1, 1), at(2024, 4, 1)),
    (end_of("month"), at(2024, 2, 29, 23), at(2024, 3, 1)),
    (end_of("quarter"), at(2024, 3, 31, 23), at(2024, 4, 1)),
    (end_of("half"), at(2024, 7, 1), at(2025, 1, 1)),
    (end_of("year"), at(2024, 1, 1), at(2025, 1, 1)),
    (end_of("year", after=months(12)), at(2024, 12, 31, 23), at(2026, 1, 1)),
    (end_of("month", after=days(30)), at(2024, 1, 31), at(2024, 4, 1)),
    (date(2024, 6, 30), at(2024, 5, 5), at(2024, 7, 1)),
    (lk.inactivity(days(30)), at(2024, 1, 1, 12), at(2024, 2, 1)),
    (lk.inactivity(months(1)), at(2024, 1, 31), at(2024, 3, 1)),
    (lk.NEVER, at(2024, 1, 1), None),
]


@pytest.mark.parametrize(("expiry", "bought", "end"), ENDS, ids=str)
def test_s3_ends_of_every_policy(expiry: Any, bought: datetime, end: datetime | None) -> None:
    """S3: points live to the end of a day in the programme's zone, counted from the purchase, months clamped."""
    story = Story(policy(expire_after=expiry))
    story.buy("p", bought)
    [lot] = story.shop.balance("m", as_of=bought).lots
    assert (lot.id, lot.points, lot.active_from, lot.expires_at) == ("p", 100, bought, end)


@given(
    expiry=st.sampled_from([expiry for expiry, _, end in ENDS if end is not None]),
    hours=st.integers(0, 24 * 170),
)
def test_i7_dead_at_its_end_and_alive_just_before(expiry: Any, hours: int) -> None:
    """I7, S3: validity is half-open; at `expires_at` nothing is left, one microsecond earlier everything."""
    bought = START.astimezone(UTC) + timedelta(hours=hours, minutes=1)
    story = Story(policy(expire_after=expiry))
    story.buy("p", bought)
    [lot] = story.shop.balance("m", as_of=bought).lots
    assert lot.expires_at is not None
    assert story.available(lot.expires_at - MICROSECOND) == 100
    assert story.available(lot.expires_at) == 0
    assert (story.available(bought - MICROSECOND), story.available(bought)) == (0, 100)


def test_s3_counts_from_the_purchase_not_from_processing() -> None:
    """S3: a purchase that is recorded a year late has points that have lapsed already."""
    story = Story()
    story.clock.set(at(2025, 6, 1))
    story.buy("p", day(0))
    assert story.available(day(1)) == 100
    assert story.available(at(2025, 6, 1)) == 0


def test_s3_default_is_never() -> None:
    """S3: points without a policy never end; read back, never is None."""
    story = Story(club(points=lk.PointsPolicy()))
    story.buy("p", day(0))
    [lot] = story.shop.balance("m", as_of=LATE).lots
    assert (lot.remaining, lot.expires_at) == (100, None)


@pytest.mark.parametrize(
    ("expires_at", "end"), [(None, at(2024, 1, 12)), (lk.NEVER, None), (at(2024, 5, 5, 7), at(2024, 5, 5, 7))]
)
def test_s17_ends_of_adjustments(expires_at: Any, end: datetime | None) -> None:
    """S3, S17: an adjustment names its end, or never, or follows the policy."""
    story = Story()
    story.adjust("a", day(0), 7, expires_at=expires_at)
    [lot] = story.shop.balance("m", as_of=day(0)).lots
    assert (lot.id, lot.points, lot.expires_at) == ("a", 7, end)


def test_s1_no_points_no_lot() -> None:
    """S1: a fact that gives no points is stored, its receipt says 0, and there is neither posting nor lot."""
    story = Story()
    assert story.buy("p", day(0), "0.99").points == 0
    assert story.visit("v", day(0)).points == 0
    assert story.rows() == []
    assert story.lots(day(0)) == []
    assert story.buy("p", day(0), "0.99").points == 0
