"""Metrics, points of purchases and tiers of one member, folded in the order of ``T12``.

``step`` computes the result of a transaction and changes nothing; ``apply`` applies it. ``Timeline`` inserts late
transactions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from copy import copy
from decimal import Decimal
from typing import TypeAlias

from attrs import define, evolve

from loyaltykit.domain.earning.accrual import Earned
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.basket import converted, open_basket
from loyaltykit.domain.earning.sales import NOTHING_GIVEN, Baskets, Sale, apply_return, limit_to_caps
from loyaltykit.domain.facts.facts import History, View
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.tiers.decisions import (
    ActiveGrant,
    TierRow,
    due_rows,
    first_row,
    initial_row,
    judge,
    judge_return,
    with_grant,
    without_grant,
)
from loyaltykit.domain.transactions import (
    Event,
    Order,
    Purchase,
    Return,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Visit,
)
from loyaltykit.domain.transactions.edits import MemberEdit, patched
from loyaltykit.domain.transactions.merges import Merge
from loyaltykit.values import NEVER_US, Instant

Priced: TypeAlias = tuple[Sale, Sequence[int]]
"""A sale, and what it adds to each tracked series."""

Prices: TypeAlias = dict[str, Priced]
"""By the purchase's id."""

_ACTIVITIES = (Visit, Event)
_CHECK_RANK = -1
_AFTER_ALL = 99


@define(eq=False)
class Step:
    """The result of one transaction for metrics and tiers.

    Args:
        order: its place (``T12``).
        rows: checks that were due before it, then its own tier decision, if any.
        before, after: the tier decisions in force just before and just after it.
        sale: the purchase or the returned purchase, as it is afterwards.
        activity: the visit or the event.
        changes: what it adds to each tracked series.
        achieved: what a visit or an event counts for and gives.
        member: the record from then on, if it changes.
    """

    order: Order
    rows: tuple[TierRow, ...]
    before: TierRow
    after: TierRow
    sale: Sale | None = None
    activity: Visit | Event | None = None
    changes: Sequence[int] = ()
    is_return: bool = False
    achieved: Achieved | None = None
    member: Member | None = None


