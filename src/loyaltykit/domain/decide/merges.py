"""Decisions on merges and unmerges (``S23``), from the family's records alone."""

from __future__ import annotations

from decimal import Decimal

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from loyaltykit.domain.accounts.receipt import ReceiptParts
from loyaltykit.domain.decide.notices import notices_of_merge
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Movement
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.errors import NotEnrolledError, UnmergeRefusedError
from loyaltykit.values import Instant


def decide_merge(joint: MergedMembers, rules: ProgramHistory, transaction: Merge | Unmerge) -> Decision:
    """Decide a merge or an unmerge.

    Args:
        joint: the family of the named members, before it.
        rules: the versions of the programme.
        transaction: with ``occurred_at`` given.

    Raises:
        NotEnrolledError: it precedes an enrolment.
        UnmergeRefusedError: the member is not merged, or later transactions used the other side's points.
    """
    if isinstance(transaction, Merge):
        return _merge(joint, rules, transaction)
    return _unmerge(joint, rules, transaction)


def recorded_for(joint: MergedMembers, transaction: Merge | Unmerge) -> str:
    """Return the member for whom it is recorded: the survivor of a merge, the leaving member of an unmerge."""
    return joint.survivor(transaction.member_id) if isinstance(transaction, Merge) else transaction.member_id


def _merge(joint: MergedMembers, rules: ProgramHistory, merge: Merge) -> Decision:
    """Decide a merge: no points change and nothing is repaid; each side brings what fell due before."""
    at, survivor = merge.instant, joint.survivor(merge.member_id)
    account = joint.account(survivor, rules)
    if survivor == joint.survivor(merge.other):
        _check_enrolled(account, at)
        return Decision(receipt_parts=_receipt_parts(merge, account, account))
    coming = joint.account(merge.other, rules)
    for side in (account, coming):
        _check_enrolled(side, at)
    due = (*account.catch_up(at)[1], *coming.catch_up(at)[1])
    after = joint.with_transaction(survivor, merge).account(survivor, rules)
    decision = Decision(receipt_parts=_receipt_parts(merge, account, after, _points(coming, at)))
    decision.movements = (*due, Movement("merge", at, merge.id))
    if rules.at(at).program.notices is not None:
        decision.notices = notices_of_merge(account, after, merge)
    return decision


def _unmerge(joint: MergedMembers, rules: ProgramHistory, unmerge: Unmerge) -> Decision:
    other, at = unmerge.member_id, unmerge.instant
    account = joint.account(other, rules)
    _check_enrolled(account, at)
    if not joint.is_merged(other):
        raise UnmergeRefusedError("is not merged into another member", "name the one who was merged")
    blockers = joint.unmerge_blockers(other, rules)
    if blockers:
        raise UnmergeRefusedError(
            "cannot be undone: later transactions used the other side's points", "see error.postings", blockers
        )
    after = joint.with_transaction(other, unmerge).account(other, rules)
    return Decision(receipt_parts=_receipt_parts(unmerge, account, after, _points(after, at)))


def _check_enrolled(account: Account, at: Instant) -> None:
    if at < account.member.enrolled_instant:
        raise NotEnrolledError("occurred_at")


def _points(account: Account, at: Instant) -> int:
    """Return the points that one side brings or takes with it."""
    ledger = catch_up(account.ledger, at)[0]
    return ledger.available(at) + ledger.pending(at) + ledger.held(at)


def _receipt_parts(transaction: Merge | Unmerge, before: Account, after: Account, moved: int = 0) -> ReceiptParts:
    was, now = (account.state_at(transaction.instant) for account in (before, after))
    return ReceiptParts(transaction, after.member.id, Decimal(1), was.view.tier, now.view.tier, moved)
