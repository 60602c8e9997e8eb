"""Broken holds, transfers and pending points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.dispatch as decide
import loyaltykit.domain.decide.returns as returning
from loyaltykit.domain.decide import credits
from loyaltykit.domain.facts import rulebook
from loyaltykit.domain.ledger import ledger, movements
from loyaltykit.domain.ledger.allocation import meet_adjustment
from loyaltykit.errors import CaptureExceedsHoldError
from loyaltykit.values import NEVER_US
from tests.broken.registry import broken
from tests.broken.story import Story


def some_are_held(story: Story) -> None:
    story.adjust(0, "a", 100)
    story.tell(1, lk.Hold, "h", member_id="m", points=60, until=story.day(5))


def held_and_released(story: Story) -> None:
    some_are_held(story)
    story.tell(2, lk.Release, "l", of="h")


@broken("rolling", held_and_released)
def a_hold_leaks(patch: pytest.MonkeyPatch) -> None:
    """S19: what is released comes back."""
    right = movements.end_hold
    patch.setattr(movements, "end_hold", lambda *given: evolve(right(*given), allocations=()))


def one_point_more_than_is_held(story: Story) -> None:
    some_are_held(story)
    story.tell(2, lk.Capture, "c", of="h", points=61)


@broken("rolling", one_point_more_than_is_held)
def a_capture_goes_beyond_its_hold(patch: pytest.MonkeyPatch) -> None:
    """S19, I21: captured at most what is held."""
    right = decide.capture

    def generous(*given: Any) -> Any:
        try:
            return right(*given)
        except CaptureExceedsHoldError:
            return right(given[0], evolve(given[1], points=None))

    patch.setattr(decide, "capture", generous)


@broken("rolling", some_are_held)
def a_hold_outlives_its_time(patch: pytest.MonkeyPatch) -> None:
    """S19: it ends by itself, and nobody has to write that."""
    right = movements._due
    patch.setattr(movements, "_due", lambda ledger: (item for item in right(ledger) if item.kind != "timeout"))


def released_and_captured(story: Story) -> None:
    held_and_released(story)
    story.tell(3, lk.Capture, "c", of="h")


@broken("rolling", released_and_captured)
def a_hold_ends_twice(patch: pytest.MonkeyPatch) -> None:
    """S19, I21."""
    patch.setattr(movements, "_open_hold", lambda ledger, given: ledger.holds[given.of])


def captured_after_the_lot_has_expired(story: Story) -> None:
    story.adjust(0, "a", 100, expires_at=story.day(4))
    story.tell(1, lk.Hold, "h", member_id="m", points=60, until=story.day(9))
    story.tell(5, lk.Capture, "c", of="h", points=10)


@broken("rolling", captured_after_the_lot_has_expired)
def the_rest_of_a_capture_is_lost(patch: pytest.MonkeyPatch) -> None:
    """S19, I2: what is not captured comes free, and lapses where its lot has expired."""
    right = decide.capture

    def losing(*given: Any) -> Any:
        movement, taken = right(*given)
        backs = [evolve(item, points=-part.points) for part in taken for item in movement.allocations[:1]]
        return evolve(movement, allocations=tuple(backs)), taken

    patch.setattr(decide, "capture", losing)


def given_to_a_friend(story: Story) -> None:
    story.enrol(lk.Member(id="friend", enrolled_at=story.world.start))
    story.adjust(0, "a", 50)
    story.adjust(1, "b", 50, expires_at=lk.NEVER)
    story.tell(2, lk.Transfer, "t", member_id="m", to="friend", points=70)


@broken("rolling", given_to_a_friend)
def a_transfer_loses_an_expiry(patch: pytest.MonkeyPatch) -> None:
    """S16, I22: the points keep their end."""
    right = decide.arrival_of

    def fresh(*given: Any) -> Any:
        arrival = right(*given)
        return evolve(arrival, lots=tuple(evolve(lot, expires_at=NEVER_US) for lot in arrival.lots))

    patch.setattr(decide, "arrival_of", fresh)


@broken("rolling", given_to_a_friend)
def a_transfer_doubles(patch: pytest.MonkeyPatch) -> None:
    """S16, I1: the giver keeps nothing of what is given."""
    right = ledger.Ledger.apply

    def keeping(self: ledger.Ledger, posting: Any) -> None:
        right(self, evolve(posting, allocations=()) if posting.kind == "transfer" and posting.points < 0 else posting)

    patch.setattr(ledger.Ledger, "apply", keeping)


def pending_and_other_points(story: Story) -> None:
    story.adjust(0, "a", 40)
    story.buy(1, "p", "100")


def more_is_spent_than_is_active(story: Story) -> None:
    pending_and_other_points(story)
    story.redeem(2, "x", 70)


@broken("waiting", more_is_spent_than_is_active)
def pending_points_can_be_spent(patch: pytest.MonkeyPatch) -> None:
    """S5."""
    right = ledger.Ledger.spendable

    def impatient(self: ledger.Ledger, at: int) -> Iterator[Any]:
        yield from right(self, at)
        yield from ((state, state.left) for state in self.waiting if state.is_pending(at))

    patch.setattr(ledger.Ledger, "spendable", impatient)


def the_last_day_of_waiting(story: Story) -> None:
    pending_and_other_points(story)
    story.agree([story.day(7)])


@broken("waiting", the_last_day_of_waiting)
def points_wait_from_the_day_before(patch: pytest.MonkeyPatch) -> None:
    """S5: through the end of the day, in the shop's zone."""
    right = rulebook.Rulebook.points_begin
    patch.setattr(rulebook.Rulebook, "points_begin", lambda self, at: right(self, at) - 86_400_000_000)


def brought_back_while_pending(story: Story) -> None:
    pending_and_other_points(story)
    story.bring_back(2, "r", "p")


@broken("waiting", brought_back_while_pending)
def a_return_takes_other_points_first(patch: pytest.MonkeyPatch) -> None:
    """S7: the pending part of its own lot comes first."""
    right = returning.meet_claim

    def others_first(ledger: Any, sale: Any, at: int, points: int, policy: Any) -> Any:
        if ledger.lots[sale.purchase.id].is_pending(at):
            return meet_adjustment(ledger, at, points, policy)
        return right(ledger, sale, at, points, policy)

    patch.setattr(returning, "meet_claim", others_first)


def owing_while_points_wait(story: Story) -> None:
    story.buy(0, "p1", "50")
    story.redeem(7, "x", 50)
    story.buy(8, "p2", "60")
    story.bring_back(9, "r", "p1")
    story.tell(10, lk.Activation, "d", of="p2")


@broken("waiting", owing_while_points_wait)
def an_activation_forgets_the_debt(patch: pytest.MonkeyPatch) -> None:
    """S5, S8: pending points repay what is owed when they become active."""
    patch.setattr(movements, "_repayment", lambda *_given: ())


def brought_along(story: Story) -> None:
    lots = [lk.OpeningLot(points=20, expires_at=story.day(9)), lk.OpeningLot(points=30, expires_at=lk.NEVER)]
    story.tell(1, lk.OpeningBalance, "o", member_id="m", lots=lots)


@broken("rolling", brought_along)
def opening_lots_share_one_end(patch: pytest.MonkeyPatch) -> None:
    """S22: each with its own."""
    right = credits.opening_lots
    patch.setattr(
        credits,
        "opening_lots",
        lambda *given: [evolve(lot, expires_at=right(*given)[0].expires_at) for lot in right(*given)],
    )
