"""Writing postings down: those of a transaction, those of a claim, those that put a written expiry right."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.ledger.allocation import Claim, repay_late_debt
from loyaltykit.domain.ledger.entries import Allocation, Lapse, Movement, Posting, PostingKind
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InvalidValueError, problem_of
from loyaltykit.values import MAX_POINTS, NEVER_US, Instant


def post(
    account: Account,
    transaction: Transaction,
    kind: PostingKind,
    points: int,
    allocations: tuple[Allocation, ...] = (),
) -> Posting:
    """One posting of a transaction, next in number."""
    number = len(account.ledger.postings)
    version = account.rules.at(transaction.instant).version
    return Posting(number, kind, points, transaction.instant, transaction.id, version, allocations=allocations)


def post_claim(account: Account, transaction: Transaction, kind: PostingKind, claim: Claim) -> tuple[Posting, ...]:
    """What a transaction's claim takes and leaves owing; nothing when it comes to nothing."""
    version = account.rules.at(transaction.instant).version
    number = len(account.ledger.postings)
    return claimed(account, Posting(number, kind, 0, transaction.instant, transaction.id, version), claim)


def claimed(account: Account, posting: Posting, claim: Claim) -> tuple[Posting, ...]:
    """The posting of a claim with what it takes and leaves owing; nothing when it comes to nothing."""
    if not claim.points:
        return ()
    repaid = repay_late_debt(account.ledger, posting.debt_id, posting.occurred_at, claim) if claim.owed else ()
    return (evolve(posting, points=-claim.points, allocations=(*claim.allocations, *repaid), owed=claim.owed),)


def check_limit(ledger: Ledger, postings: tuple[Posting, ...]) -> None:
    """Refuse postings with which more points would have come to a member than a sum may have.

    Raises:
        InvalidValueError: all points that ever came, and those that were taken by hand, would be more than 10^15.
    """
    if ledger.given + sum(posting.given for posting in postings) > MAX_POINTS:
        raise InvalidValueError([problem_of("points", "points.sum")])


def correct(
    account: Account, late: Transaction, movements: tuple[Movement, ...], postings: tuple[Posting, ...]
) -> tuple[Posting, ...]:
    """A late fact may use points whose expiry was written: a reversal puts that right, dated as it (``T8``)."""
    if not _may_reach_what_is_written(account, movements, postings):
        return ()
    trial = account.ledger.copy()
    for movement in movements:
        trial.move(movement)
    for posting in postings:
        trial.apply(posting)
    # A late hold may have timed out before what is written.
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
    """Whether a late fact takes from a lot whose expiry is written, or can put such an end off: most do neither."""
    if account.rules.follows_activity:
        return True
    lots = account.ledger.lots
    taken = (*(movement.allocations for movement in movements), *(posting.allocations for posting in postings))
    touched = {allocation.lot for allocations in taken for allocation in allocations}
    return any(name in lots and lots[name].written for name in touched)


def _due(item: tuple[Instant, int, LotState]) -> tuple[Instant, tuple[Instant, Instant, str]]:
    return (item[0], item[2].key)
