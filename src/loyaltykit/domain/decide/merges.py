"""What a merge or an unmerge leads to (``S23``), worked out from the family alone."""

from __future__ import annotations

from decimal import Decimal

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision, Told
from loyaltykit.domain.accounts.family import Joint
from loyaltykit.domain.decide.notices import tell_of_joining
from loyaltykit.domain.facts.versions import Rules
from loyaltykit.domain.ledger.entries import Movement
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.errors import NotEnrolledError, UnmergeRefusedError
from loyaltykit.values import Instant


def decide_joint(joint: Joint, rules: Rules, transaction: Merge | Unmerge) -> Decision:
    """What a merge or an unmerge leads to.

    Args:
        joint: the family of those it names, before it.
        rules: the versions of the programme.
        transaction: with ``occurred_at`` given.

    Raises:
        NotEnrolledError: it lies before an enrolment.
        UnmergeRefusedError: nothing was merged, or something since then ties the two sides together.
    """
    if isinstance(transaction, Merge):
        return _merge(joint, rules, transaction)
    return _unmerge(joint, rules, transaction)


def named_by(joint: Joint, transaction: Merge | Unmerge) -> str:
    """The member for whom it is recorded: who survives, or who leaves."""
    return joint.survivor(transaction.member_id) if isinstance(transaction, Merge) else transaction.member_id


def _merge(joint: Joint, rules: Rules, merge: Merge) -> Decision:
    """No points come, go or repay anything: each side brings what it has, and what fell due for it before."""
    at, survivor = merge.instant, joint.survivor(merge.member_id)
    account = joint.account(survivor, rules)
    if survivor == joint.survivor(merge.other):
        _check_enrolled(account, at)
        return Decision(told=_told(merge, account, account))
    coming = joint.account(merge.other, rules)
    for side in (account, coming):
        _check_enrolled(side, at)
    due = (*account.caught_up(at)[1], *coming.caught_up(at)[1])
    after = joint.with_record(survivor, merge).account(survivor, rules)
    decision = Decision(told=_told(merge, account, after, _points(coming, at)))
    decision.movements = (*due, Movement("merge", at, merge.id))
    if rules.at(at).program.notices is not None:
        decision.notices = tell_of_joining(account, after, merge)
    return decision


def _unmerge(joint: Joint, rules: Rules, unmerge: Unmerge) -> Decision:
    other, at = unmerge.member_id, unmerge.instant
    account = joint.account(other, rules)
    _check_enrolled(account, at)
    if not joint.is_merged(other):
        raise UnmergeRefusedError("is not merged into another member", "name the one who was merged")
    ties = joint.ties(other, rules)
    if ties:
        raise UnmergeRefusedError("is tied to the other side by what was recorded since", "see postings", ties)
    after = joint.with_record(other, unmerge).account(other, rules)
    return Decision(told=_told(unmerge, account, after, _points(after, at)))


def _check_enrolled(account: Account, at: Instant) -> None:
    if at < account.member.enrolled_instant:
        raise NotEnrolledError("occurred_at")


def _points(account: Account, at: Instant) -> int:
    """What one side brings along, or takes with it."""
    ledger = catch_up(account.ledger, at)[0]
    return ledger.available(at) + ledger.pending(at) + ledger.held(at)


def _told(transaction: Merge | Unmerge, before: Account, after: Account, moved: int = 0) -> Told:
    was, now = (account.outlook(transaction.instant) for account in (before, after))
    return Told(transaction, after.member.id, Decimal(1), was.view.tier, now.view.tier, moved)
