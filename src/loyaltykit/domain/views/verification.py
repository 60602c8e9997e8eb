"""Verification: everything stored must follow from the records; a finding names the broken invariant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from loyaltykit.domain.accounts.account import Account, rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from loyaltykit.domain.decide.dispatch import decide, settle
from loyaltykit.domain.decide.merges import decide_merge
from loyaltykit.domain.decide.program_change import correct_tiers
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Capture, Purchase, Return, Transaction
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.errors import LoyaltyError
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant


@wire_name("finding")
@frozen
class Finding:
    """An invariant that does not hold.

    Args:
        invariant: its name, such as ``"I3"``.
        member_id: the member's.
        posting: the number of the first posting that breaks it; None if it concerns no single one.
        reason: what does not hold.
    """

    invariant: str
    member_id: str
    posting: int | None
    reason: str

    def __str__(self) -> str:
        place = "" if self.posting is None else f", posting {self.posting}"
        return f"{self.invariant}: {self.reason} (member {self.member_id}{place})"


Recorded = Sequence[tuple[Transaction | None, Decision]]


def verify_member(
    member: Member, rules: ProgramHistory, recorded: Recorded, account: Account, known: Sequence[ProgramHistory] = ()
) -> list[Finding]:
    """Verify one member's records.

    Args:
        member: the record at the enrolment.
        rules: the versions of the programme.
        recorded: transactions with their decisions, in recording order; settlements have no transaction.
        account: the account that the storage keeps.
        known: for each record, the rules known at that time; empty if the programme never changed.
    """
    check = _Check(member.id)
    check.postings(recorded)
    if not check.findings:
        # Only well-formed records can be replayed.
        ledger = Ledger(rules)
        check.lots(recorded, ledger)
        check.written((decision for _, decision in recorded), ledger)
        check.decisions(member, recorded, known or [rules] * len(recorded))
    if not check.findings:
        check.account(rebuild(member, rules, recorded), account)
    return check.findings


def verify_merged(
    joint: MergedMembers,
    member_id: str,
    rules: ProgramHistory,
    read_account: Callable[[], Account],
    known: Sequence[ProgramHistory] = (),
) -> list[Finding]:
    """Verify the records of a member who was ever merged (``S23``).

    Args:
        joint: the family.
        member_id: the survivor's id.
        rules: the versions of the programme.
        read_account: returns the account that the storage keeps; called only if the records can be replayed.
        known: for each record of the family, the rules known at that time; empty if the programme never changed.
    """
    sides = {name: _side(joint, name) for name in map(joint.survivor, joint.members)}
    recorded, check = sides[member_id]
    if not check.findings:
        ledger = joint.ledger(member_id, rules)
        check.lots(recorded, ledger)
        check.written(_still_valid(joint, member_id, rules), ledger)
    if not any(side.findings for _, side in sides.values()):
        # Decisions of one side while it was merged depend on the other.
        check.joint_decisions(joint, known or [rules] * len(joint.entries))
    if not check.findings:
        check.account(joint.account(member_id, rules), read_account())
    return check.findings


def _side(joint: MergedMembers, member_id: str) -> tuple[Recorded, _Check]:
    """Return what was recorded for one side of a family, and a check of its postings."""
    recorded = [(seen.transaction, seen.decision) for seen in joint.records(member_id)]
    check = _Check(member_id)
    check.postings(recorded)
    return recorded, check


def _still_valid(joint: MergedMembers, member_id: str, rules: ProgramHistory) -> Iterator[Decision]:
    """Yield the decisions that still hold after unmerges; all of them where lots do not follow activity.

    A lot that was extended by a side which has left ends where it did before, and the next settlement writes that. That
    its written expiry was right at the time is checked when the decision is replayed (``I12``).
    """
    for seen in joint.records(member_id):
        entry = joint.entries[seen.place]
        if entry.merged_then == entry.merged_still or not rules.follows_activity:
            yield seen.decision


class _Check:
    """Collects the findings of one member."""

    def __init__(self, member_id: str) -> None:
        self.findings: list[Finding] = []
        self._member_id = member_id

    def postings(self, recorded: Recorded) -> None:
        """Check each posting: its number, its cause, and that its parts sum to its points."""
        expected, lots = 0, set[str]()
        for transaction, decision in recorded:
            for posting in decision.postings:
                if posting.number != expected:
                    self._found("I17", posting, f"is numbered {posting.number} where {expected} follows")
                expected += 1
                if posting.lot is not None:
                    lots.add(posting.lot.id)
                if transaction is not None and posting.cause != transaction.id:
                    self._found("S1", posting, "names a different cause than its transaction")
                if any(allocation.lot not in lots for allocation in posting.allocations):
                    self._found("I3", posting, "takes from an unknown lot")
                if _parts(posting) != posting.points or not posting.points:
                    self._found("I1", posting, "does not sum to its lots, allocations and debt")
            if decision.receipt is not None:
                self._receipt(decision)

    def _receipt(self, decision: Decision) -> None:
        receipt, first = decision.receipt, next(iter(decision.postings), None)
        assert receipt is not None  # checked by the caller
        assert decision.receipt_parts is not None  # or there would be no receipt
        if not isinstance(decision.receipt_parts.transaction, Purchase):
            return
        own = [posting for posting in decision.postings if posting.about is None]
        accrued = tuple(posting.points for posting in own if posting.kind == "accrual")
        for shares in (accrued, receipt.lines, tuple(share.points for share in receipt.breakdown)):
            if sum(shares) != receipt.points:
                self._found("I20", first, "is not the sum of its shares")

    def lots(self, recorded: Recorded, ledger: Ledger) -> None:
        """Check each lot: it never has less than 0 points or more than were credited, and no debit uses it when it is
        not alive.
        """
        for transaction, decision in recorded:
            for movement in decision.movements:
                ledger.apply_movement(movement)
            for posting in decision.postings:
                ledger.apply(posting)
                for allocation in posting.allocations:
                    state = ledger.lots[allocation.lot]
                    if not 0 <= state.left_from(allocation.at) <= state.left_at(allocation.at) <= state.lot.points:
                        self._found("I3", posting, "leaves a lot with less than 0 points, or more than were credited")
                    takes_back = isinstance(transaction, Return) or posting.about is not None
                    if allocation.points > 0 and not _is_in_reach(state, allocation.at, transaction, takes_back):
                        self._found("I7", posting, "takes from a lot that is not alive")
        for debt in ledger.debts.values():
            if debt.left < 0:
                self._found("I2", None, "a debt is repaid beyond what was owed")

    def written(self, decisions: Iterable[Decision], ledger: Ledger) -> None:
        """Check that no expiry writes more than lapsed."""
        ledger = catch_up(ledger, ledger.position)[0]
        for decision in decisions:
            for posting in decision.postings:
                if posting.lapse and _has_excess_expiry(ledger, posting):
                    self._found("I8", posting, "writes down more than lapsed")

    def decisions(self, member: Member, recorded: Recorded, known: Sequence[ProgramHistory]) -> None:
        """Replay each decision from the account as it was: it must be the stored one (``I12``)."""
        account = None
        for place, ((transaction, decision), rules) in enumerate(zip(recorded, known, strict=True)):
            by = _rules_for(rules, decision)
            if account is None or account.rules is not by:
                # Other rules may count earlier transactions differently: replay everything.
                account = rebuild(member, by, recorded[:place])
            again = _replay_decision(account, rules, transaction, decision)
            if again is None or _content(again) != _content(decision):
                self._found("I12", next(iter(decision.postings), None), "does not follow from what was recorded before")
                return
            account.apply(transaction, decision)

    def joint_decisions(self, joint: MergedMembers, known: Sequence[ProgramHistory]) -> None:
        """Replay a family's decisions, each from the account of the members merged by then."""
        again, accounts = MergedMembers(joint.members), dict[str, Account]()
        for entry, rules in zip(joint.entries, known, strict=True):
            transaction, survivor = entry.transaction, again.survivor(entry.member_id)
            by = _rules_for(rules, entry.decision)
            if survivor not in accounts or accounts[survivor].rules is not by:
                accounts[survivor] = again.account(survivor, by)
            if isinstance(transaction, Merge | Unmerge):
                decided = _replay_merge(again, rules, transaction)
            else:
                decided = _replay_decision(accounts[survivor], rules, transaction, entry.decision)
            if decided is None or _content(decided) != _content(entry.decision):
                first = next(iter(entry.decision.postings), None)
                self._found("I12", first, "does not follow from what was recorded before")
                return
            if isinstance(transaction, Merge | Unmerge):
                accounts.clear()
            else:
                accounts[survivor].apply(transaction, entry.decision)
            again.add(entry.member_id, transaction, entry.decision)

    def account(self, folded: Account, kept: Account) -> None:
        """Check that the stored account is the projection of its records (``I13``)."""
        if _points(folded.ledger) != _points(kept.ledger):
            self._found("I13", None, "the stored points are not the projection of the records")
        if folded.notice_ids != kept.notice_ids:
            self._found("I13", None, "the stored notice ids are not the projection of the records")
        if folded.standing.row != kept.standing.row:
            self._found("I13", None, "the stored tier is not the projection of the records")
        if folded.usage != kept.usage:
            self._found("I13", None, "the stored counts of caps and achievements are not the projection of the records")
        if folded.vouchers != kept.vouchers:
            self._found("I13", None, "the stored vouchers are not the projection of the records")
        self._statement(kept.ledger)

    def _statement(self, ledger: Ledger) -> None:
        """Check that postings written and expiries due sum to the balance, now and after every expiry (``I2``)."""
        for at in (ledger.position, NEVER_US - 1):
            due = catch_up(ledger, at)[0]
            written = sum(posting.points for posting in due.postings if posting.occurred_at <= at)
            lapsed = sum(points for _, points, _ in due.unwritten(at))
            if written - lapsed != due.available(at) + due.pending(at) + due.held(at) - due.debt(at):
                self._found("I2", None, "the statement does not sum to the balance")
                return

    def _found(self, invariant: str, posting: Posting | None, reason: str) -> None:
        number = None if posting is None else posting.number
        self.findings.append(Finding(invariant, self._member_id, number, reason))


