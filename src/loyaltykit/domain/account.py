"""One member's account: the fold of everything that was recorded for it, kept incrementally."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from typing import NamedTuple

from attrs import define

from loyaltykit.domain.accrual import Earned
from loyaltykit.domain.achieving import Achieved
from loyaltykit.domain.answers import Receipt, RuleShare, Voucher
from loyaltykit.domain.facts import History, View
from loyaltykit.domain.ledger import Ledger
from loyaltykit.domain.lots import Movement, Posting
from loyaltykit.domain.member import Member
from loyaltykit.domain.movements import catch_up
from loyaltykit.domain.notices import Notice
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.sales import Sale
from loyaltykit.domain.standing import Standing, Step, end_of_instant, replay
from loyaltykit.domain.tiers import TierRow
from loyaltykit.domain.transactions import (
    AchievementShare,
    Arrival,
    Event,
    Order,
    Purchase,
    Return,
    Reversal,
    Transaction,
    Visit,
)
from loyaltykit.domain.vouchers import VoucherChange, VoucherState
from loyaltykit.values import NEVER_US, Instant


@define(eq=False)
class Decision:
    """What ``decide`` or ``settle`` found: to be appended as a whole, or not at all.

    Args:
        postings: new lines of points.
        rows: new tier decisions.
        told: what the receipt says beside the postings; None for a settlement.
        sale: the purchase it is about, as the ledger now holds it.
        step: the transaction in its place in the past, while it is at hand; it can be worked out again.
        settled_until: for a settlement, up to when checks are decided.
        movements: what changes its place before any points come or go.
        beside: what it leads to for other members, written together with it.
        voucher: what it does to one (``S24``).
        achieved: what a visit or an event counts for and gives.
        notices: what members are told of it (``S21``).
    """

    postings: tuple[Posting, ...] = ()
    rows: tuple[TierRow, ...] = ()
    told: Told | None = None
    sale: Sale | None = None
    step: Step | None = None
    settled_until: Instant = -NEVER_US
    movements: tuple[Movement, ...] = ()
    beside: tuple[Arrival | AchievementShare, ...] = ()
    voucher: VoucherChange | None = None
    achieved: Achieved | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def receipt(self) -> Receipt | None:
        """What the caller is told; None for a settlement."""
        return None if self.told is None else _receipt(self.told, self)


class Told(NamedTuple):
    """What a receipt says beside the postings."""

    transaction: Transaction
    member_id: str
    multiplier: Decimal
    tier_before: str
    tier_after: str
    moved: int = 0
    voucher: Voucher | None = None


def _receipt(told: Told, decision: Decision) -> Receipt:
    transaction, postings = told.transaction, decision.postings
    assert transaction.occurred_at is not None  # resolved before anything is decided
    earned, paid = None, 0
    if isinstance(transaction, Purchase):
        assert decision.sale is not None  # a purchase always makes one
        earned, points = decision.sale.earned, decision.sale.earned.points
        paid = transaction.paid_with.points if transaction.paid_with is not None else 0
    else:
        points = sum([posting.points for posting in postings if posting.lapse is None])
    if isinstance(transaction, Return):
        paid = -sum([posting.points for posting in postings if posting.kind == "reversal" and posting.lapse is None])
        points += paid
    return Receipt(
        id=transaction.id,
        kind=transaction.kind,
        member_id=told.member_id,
        occurred_at=transaction.occurred_at,
        points=points,
        breakdown=_breakdown(decision, earned),
        lines=earned.lines if earned else (),
        multiplier=told.multiplier,
        tier_before=told.tier_before,
        tier_after=told.tier_after,
        moved=told.moved,
        events=decision.notices,
        voucher=told.voucher,
        points_paid=paid,
    )


def _breakdown(decision: Decision, earned: Earned | None) -> tuple[RuleShare, ...]:
    if earned is not None:
        return earned.shares
    return () if decision.achieved is None else decision.achieved.shares


@define
class Outlook:
    """A member as seen at an instant.

    Args:
        history: what is asked.
        row: the tier decision in force.
        view: from where facts are looked at.
    """

    history: History
    row: TierRow
    view: View


_GIVING_BACK = (Return, Reversal)


def _order(transaction: Transaction) -> Order:
    return transaction.order


class Account:
    """The fold of one member's past.

    Args:
        member: who.
        rulebook: the rules.

    ``ledger`` follows the order of recording, ``standing`` the order in which things happened; ``past`` holds the
    transactions in that order, so that a late one can be put in its place. ``told`` are the ids of all notices so far.
    ``tally`` is what caps and achievements depend on, in the order of recording.
    """

    def __init__(self, member: Member, rulebook: Rulebook) -> None:
        self.member = member
        self.rulebook = rulebook
        self.ledger = Ledger(rulebook)
        self.standing = Standing(member, rulebook)
        self.vouchers: dict[str, VoucherState] = {}
        self.tally = rulebook.new_tally()
        self.past: list[Transaction] = []
        self.settled_until: Instant = -NEVER_US
        self.told: set[str] = set()

    def standing_before(self, transaction: Transaction) -> Standing:
        """Where the member stood just before a late transaction."""
        place = bisect_left(self.past, transaction.order, key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def step(self, transaction: Transaction) -> Step:
        """What a transaction leads to at its place in the past."""
        if transaction.order >= self.standing.position:
            return self.standing.step(transaction)
        return self.standing_before(transaction).step(transaction)

    def standing_with(self, late: Transaction) -> Standing:
        """Where the member stands once a late transaction is in its place: the past folded again (``T8``)."""
        past = self.past.copy()
        insort(past, late, key=_order)
        standing = replay(self.member, self.rulebook, past)
        standing.check(standing.rows_due(self.settled_until))
        return standing

    def standing_at(self, at: Instant) -> Standing:
        """Where the member stood after everything that happened up to an instant; checks due since are not taken in."""
        if end_of_instant(at) > self.standing.position:
            return self.standing
        place = bisect_right(self.past, end_of_instant(at), key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def caught_up(self, at: Instant) -> tuple[Account, tuple[Movement, ...]]:
        """The account with what falls due by itself up to an instant, to decide on; itself when nothing does."""
        ledger, movements = catch_up(self.ledger, at)
        if not movements:
            return self, ()
        account = copy(self)
        account.ledger = ledger
        return account, movements

    def after(self, postings: Iterable[Posting]) -> Account:
        """The account with more postings in its ledger, to decide on."""
        account = copy(self)
        account.ledger = self.ledger.refold()
        for posting in postings:
            account.ledger.apply(posting)
        return account

    def outlook(self, at: Instant) -> Outlook:
        """How the member is seen at an instant: by what had happened up to it."""
        standing = self.standing
        if end_of_instant(at) <= standing.position and standing.last_return > at:
            # What came back later must not show: only folding again up to the instant leaves it out.
            standing = self.standing_at(at)
        if end_of_instant(at) <= standing.position:
            row = standing.row_at(at)
        else:
            row = (standing.rows_due(at) or [standing.row])[-1]
        view = View(at, self.rulebook.calendar.day_of(at), row.since, self.rulebook.names[row.rank], until=at)
        return Outlook(standing.history, row, view)

    def apply(self, transaction: Transaction | None, decision: Decision) -> None:
        """Take a decision in."""
        self.take(transaction, decision)
        if transaction is None:
            self.settled_until = max(self.settled_until, decision.settled_until)
            self.standing.check(decision.rows)
        elif transaction.moves_metrics:
            self._put_in_place(transaction, decision)
        else:
            # What moves neither metrics nor tiers has no place in the past (T1); checks due before it may have come.
            self.standing.check(decision.rows)

    def take(self, transaction: Transaction | None, decision: Decision) -> None:
        """Take in what follows the order of recording: all but the standing."""
        for movement in decision.movements:
            self.ledger.move(movement)
        for posting in decision.postings:
            self.ledger.apply(posting)
        if decision.sale is not None:
            self.ledger.sales[decision.sale.purchase.id] = decision.sale
        if decision.notices:
            self.told.update(notice.id for notice in decision.notices)
        if decision.voucher is not None:
            self.vouchers[decision.voucher.code] = decision.voucher.state
        if self.rulebook.counts:
            self._count(transaction, decision)
        if isinstance(transaction, _GIVING_BACK):
            self.ledger.give_back(transaction.of, decision.postings)

    def _count(self, transaction: Transaction | None, decision: Decision) -> None:
        """Take in what caps and achievements depend on: a return gives no room back (``S20``)."""
        caps, achievements = self.rulebook.caps, self.rulebook.achievements
        if isinstance(transaction, Purchase):
            assert decision.sale is not None  # a purchase always makes one
            if caps is not None:
                caps.count(transaction.instant, decision.sale.earned, self.tally)
        elif decision.achieved is not None:
            assert isinstance(transaction, Visit | Event | AchievementShare)  # nothing else achieves
            achievements.count(transaction, decision.achieved, self.tally)

    def _put_in_place(self, transaction: Transaction, decision: Decision) -> None:
        """Give a transaction its place in the past."""
        if transaction.order < self.standing.position:
            self.standing = self.standing_with(transaction)
            insort(self.past, transaction, key=_order)
            return
        self.past.append(transaction)
        self.standing.apply(decision.step or self.standing.step(transaction))
        decision.step = None


def rebuild(member: Member, rulebook: Rulebook, recorded: Iterable[tuple[Transaction | None, Decision]]) -> Account:
    """The account of everything recorded for a member, folded from scratch.

    Args:
        member: who.
        rulebook: the rules.
        recorded: transactions with their decisions, settlements without one, in the order of recording.
    """
    account = Account(member, rulebook)
    for transaction, decision in recorded:
        account.apply(transaction, decision)
    return account
