"""One member's account: a projection of everything recorded for it, updated step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from operator import attrgetter

from attrs import define

from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.facts.facts import History, View
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Movement, Posting
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.vouchers import VoucherState
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.tiers.decisions import TierRow
from loyaltykit.domain.tiers.standing import Standing, Step, end_of_instant, view_at
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import (
    AchievementShare,
    Event,
    Order,
    Purchase,
    Return,
    Reversal,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Visit,
)
from loyaltykit.domain.transactions.edits import MemberEdit, record_at
from loyaltykit.domain.transactions.merges import KeepApart
from loyaltykit.values import NEVER_US, Instant


@define
class MemberState:
    """A member as of an instant.

    Args:
        history: the past to read facts from.
        row: the tier decision in force.
        view: the point from which facts are read.
    """

    history: History
    row: TierRow
    view: View


_REVERSING = (Return, Reversal)
_MANUAL = (TierGrant, TierGrantEnd, MemberEdit, KeepApart)


class Account:
    """The projection of everything recorded for one member.

    Args:
        member: the record at the enrolment; ``current_member`` is the record after all edits.
        rules: the versions of the programme.

    ``ledger`` follows recording order, ``timeline`` business time. ``edits`` are the changes of the record in recording
    order, ``apart`` the ids of members found to be other people. ``latest`` is the place of the latest transaction of
    any kind: each receipt names a tier. ``notice_ids`` are the ids of all notices, ``grants`` the manual tiers that no
    transaction ended. ``usage`` is what caps and achievements count, in recording order.
    """

    def __init__(self, member: Member, rules: ProgramHistory) -> None:
        self.member = member
        self.rules = rules
        self.ledger = Ledger(rules)
        self.timeline = Timeline(member, rules)
        self.vouchers: dict[str, VoucherState] = {}
        self.grants: dict[str, TierGrant] = {}
        self.usage = rules.new_usage()
        self.settled_until: Instant = -NEVER_US
        self.latest: Order = (-NEVER_US, 0, "")
        self.notice_ids: set[str] = set()
        self.edits: tuple[MemberEdit, ...] = ()
        self.apart: frozenset[str] = frozenset()
        # Nearly all members are always active: then only this is read.
        self.was_inactive = member.status != "active"

    @property
    def current_member(self) -> Member:
        """Return the member's record after all edits."""
        return self.timeline.standing.history.member

    def member_at(self, at: Instant) -> Member:
        """Return the member's record as of an instant, by what is known."""
        return record_at(self.member, self.edits, end_of_instant(at)) if self.edits else self.member

    @property
    def standing(self) -> Standing:
        """Return the metrics and tier after everything applied so far."""
        return self.timeline.standing

    def changed_at(self, at: Instant) -> Instant:
        """Return when the record was last edited, or enrolled, up to an instant."""
        return max([self.member.enrolled_instant, *(edit.instant for edit in self.edits if edit.instant <= at)])

    def standing_under(self, rules: ProgramHistory) -> Standing:
        """Return the metrics and tier that other rules would give."""
        standing = Timeline(self.member, rules, self.timeline.past).standing
        standing.check(self.closed_until)
        return standing

    def replay(self, past: Iterable[Transaction]) -> None:
        """Replay metrics and tiers from past transactions, given in order."""
        self.timeline = Timeline(self.member, self.rules, past)
        self.standing.check(self.closed_until)

    def step_for(self, transaction: Transaction) -> tuple[Step, Timeline | None]:
        """Return the step of a transaction at its place, and for a late one the timeline that contains it (``T8``)."""
        timeline, order = self.timeline, transaction.order
        if order >= timeline.standing.position and order >= self.latest and order[0] >= self.settled_until:
            return timeline.standing.step(transaction), None
        if not transaction.moves_metrics:
            return timeline.step(transaction), None
        timeline, step = self.timeline.with_late(transaction)
        timeline.standing.check(self.closed_until)
        return step, timeline

    @property
    def closed_until(self) -> Instant:
        """Return until when tier decisions are closed: written, or reported in a receipt."""
        return max(self.standing.position[0], self.settled_until, self.latest[0])

    def catch_up(self, at: Instant) -> tuple[Account, tuple[Movement, ...]]:
        """Return the account with everything due up to an instant applied, and those movements."""
        ledger, movements = catch_up(self.ledger, at)
        if not movements:
            return self, ()
        account = copy(self)
        account.ledger = ledger
        return account, movements

    def with_postings(self, postings: Iterable[Posting]) -> Account:
        """Return the account with more postings in its ledger, to decide on."""
        account = copy(self)
        account.ledger = self.ledger.copy()
        for posting in postings:
            account.ledger.apply(posting)
        return account

    def state_at(self, at: Instant) -> MemberState:
        """Return the member as of an instant: only what happened up to then counts."""
        standing = self.standing
        if end_of_instant(at) <= standing.position and standing.last_amendment > at:
            # Later returns and edits must not count: only a replay up to the instant leaves them out.
            standing = self.timeline.at(at)
        if end_of_instant(at) <= standing.position:
            row = standing.row_at(at)
        else:
            row = (standing.rows_due(at) or [standing.row])[-1]
        return MemberState(standing.history, row, view_at(at, self.rules.at(at), row, until=at))

    def apply(self, transaction: Transaction | None, decision: Decision) -> None:
        """Apply a transaction's or settlement's decision."""
        self.apply_recorded(transaction, decision)
        if transaction is None:
            self.settled_until = max(self.settled_until, decision.settled_until)
            self.standing.check(self.settled_until)
        elif transaction.moves_metrics:
            self._apply_to_timeline(transaction, decision)
        else:
            # What moves neither metrics nor tiers is not in the timeline (T1), but checks may be due before it.
            self.timeline.standing.check(transaction.instant)

    def apply_recorded(self, transaction: Transaction | None, decision: Decision) -> None:
        """Apply what follows recording order: everything but metrics and tiers."""
        for movement in decision.movements:
            self.ledger.apply_movement(movement)
        for posting in decision.postings:
            self.ledger.apply(posting)
        if decision.sale is not None:
            self.ledger.sales[decision.sale.purchase.id] = decision.sale
        for restated in decision.restated:
            self.ledger.sales[restated.sale.purchase.id] = restated.sale
        if decision.notices:
            self.notice_ids.update(notice.id for notice in decision.notices)
        if decision.voucher is not None:
            self.vouchers[decision.voucher.code] = decision.voucher.state
        if self.rules.counts and transaction is not None:
            self._count(transaction, decision)
        if transaction is not None and transaction.order > self.latest:
            self.latest = transaction.order
        if isinstance(transaction, Purchase):
            return  # most are, and nothing else depends on one
        if isinstance(transaction, _REVERSING):
            self.ledger.note_reversal(transaction.of, decision.postings)
        elif isinstance(transaction, _MANUAL):
            self._apply_manual(transaction)

    def _apply_manual(self, transaction: TierGrant | TierGrantEnd | MemberEdit | KeepApart) -> None:
        if isinstance(transaction, TierGrant):
            self.grants[transaction.id] = transaction
        elif isinstance(transaction, TierGrantEnd):
            self.grants.pop(transaction.of, None)
        elif isinstance(transaction, KeepApart):
            self.apart |= {transaction.other}
        elif transaction.member_id == self.member.id:
            # A merged member's record and its versions are the survivor's.
            self.edits += (transaction,)
            self.was_inactive |= any(change.field == "status" for change in transaction.changes)

    def _count(self, transaction: Transaction, decision: Decision) -> None:
        """Update what caps and achievements count. A return does not restore what caps allow (``S20``)."""
        rulebook = self.rules.at(transaction.instant)
        if isinstance(transaction, Purchase):
            assert decision.sale is not None  # a purchase always makes one
            if rulebook.caps is not None:
                rulebook.caps.count(transaction.instant, decision.sale.earned, self.usage)
        elif decision.achieved is not None:
            assert isinstance(transaction, Visit | Event | AchievementShare)  # nothing else achieves
            rulebook.achievements.count(transaction, decision.achieved, self.usage)

    def _apply_to_timeline(self, transaction: Transaction, decision: Decision) -> None:
        """Put a transaction at its place in the timeline."""
        timeline = self.timeline
        if decision.timeline is not None:
            self.timeline = decision.timeline
        elif transaction.order < timeline.standing.position:
            self.timeline = self.step_for(transaction)[1] or timeline
        else:
            timeline.append(transaction, decision.step or timeline.standing.step(transaction))
            if transaction.order < self.latest or transaction.instant < self.settled_until:
                timeline.standing.check(self.closed_until)
        decision.step = decision.timeline = None


