"""Points that cannot be used, and points on points."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import bonus, days, end_of, months, per_purchase
from tests.support.lint import found, program
from tests.support.stories import Story, club, day


def on(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


EXPIRING = [("lint.expiry_not_longer_than_pending", "points.expire_after")]


@pytest.mark.parametrize(
    ("pending", "expiry", "dead"),
    [
        (days(14), days(14), True),
        (days(14), days(15), False),
        (days(30), months(1), True),  # January
        (days(27), months(1), False),
        (months(1), days(31), True),  # as long as the longest month
        (months(1), days(32), False),
        (days(1), end_of("month"), True),  # on its last day
        (days(14), end_of("month", after=days(15)), False),
        (days(14), end_of("month", after=days(14)), True),
        (months(2), lk.inactivity(months(2)), True),
        (months(2), lk.inactivity(months(3)), False),
        (days(36_500), lk.NEVER, False),
        ("activation", days(1), False),
        (None, end_of("month"), False),
        (days(14), date(2025, 3, 31), True),
    ],
)
def test_points_that_expire_before_they_become_active(pending: Any, expiry: Any, dead: bool) -> None:
    """S3, S5: on the worst day of a purchase."""
    policy = lk.PointsPolicy(active_after=pending, expire_after=expiry)
    assert found(points=policy) == (EXPIRING if dead else [])


@pytest.mark.parametrize(
    ("expiry", "begins", "ends", "dead"),
    [
        (date(2025, 3, 31), None, on(2025, 3, 16), False),
        (date(2025, 3, 31), None, on(2025, 3, 18), True),
        (date(2025, 3, 31), on(2025, 3, 20), None, True),
        (end_of("month"), on(2025, 3, 1), on(2025, 3, 16), False),
        (end_of("month"), on(2025, 3, 1), on(2025, 3, 18), True),
        (end_of("month"), None, on(2025, 3, 16), True),
        (end_of("month"), on(2025, 3, 1), None, True),
    ],
)
def test_only_days_on_which_a_rule_gives_points_count(expiry: Any, begins: Any, ends: Any, dead: bool) -> None:
    """S5: with an end in time, the last points become active before they expire."""
    rule = lk.AccrualRule("x", bonus(5), valid_from=begins, valid_until=ends)
    policy = lk.PointsPolicy(active_after=days(14), expire_after=expiry)
    assert found(points=policy, accrual=[rule]) == (EXPIRING if dead else [])
    assert found(points=policy, accrual=[]) == []


def test_the_day_that_is_named_is_one_on_which_points_die() -> None:
    """S2, S5: a purchase of that day never gives a point to spend."""
    policy = lk.PointsPolicy(active_after=days(14), expire_after=end_of("month"))
    [finding] = lint(program(points=policy))
    assert finding.reason == (
        "ends points before they can be spent: what is bought on 2024-01-17 expires with 2024-01-31 "
        "and becomes active on 2024-02-01"
    )
    story = Story(club(points=policy))
    story.buy("dead", day(16), 100)
    story.buy("alive", day(15), 50)
    assert max(story.available(day(n, 0)) for n in range(60)) == 50


def test_points_on_points() -> None:
    """S12: gross is before everything, what was paid with points included."""
    gross = lk.EarningPolicy(amount="gross")
    assert found(earns=gross) == [("lint.accrual_on_points", "earns.amount")]
    assert found(earns=gross, accrual=[lk.AccrualRule("x", per_purchase(5))]) == []
    assert found(earns=lk.EarningPolicy(amount="net_of_points")) == []
