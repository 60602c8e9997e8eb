"""Broken caps and achievements; the model knows neither, so their stories end in sums that must hold."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
import loyaltykit.domain.earning.achievements as achieving
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.earning.achievements import AchievementBook
from loyaltykit.domain.earning.caps import CapBook
from loyaltykit.domain.earning.usage import Usage
from loyaltykit.domain.transactions import Purchase, Transaction
from loyaltykit.values import NEVER_US, Instant
from tests import stories
from tests.broken.registry import broken
from tests.broken.story import Story
from tests.stories import LATE, club, day


def two_days_told_backwards(_: Story) -> None:
    shop = stories.Story(club(points=lk.PointsPolicy(caps=[lk.Cap(100, per="day")])))
    for id, number, hour in (("a", 2, 9), ("b", 1, 9), ("c", 2, 8), ("d", 1, 8)):
        shop.buy(id, day(number, hour), 80)
    issued = [row.points for row in shop.shop.statement("m")]
    assert sorted(issued) == [20, 20, 80, 80]


@broken("rolling", two_days_told_backwards)
def a_cap_by_arrival_order(patch: pytest.MonkeyPatch) -> None:
    """S20: what is granted counts in the period of the purchase's own date, not in that of the last one told."""
    told: list[Instant] = [-NEVER_US]
    right = CapBook._key

    def as_it_arrives(self: CapBook, name: str, cap: lk.Cap, at: Instant) -> tuple[str, str, int]:
        told.append(max(told[-1], at))
        return right(self, name, cap, told[-1])

    patch.setattr(CapBook, "_key", as_it_arrives)


def bought_and_returned(_: Story) -> None:
    shop = stories.Story(club(points=lk.PointsPolicy(caps=[lk.Cap(100, per="month")])))
    shop.buy("a", day(1))
    shop.bring_back("r", "a", day(2))
    assert shop.buy("b", day(3)).points == 0


@broken("rolling", bought_and_returned)
def a_return_makes_room_again(patch: pytest.MonkeyPatch) -> None:
    """S20: a returned purchase keeps its place."""
    right = Account._count

    def generous(self: Account, transaction: Transaction | None, decision: Decision) -> None:
        right(self, transaction, decision)
        if not isinstance(transaction, Purchase) and decision.sale is not None and self.rules.newest.caps is not None:
            self.rules.newest.caps.count_total(decision.sale.purchase.instant, -decision.sale.claimed, self.usage)

    patch.setattr(Account, "_count", generous)


def visits_told_backwards(_: Story) -> None:
    visit = lk.Achievement("three days", 10, on="visit", count=3, streak="day")
    shop = stories.Story(club(points=lk.PointsPolicy(), achievements=[visit]))
    for number in (3, 1, 2, 5, 4, 6):
        shop.visit(f"v-{number}", day(number))
    assert shop.available(LATE) == 10


@broken("rolling", visits_told_backwards)
def an_achievement_granted_twice(patch: pytest.MonkeyPatch) -> None:
    """S20: once is once."""
    right = achieving._completes

    def forgetful(item: lk.Achievement, progress: Any, period: int) -> bool:
        if progress is not None:
            progress.given = 0
        return right(item, progress, period)

    patch.setattr(achieving, "_completes", forgetful)


def a_late_friend(_: Story) -> None:
    friend = lk.Achievement("friend", 10, on="referral", other_points=5)
    shop = stories.Story(club(points=lk.PointsPolicy(), achievements=[friend], events=[lk.EventType("referral")]))
    shop.shop.enroll(lk.Member(id="f", enrolled_at=day(0)))
    for number in (2, 1):
        event = lk.Event(id=f"e-{number}", member_id="m", name="referral", occurred_at=day(number), other_member_id="f")
        shop.shop.record(event)
    assert (shop.available(LATE), shop.shop.balance("f", as_of=LATE).available) == (10, 5)


@broken("rolling", a_late_friend)
def a_late_event_counts_afresh(patch: pytest.MonkeyPatch) -> None:
    """S20: awards are counted over all that was recorded, not over what stands before the event."""
    right = AchievementBook.achieve

    def from_nothing(self: AchievementBook, activity: Any, matched: tuple[str, ...], usage: Usage) -> Any:
        return right(self, activity, matched, Usage() if activity.id == "e-1" else usage)

    patch.setattr(AchievementBook, "achieve", from_nothing)
