"""Broken tiers by hand."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import loyaltykit.domain.tiers.decisions as tiers
from loyaltykit.domain.tiers import standing
from tests.broken.registry import broken
from tests.broken.story import Story


def given_to_an_earned_tier(story: Story) -> None:
    story.buy(1, "p", "100")
    story.set_tier(9, "s", "mid", until=20)
    story.agree([story.day(25), story.day(50)])


@broken("rolling", given_to_an_earned_tier)
def a_grant_resets_the_validity_of_the_earned_tier(patch: pytest.MonkeyPatch) -> None:
    """T6: the earned tier is what it would be without it."""
    right = tiers.with_grant

    def reset(row: Any, grant: Any) -> Any:
        end = row.until if not row.rank else row.until + grant.at - row.since
        return evolve(right(row, grant), until=end, check_at=end)

    patch.setattr(standing, "with_grant", reset)


def earned_above_a_floor(story: Story) -> None:
    story.set_tier(1, "s", "mid")
    story.buy(2, "p1", "300")
    story.buy(3, "p2", "100")
    story.buy(4, "p3", "100")


@broken("rolling", earned_above_a_floor)
def a_floor_caps(patch: pytest.MonkeyPatch) -> None:
    """T6: the member may rise above it."""
    right = tiers.with_grant
    patch.setattr(standing, "with_grant", lambda row, grant: right(row, evolve(grant, is_floor=False)))


def given_until(story: Story) -> None:
    story.set_tier(1, "s", "high", until=5)
    story.buy(5, "p", "100")


@broken("rolling", given_until)
def a_grant_outlives_its_end_by_a_microsecond(patch: pytest.MonkeyPatch) -> None:
    """T6: the end is exclusive."""
    right = tiers.with_grant
    patch.setattr(standing, "with_grant", lambda row, grant: right(row, evolve(grant, until=grant.until + 1)))


def given_and_judged(story: Story) -> None:
    story.set_tier(1, "s", "mid", until=40)
    story.buy(5, "p", "100")
    story.agree([story.day(41)])


@broken("rolling", given_and_judged)
def the_ladder_sees_what_shows(patch: pytest.MonkeyPatch) -> None:
    """T6: who rises and who falls is the earned tier's business."""
    right = tiers.judge

    def shown(history: Any, rulebook: Any, row: Any, *parts: Any) -> Any:
        return right(history, rulebook, evolve(row, rank=row.effective_rank), *parts)

    patch.setattr(standing, "judge", shown)


def fixed_twice(story: Story) -> None:
    story.set_tier(1, "s1", "high", mode="fixed")
    story.set_tier(2, "s2", "low", mode="fixed")


@broken("rolling", fixed_twice)
def the_first_of_two_fixed_tiers_counts(patch: pytest.MonkeyPatch) -> None:
    """T6: the one granted last."""
    right = tiers.with_grant

    def first(row: Any, grant: Any) -> Any:
        after = right(row, grant)
        return evolve(after, grants=after.grants[::-1])

    patch.setattr(standing, "with_grant", first)
