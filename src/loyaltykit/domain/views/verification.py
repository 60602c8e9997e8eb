"""Checking what a storage holds: every number follows from the records, or the invariant that fails is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from loyaltykit.domain.accounts.account import Account, rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import Joint
from loyaltykit.domain.decide.dispatch import decide, settle
from loyaltykit.domain.decide.merges import decide_joint
from loyaltykit.domain.decide.program_change import taken_again
from loyaltykit.domain.facts.versions import Rules
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
    """Something that does not hold.

    Args:
        invariant: its name, such as ``"I3"``.
        member_id: whose.
        posting: the number of the posting at which it first fails; None when it is about no single one.
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
    member: Member, rules: Rules, recorded: Recorded, account: Account, known: Sequence[Rules] = ()
) -> list[Finding]:
    """What does not hold of one member's records.

    Args:
        member: whose.
        rules: the versions of the programme.
        recorded: transactions with their decisions, settlements without one, in the order of recording.
        account: the fold that the storage keeps at hand.
        known: for each of them, the rules as they were known then; empty where nothing ever changed.
    """
    check = _Check(member.id)
    check.postings(recorded)
    if not check.findings:
        # Only what is well formed can be folded and decided again.
        ledger = Ledger(rules)
        check.lots(recorded, ledger)
        check.written((decision for _, decision in recorded), ledger)
        check.decisions(member, recorded, known or [rules] * len(recorded))
    if not check.findings:
        check.account(rebuild(member, rules, recorded), account)
    return check.findings


def verify_joint(
    joint: Joint, member_id: str, rules: Rules, read_account: Callable[[], Account], known: Sequence[Rules] = ()
) -> list[Finding]:
    """What does not hold of the records of a member who was ever merged (``S23``).

    Args:
        joint: the family.
        member_id: who, by the survivor's id.
        rules: the versions of the programme.
        read_account: gives the fold that the storage keeps at hand; asked only for what can be folded.
        known: for each record of the family, the rules as they were known then; empty where nothing ever changed.
    """
    sides = {name: _side(joint, name) for name in map(joint.survivor, joint.members)}
    recorded, check = sides[member_id]
    if not check.findings:
        ledger = joint.ledger(member_id, rules)
        check.lots(recorded, ledger)
        check.written(_still_right(joint, member_id, rules), ledger)
    if not any(side.findings for _, side in sides.values()):
        # What one side decided while it was joined depends on the other.
        check.joint_decisions(joint, known or [rules] * len(joint.entries))
    if not check.findings:
        check.account(joint.account(member_id, rules), read_account())
    return check.findings


def _side(joint: Joint, member_id: str) -> tuple[Recorded, _Check]:
    """What was recorded for one of a family, and what does not hold of its postings."""
    recorded = [(seen.transaction, seen.decision) for seen in joint.records(member_id)]
    check = _Check(member_id)
    check.postings(recorded)
    return recorded, check


def _still_right(joint: Joint, member_id: str, rules: Rules) -> Iterator[Decision]:
    """What was decided in the company that there still is; all of it where ends do not follow activity.

    An end that the activity of a side put off which has left lies where it was; the next settlement writes that. That
    it was right when it was written is seen when it is decided again (``I12``).
    """
    for seen in joint.records(member_id):
        entry = joint.entries[seen.place]
        if entry.company == entry.circle or not rules.follows_activity:
            yield seen.decision


