"""Broken changes of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.returns as returning
import loyaltykit.domain.tiers.decisions as tiers
from loyaltykit.domain.decide import dispatch
from loyaltykit.domain.facts import versions
from loyaltykit.domain.facts.versions import BEGINNING, ProgramHistory, Version
from loyaltykit.domain.program.migration import Migration
from loyaltykit.domain.program.tiers import TierLadder
from loyaltykit.loyalty import runtime
from tests.broken.registry import broken
from tests.broken.story import Story


def brought_back_after_the_change(story: Story) -> None:
    lines = [lk.Line(amount="40", category="tea", quantity=2)]
    story.tell(1, lk.Purchase, "p", member_id="m", lines=lines)
    story.become(3, 1)
    story.bring_back(4, "r", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])


@broken("changing", brought_back_after_the_change)
def a_return_is_priced_by_the_version_of_today(patch: pytest.MonkeyPatch) -> None:
    """S6, T7: it follows the version of what it undoes."""
    right = returning.price_return

    def of_today(account: Any, back: Any) -> Any:
        sold = account.ledger.sales[back.of]
        account.ledger.sales[back.of] = evolve(sold, version=account.rules.newest.version)
        try:
            return right(account, back)
        finally:
            account.ledger.sales[back.of] = sold

    patch.setattr(dispatch, "price_return", of_today)


def bought_before_told_after(story: Story) -> None:
    story.become(3, 1)
    story.wait(4)
    story.tell(2, lk.Purchase, "p", member_id="m", lines=[lk.Line(amount="40", category="tea")])


@broken("changing", bought_before_told_after)
def a_late_purchase_is_judged_by_the_rules_of_today(patch: pytest.MonkeyPatch) -> None:
    """T8: by the rules of the day it happened."""
    patch.setattr(ProgramHistory, "at", lambda self, _at: self.newest)


def bought_as_the_change_begins(story: Story) -> None:
    story.become(3, 1)
    story.tell(3, lk.Purchase, "p", member_id="m", lines=[lk.Line(amount="40", category="tea")])


@broken("changing", bought_as_the_change_begins)
def a_version_begins_one_microsecond_late(patch: pytest.MonkeyPatch) -> None:
    """T7, T12: it holds at its first instant, before whatever else happens then."""
    right = versions._spans

    def late(declared: Sequence[Version]) -> list[tuple[int, int]]:
        return [(start if start == BEGINNING else start + 1, number) for start, number in right(declared)]

    patch.setattr(versions, "_spans", late)


def announced_and_announced_again(story: Story) -> None:
    story.become(20, 1)
    story.become(10, 3)


@broken("changing", announced_and_announced_again)
def announced_changes_stack(patch: pytest.MonkeyPatch) -> None:
    """T7: what was declared later wins from its date on."""

    def stacked(declared: Sequence[Version]) -> list[tuple[int, int]]:
        found = {version.effective_from: version.number for version in declared}
        return sorted(found.items())

    patch.setattr(versions, "_spans", stacked)


def a_tier_is_carried_over(story: Story) -> None:
    story.buy(1, "p", "150")
    story.become(10, 1)


@broken("changing", a_tier_is_carried_over)
def a_change_restarts_the_validity(patch: pytest.MonkeyPatch) -> None:
    """T7: whoever holds a tier keeps it until its validity ends."""
    right = tiers._convert_row

    def anew(row: Any, shift: Any) -> Any:
        end = shift.rulebook.tier_end(shift.rulebook.calendar.day_of(shift.at))
        carried = right(row, shift)
        return evolve(carried, until=end, check_at=end) if carried.rank else carried

    patch.setattr(tiers, "_convert_row", anew)


def a_tier_is_gone(story: Story) -> None:
    story.buy(1, "p", "150")
    story.become(10, 2)


@broken("changing", a_tier_is_gone)
def a_removed_tier_lifts_its_members_up(patch: pytest.MonkeyPatch) -> None:
    """T7: they go to the highest below it that is still there."""
    right = Migration.ranks

    def generous(self: Migration, before: TierLadder, after: TierLadder) -> tuple[int, ...]:
        names = [tier.name for tier in after]
        ranks = right(self, before, after)
        return tuple(
            rank if tier.name in names else min(rank + 1, len(names) - 1)
            for tier, rank in zip(before, ranks, strict=True)
        )

    patch.setattr(Migration, "ranks", generous)


def judged_anew(story: Story) -> None:
    story.buy(1, "p", "150")
    story.bring_back(2, "r", "p", amount="120")
    story.become(10, 1, lk.reevaluate("up_only"))


@broken("changing", judged_anew)
def up_only_takes_members_down(patch: pytest.MonkeyPatch) -> None:
    """T7: nobody falls by it."""
    right = tiers._migrate_row

    def both(history: Any, row: Any, shift: Any) -> Any:
        return right(history, row, evolve(shift, migration=lk.reevaluate("both")))

    patch.setattr(tiers, "_migrate_row", both)


def late_by_today_and_not_by_then(story: Story) -> None:
    story.become(10, 2)
    story.wait(30)
    story.buy(9, "p", "10")


@broken("changing", late_by_today_and_not_by_then)
def lateness_is_judged_by_the_version_of_the_fact(patch: pytest.MonkeyPatch) -> None:
    """T8: how late something may arrive says the version that holds as it arrives."""
    right = runtime._check_lateness

    def by_then(rules: ProgramHistory, transaction: Any, now: int) -> None:
        if rules.at(transaction.instant).program.late.limit_days is not None:
            right(rules, transaction, now)

    patch.setattr(runtime, "_check_lateness", by_then)
