"""Points that come: for a purchase, by hand (``S17``), from another system (``S22``) or another member (``S16``).

A credit repays what is owed before anything of it can be spent (``S8``).
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltykit.calendars import Never
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.postings import post, post_claim
from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.ledger.allocation import Owing, spend, take_by_hand
from loyaltykit.domain.ledger.entries import Allocation, Lot, Posting, PostingKind
from loyaltykit.domain.transactions import Adjustment, Arrival, ArrivingLot, OpeningBalance, Purchase, Transfer
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.values import NEVER_US, Instant, joined_id, to_instant


def sell(account: Account, purchase: Purchase, sale: Sale) -> tuple[Posting, ...]:
    """What a purchase that is paid with points brings; first of all, the redemption (``S25``)."""
    assert purchase.paid_with is not None  # the caller looked
    points = purchase.paid_with.points
    paid = post(account, purchase, "redemption", -points, spend(account.ledger, purchase.instant, points))
    return (paid, *accrue(account.after([paid]), purchase, sale))


def accrue(account: Account, purchase: Purchase, sale: Sale) -> tuple[Posting, ...]:
    """The points of a purchase, and the lot they come in."""
    points = sale.earned.points
    if not points:
        return ()
    lot = earned_lot(account.rules.version(sale.version), purchase.id, points, purchase.instant)
    repaid: tuple[Allocation, ...] = ()
    if account.ledger.debt_left and lot.active_from <= max(account.ledger.position, purchase.instant):
        repaid = Owing(account.ledger).repay_from(lot)
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
    """The lot of a purchase: it may have to wait (``S5``)."""
    begin = rulebook.points_begin(at) if rulebook.has_pending else at
    return Lot(lot_id, points, at, begin, rulebook.points_end(at), rulebook.inactivity)


def new_lot(rulebook: Rulebook, lot_id: str, points: int, at: Instant) -> Lot:
    """A lot that lives as the policy says (``S3``)."""
    return Lot(lot_id, points, at, at, rulebook.points_end(at), rulebook.inactivity)


def adjust(account: Account, adjustment: Adjustment) -> tuple[Posting, ...]:
    """What a correction by hand gives or takes (``S17``)."""
    at, points = adjustment.instant, adjustment.points
    if points < 0:
        claim = take_by_hand(account.ledger, at, -points, account.rules.at(at).program.points)
        return post_claim(account, adjustment, "adjustment", claim)
    lot = _lot_until(account, adjustment.id, points, at, adjustment.expires_at)
    repaid = Owing(account.ledger).repay_from(lot)
    return (evolve(post(account, adjustment, "adjustment", points, repaid), lot=lot),)


def _lot_until(account: Account, lot_id: str, points: int, at: Instant, expires_at: datetime | Never | None) -> Lot:
    """A lot with an end of its own, or the policy's."""
    lot = new_lot(account.rules.at(at), lot_id, points, at)
    if expires_at is None:
        return lot
    end = NEVER_US if isinstance(expires_at, Never) else to_instant(expires_at)
    if end <= at:
        raise InvalidValueError([Problem("expires_at", "is not after occurred_at", "it is the exclusive end")])
    return evolve(lot, expires_at=end, inactivity=None)


def open_balance(account: Account, opening: OpeningBalance) -> tuple[Posting, ...]:
    """What a member brings along."""
    return _credit_all(account, opening, "opening", opening_lots(account, opening))


def opening_lots(account: Account, opening: OpeningBalance) -> list[Lot]:
    """The lots that a member brings along, each with its own end."""
    return [
        _lot_until(account, part_id(opening.id, place), lot.points, opening.instant, lot.expires_at)
        for place, lot in enumerate(opening.lots)
    ]


def receive(account: Account, arrival: Arrival) -> tuple[Posting, ...]:
    """What another member gave."""
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
    """One posting for each lot; together they repay what is owed, in spend order (``S8``)."""
    owing = Owing(account.ledger)
    in_spend_order = sorted(lots, key=lambda lot: (account.ledger.end_of(lot), lot.occurred_at, lot.id))
    repaid = {lot.id: owing.repay_from(lot) for lot in in_spend_order}
    first = post(account, transaction, kind, 0)
    return tuple(
        evolve(first, number=first.number + place, points=lot.points, lot=lot, allocations=repaid[lot.id])
        for place, lot in enumerate(lots)
    )


def arrival_of(account: Account, transfer: Transfer, postings: tuple[Posting, ...]) -> Arrival:
    """What a transfer brings to the one who receives it, lot by lot with the original expiry (``S16``)."""
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
