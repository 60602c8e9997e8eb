"""The one entry: what a transaction leads to, worked out from the account and the rules, with nothing changed.

``decide`` is pure: no clock, no storage, no randomness. What it returns is appended as a whole, or not at all.
"""

from __future__ import annotations

from attrs import evolve, frozen

from loyaltykit.calendars import Never
from loyaltykit.domain.account import Account, Decision, Told
from loyaltykit.domain.allocation import Claim, Owing, claim_back, repay_late_debt, spend, take_by_hand
from loyaltykit.domain.basket import declared_problems
from loyaltykit.domain.lots import Allocation, Lapse, Lot, LotState, Posting, PostingKind
from loyaltykit.domain.policy import Extend
from loyaltykit.domain.sales import Sale, take_back
from loyaltykit.domain.standing import Step
from loyaltykit.domain.transactions import (
    Adjustment,
    Event,
    Purchase,
    Redemption,
    Return,
    Reversal,
    Transaction,
)
from loyaltykit.errors import (
    InvalidValueError,
    NotEnrolledError,
    Problem,
    ReturnExceedsPurchaseError,
    ReversalExceedsRedemptionError,
)
from loyaltykit.values import NEVER_US, Instant, to_instant


def decide(account: Account, transaction: Transaction) -> Decision:
    """What a transaction leads to.

    Args:
        account: of the member it is about.
        transaction: with ``occurred_at`` given.

    Raises:
        NotEnrolledError: it lies before the member's enrolment.
        InsufficientPointsError, ReturnExceedsPurchaseError, ReversalExceedsRedemptionError, InvalidValueError: it asks
            for something that cannot be.
    """
    if transaction.instant < account.member.enrolled_instant:
        raise NotEnrolledError("occurred_at")
    if isinstance(transaction, Event):
        _check_event(account, transaction)
    # The ledger decides whether a return can be; only then is it put in its place in the past.
    claim = _returned(account, transaction) if isinstance(transaction, Return) else None
    late = transaction.order < account.standing.position
    step = (account.standing_before(transaction) if late else account.standing).step(transaction)
    sale = step.sale if claim is None else claim.sale
    postings = _claw_back(account, transaction, claim) if claim else _postings(account, transaction, sale)
    if postings and transaction.instant < account.ledger.position:
        postings += _corrections(account, transaction, postings)
    rows = () if late else step.rows
    return Decision(postings, rows, _told(account, transaction, step), sale, step)


def settle(account: Account, until: Instant) -> Decision | None:
    """What is due by an instant and not written yet, or None: tier checks, then expiries (``T10``, ``S2``)."""
    rows = account.standing.rows_due(until)
    due = account.ledger.unwritten(until)
    if not rows and not due:
        return None
    first = len(account.ledger.postings)
    postings = tuple(
        Posting(
            number,
            "expiry",
            -points,
            when,
            state.lot.id,
            account.rulebook.version,
            lapse=Lapse(state.lot.id, when),
        )
        for number, (when, points, state) in enumerate(due, start=first)
    )
    return Decision(postings, tuple(rows), settled_until=until)


def _postings(account: Account, transaction: Transaction, sale: Sale | None) -> tuple[Posting, ...]:
    if isinstance(transaction, Purchase):
        assert sale is not None  # a purchase always makes one
        return _accrue(account, transaction, sale)
    if isinstance(transaction, Redemption):
        taken = spend(account.ledger, transaction.instant, transaction.points)
        return (_posting(account, transaction, "redemption", -transaction.points, taken),)
    if isinstance(transaction, Adjustment):
        return _adjust(account, transaction)
    if isinstance(transaction, Reversal):
        return _reverse(account, transaction)
    return ()


def _posting(
    account: Account,
    transaction: Transaction,
    kind: PostingKind,
    points: int,
    allocations: tuple[Allocation, ...] = (),
) -> Posting:
    number = len(account.ledger.postings)
    version = account.rulebook.version
    return Posting(number, kind, points, transaction.instant, transaction.id, version, allocations=allocations)


# -- credits -----------------------------------------------------------------------------------------------------------


def _accrue(account: Account, purchase: Purchase, sale: Sale) -> tuple[Posting, ...]:
    points = sale.earned.points
    if not points:
        return ()
    lot = new_lot(account, purchase.id, points, purchase.instant)
    repaid: tuple[Allocation, ...] = ()
    if account.ledger.debt_left:
        repaid = Owing(account.ledger).repay(lot.id, lot.expires_at, points, lot.active_from)
    return (
        Posting(
            len(account.ledger.postings),
            "accrual",
            points,
            purchase.instant,
            purchase.id,
            account.rulebook.version,
            sale.multiplier,
            lot,
            repaid,
        ),
    )


def new_lot(account: Account, lot_id: str, points: int, at: Instant) -> Lot:
    """A lot that lives as the policy says (``S3``)."""
    end = account.rulebook.points_end(at)
    return Lot(lot_id, points, at, at, end, account.rulebook.follows_activity)


def _adjust(account: Account, adjustment: Adjustment) -> tuple[Posting, ...]:
    at, points = adjustment.instant, adjustment.points
    if points < 0:
        claim = take_by_hand(account.ledger, at, -points, account.rulebook.program.points)
        return _debit(account, adjustment, "adjustment", claim)
    lot = new_lot(account, adjustment.id, points, at)
    if adjustment.expires_at is not None:
        end = NEVER_US if isinstance(adjustment.expires_at, Never) else to_instant(adjustment.expires_at)
        lot = evolve(lot, expires_at=end, follows_activity=False)
        if end <= at:
            raise InvalidValueError([Problem("expires_at", "is not after occurred_at", "it is the exclusive end")])
    repaid = Owing(account.ledger).repay(lot.id, lot.expires_at, points, at)
    return (evolve(_posting(account, adjustment, "adjustment", points, repaid), lot=lot),)


