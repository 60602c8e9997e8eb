"""Broken late facts, checkpoints and questions about what was known."""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.dispatch as decide
import loyaltykit.domain.decide.late as corrections
from loyaltykit.domain.decide import restating
from loyaltykit.domain.tiers import timeline
from loyaltykit.domain.tiers.decisions import initial_row
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.storage.memory import MemoryStorage
from loyaltykit.values import DAY_US
from tests.broken.registry import broken
from tests.broken.story import Story
from tests.model_known import look_back, remember


def late_and_crossing(story: Story) -> None:
    story.buy(9, "p1", "10")
    story.buy(5, "p2", "100")


@broken("rolling", late_and_crossing)
def corrections_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """T8: closed decisions that come out differently have rows that say so."""
    patch.setattr(decide, "corrections_of", lambda *_given: ())


@broken("rolling", lambda story: [story.buy(5, "p1", "100"), story.buy(4, "p2", "1"), story.buy(3, "p3", "300")])
def corrections_go_beyond_what_was_closed(patch: pytest.MonkeyPatch) -> None:
    """T8: what falls due later was never told."""
    right = corrections.corrections_of

    def beyond(account: Any, standing: Any, cause: str) -> Any:
        return right(account, standing, cause, account.closed_until + 60 * DAY_US)

    patch.setattr(decide, "corrections_of", beyond)


def a_purchase_and_a_late_return(story: Story) -> None:
    story.buy(1, "p1", "250")
    story.buy(3, "p2", "100")
    story.bring_back(2, "r", "p1")


@broken("restating", a_purchase_and_a_late_return)
def a_late_return_lowers_points(patch: pytest.MonkeyPatch) -> None:
    """T8: never those of other purchases."""

    class Nothing:
        pass

    patch.setattr(restating, "Return", Nothing)
    patch.setattr(restating, "TierGrantEnd", Nothing)


def put_right(story: Story) -> None:
    story.buy(5, "p1", "100")
    story.wait(12)
    story.buy(4, "p2", "250")


@broken("restating", put_right)
def points_put_right_live_from_today(patch: pytest.MonkeyPatch) -> None:
    """T8: as the purchase's lot was given to live."""
    right = restating.earned_lot

    def of_today(rulebook: Any, lot_id: str, points: int, at: int) -> Any:
        return evolve(right(rulebook, lot_id, points, at), expires_at=rulebook.points_end(at + 5 * DAY_US))

    patch.setattr(restating, "earned_lot", of_today)


def put_right_and_brought_back(story: Story) -> None:
    put_right(story)
    story.bring_back(13, "r", "p1", amount="50")


@broken("restating", put_right_and_brought_back)
def a_return_forgets_what_was_put_right(patch: pytest.MonkeyPatch) -> None:
    """T8: the purchase is priced with the multiplier that was put right."""
    right = restating.reprice

    def forgetful(sale: Any, *parts: Any) -> Any:
        return evolve(right(sale, *parts), multiplier=sale.multiplier)

    patch.setattr(restating, "reprice", forgetful)


def bought_before_the_enrolment(story: Story) -> None:
    story.buy(-1, "p1", "100")
    story.buy(-0.5, "p2", "100")


@broken("changing", bought_before_the_enrolment)
def a_purchase_before_the_enrolment_is_judged(patch: pytest.MonkeyPatch) -> None:
    """T8: the enrolment judges, once, with all that came before it."""
    patch.setattr(
        Standing, "_step_before_enrolment", lambda self, given: self._step(given, initial_row(given.instant), [])
    )


def asked_at_the_instant_of_a_record(story: Story) -> None:
    story.buy(1, "p1", "100")
    known = remember(story, story.day(2), "web")
    story.send(lk.Adjustment(id="a", member_id="m", points=5, actor="staff", reason="by hand"))
    look_back(story, known)


@broken("rolling", asked_at_the_instant_of_a_record)
def known_at_is_inclusive(patch: pytest.MonkeyPatch) -> None:
    """I16: what is recorded at that very instant is not known yet."""

    def inclusive(self: MemoryStorage, known_at: int | None = None) -> int:
        tables = self._tables
        return tables.sequence if known_at is None else bisect_right(tables.stamps, known_at)

    patch.setattr(MemoryStorage, "position", inclusive)


def many_and_one_late(story: Story) -> None:
    for number in range(8):
        story.buy(number + 1, f"p{number}", "33")
    story.buy(2.5, "late", "1")
    story.bring_back(3.5, "r", "p1")
    story.agree([story.day(days) for days in (2, 2.7, 3, 3.7, 5, 6)])


@broken("rolling", many_and_one_late)
def a_checkpoint_behind_the_place_is_used(patch: pytest.MonkeyPatch) -> None:
    """T8, I13: a late fact is folded from the last copy before its place."""
    patch.setattr(timeline, "CHECKPOINT_EVERY", 2)

    def newest(self: Timeline, place: int) -> Any:
        if not self._checkpoints:
            return 0, Standing(self.member, self.rules)
        count, fold = self._checkpoints[-1]
        return min(count, place), fold.copy()

    patch.setattr(Timeline, "_nearest_checkpoint", newest)


@broken("rolling", many_and_one_late)
def a_checkpoint_shares_a_list_with_the_fold(patch: pytest.MonkeyPatch) -> None:
    """I13: whatever happens later does nothing to a copy."""
    patch.setattr(timeline, "CHECKPOINT_EVERY", 2)
    right = Standing.copy

    def sharing(self: Standing) -> Standing:
        again = right(self)
        again.history.tracked = copy(self.history.tracked)
        return again

    patch.setattr(Standing, "copy", sharing)
