"""Credits: purchases, adjustments (``S17``), opening balances (``S22``) and transfers (``S16``).

A credit repays debt before any of it can be spent (``S8``).
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltykit.calendars import Never
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.postings import post, post_claim
from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.ledger.allocation import OpenDebts, meet_adjustment, spend
from loyaltykit.domain.ledger.entries import Allocation, Lot, Posting, PostingKind
from loyaltykit.domain.transactions import Adjustment, Arrival, ArrivingLot, OpeningBalance, Purchase, Transfer
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.values import NEVER_US, Instant, joined_id, to_instant


def sell_for_points(account: Account, purchase: Purchase, sale: Sale) -> tuple[Posting, ...]:
    """Post a purchase paid with points: the redemption first (``S25``)."""
    assert purchase.paid_with is not None  # checked by the caller
    points = purchase.paid_with.points
    paid = post(account, purchase, "redemption", -points, spend(account.ledger, purchase.instant, points))
    return (paid, *accrue(account.with_postings([paid]), purchase, sale))


def accrue(account: Account, purchase: Purchase, sale: Sale) -> tuple[Posting, ...]:
    """Post the points of a purchase and their lot."""
    points = sale.earned.points
    if not points:
        return ()
    lot = earned_lot(account.rules.version(sale.version), purchase.id, points, purchase.instant)
    repaid: tuple[Allocation, ...] = ()
    if account.ledger.debt_left and lot.active_from <= max(account.ledger.position, purchase.instant):
        repaid = OpenDebts(account.ledger).repay_from(lot)
    return (
        Posting(
            len(account.ledger.postings),
            "accrual",
            points,
            purchase.instant,
            purchase.id,
            sale.version,
            sale.multiplier,
            lot,
            repaid,
        ),
    )


def earned_lot(rulebook: Rulebook, lot_id: str, points: int, at: Instant) -> Lot:
    """Return the lot of a purchase, pending if the policy says so (``S5``)."""
    begin = rulebook.points_begin(at) if rulebook.has_pending else at
    return Lot(lot_id, points, at, begin, rulebook.points_end(at), rulebook.inactivity)


def new_lot(rulebook: Rulebook, lot_id: str, points: int, at: Instant) -> Lot:
    """Return a lot that expires by the policy (``S3``)."""
    return Lot(lot_id, points, at, at, rulebook.points_end(at), rulebook.inactivity)


def adjust(account: Account, adjustment: Adjustment) -> tuple[Posting, ...]:
    """Post an adjustment (``S17``)."""
    at, points = adjustment.instant, adjustment.points
    if points < 0:
        claim = meet_adjustment(account.ledger, at, -points, account.rules.at(at).program.points)
        return post_claim(account, adjustment, "adjustment", claim)
    lot = _lot_until(account, adjustment.id, points, at, adjustment.expires_at)
    repaid = OpenDebts(account.ledger).repay_from(lot)
    return (evolve(post(account, adjustment, "adjustment", points, repaid), lot=lot),)


def _lot_until(account: Account, lot_id: str, points: int, at: Instant, expires_at: datetime | Never | None) -> Lot:
    """Return a lot with its own end, or the policy's."""
    lot = new_lot(account.rules.at(at), lot_id, points, at)
    if expires_at is None:
        return lot
    end = NEVER_US if isinstance(expires_at, Never) else to_instant(expires_at)
    if end <= at:
        raise InvalidValueError([Problem("expires_at", "is not after occurred_at", "it is the exclusive end")])
    return evolve(lot, expires_at=end, inactivity=None)


def open_balance(account: Account, opening: OpeningBalance) -> tuple[Posting, ...]:
    """Post an opening balance."""
    return _credit_all(account, opening, "opening", opening_lots(account, opening))


def opening_lots(account: Account, opening: OpeningBalance) -> list[Lot]:
    """Return the lots of an opening balance, each with its own end."""
    return [
        _lot_until(account, part_id(opening.id, place), lot.points, opening.instant, lot.expires_at)
        for place, lot in enumerate(opening.lots)
    ]


def receive_transfer(account: Account, arrival: Arrival) -> tuple[Posting, ...]:
    """Post what another member transferred."""
    return _credit_all(account, arrival, "transfer", _arriving_lots(arrival))


def _arriving_lots(arrival: Arrival) -> list[Lot]:
    at = arrival.instant
    return [
        Lot(part_id(arrival.id, place), lot.points, at, at, lot.expires_at, lot.inactivity)
        for place, lot in enumerate(arrival.lots)
    ]


def part_id(cause: str, place: int) -> str:
    """Return the id of one of several lots of a cause."""
    return joined_id(cause, str(place)) if place else cause


def _credit_all(
    account: Account, transaction: OpeningBalance | Arrival, kind: PostingKind, lots: list[Lot]
) -> tuple[Posting, ...]:
    """Post one credit for each lot; together they repay debt, in spend order (``S8``)."""
    debts = OpenDebts(account.ledger)
    in_spend_order = sorted(lots, key=lambda lot: (account.ledger.end_of(lot), lot.occurred_at, lot.id))
    repaid = {lot.id: debts.repay_from(lot) for lot in in_spend_order}
    first = post(account, transaction, kind, 0)
    return tuple(
        evolve(first, number=first.number + place, points=lot.points, lot=lot, allocations=repaid[lot.id])
        for place, lot in enumerate(lots)
    )


def arrival_of(account: Account, transfer: Transfer, postings: tuple[Posting, ...]) -> Arrival:
    """Return what a transfer gives the receiver, lot by lot with the original expiry (``S16``)."""
    states = [(account.ledger.lots[taken.lot], taken.points) for taken in postings[0].allocations]
    lots = [
        ArrivingLot(points=points, expires_at=state.expires_at, inactivity=state.lot.inactivity)
        for state, points in states
    ]
    return Arrival(
        id=transfer.id,
        member_id=transfer.to,
        lots=tuple(lots),
        occurred_at=transfer.occurred_at,
        actor=transfer.actor,
        reason=transfer.reason,
    )
