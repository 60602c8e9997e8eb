"""The fold of what a member did, in the order of ``T12``: metrics, what each purchase gives, and the tier.

``step`` works out what a transaction leads to and changes nothing; ``apply`` takes a step in. A transaction that
arrives late is put in its place by folding the whole past again (``T8``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from attrs import define

from loyaltykit.domain.accrual import Earned
from loyaltykit.domain.achieving import Achieved
from loyaltykit.domain.basket import converted, open_basket
from loyaltykit.domain.facts import History, View
from loyaltykit.domain.member import Member
from loyaltykit.domain.merges import Merge
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.sales import NOTHING_GIVEN, Baskets, Sale, take_back, within_caps
from loyaltykit.domain.tiers import TierRow, due_rows, first_row, judge, judge_return
from loyaltykit.domain.transactions import Event, Order, Purchase, Return, Transaction, Visit
from loyaltykit.values import NEVER_US, Instant

_ACTIVITIES = (Visit, Event)
_CHECK_RANK = -1
_AFTER_ALL = 99


@define(eq=False)
class Step:
    """What one transaction leads to.

    Args:
        order: its place (``T12``).
        rows: checks that were due before it, then its own tier decision, if any.
        before, after: the tier decisions in force just before and just after it.
        sale: the purchase it is about, as it stands after it.
        activity: the visit or event that it is.
        changes: what it adds to each tracked series.
        achieved: what a visit or an event counts for and gives.
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