def rebuild(member: Member, rules: ProgramHistory, recorded: Iterable[tuple[Transaction | None, Decision]]) -> Account:
    """Return the account of everything recorded for a member, replayed from scratch.

    Args:
        member: the record at the enrolment.
        rules: the versions of the programme.
        recorded: transactions with their decisions, in recording order; settlements have no transaction.
    """
    account, entries = Account(member, rules), list(recorded)
    late = count_through_last_late(entries)
    for transaction, decision in entries[:late]:
        account.apply_recorded(transaction, decision)
        account.settled_until = max(account.settled_until, decision.settled_until)
    if late:
        # Late transactions are replayed once with all others, not one by one.
        past = (transaction for transaction, _ in entries[:late] if transaction and transaction.moves_metrics)
        account.replay(sorted(past, key=attrgetter("order")))
    for transaction, decision in entries[late:]:
        account.apply(transaction, decision)
    return account


def count_through_last_late(recorded: Sequence[tuple[Transaction | None, Decision]]) -> int:
    """Return how many entries precede and include the last late transaction; 0 without one."""
    latest, count = None, 0
    for place, (transaction, _) in enumerate(recorded, start=1):
        if transaction is None or not transaction.moves_metrics:
            continue
        if latest is not None and transaction.order < latest:
            count = place
        else:
            latest = transaction.order
    return count