def _parts(posting: Posting) -> int:
    """Return the sum of a posting's parts: its lot, its allocations and what it leaves owing."""
    if posting.lapse is not None:
        return posting.points
    taken = sum(allocation.points for allocation in posting.allocations if allocation.repays is None)
    return (posting.lot.points if posting.lot else 0) - taken - posting.owed


def _is_in_reach(state: LotState, at: Instant, transaction: Transaction | None, takes_back: bool) -> bool:
    """Check that a debit can use a lot: it is alive, a hold keeps it, or pending points are taken back."""
    if isinstance(transaction, Capture):
        return True
    return state.is_alive(at) or (takes_back and state.is_pending(at))


def _content(decision: Decision) -> tuple[object, ...]:
    written = (decision.movements, decision.postings, decision.rows, decision.beside, decision.voucher)
    told = (decision.receipt, decision.notices, decision.achieved, decision.corrections)
    return (*written, *told, decision.restated)


def _points(ledger: Ledger) -> tuple[object, ...]:
    waiting = sum(state.left for state in ledger.waiting)
    return (ledger.postings, ledger.movements, ledger.live_left, waiting, ledger.debt_left)


def _has_excess_expiry(ledger: Ledger, posting: Posting) -> bool:
    assert posting.lapse is not None  # checked by the caller
    state = ledger.lots.get(posting.lapse.lot)
    return state is None or any(points < 0 for _, points in state.unwritten(NEVER_US))


def _replay_decision(
    account: Account, rules: ProgramHistory, transaction: Transaction | None, decision: Decision
) -> Decision | None:
    """Decide again; a programme correction, from the account by the rules before it."""
    try:
        if decision.changed_to is not None:
            return correct_tiers(account, rules)
        if transaction is None:
            return settle(account, decision.settled_until)
        return decide(account, transaction)
    except LoyaltyError:
        return None


def _rules_for(rules: ProgramHistory, decision: Decision) -> ProgramHistory:
    """Return the rules whose account a decision uses: for a programme correction, those before it."""
    return rules if decision.changed_to is None else rules.before_newest()


def _replay_merge(joint: MergedMembers, rules: ProgramHistory, transaction: Merge | Unmerge) -> Decision | None:
    try:
        return decide_merge(joint, rules, transaction)
    except LoyaltyError:
        return None
