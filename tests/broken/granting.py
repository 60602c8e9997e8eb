"""Broken caps and achievements."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.activities as awarding
import loyaltykit.domain.decide.dispatch as decide
import loyaltykit.domain.earning.achievements as achieving
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.earning.caps import CapBook
from tests.broken.registry import broken
from tests.broken.story import Story


def some_of_the_tea_comes_back(story: Story) -> None:
    lines = [lk.Line(amount="70", quantity=7, category="tea")]
    story.tell(1, lk.Purchase, "p", member_id="m", lines=lines)
    story.bring_back(2, "r", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])


@broken("capped", some_of_the_tea_comes_back)
def a_return_forgets_the_caps(patch: pytest.MonkeyPatch) -> None:
    """S20: what is kept is priced with the allowance that the purchase had."""
    right = awarding.apply_caps
    patch.setattr(decide, "apply_caps", lambda account, sale: evolve(right(account, sale), allowance=None))


def a_late_purchase_of_a_day(story: Story) -> None:
    story.buy(1, "p", "150")
    story.buy(0.9, "late", "150")


@broken("capped", a_late_purchase_of_a_day)
def the_last_in_time_gives_way(patch: pytest.MonkeyPatch) -> None:
    """S20: what is issued is counted in the order of recording, not worked out from dates alone."""
    patch.setattr(decide, "apply_caps", lambda _account, sale: sale)


@broken("capped", lambda story: [story.buy(days, f"p{days}", "150") for days in (3, 4, 6)])
def weeks_start_on_monday(patch: pytest.MonkeyPatch) -> None:
    """S20: the programme says when weeks start."""
    right = CapBook.__init__

    def wrong(self: CapBook, *parts: Any) -> None:
        right(self, *parts)
        self._week_starts = 1

    patch.setattr(CapBook, "__init__", wrong)


@broken("achieved", lambda story: [review(story, days) for days in (1, 4, 3, 2)])
def only_the_last_run_counts(patch: pytest.MonkeyPatch) -> None:
    """S20: what comes late joins what stands before and behind it."""
    right = achieving._run
    patch.setattr(achieving, "_run", lambda periods, period, step: right(periods, period, step) if step < 0 else 0)


def review(story: Story, days: float) -> None:
    story.tell(days, lk.Event, f"e{days}", member_id="m", name="review", attributes={"stars": 5})


def a_friend_who_owes(story: Story) -> None:
    story.enrol(lk.Member(id="f", enrolled_at=story.day(0)))
    story.tell(1, lk.Event, "e", member_id="m", name="referral", other_member_id="f")


@broken("achieved", a_friend_who_owes)
def friends_get_nothing(patch: pytest.MonkeyPatch) -> None:
    """S20: both get their points."""
    patch.setattr(decide, "other_side_shares", lambda *_parts: ())


def eight_visits_in_a_day(story: Story) -> None:
    for number in range(8):
        story.tell(1 + number / 100, lk.Visit, f"v{number}", member_id="m")


@broken("capped", eight_visits_in_a_day)
def achievements_are_not_capped(patch: pytest.MonkeyPatch) -> None:
    """S20: the caps of a member hold for visits and events, too."""
    right = Account._count

    def forgetful(self: Account, transaction: Any, decision: Any) -> None:
        right(self, transaction, decision)
        self.usage.granted.clear()

    patch.setattr(Account, "_count", forgetful)
