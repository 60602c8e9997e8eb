"""Movements: holds and their ends, activations, and what falls due by itself.

A hold reserves points in spend order and ends once (``S19``). Pending points become active by date or by an activation
(``S5``). Points that are released or become active are a credit: they repay debt first (``S8``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loyaltykit.domain.ledger.allocation import OpenDebts, spend
from loyaltykit.domain.ledger.entries import Allocation, Movement, MovementKind
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.states import HoldState, LotState
from loyaltykit.domain.transactions import Activation, Capture, Hold, Release
from loyaltykit.errors import CaptureExceedsHoldError, HoldEndedError, InvalidValueError, Problem
from loyaltykit.values import NEVER_US, Instant, to_instant

# -- what falls due by itself ------------------------------------------------------------------------------------------


def catch_up(ledger: Ledger, until: Instant) -> tuple[Ledger, tuple[Movement, ...]]:
    """Return the ledger with everything due up to an instant applied, and those movements; the ledger itself if nothing
    is due.

    Holds time out, and points that become active by date repay debt. Answers do not depend on a settlement: the next
    decision writes these movements.
    """
    found: list[Movement] = []
    while (movement := _next_due(ledger, until)) is not None:
        if not found:
            ledger = ledger.copy()
        ledger.apply_movement(movement)
        found.append(movement)
    return ledger, tuple(found)


def _next_due(ledger: Ledger, until: Instant) -> Movement | None:
    if not ledger.may_fall_due:
        return None
    due = [movement for movement in _due(ledger) if movement.occurred_at <= until]
    return min(due, key=lambda movement: (movement.occurred_at, movement.cause), default=None)


def _due(ledger: Ledger) -> Iterator[Movement]:
    for hold in ledger.open_holds.values():
        if hold.until < NEVER_US:
            yield end_hold(ledger, hold, "timeout", hold.until, hold.id)
    for state in ledger.waiting:
        repaid = _repayment(ledger, state, state.active_from) if ledger.debt_left else ()
        if repaid:
            yield Movement("activation", state.active_from, state.lot.id, repaid, lot=state.lot.id)


def _repayment(ledger: Ledger, state: LotState, at: Instant) -> tuple[Allocation, ...]:
    """Return what a lot repays when its points become active."""
    return OpenDebts(ledger).repay(state.lot.id, state.expires_at, state.left_from(at), at)


# -- holds -------------------------------------------------------------------------------------------------------------


def reserve(ledger: Ledger, hold: Hold) -> Movement:
    """Reserve points for a hold, soonest expiry first.

    Raises:
        InsufficientPointsError: less can be spent at its date.
    """
    until = NEVER_US if hold.until is None else to_instant(hold.until)
    if until <= hold.instant:
        raise InvalidValueError([Problem("until", "is not after occurred_at", "it is the exclusive end of the hold")])
    return Movement("hold", hold.instant, hold.id, spend(ledger, hold.instant, hold.points), hold.id, until)


def release_hold(ledger: Ledger, release: Release) -> Movement:
    """Release a hold: none of its points are spent.

    Raises:
        HoldEndedError: the hold has ended, or has not begun.
    """
    return end_hold(ledger, _open_hold(ledger, release), "release", release.instant, release.id)


def capture(ledger: Ledger, given: Capture) -> tuple[Movement, tuple[Allocation, ...]]:
    """Capture a hold: return its end and the allocations of the points spent, in the order they were reserved.

    Raises:
        HoldEndedError: the hold has ended, or has not begun.
        CaptureExceedsHoldError: more is captured than it reserves.
    """
    hold = _open_hold(ledger, given)
    points = hold.points if given.points is None else given.points
    if points > hold.points:
        raise CaptureExceedsHoldError(held=hold.points, requested=points)
    release = end_hold(ledger, hold, "release", given.instant, given.id, points)
    return release, _take_first(hold.parts, points, given.instant)


def _open_hold(ledger: Ledger, given: Capture | Release) -> HoldState:
    """Return the hold that a transaction ends. A written time-out does not end it before its date."""
    hold, at = ledger.holds[given.of], given.instant
    if at < hold.at:
        raise HoldEndedError("occurred_at", "is before the hold", "date it at or after the hold")
    if at >= hold.until or (hold.ended_at is not None and not hold.timed_out):
        raise HoldEndedError("of", "names a hold that has ended", "hold the points again")
    return hold


def _take_first(parts: Sequence[Allocation], points: int, at: Instant) -> tuple[Allocation, ...]:
    taken = []
    for part in parts:
        here = min(part.points, points)
        if here:
            taken.append(Allocation(part.lot, here, at))
        points -= here
    return tuple(taken)


def end_hold(
    ledger: Ledger, hold: HoldState, kind: MovementKind, at: Instant, cause: str, captured: int = 0
) -> Movement:
    """End a hold: restore everything it reserved; points that stay free repay debt.

    Args:
        ledger: before.
        hold: the hold.
        kind: a release or a time-out.
        at: when it ends.
        cause: what ends it.
        captured: how many of its first points are spent.
    """
    backs = [Allocation(part.lot, -part.points, at) for part in hold.parts]
    if hold.timed_out:
        # The time-out is written with a later date: what it released is released now instead.
        backs += [Allocation(part.lot, part.points, hold.until) for part in hold.parts]
    debts = OpenDebts(ledger)
    for part in hold.parts:
        spent = min(part.points, captured)
        captured -= spent
        if not hold.timed_out:
            backs += debts.repay(part.lot, ledger.lots[part.lot].expires_at, part.points - spent, at)
    return Movement(kind, at, cause, tuple(backs), hold.id)


# -- activations -------------------------------------------------------------------------------------------------------


def activate(ledger: Ledger, given: Activation) -> tuple[Movement, ...]:
    """Activate the pending points of a purchase, corrections included; return nothing if there are none.

    Raises:
        InvalidValueError: it is before the purchase.
    """
    at, sale = given.instant, ledger.sales[given.of]
    if at < sale.purchase.instant:
        raise InvalidValueError([Problem("occurred_at", "is before the purchase", "date it at or after the purchase")])
    own = [ledger.lots[name] for name in (given.of, *sale.more_lots) if name in ledger.lots]
    pending, debts = [state for state in own if state.is_pending(at)], OpenDebts(ledger)
    return tuple(
        Movement(
            "activation",
            at,
            given.id,
            debts.repay(state.lot.id, state.expires_at, state.left_from(at), at),
            lot=state.lot.id,
        )
        for state in pending
    )