def _reverse(account: Account, reversal: Reversal) -> tuple[Posting, ...]:
    ledger, at = account.ledger, reversal.instant
    redeemed = ledger.redemptions[reversal.of]
    given = ledger.given_back.get(reversal.of, 0)
    left = -redeemed.points - given
    points = left if reversal.points is None else reversal.points
    if at < redeemed.occurred_at:
        raise _exceeds("occurred_at", "lies before the redemption")
    if not left or points > left:
        raise _exceeds("points", "is more than is left to give back")
    backs = _give_backs(redeemed.allocations, given, points)
    lot = _extended_lot(account, reversal, backs)
    if lot is not None:
        backs = [back for back in backs if ledger.lots[back.lot].expires_at > at]
    allocations = [Allocation(back.lot, -back.points, at) for back in backs]
    owing = Owing(ledger)
    for back in sorted(backs, key=lambda back: ledger.lots[back.lot].key):
        allocations += owing.repay(back.lot, ledger.lots[back.lot].expires_at, back.points, at)
    if lot is not None:
        allocations += owing.repay(lot.id, lot.expires_at, lot.points, at)
    return (evolve(_posting(account, reversal, "reversal", points, tuple(allocations)), lot=lot),)


def _extended_lot(account: Account, reversal: Reversal, backs: list[Allocation]) -> Lot | None:
    """The new lot for points whose own lot has expired, when the policy extends them (``S9``)."""
    policy, at = account.rulebook.program.points.on_reversal, reversal.instant
    points = sum(back.points for back in backs if account.ledger.lots[back.lot].expires_at <= at)
    if not isinstance(policy, Extend) or not points:
        return None
    calendar = account.rulebook.calendar
    return Lot(reversal.id, points, at, at, calendar.start_of(calendar.day_of(at) + policy.days + 1))


def _give_backs(taken: tuple[Allocation, ...], given: int, points: int) -> list[Allocation]:
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


def _exceeds(name: str, reason: str) -> ReversalExceedsRedemptionError:
    return ReversalExceedsRedemptionError(name, reason, "give back at most what the redemption took, after it")


# -- debits ------------------------------------------------------------------------------------------------------------


@frozen
class _Returned:
    """The purchase after a return, by all returns recorded so far, and how its claim is met."""

    sale: Sale
    claim: Claim


def _returned(account: Account, back: Return) -> _Returned:
    """Price a return in the order of recording; refuses what cannot come back (``S6``)."""
    sold = account.ledger.sales[back.of]
    if back.instant < sold.purchase.instant:
        raise ReturnExceedsPurchaseError("occurred_at", "lies before the purchase", "date it at or after the purchase")
    sale = take_back(sold, back, account.rulebook.accrual, strict=True)
    points = sale.claimed - sold.claimed
    if not points:
        return _Returned(sale, Claim())
    claim = claim_back(account.ledger, sold, back.instant, points, account.rulebook.program.points)
    return _Returned(evolve(sale, lapsed=sale.lapsed + claim.lapsed), claim)


def _claw_back(account: Account, back: Transaction, returned: _Returned) -> tuple[Posting, ...]:
    postings = _debit(account, back, "clawback", returned.claim)
    return tuple(evolve(posting, multiplier=returned.sale.multiplier) for posting in postings)


def _debit(account: Account, transaction: Transaction, kind: PostingKind, claim: Claim) -> tuple[Posting, ...]:
    if not claim.points:
        return ()
    repaid = repay_late_debt(account.ledger, transaction.id, transaction.instant, claim) if claim.owed else ()
    posting = _posting(account, transaction, kind, -claim.points, (*claim.allocations, *repaid))
    return (evolve(posting, owed=claim.owed),)


def _corrections(account: Account, late: Transaction, postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """A late fact may use points whose expiry was written: a reversal puts that right, dated as it (``T8``)."""
    trial = account.ledger.refold()
    for posting in postings:
        trial.apply(posting)
    overwritten = [
        (when, -points, state)
        for state in trial.lots.values()
        if state.written
        for when, points in state.unwritten(NEVER_US)
        if points < 0
    ]
    first = len(trial.postings)
    return tuple(
        Posting(number, "reversal", points, when, late.id, account.rulebook.version, lapse=Lapse(state.lot.id, when))
        for number, (when, points, state) in enumerate(sorted(overwritten, key=_due), start=first)
    )


def _due(item: tuple[Instant, int, LotState]) -> tuple[Instant, tuple[Instant, Instant, str]]:
    return (item[0], item[2].key)


# -- what the caller is told -------------------------------------------------------------------------------------------


def _told(account: Account, transaction: Transaction, step: Step) -> Told:
    names = account.rulebook.names
    before, after = step.before.rank, step.after.rank
    multiplier = account.rulebook.multipliers[before]
    return Told(transaction, account.member.id, multiplier, names[before], names[after])


def _check_event(account: Account, event: Event) -> None:
    declared = account.rulebook.program.scope.events.get(event.name)
    if declared is None:
        raise InvalidValueError([Problem("name", "is not a declared kind of event", "declare it with EventType")])
    problems = declared_problems(event.attributes, declared, "attributes")
    if problems:
        raise InvalidValueError(problems)
