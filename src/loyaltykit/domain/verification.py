"""Checking what a storage holds: every number follows from the records, or the invariant that fails is named."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from loyaltykit.domain.account import Account, Decision, rebuild
from loyaltykit.domain.decide import decide, settle
from loyaltykit.domain.ledger import Ledger
from loyaltykit.domain.lots import Posting
from loyaltykit.domain.member import Member
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import LoyaltyError
from loyaltykit.values import NEVER_US


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


def verify_member(member: Member, rulebook: Rulebook, recorded: Recorded, account: Account) -> list[Finding]:
    """What does not hold of one member's records.

    Args:
        member: whose.
        rulebook: the rules.
        recorded: transactions with their decisions, settlements without one, in the order of recording.
        account: the fold that the storage keeps at hand.
    """
    check = _Check(member.id)
    check.postings(recorded)
    if not check.findings:
        # Only what is well formed can be folded and decided again.
        check.lots(recorded, rulebook)
        check.decisions(member, rulebook, recorded)
    if not check.findings:
        check.account(rebuild(member, rulebook, recorded), account)
    return check.findings


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
        if receipt.kind != "purchase":
            return
        for shares in (receipt.lines, tuple(share.points for share in receipt.breakdown)):
            if sum(shares) != receipt.points:
                self._found("I20", first, "is not the sum of its shares")

    def lots(self, recorded: Recorded, rulebook: Rulebook) -> None:
        """Each lot over its life: never less than nothing left, never more than came, nothing taken when it is dead."""
        ledger = Ledger(rulebook)
        for _, decision in recorded:
            for posting in decision.postings:
                ledger.apply(posting)
                for allocation in posting.allocations:
                    state = ledger.lots[allocation.lot]
                    if not 0 <= state.left_from(allocation.at) <= state.left_at(allocation.at) <= state.lot.points:
                        self._found("I3", posting, "leaves a lot with less than nothing, or more than came")
                    if allocation.points > 0 and not state.is_alive(allocation.at):
                        self._found("I7", posting, "takes from a lot that is not alive")
        for debt in ledger.debts.values():
            if debt.left < 0:
                self._found("I2", None, "a debt is repaid beyond what was owed")
        for _, decision in recorded:
            for posting in decision.postings:
                if posting.lapse and _overwritten(ledger, posting):
                    self._found("I8", posting, "writes down more than lapsed")

    def decisions(self, member: Member, rulebook: Rulebook, recorded: Recorded) -> None:
        """Each decision again, from the account as it was: it must be the one that is stored (``I12``)."""
        account = Account(member, rulebook)
        for transaction, decision in recorded:
            again = _decided_again(account, transaction, decision)
            if again is None or (again.postings, again.rows, again.receipt) != (
                decision.postings,
                decision.rows,
                decision.receipt,
            ):
                self._found("I12", next(iter(decision.postings), None), "does not follow from what was recorded before")
                return
            account.apply(transaction, decision)

    def account(self, folded: Account, kept: Account) -> None:
        """The account at hand is the fold of all (``I13``)."""
        if (folded.ledger.postings, folded.ledger.live_left, folded.ledger.debt_left) != (
            kept.ledger.postings,
            kept.ledger.live_left,
            kept.ledger.debt_left,
        ):
            self._found("I13", None, "the points at hand are not the fold of the records")
        if folded.standing.row != kept.standing.row:
            self._found("I13", None, "the tier at hand is not the fold of the records")

    def _found(self, invariant: str, posting: Posting | None, reason: str) -> None:
        number = None if posting is None else posting.number
        self.findings.append(Finding(invariant, self._member_id, number, reason))


def _parts(posting: Posting) -> int:
    """What the parts of a posting come to: what its lot holds, what it gave back or took, and what is owed for it."""
    if posting.lapse is not None:
        return posting.points
    taken = sum(allocation.points for allocation in posting.allocations if allocation.repays is None)
    return (posting.lot.points if posting.lot else 0) - taken - posting.owed


def _overwritten(ledger: Ledger, posting: Posting) -> bool:
    assert posting.lapse is not None  # the caller looked
    state = ledger.lots.get(posting.lapse.lot)
    return state is None or any(points < 0 for _, points in state.unwritten(NEVER_US))


def _decided_again(account: Account, transaction: Transaction | None, decision: Decision) -> Decision | None:
    try:
        if transaction is None:
            return settle(account, decision.settled_until)
        return decide(account, transaction)
    except LoyaltyError:
        return None
