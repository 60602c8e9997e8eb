"""Broken ladders, facts and calendars."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.tiers.decisions as tiers
from loyaltykit import calendars
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.facts.series import Series, SeriesKey
from loyaltykit.domain.tiers import standing
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import Redemption
from loyaltykit.values import NEVER_US
from tests.broken.registry import broken
from tests.broken.story import Story


def points_are_spent_on_the_way_up(story: Story) -> None:
    story.buy(0, "p1", "60")
    story.redeem(1, "x", 50)
    story.buy(2, "p2", "60")


@broken("within", points_are_spent_on_the_way_up)
def the_tier_follows_the_balance(patch: pytest.MonkeyPatch) -> None:
    """T1: spending points never touches a metric."""
    right = Account.apply

    def draining(self: Account, transaction: Any, decision: Any) -> None:
        right(self, transaction, decision)
        accrued = self.standing.history.series(SeriesKey("points_accrued"))
        if isinstance(transaction, Redemption) and accrued.times:
            accrued.amend(accrued.times[-1], -transaction.points)

    patch.setattr(Account, "apply", draining)


def a_purchase_at_the_very_end_of_a_tier(story: Story) -> None:
    story.buy(0, "p1", "30", quantity=3)
    until = story.model.tier("m", story.now).until
    assert until is not None
    story.happen(lk.Purchase(id="p2", member_id="m", amount="100", occurred_at=until))


@broken("pending", a_purchase_at_the_very_end_of_a_tier)
def a_check_sees_its_own_instant(patch: pytest.MonkeyPatch) -> None:
    """T2, T12: a purchase at exactly ``until`` is judged after the fall."""
    right = tiers.due_rows
    patch.setattr(standing, "due_rows", lambda history, rules, row, until: right(history, rules, row, until - 1))


@broken("pending")
def windows_start_after_their_first_instant(patch: pytest.MonkeyPatch) -> None:
    """T2: what happened at the start of the window counts."""
    right = Series.since
    patch.setattr(Series, "since", lambda self, start, until=NEVER_US: right(self, start + 1, until))


@broken("rolling")
def a_fall_counts_from_the_day_of_the_check(patch: pytest.MonkeyPatch) -> None:
    """T4: from the day before it."""
    patch.setattr(tiers, "_end_after_check", lambda rules, at: rules.tier_end(rules.calendar.day_of(at)))


def kept_in_grace(story: Story) -> None:
    story.buy(0, "p1", "100")
    story.buy(34, "p2", "100")


@broken("rolling", kept_in_grace)
def grace_renews_from_today(patch: pytest.MonkeyPatch) -> None:
    """T4: from the old end."""
    right = tiers._renewed_row

    def from_today(rules: Any, row: Any, at: int, cause: str) -> Any:
        renewed = right(rules, row, at, cause)
        end = rules.tier_end(rules.calendar.day_of(at))
        return evolve(renewed, until=end, check_at=end) if row.in_grace else renewed

    patch.setattr(tiers, "_renewed_row", from_today)


@broken("rolling")
def requalifying_starts_a_new_validity(patch: pytest.MonkeyPatch) -> None:
    """T3: only an upgrade does."""
    right = tiers._highest_entered

    def generous(rules: Any, rank: int, outcomes: Any) -> int | None:
        return right(rules, rank - 1 if rank else rank, outcomes)

    patch.setattr(tiers, "_highest_entered", generous)


@broken("rolling")
def the_purchase_that_crosses_earns_at_the_new_tier(patch: pytest.MonkeyPatch) -> None:
    """T5: it earns at the tier before it."""
    right = standing.Standing._purchase

    def eager(self: Any, purchase: Any, before: Any, due: Any) -> Any:
        step = right(self, purchase, before, due)
        if step.after.rank == before.rank:
            return step
        return evolve(right(self, purchase, step.after, due), before=before, after=step.after, rows=step.rows)

    patch.setattr(standing.Standing, "_purchase", eager)


@broken("rolling")
def a_late_purchase_earns_at_the_tier_of_today(patch: pytest.MonkeyPatch) -> None:
    """T8: at the tier of the day it happened."""
    right = Timeline.with_late
    patch.setattr(Timeline, "with_late", lambda self, late: (right(self, late)[0], self.standing.step(late)))


def an_old_purchase_comes_back(story: Story) -> None:
    story.buy(0, "p1", "100")
    story.buy(28, "p2", "50")
    story.bring_back(29, "r", "p1")
    story.buy(40, "p3", "50")


@broken("rolling", an_old_purchase_comes_back)
def a_return_counts_at_its_own_date(patch: pytest.MonkeyPatch) -> None:
    """T9: it lowers the metric at the date of its purchase."""
    right = Series.amend
    patch.setattr(Series, "amend", lambda self, _at, change: right(self, self.times[-1], change))


@broken("calendar")
def days_are_those_of_the_server(patch: pytest.MonkeyPatch) -> None:
    """C1: days belong to the programme's zone."""
    right = calendars.ShopCalendar.__init__
    patch.setattr(calendars.ShopCalendar, "__init__", lambda self, _zone: right(self, "UTC"))


@broken("rolling")
def months_last_thirty_days(patch: pytest.MonkeyPatch) -> None:
    """S3, T2: months are months, and clamp."""
    patch.setattr(calendars, "add_months", lambda day, count: day + 30 * count)


@broken("rolling")
def questions_see_what_happened_later(patch: pytest.MonkeyPatch) -> None:
    """T10: the tier at an instant knows nothing that happened after it."""
    patch.setattr(Timeline, "at", lambda self, _at: self.standing)
