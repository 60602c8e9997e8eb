"""Where a member stands and why (T11)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days_since_purchase, member, months, purchases, spend
from tests.support.stories import LATE, PROGRAMS, Story, accepted, at, club, day, happenings

IN_A_YEAR = spend.over(months(12))


def story(**terms: Any) -> Story:
    """A member with 1,200 of spend in silver."""
    tiers = lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=IN_A_YEAR >= 1000, keep=IN_A_YEAR >= 500, multiplier="1.5"),
        lk.Tier("gold", enter=(IN_A_YEAR >= 3000) & (purchases.over(months(12)) >= 4), multiplier="2"),
        **({"valid_for": months(12)} | terms),
    )
    told = Story(club(points=lk.PointsPolicy(), tiers=tiers))
    told.buy("a", at(2024, 3, 15, 14), 1200)
    return told


def test_t11_what_a_status_tells() -> None:
    """T11: name, since, until, multiplier, the metrics with their values, what keeps it, what reaches the next."""
    status = story().shop.tier("m", as_of=at(2024, 6, 1))
    assert (status.name, status.rank, status.multiplier) == ("silver", 1, Decimal("1.5"))
    assert (status.since, status.until, status.as_of) == (at(2024, 3, 15, 14), at(2025, 3, 16), at(2024, 6, 1))
    assert set(status.metrics.values()) == {Decimal("1200.00"), 1}
    assert status.keep is not None
    assert (status.keep.outcome, status.keep.value, status.keep.needed) == (True, Decimal("1200.00"), 500)
    assert status.next is not None
    missing = [(part.value, part.shortfall) for part in status.next.explanation.children]
    assert (status.next.name, missing) == ("gold", [(Decimal("1200.00"), 1800), (1, 3)])


@pytest.mark.parametrize(
    ("when", "more", "projected"),
    [
        (at(2024, 6, 1), [], "regular"),
        (at(2024, 6, 1), [at(2024, 5, 1)], "silver"),
        (at(2025, 3, 20), [], "regular"),
    ],
)
def test_t11_the_tier_projected_at_the_end(when: datetime, more: list[datetime], projected: str) -> None:
    """T11: what the next end would lead to, with the facts as they are, as seen then (T2)."""
    told = story()
    for serial, bought in enumerate(more):
        told.buy(f"more-{serial}", bought, 600)
    assert told.shop.tier("m", as_of=when).projected == projected


def test_t11_projection_within_grace() -> None:
    """T4, T11: within grace the projection is what the end of grace would lead to."""
    told = story(grace_days=20, valid_for=months(13))
    status = told.shop.tier("m", as_of=at(2025, 4, 20))
    assert (status.name, status.until, status.projected) == ("silver", at(2025, 4, 16), "regular")
    assert told.tier(at(2025, 5, 6)) == "regular"


def test_t11_explained_in_both_languages() -> None:
    """T11: every value, threshold and distance in words; the top says that there is nothing above."""
    told = story()
    status = told.shop.tier("m", as_of=at(2024, 6, 1))
    english, chinese = status.explain(), status.explain(language="zh")
    for part in ("silver", "2024-03-15", "2025-03-15", "1200.00", "500.00", "1800.00", "gold"):
        assert part in english
        assert part in chinese
    assert "To reach gold" in english
    assert "升级到 gold" in chinese
    for number in range(3):
        told.buy(f"b{number}", at(2024, 7, 1 + number), 1000)
    top = told.shop.tier("m", as_of=at(2024, 8, 1))
    assert (top.name, top.next) == ("gold", None)
    assert "no higher tier" in top.explain()


def test_t11_the_lowest_tier_has_no_end_and_nothing_to_keep() -> None:
    """T4, T11: the lowest tier says so, and is projected to stay."""
    status = Story(story().shop.programs.current()).shop.tier("m", as_of=day(1))
    assert (status.name, status.until, status.keep, status.projected) == ("regular", None, None, "regular")
    assert "without an end" in status.explain()
    assert "长期有效" in status.explain("zh")


def test_t11_a_missing_value_is_told() -> None:
    """T11: what a member has no value for is explained without a number."""
    tiers = lk.TierLadder(
        lk.Tier("low"), lk.Tier("high", enter=(days_since_purchase <= 5) & (member.gender == "female"))
    )
    told = Story(club(tiers=tiers))
    status = told.shop.tier("m", as_of=day(1))
    assert list(status.metrics.values()) == [None, None]
    assert status.explain()
    assert status.explain("zh")


@given(program=st.sampled_from(PROGRAMS), told=happenings(), number=st.integers(0, 80))
def test_t11_an_explanation_agrees_with_the_rule(program: lk.Program, told: list[lk.Transaction], number: int) -> None:
    """T10, T11: an explanation can be read at any time, and with nothing more its projection comes true."""
    taken = Story(program)
    accepted(taken.shop, told)
    status = taken.shop.tier("m", as_of=day(number))
    assert status.explain()
    assert status.explain("zh")
    assert (status.rank == 0) == (status.keep is None)
    if status.until is None or day(number) < max(item.occurred_at or LATE for item in told):
        return
    when = status.until
    if taken.term(when)[2] == status.until:  # grace has begun
        when = max(status.until, day(number))
        while taken.term(when)[2] == status.until:
            when = day((when - day(0)).days + 1)
    assert taken.tier(when) == status.projected


@pytest.mark.parametrize("language", ["de", "", None, ["en"]])
def test_t11_another_language_is_refused(language: Any) -> None:
    """I31, T11: an explanation is given in English or Chinese, anything else is refused as a value."""
    with pytest.raises(lk.InvalidValueError):
        story().shop.tier("m", as_of=at(2024, 6, 1)).explain(language)