class _Check:
    """Collects what does not hold for one member."""

    def __init__(self, member_id: str) -> None:
        self.findings: list[Finding] = []
        self._member_id = member_id

    def postings(self, recorded: Recorded) -> None:
        """Each posting by itself: numbered without gaps, with its cause, its parts adding up."""
        expected, lots = 0, set[str]()
        for transaction, decision in recorded:
            for posting in decision.postings:
                if posting.number != expected:
                    self._found("I17", posting, f"is numbered {posting.number} where {expected} follows")
                expected += 1
                if posting.lot is not None:
                    lots.add(posting.lot.id)
                if transaction is not None and posting.cause != transaction.id:
                    self._found("S1", posting, "names another cause than the transaction that led to it")
                if any(allocation.lot not in lots for allocation in posting.allocations):
                    self._found("I3", posting, "takes from a lot that was never made")
                if _parts(posting) != posting.points or not posting.points:
                    self._found("I1", posting, "does not add up to its lots, allocations and debt")
            if decision.receipt is not None:
                self._receipt(decision)

    def _receipt(self, decision: Decision) -> None:
        receipt, first = decision.receipt, next(iter(decision.postings), None)
        assert receipt is not None  # the caller looked
        assert decision.told is not None  # or there would be no receipt
        if not isinstance(decision.told.transaction, Purchase):
            return
        own = [posting for posting in decision.postings if posting.about is None]
        accrued = tuple(posting.points for posting in own if posting.kind == "accrual")
        for shares in (accrued, receipt.lines, tuple(share.points for share in receipt.breakdown)):
            if sum(shares) != receipt.points:
                self._found("I20", first, "is not the sum of its shares")

    def lots(self, recorded: Recorded, ledger: Ledger) -> None:
        """Each lot over its life: never less than nothing left, never more than came, nothing taken when it is dead."""
        for transaction, decision in recorded:
            for movement in decision.movements:
                ledger.move(movement)
            for posting in decision.postings:
                ledger.apply(posting)
                for allocation in posting.allocations:
                    state = ledger.lots[allocation.lot]
                    if not 0 <= state.left_from(allocation.at) <= state.left_at(allocation.at) <= state.lot.points:
                        self._found("I3", posting, "leaves a lot with less than nothing, or more than came")
                    takes_back = isinstance(transaction, Return) or posting.about is not None
                    if allocation.points > 0 and not _is_in_reach(state, allocation.at, transaction, takes_back):
                        self._found("I7", posting, "takes from a lot that is not alive")
        for debt in ledger.debts.values():
            if debt.left < 0:
                self._found("I2", None, "a debt is repaid beyond what was owed")

    def written(self, decisions: Iterable[Decision], ledger: Ledger) -> None:
        """Each expiry that was written down: no more than lapsed."""
        ledger = catch_up(ledger, ledger.position)[0]
        for decision in decisions:
            for posting in decision.postings:
                if posting.lapse and _overwritten(ledger, posting):
                    self._found("I8", posting, "writes down more than lapsed")

    def decisions(self, member: Member, recorded: Recorded, known: Sequence[Rules]) -> None:
        """Each decision again, from the account as it was: it must be the one that is stored (``I12``)."""
        account = None
        for place, ((transaction, decision), rules) in enumerate(zip(recorded, known, strict=True)):
            by = _decided_by(rules, decision)
            if account is None or account.rules is not by:
                # Other rules may count what was before them otherwise: nothing of another fold can be kept.
                account = rebuild(member, by, recorded[:place])
            again = _decided_again(account, rules, transaction, decision)
            if again is None or _content(again) != _content(decision):
                self._found("I12", next(iter(decision.postings), None), "does not follow from what was recorded before")
                return
            account.apply(transaction, decision)

    def joint_decisions(self, joint: Joint, known: Sequence[Rules]) -> None:
        """The decisions of a whole family again, each from the account of those who were one by then."""
        again, accounts = Joint(joint.members), dict[str, Account]()
        for entry, rules in zip(joint.entries, known, strict=True):
            transaction, survivor = entry.transaction, again.survivor(entry.member_id)
            by = _decided_by(rules, entry.decision)
            if survivor not in accounts or accounts[survivor].rules is not by:
                accounts[survivor] = again.account(survivor, by)
            if isinstance(transaction, Merge | Unmerge):
                decided = _joined_again(again, rules, transaction)
            else:
                decided = _decided_again(accounts[survivor], rules, transaction, entry.decision)
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
        """The account at hand is the fold of all (``I13``)."""
        if _points(folded.ledger) != _points(kept.ledger):
            self._found("I13", None, "the points at hand are not the fold of the records")
        if folded.told != kept.told:
            self._found("I13", None, "the notices at hand are not the fold of the records")
        if folded.standing.row != kept.standing.row:
            self._found("I13", None, "the tier at hand is not the fold of the records")
        if folded.tally != kept.tally:
            self._found("I13", None, "what caps and achievements count is not the fold of the records")
        if folded.vouchers != kept.vouchers:
            self._found("I13", None, "the vouchers at hand are not the fold of the records")

    def _found(self, invariant: str, posting: Posting | None, reason: str) -> None:
        number = None if posting is None else posting.number
        self.findings.append(Finding(invariant, self._member_id, number, reason))


def _parts(posting: Posting) -> int:
    """What the parts of a posting come to: what its lot holds, what it gave back or took, and what is owed for it."""
    if posting.lapse is not None:
        return posting.points
    taken = sum(allocation.points for allocation in posting.allocations if allocation.repays is None)
    return (posting.lot.points if posting.lot else 0) - taken - posting.owed


def _is_in_reach(state: LotState, at: Instant, transaction: Transaction | None, takes_back: bool) -> bool:
    """Whether points of a lot can go: it is alive, a hold keeps them, or they are taken back while they are pending."""
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


def _overwritten(ledger: Ledger, posting: Posting) -> bool:
    assert posting.lapse is not None  # the caller looked
    state = ledger.lots.get(posting.lapse.lot)
    return state is None or any(points < 0 for _, points in state.unwritten(NEVER_US))


def _decided_again(
    account: Account, rules: Rules, transaction: Transaction | None, decision: Decision
) -> Decision | None:
    """A decision again; what a change of the programme corrects, from the account by the rules before it."""
    try:
        if decision.changed_to is not None:
            return taken_again(account, rules)
        if transaction is None:
            return settle(account, decision.settled_until)
        return decide(account, transaction)
    except LoyaltyError:
        return None


def _decided_by(rules: Rules, decision: Decision) -> Rules:
    """The rules from whose account a decision is taken: what a change of the programme corrects, by those before it."""
    return rules if decision.changed_to is None else rules.before_newest()


def _joined_again(joint: Joint, rules: Rules, transaction: Merge | Unmerge) -> Decision | None:
    try:
        return decide_joint(joint, rules, transaction)
    except LoyaltyError:
        return None