class Standing:
    """Where a member stands after everything taken in so far.

    Args:
        member: who.
        rulebook: the rules.
    """

    def __init__(self, member: Member, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.history = History(member, rulebook.book)
        self.tally = rulebook.new_tally()
        self.row = first_row(self.history, rulebook)
        self.rows = [self.row]
        self.position: Order = (member.enrolled_instant, _CHECK_RANK, "")
        self.last_return: Instant = -NEVER_US

    def step(self, transaction: Transaction) -> Step:
        """What a transaction leads to, at this place in the past."""
        due: list[TierRow] = []
        if self.row.check_at <= transaction.instant:
            due = due_rows(self.history, self.rulebook, self.row, transaction.instant)
        before = due[-1] if due else self.row
        if isinstance(transaction, Purchase):
            return self._sell(transaction, before, due)
        if isinstance(transaction, Return):
            return self._return(transaction, before, due)
        if isinstance(transaction, _ACTIVITIES):
            return self._act(transaction, before, due)
        if isinstance(transaction, Merge):
            # It adds nothing: the tier is judged by what the joined history gives (T10).
            decided = judge(self.history, self.rulebook, before, transaction.instant, transaction.id)
            return _step(transaction, due, before, decided)
        return _step(transaction, due, before, None)

    def apply(self, step: Step) -> None:
        """Take a step in."""
        if step.rows:
            self.rows.extend(step.rows)
            self.row = step.after
        if step.activity is not None:
            self._add_activity(step.activity, step)
        elif step.sale is not None and step.is_return:
            self.history.amend_sale(step.sale, step.changes)
            self.last_return = step.order[0]
        elif step.sale is not None:
            self.history.add_sale(step.sale, step.changes)
            if self.rulebook.caps is not None:
                self.rulebook.caps.count(step.order[0], step.sale.earned, self.tally)
        self.position = step.order

    def row_at(self, at: Instant) -> TierRow:
        """The tier decision in force at an instant that is past."""
        return self.rows[bisect_right(self.rows, at, key=_row_at) - 1]

    def rows_due(self, until: Instant) -> list[TierRow]:
        """The scheduled checks due up to an instant."""
        return due_rows(self.history, self.rulebook, self.row, until)

    def check(self, rows: Sequence[TierRow]) -> None:
        """Take checks in."""
        if rows:
            self.rows.extend(rows)
            self.row = rows[-1]
            self.position = max(self.position, (self.row.at, _CHECK_RANK, ""))

    def _sell(self, purchase: Purchase, before: TierRow, due: list[TierRow]) -> Step:
        program = self.rulebook.program
        basket = open_basket(purchase, program)
        if purchase.currency is not None:
            basket = converted(basket, program)
        baskets = Baskets(basket, basket)
        sale = self._price(purchase, baskets, before)
        if self.rulebook.caps is not None:
            sale = within_caps(sale, self.rulebook.caps, self.tally)
        changes = self.history.changes(sale, baskets)
        decided = judge(self.history, self.rulebook, before, purchase.instant, purchase.id, changes)
        rows = (*due, decided) if decided else tuple(due)
        return Step(purchase.order, rows, before, decided or before, sale, None, changes)

    def _price(self, purchase: Purchase, baskets: Baskets, row: TierRow) -> Sale:
        """What a purchase gives at the tier before it (``T5``)."""
        at, accrual = purchase.instant, self.rulebook.accrual
        multiplier, readers = self.rulebook.multipliers[row.rank], self.rulebook.given_readers
        if not readers:
            return Sale(purchase, accrual.earn(baskets.bought, at, multiplier, NOTHING_GIVEN), multiplier)
        # An accrual rule that asks for facts sees what stands before the purchase, and the purchase itself.
        changes = self.history.changes(Sale(purchase, _NOTHING_EARNED, multiplier), baskets)
        view = View(at, self.rulebook.calendar.day_of(at), row.since, self.rulebook.names[row.rank], changes, at)
        given = {term: read(self.history, view) for term, read in readers}
        return Sale(purchase, accrual.earn(baskets.bought, at, multiplier, given), multiplier, given)

    def _act(self, activity: Visit | Event, before: TierRow, due: list[TierRow]) -> Step:
        changes, achieved = self.history.changes_of(activity), None
        if self.rulebook.has_achievements:
            achieved = self._achieve(activity, before, changes)
            if achieved is not None and achieved.shares:
                changes = self.history.changes_of(activity, achieved.points)
        decided = judge(self.history, self.rulebook, before, activity.instant, activity.id, changes)
        step = _step(activity, due, before, decided, activity=activity, changes=changes)
        step.achieved = achieved
        return step

    def _achieve(self, activity: Visit | Event, row: TierRow, changes: Sequence[int]) -> Achieved | None:
        """What an activity counts for: filters see what stands before it, and the activity itself."""
        at, book = activity.instant, self.rulebook.achievements
        view = View(at, self.rulebook.calendar.day_of(at), row.since, self.rulebook.names[row.rank], changes, at)
        given = {term: read(self.history, view) for term, read in self.rulebook.achievement_readers}
        matched = book.matching(activity, given)
        return book.achieve(activity, matched, self.tally) if matched else None

    def _add_activity(self, activity: Visit | Event, step: Step) -> None:
        points = 0
        if step.achieved is not None:
            self.rulebook.achievements.count(activity, step.achieved, self.tally)
            points = step.achieved.points
        self.history.add_activity(activity, step.changes, points)

    def _return(self, back: Return, before: TierRow, due: list[TierRow]) -> Step:
        # The ledger has accepted the return: here it takes at most what is kept at this place in the past.
        sold = self.history.sales[back.of]
        sale = take_back(sold, back, self.rulebook.accrual, strict=False)
        changes = self.history.changes_by_return(sale, sold)
        decided = judge_return(
            self.history, self.rulebook, before, back.instant, back.id, changes, sold.purchase.instant
        )
        return _step(back, due, before, decided, sale=sale, changes=changes, is_return=True)


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


def replay(member: Member, rulebook: Rulebook, past: Iterable[Transaction]) -> Standing:
    """Where a member stood after these transactions, given in the order of ``T12``."""
    standing = Standing(member, rulebook)
    for transaction in past:
        standing.apply(standing.step(transaction))
    return standing


def end_of_instant(at: Instant) -> Order:
    """A place behind everything that happened at an instant."""
    return (at, _AFTER_ALL, "")