class Standing:
    """A member's metrics and tier after everything applied so far.

    It begins before the enrolment, for older transactions (``LatePolicy``); ``enroll`` judges the first tier.

    Args:
        member: the record at the enrolment.
        rules: the versions of the programme.

    ``prices`` caches sales while the same purchases are replayed; None where each is priced once.
    """

    def __init__(self, member: Member, rules: ProgramHistory) -> None:
        self.rules = rules
        self.history = History(member, rules.newest.book)
        self.usage = rules.new_usage()
        self.row = initial_row(-NEVER_US)
        self.rows: list[TierRow] = []
        self.position: Order = (-NEVER_US, _CHECK_RANK, "")
        self.prices: Prices | None = None
        # After it, the history cannot be read as of an earlier instant: see Account.state_at.
        self.last_amendment: Instant = -NEVER_US

    def enroll(self) -> None:
        """Apply the enrolment: the first tier decision."""
        self.row = first_row(self.history, self.rules)
        self.rows.append(self.row)
        self.position = enrollment_order(self.history.member)

    def copy(self) -> Standing:
        """Return a copy."""
        again = copy(self)
        again.history, again.usage, again.rows = self.history.copy(), self.usage.copy(), self.rows.copy()
        return again

    def step(self, transaction: Transaction) -> Step:
        """Return the step of a transaction at this place in the past."""
        if not self.rows:
            return self._step_before_enrolment(transaction)
        row: TierRow = self.row
        due: list[TierRow] = []
        if row.check_at <= transaction.instant or row.grants or self.rules.shifts:
            due = self.rows_due(transaction.instant)
            row = due[-1] if due else row
        return self._step(transaction, row, due)

    def _step(self, transaction: Transaction, before: TierRow, due: list[TierRow]) -> Step:
        if isinstance(transaction, Purchase):
            return self._purchase(transaction, before, due)
        if isinstance(transaction, Return):
            return self._return(transaction, before, due)
        if isinstance(transaction, _ACTIVITIES):
            return self._activity(transaction, before, due)
        if isinstance(transaction, TierGrant | TierGrantEnd):
            return self._manual_tier(transaction, before, due)
        if isinstance(transaction, Merge):
            # It adds nothing: the tier is judged by the joined history (T10).
            return _step(transaction, due, before, self._judge(before, transaction))
        if isinstance(transaction, MemberEdit):
            return self._edit(transaction, before, due)
        return _step(transaction, due, before, None)

    def _edit(self, change: MemberEdit, before: TierRow, due: list[TierRow]) -> Step:
        """Return the step of an edit: the tier is judged by the edited record (``T10``)."""
        member = patched(self.history.member, change.changes)
        history, rulebook = self.history.with_member(member), self.rules.at(change.instant)
        step = _step(change, due, before, judge(history, rulebook, before, change.instant, change.id))
        step.member = member
        return step

    def _step_before_enrolment(self, transaction: Transaction) -> Step:
        """Return the step of a transaction before the enrolment: it counts, at the lowest tier."""
        lowest = initial_row(transaction.instant)
        step = self._step(transaction, lowest, [])
        return evolve(step, rows=(), after=lowest)

    def _judge(self, row: TierRow, transaction: Transaction, changes: Sequence[int] = ()) -> TierRow | None:
        at = transaction.instant
        return judge(self.history, self.rules.at(at), row, at, transaction.id, changes)

    def _manual_tier(self, given: TierGrant | TierGrantEnd, before: TierRow, due: list[TierRow]) -> Step:
        """Return the step of a grant or its end; the earned tier is judged too (``T6``, ``T10``)."""
        row = self._judge(before, given) or before
        if isinstance(given, TierGrantEnd):
            return _step(given, due, before, without_grant(row, given.of, given.instant, given.id))
        names = self.rules.at(given.instant).names
        if given.tier not in names:
            # A programme correction has removed the tier since.
            return _step(given, due, before, row if row is not before else None)
        rank, is_floor = names.index(given.tier), given.mode == "floor"
        granted = ActiveGrant(given.id, rank, is_floor, given.instant, given.end_instant)
        return _step(given, due, before, with_grant(row, granted))

    def apply(self, step: Step) -> None:
        """Apply a step."""
        if step.rows:
            self.rows.extend(step.rows)
            self.row = step.after
        if step.activity is not None:
            self._add_activity(step.activity, step)
        elif step.sale is not None and step.is_return:
            self.history.amend_sale(step.sale, step.changes)
            self.last_amendment = step.order[0]
        elif step.sale is not None:
            self.history.add_sale(step.sale, step.changes)
            caps = self.rules.at(step.order[0]).caps if self.rules.counts else None
            if caps is not None:
                caps.count(step.order[0], step.sale.earned, self.usage)
        elif step.member is not None:
            self.history.member = step.member
            self.last_amendment = step.order[0]
        self.position = step.order

    def row_at(self, at: Instant) -> TierRow:
        """Return the tier decision in force at a past instant."""
        return self.rows[bisect_right(self.rows, at, key=_row_at) - 1]

    def rows_due(self, until: Instant) -> list[TierRow]:
        """Return what is due up to an instant: checks, ends of grants, another ladder."""
        return due_rows(self.history, self.rules, self.row, until)

    def check(self, until: Instant) -> None:
        """Apply the decisions due up to an instant."""
        rows = self.rows_due(until)
        if rows:
            self.rows.extend(rows)
            self.row = rows[-1]
            self.position = max(self.position, (self.row.at, _CHECK_RANK, ""))

    def _purchase(self, purchase: Purchase, before: TierRow, due: list[TierRow]) -> Step:
        rulebook = self.rules.at(purchase.instant)
        price = self._new_price if self.prices is None else self._known_price
        sale, changes = price(purchase, rulebook, before)
        decided = judge(self.history, rulebook, before, purchase.instant, purchase.id, changes)
        rows = (*due, decided) if decided else tuple(due)
        return Step(purchase.order, rows, before, decided or before, sale, None, changes)

    def _known_price(self, purchase: Purchase, rulebook: Rulebook, before: TierRow) -> Priced:
        """Return the cached sale and series changes of a purchase when the past is replayed (``T8``)."""
        assert self.prices is not None  # checked by the caller
        if rulebook.given_readers or rulebook.caps is not None:
            return self._new_price(purchase, rulebook, before)
        known, multiplier = self.prices.get(purchase.id), rulebook.multipliers[before.effective_rank]
        if known is None or not _is_price_of(known[0], purchase, rulebook, multiplier):
            known = self.prices[purchase.id] = self._new_price(purchase, rulebook, before)
        return known

    def _new_price(self, purchase: Purchase, rulebook: Rulebook, before: TierRow) -> Priced:
        basket = open_basket(purchase, rulebook.program)
        if purchase.currency is not None:
            basket = converted(basket, rulebook.program)
        baskets = Baskets(basket, basket)
        sale = self._price(purchase, rulebook, baskets, before)
        if rulebook.caps is not None:
            sale = limit_to_caps(sale, rulebook.caps, self.usage)
        return sale, self.history.changes(sale, baskets)

    def _price(self, purchase: Purchase, rulebook: Rulebook, baskets: Baskets, row: TierRow) -> Sale:
        """Return the sale of a purchase, at the tier before it (``T5``)."""
        at, accrual, version = purchase.instant, rulebook.accrual, rulebook.version
        multiplier, readers = rulebook.multipliers[row.effective_rank], rulebook.given_readers
        if not readers:
            earned = accrual.earn(baskets.bought, at, multiplier, NOTHING_GIVEN)
            return Sale(purchase, earned, multiplier, version)
        # An accrual rule that reads facts sees what precedes the purchase, and the purchase itself.
        changes = self.history.changes(Sale(purchase, _NOTHING_EARNED, multiplier, version), baskets)
        view = view_at(at, rulebook, row, changes)
        given = {term: read(self.history, view) for term, read in readers}
        return Sale(purchase, accrual.earn(baskets.bought, at, multiplier, given), multiplier, version, given)

    def _activity(self, activity: Visit | Event, before: TierRow, due: list[TierRow]) -> Step:
        changes, achieved = self.history.changes_of(activity), None
        if self.rules.at(activity.instant).has_achievements:
            achieved = self._achieve(activity, before, changes)
            if achieved is not None and achieved.shares:
                changes = self.history.changes_of(activity, achieved.points)
        decided = self._judge(before, activity, changes)
        step = _step(activity, due, before, decided, activity=activity, changes=changes)
        step.achieved = achieved
        return step

    def _achieve(self, activity: Visit | Event, row: TierRow, changes: Sequence[int]) -> Achieved | None:
        """Return what an activity counts for; filters see what precedes it, and the activity itself."""
        rulebook = self.rules.at(activity.instant)
        book, view = rulebook.achievements, view_at(activity.instant, rulebook, row, changes)
        given = {term: read(self.history, view) for term, read in rulebook.achievement_readers}
        matched = book.matching(activity, given)
        return book.achieve(activity, matched, self.usage) if matched else None

    def _add_activity(self, activity: Visit | Event, step: Step) -> None:
        points = 0
        if step.achieved is not None:
            self.rules.at(activity.instant).achievements.count(activity, step.achieved, self.usage)
            points = step.achieved.points
        self.history.add_activity(activity, step.changes, points)

    def _return(self, back: Return, before: TierRow, due: list[TierRow]) -> Step:
        # The ledger has accepted the return: at this place in the past it returns at most what is kept.
        sold = self.history.sales[back.of]
        sale = apply_return(sold, back, self.rules.version(sold.version).accrual, strict=False)
        changes = self.history.changes_by_return(sale, sold)
        rulebook = self.rules.at(back.instant)
        decided = judge_return(self.history, rulebook, before, back.instant, back.id, changes, sold.purchase.instant)
        return _step(back, due, before, decided, sale=sale, changes=changes, is_return=True)


