"""Points that go back to the lots they were taken from (``S9``)."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.postings import post
from loyaltykit.domain.ledger.allocation import Owing
from loyaltykit.domain.ledger.entries import Allocation, Lot, Posting
from loyaltykit.domain.program.points import Extend
from loyaltykit.domain.transactions import Return, Reversal
from loyaltykit.errors import ReversalExceedsRedemptionError


def reverse(account: Account, reversal: Reversal) -> tuple[Posting, ...]:
    """What a reversal gives back: never before the redemption, never more than is left of it."""
    redeemed = account.ledger.redemptions[reversal.of]
    left = -redeemed.points - account.ledger.given_back.get(reversal.of, 0)
    points = left if reversal.points is None else reversal.points
    if reversal.instant < redeemed.occurred_at:
        way_out = "date it at or after the redemption"
        raise ReversalExceedsRedemptionError("occurred_at", "is before the redemption", way_out)
    if not left or points > left:
        reason = f"asks for {points} where {left} are left to give back" if left else "was given back whole before"
        way_out = f"give back at most {left}" if left else "check the id: there is nothing left to reverse"
        raise ReversalExceedsRedemptionError("points", reason, way_out, requested=points, left=left)
    return give_back(account, reversal, points)


def give_back(account: Account, reversal: Reversal | Return, points: int) -> tuple[Posting, ...]:
    """Points that a redemption took go back to their lots, then repay what is owed (``S9``)."""
    ledger, at = account.ledger, reversal.instant
    given = ledger.given_back.get(reversal.of, 0)
    backs = give_backs(ledger.redemptions[reversal.of].allocations, given, points)
    lot = _extended_lot(account, reversal, backs)
    if lot is not None:
        backs = [back for back in backs if ledger.lots[back.lot].expires_at > at]
    allocations = [Allocation(back.lot, -back.points, at) for back in backs]
    owing = Owing(ledger)
    for back in sorted(backs, key=lambda back: ledger.lots[back.lot].key):
        allocations += owing.repay(back.lot, ledger.lots[back.lot].expires_at, back.points, at)
    if lot is not None:
        allocations += owing.repay_from(lot)
    version = ledger.redemptions[reversal.of].version
    return (evolve(post(account, reversal, "reversal", points, tuple(allocations)), lot=lot, version=version),)


def _extended_lot(account: Account, reversal: Reversal | Return, backs: list[Allocation]) -> Lot | None:
    """The new lot for points whose own lot has expired, when the policy extends them (``S9``)."""
    version = account.ledger.redemptions[reversal.of].version
    policy, at = account.rules.version(version).program.points.on_reversal, reversal.instant
    points = sum(back.points for back in backs if account.ledger.lots[back.lot].expires_at <= at)
    if not isinstance(policy, Extend) or not points:
        return None
    calendar = account.rules.calendar
    return Lot(reversal.id, points, at, at, calendar.start_of(calendar.day_of(at) + policy.days + 1))


def give_backs(taken: tuple[Allocation, ...], given: int, points: int) -> list[Allocation]:
    """What goes back to which lot: the reverse of the order taken, after what earlier reversals gave back (``S9``)."""
    backs = []
    for allocation in reversed(taken):
        skipped = min(given, allocation.points)
        given -= skipped
        part = min(points, allocation.points - skipped)
        points -= part
        if part:
            backs.append(evolve(allocation, points=part))
    return backs
