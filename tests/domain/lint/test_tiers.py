"""Tiers that cannot be reached, and thresholds in the wrong order (T3, T4)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import (
    Predicate,
    days,
    days_since_enrolment,
    days_since_purchase,
    member,
    since_tier,
    spend,
    visits,
)
from tests.support.lint import IN_A_YEAR, NEVER, OFTEN, found, ladder, program
from tests.support.stories import FEW, PROGRAMS, Story, accepted, day, happenings


@pytest.mark.parametrize(
    ("tiers", "places"),
    [
        (ladder(NEVER), ["tiers.t-1"]),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 2000) & (OFTEN >= 0)), ["tiers.t-1"]),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1000) | (OFTEN >= 5)), ["tiers.t-1"]),
        (ladder(OFTEN >= 2, (OFTEN >= 2) & (IN_A_YEAR >= 9), (OFTEN >= 2) & (IN_A_YEAR < 9)), ["tiers.t-1"]),
        (ladder(OFTEN >= 2, ~(OFTEN < 0)), ["tiers.t-0", "tiers.t-1"]),
        (ladder(OFTEN >= 2, OFTEN >= 4, OFTEN >= 6), []),
        (ladder(OFTEN >= 2, spend.over(days(90)) >= 10), []),
    ],
)
def test_tiers_that_nobody_rises_to(tiers: lk.TierLadder, places: list[str]) -> None:
    """T3: the rule never holds, or whoever meets it meets a higher one too."""
    assert [place for code, place in found(tiers=tiers) if code == "lint.unreachable_tier"] == places


def test_a_tier_that_is_passed_over_names_the_higher_one() -> None:
    """Or those that share its members."""
    alone = lint(program(tiers=ladder(OFTEN >= 2, (OFTEN >= 1) | (visits >= 9))))
    shared = lint(program(tiers=ladder(OFTEN >= 2, (OFTEN >= 2) & (visits >= 9), (OFTEN >= 2) & (visits < 9))))
    assert [finding.reason for finding in (*alone, *shared)] == [
        "is passed over: every member who meets its rule meets the rule of t-2",
        "is passed over: every member who meets its rule meets the rule of t-2 or t-3",
    ]


@FEW
@given(program=st.sampled_from(PROGRAMS[:2]), rules=st.data(), told=happenings(kinds=("purchase", "return", "visit")))
def test_t3_nobody_rises_to_a_tier_that_is_found_unreachable(
    program: lk.Program, rules: st.DataObject, told: list[lk.Transaction]
) -> None:
    """T3: over random ladders and stories, judged by the facts of each day."""
    conditions = [
        spend.over(days(15)) >= 100,
        spend.over(days(20)) >= 300,
        visits >= 1,
        days_since_purchase <= 5,
        visits < 1,
    ]
    one, two, three = (rules.draw(st.permutations(conditions))[:3] for _ in range(3))
    tiers = ladder(one[0] & one[1], two[0] | two[1], three[0])
    unreachable = {f.field for f in lint(program.evolve(tiers=tiers)) if f.code == "lint.unreachable_tier"}
    story = Story(program)
    accepted(story.shop, told)
    for number in range(0, 70, 14):
        stands = story.shop.programs.simulate(program.evolve(tiers=tiers), as_of=day(number)).tiers["m"][1]
        assert f"tiers.{stands}" not in unreachable


@pytest.mark.parametrize(
    ("tiers", "places"),
    [
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1500) & (OFTEN >= 10)), ["tiers.t-2.enter"]),
        (ladder(IN_A_YEAR >= 2000, OFTEN >= 9, (IN_A_YEAR >= 1500) & (OFTEN >= 10)), ["tiers.t-3.enter"]),
        (ladder(days_since_purchase <= 30, (days_since_purchase <= 60) & (OFTEN >= 4)), ["tiers.t-2.enter"]),
        (ladder(days_since_purchase <= 60, (days_since_purchase <= 30) & (OFTEN >= 4)), []),
        (ladder((IN_A_YEAR >= 2000) & (IN_A_YEAR < 5000), IN_A_YEAR >= 5000), []),
        (ladder(IN_A_YEAR >= 2000, OFTEN >= 10), []),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 5000) | (OFTEN >= 10)), []),
        (ladder(IN_A_YEAR >= 2000, (spend >= 100) & (OFTEN >= 10)), []),
        (ladder(member.age >= 30, (member.age >= 20) & (OFTEN >= 10)), []),
        (ladder((IN_A_YEAR > 0) & (OFTEN >= 3), (IN_A_YEAR >= 0) & (OFTEN >= 9)), []),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1500) & (spend < spend.over(days(9)))), []),
        (ladder(days_since_purchase.is_missing() | (days_since_purchase <= 9), days_since_purchase <= 30), []),
    ],
)
def test_thresholds_that_are_not_monotone(tiers: lk.TierLadder, places: list[str]) -> None:
    """A higher tier asks for less of the same fact; other facts and other windows are other standards."""
    assert [place for code, place in found(tiers=tiers) if code == "lint.thresholds_not_monotone"] == places


@pytest.mark.parametrize(
    ("enter", "keep", "harder"),
    [
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 2500, True),
        (IN_A_YEAR >= 2000, (IN_A_YEAR >= 2500) & (OFTEN >= 2), True),
        (days_since_purchase <= 30, days_since_purchase <= 20, True),
        (days_since_enrolment >= 30, days_since_enrolment >= 60, True),
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 1500, False),
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 2000, False),
        (IN_A_YEAR >= 2000, spend.over(since_tier()) >= 2500, False),
        (IN_A_YEAR >= 2000, OFTEN >= 2, False),
    ],
)
def test_keeping_that_is_harder_than_entering(enter: Predicate, keep: Predicate, harder: bool) -> None:
    """T4: whoever has just entered need not meet it."""
    assert found(tiers=ladder((enter, keep))) == ([("lint.keep_harder_than_enter", "tiers.t-1.keep")] if harder else [])


def test_thresholds_are_told_in_words() -> None:
    """With the amounts of both."""
    first, second = lint(
        program(tiers=ladder((IN_A_YEAR >= 2000, IN_A_YEAR > 2500), (IN_A_YEAR >= 1500) & (OFTEN >= 10)))
    )
    assert first.reason == (
        "asks for less than t-1: spend in the last 12 months is at least 1500.00, "
        "where t-1 asks that spend in the last 12 months is at least 2000.00"
    )
    assert second.reason == (
        "asks for more than enter: spend in the last 12 months is at least 2500.01, "
        "where enter asks that spend in the last 12 months is at least 2000.00"
    )
