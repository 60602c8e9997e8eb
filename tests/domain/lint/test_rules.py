"""Rules that never or always apply, and validities that leave them no day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import Predicate, bonus, event, line, member, purchase, spend, visits
from tests.support.lint import ALWAYS, BASE, IN_A_YEAR, NEVER, REVIEW, found, ladder, program

FILTERED: dict[str, Any] = {
    "accrual.x": lambda where: {"accrual": [lk.AccrualRule("x", bonus(5), where=where)]},
    "achievements.x": lambda where: {"achievements": [lk.Achievement("x", 5, on="visit", where=where)]},
    "earns.exclude": lambda where: {"earns": lk.EarningPolicy(exclude=where)},
    "segments.x": lambda where: {"segments": [lk.Segment("x", where)]},
    "rewards.x": lambda where: {"rewards": [lk.Reward("x", 5, where=where)]},
}
ROWS = {"lint.never_applies": purchase.hour > 23, "lint.always_applies": purchase.hour <= 23}


@pytest.mark.parametrize("place", FILTERED)
@pytest.mark.parametrize(("code", "rule"), [("lint.never_applies", NEVER), ("lint.always_applies", ALWAYS)])
def test_filters_that_never_or_always_apply(code: str, rule: Predicate, place: str) -> None:
    """Of accrual rules, achievements, lines that earn nothing, segments and rewards."""
    where = ROWS[code] if place == "earns.exclude" else rule
    assert found(**FILTERED[place](where)) == [(code, place)]
    assert found(**FILTERED[place](line.sku == "x" if place == "earns.exclude" else visits > 2)) == []


def test_an_achievement_is_read_with_the_fields_of_its_events() -> None:
    """Of which the programme says what they can be."""
    rated = lk.Achievement("rated", 5, on="review", where=(event["stars"] > 4) & (event["stars"] < 5))
    assert found(events=[REVIEW], achievements=[rated]) == [("lint.never_applies", "achievements.rated")]


def test_a_misspelled_tier_or_a_filter_that_nothing_passes_never_applies() -> None:
    """No tier has that name, and no line is of two categories."""
    both = spend.where((line.category == "tea") & (line.category == "ware")) >= 10
    segments = [lk.Segment("lucky", member.tier == "glod"), lk.Segment("both", both)]
    assert found(segments=segments) == [
        ("lint.never_applies", "segments.lucky"),
        ("lint.never_applies", "segments.both"),
    ]


def test_a_rule_about_what_earns_nothing_never_applies() -> None:
    """S12: an excluded line matches no rule; that everything is excluded is one mistake, not many."""
    cards = lk.AccrualRule("cards", bonus(5), where=line.category == "card")
    assert found(accrual=[BASE, cards], achievements=[lk.Achievement("tenth", 5, on="visit", count=10)]) == []
    [finding] = lint(
        program(accrual=[BASE, cards], earns=lk.EarningPolicy(exclude=line.category.is_in(["card", "tax"])))
    )
    assert (finding.code, finding.field) == ("lint.never_applies", "accrual.cards")
    assert "earns.exclude" in finding.reason
    assert found(accrual=[BASE, cards], earns=lk.EarningPolicy(exclude=line.quantity >= 0)) == [
        ("lint.always_applies", "earns.exclude")
    ]


def test_nobody_keeps_a_tier_whose_rule_never_holds() -> None:
    """T4; always to keep it is the way to say for life."""
    assert found(tiers=ladder((IN_A_YEAR >= 10, NEVER))) == [("lint.never_applies", "tiers.t-1.keep")]
    assert found(tiers=ladder((IN_A_YEAR >= 10, ALWAYS))) == []


def on(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "empty"),
    [
        (purchase.date >= date(2025, 3, 1), True),
        (purchase.date < date(2025, 1, 1), True),
        (purchase.date == date(2025, 2, 28), False),
        (purchase.date == date(2025, 1, 1), False),
        (purchase.weekday == 1, False),
    ],
)
def test_a_rule_that_no_date_of_its_validity_meets(where: Predicate, empty: bool) -> None:
    """Days are the shop's: the last instant of February in London is the first hour of March in Berlin."""
    rule = lk.AccrualRule(
        "x", bonus(5), where=where, valid_from=on(2025, 1, 1), valid_until=datetime(2025, 2, 28, 23, tzinfo=UTC)
    )
    assert found(accrual=[rule]) == ([("lint.empty_validity", "accrual.x")] if empty else [])
    open_ended = lk.AccrualRule("x", bonus(5), where=where)
    assert found(accrual=[open_ended]) == []


def test_points_that_have_expired_before_the_first_of_them_comes() -> None:
    """S3: a date of expiry before the validity of a rule begins."""
    expiring = lk.PointsPolicy(expire_after=date(2025, 3, 31))
    in_time, late = (lk.AccrualRule("x", bonus(5), valid_from=begins) for begins in (on(2025, 3, 30), on(2025, 4, 1)))
    assert found(points=expiring, accrual=[in_time]) == []
    assert found(points=expiring, accrual=[late]) == [("lint.empty_validity", "accrual.x")]
