"""Broken outboxes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.notices as telling
from tests.broken.registry import broken
from tests.broken.story import Story
from tests.clock import Clock


def told(story: Story, days: range) -> list[str]:
    """The ids of what runs on these days tell of points that lapse unspent."""
    program = story.world.program.evolve(notices=lk.NoticePolicy(points_added=False, points_expiring_days=2))
    clock = Clock(story.day(100))
    with lk.Loyalty(program, clock=clock) as shop:
        shop.enroll(lk.Member(id="m", enrolled_at=story.day(0)))
        shop.record(lk.Purchase(id="p", member_id="m", amount=100, occurred_at=story.day(1)))
        runs = [shop.settle(as_of=story.day(0) + timedelta(days=number)) for number in days]
        return [notice.id for run in runs for notice in run.notices]


def a_run_is_missed(story: Story) -> None:
    """One late run tells what daily runs tell, under the same ids, once."""
    daily = told(story, range(1, 90))
    assert len(daily) == 1
    assert told(story, range(60, 90)) == daily


@broken("extended", a_run_is_missed)
def a_missed_run_loses_a_notice(patch: pytest.MonkeyPatch) -> None:
    """S21: what has passed by the time of the run is forgotten."""
    right = telling._NoticeFinder.of_expiring_lots

    def of_what_lies_ahead(self: Any, until: int) -> Iterator[lk.Notice]:
        return (notice for notice in right(self, until) if notice.occurred_at.timestamp() * 1_000_000 > until)

    patch.setattr(telling._NoticeFinder, "of_expiring_lots", of_what_lies_ahead)


@broken("extended", a_run_is_missed)
def the_id_of_a_notice_changes_with_the_day_of_the_run(patch: pytest.MonkeyPatch) -> None:
    """S21: the same news has another id each time."""
    right = telling._NoticeFinder.of_expiring_lots

    def of_the_day(self: Any, until: int) -> Iterator[lk.Notice]:
        return (evolve(notice, id=f"{notice.id}:{until}") for notice in right(self, until))

    patch.setattr(telling._NoticeFinder, "of_expiring_lots", of_the_day)