def _is_price_of(sale: Sale, purchase: Purchase, rulebook: Rulebook, multiplier: Decimal) -> bool:
    return sale.purchase is purchase and sale.version == rulebook.version and sale.multiplier == multiplier


def _row_at(row: TierRow) -> Instant:
    return row.at


_NOTHING_EARNED = Earned(0)


def _step(
    transaction: Transaction,
    due: list[TierRow],
    before: TierRow,
    decided: TierRow | None,
    *,
    sale: Sale | None = None,
    activity: Visit | Event | None = None,
    changes: Sequence[int] = (),
    is_return: bool = False,
) -> Step:
    rows = tuple(due) if decided is None else (*due, decided)
    return Step(transaction.order, rows, before, decided or before, sale, activity, changes, is_return)


def view_at(
    at: Instant, rulebook: Rulebook, row: TierRow, changes: Sequence[int] = (), until: Instant = NEVER_US
) -> View:
    """Return the point from which rules see a member with its effective tier (``T6``).

    Args:
        at: the instant.
        rulebook: what holds then.
        row: the tier decision in force.
        changes: what the judged transaction adds.
        until: later facts are not seen.
    """
    effective = row.effective
    return View(at, rulebook.calendar.day_of(at), effective.since, rulebook.names[effective.rank], changes, at, until)


def enrollment_order(member: Member) -> Order:
    """Return the place of the enrolment: after everything older, before everything else of its instant."""
    return (member.enrolled_instant, _CHECK_RANK, "")


def replay(standing: Standing, past: Iterable[Transaction], until: Order) -> None:
    """Apply past transactions in the order of ``T12``, and the enrolment at its place up to ``until``."""
    enrolment = enrollment_order(standing.history.member)
    for transaction in past:
        if not standing.rows and transaction.order > enrolment:
            standing.enroll()
        standing.apply(standing.step(transaction))
    if not standing.rows and until > enrolment:
        standing.enroll()


def end_of_instant(at: Instant) -> Order:
    """Return a place after everything that happened at an instant."""
    return (at, _AFTER_ALL, "")
