"""Postings: those of a transaction, those of a claim, those that correct a written expiry."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.ledger.allocation import Claim, repay_late_debt
from loyaltykit.domain.ledger.entries import Allocation, Lapse, Movement, Posting, PostingKind
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InvalidValueError
from loyaltykit.problems import problem_of
from loyaltykit.values import MAX_POINTS, NEVER_US, Instant


def post(
    account: Account,
    transaction: Transaction,
    kind: PostingKind,
    points: int,
    allocations: tuple[Allocation, ...] = (),
) -> Posting:
    """Return one posting of a transaction, with the next number."""
    number = len(account.ledger.postings)
    version = account.rules.at(transaction.instant).version
    return Posting(number, kind, points, transaction.instant, transaction.id, version, allocations=allocations)


def post_claim(account: Account, transaction: Transaction, kind: PostingKind, claim: Claim) -> tuple[Posting, ...]:
    """Post what a transaction's claim takes and leaves owing; nothing if it is empty."""
    version = account.rules.at(transaction.instant).version
    number = len(account.ledger.postings)
    return claim_postings(account, Posting(number, kind, 0, transaction.instant, transaction.id, version), claim)


def claim_postings(account: Account, posting: Posting, claim: Claim) -> tuple[Posting, ...]:
    """Complete the posting of a claim with what it takes and leaves owing; nothing if it is empty."""
    if not claim.points:
        return ()
    repaid = repay_late_debt(account.ledger, posting.debt_id, posting.occurred_at, claim) if claim.owed else ()
    return (evolve(posting, points=-claim.points, allocations=(*claim.allocations, *repaid), owed=claim.owed),)


def check_limit(ledger: Ledger, postings: tuple[Posting, ...]) -> None:
    """Check that a member's credits and adjustments do not exceed the limit of sums.

    Raises:
        InvalidValueError: all credits and adjustments together would exceed 10^15 points.
    """
    if ledger.given + sum(posting.given for posting in postings) > MAX_POINTS:
        raise InvalidValueError([problem_of("points", "points.sum")])


def correct_expiries(
    account: Account, late: Transaction, movements: tuple[Movement, ...], postings: tuple[Posting, ...]
) -> tuple[Posting, ...]:
    """Reverse written expiries of points that a late transaction uses, dated like them (``T8``)."""
    if not _may_reach_what_is_written(account, movements, postings):
        return ()
    trial = account.ledger.copy()
    for movement in movements:
        trial.apply_movement(movement)
    for posting in postings:
        trial.apply(posting)
    # A late hold may have timed out before a written expiry.
    trial = catch_up(trial, trial.position)[0]
    overwritten = [
        (when, -points, state)
        for state in trial.lots.values()
        if state.written
        for when, points in state.unwritten(NEVER_US)
        if points < 0
    ]
    first, version = len(trial.postings), account.rules.at(late.instant).version
    return tuple(
        Posting(number, "reversal", points, when, late.id, version, lapse=Lapse(state.lot.id, when))
        for number, (when, points, state) in enumerate(sorted(overwritten, key=_due), start=first)
    )


def _may_reach_what_is_written(
    account: Account, movements: tuple[Movement, ...], postings: tuple[Posting, ...]
) -> bool:
    """Check whether a late transaction uses a lot with a written expiry, or can extend one; most do neither."""
    if account.rules.follows_activity:
        return True
    lots = account.ledger.lots
    taken = (*(movement.allocations for movement in movements), *(posting.allocations for posting in postings))
    touched = {allocation.lot for allocations in taken for allocation in allocations}
    return any(name in lots and lots[name].written for name in touched)


def _due(item: tuple[Instant, int, LotState]) -> tuple[Instant, tuple[Instant, Instant, str]]:
    return (item[0], item[2].key)
