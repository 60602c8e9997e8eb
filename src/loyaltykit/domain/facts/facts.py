"""Facts of one member's history (``T1``, ``T2``): what each transaction adds, and how terms are read.

A ``History`` folds a member's purchases, returns, visits and events in the order of ``T12``. Series that tier and
accrual rules read are updated with every transaction; others are computed when read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from itertools import islice
from typing import Final, TypeAlias

from attrs import define, field

from loyaltykit.calendars import Day, ShopCalendar, add_months, period_start, to_date
from loyaltykit.domain.earning.accrual import Accrual
from loyaltykit.domain.earning.row_filters import EventFilter, RowFilter
from loyaltykit.domain.earning.sales import NOTHING_GIVEN, Baskets, Sale, baskets_of
from loyaltykit.domain.facts.member_fields import MemberFieldContext, member_field_reader
from loyaltykit.domain.facts.series import ALL_TIME, SERIES_OF_DISTANCE, Series, SeriesKey
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.renamed_fields import NewerNames
from loyaltykit.domain.transactions import Event, Visit
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.nodes import Fact, MemberField, Reference
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Rolling, SinceTier, Window
from loyaltykit.values import NEVER_US, Instant


class SeriesRule:
    """The rule that sums one series: what a sale, a visit or an event adds to it."""

    def __init__(self, key: SeriesKey, accrual: Accrual) -> None:
        self.key = key
        self._accrual = accrual
        self._rows: RowFilter | None = None
        self._events: EventFilter | None = None
        if key.where is not None and key.metric == "events":
            self._events = EventFilter(key.where, accrual.program.scope)
        elif key.where is not None:
            self._rows = RowFilter(key.where, accrual.program.scope, accrual.shop)

    def of_sale(self, sale: Sale, baskets: Baskets) -> int:
        """Return what a sale adds, net of returns; row filters see the purchase as it was bought.

        Args:
            sale: the purchase and its returns so far.
            baskets: the same in minor units.
        """
        metric, kept = self.key.metric, baskets.kept
        if metric == "spend" and self._rows is None:
            return sum(kept.amounts)
        if metric in ("visits", "events") or not kept.present:
            return 0
        lines = kept.present
        if self._rows is not None:
            lines = self._rows.matching(baskets.bought, NOTHING_GIVEN)
            if kept is not baskets.bought:
                lines = sorted(set(lines).intersection(kept.present))
        if metric == "spend":
            return sum([kept.amounts[line] for line in lines])
        if metric == "units":
            return sum([kept.quantities[line] for line in lines])
        if not lines:
            return 0
        return 1 if metric == "purchases" else sale.points

    def of_activity(self, activity: Visit | Event, points: int = 0) -> int:
        """Return what a visit or an event adds; ``points`` are those of achievements."""
        if points and self.key.metric == "points_accrued":
            return points if self.key.where is None else 0
        if isinstance(activity, Visit):
            return int(self.key.metric == "visits")
        if self.key.metric != "events" or activity.name != self.key.kind:
            return 0
        return int(self._events is None or self._events.matches(activity))


@define
class View:
    """The point in time and tier from which facts are read.

    Args:
        at: the instant; windows reach back from it.
        day: the shop's day that calendar windows, ages and distances count from. At a scheduled check it is the day of
            the last instant before it (``T2``).
        tier_since: when the current tier began.
        tier: its name.
        added: what the judged transaction adds to each tracked series.
        added_at: where it adds that: at its own instant, a return at that of its purchase (``T9``).
        until: later facts are not seen; needed only for a history that has some.
    """

    at: Instant
    day: Day
    tier_since: Instant
    tier: str
    added: Sequence[int] = ()
    added_at: Instant = ALL_TIME
    until: Instant = NEVER_US


Reader: TypeAlias = Callable[["History", View], object]

_TIER: Final = MemberField("tier")


class SeriesTable:
    """The series updated with every transaction: those that any version of the programme reads."""

    def __init__(self) -> None:
        self.rules: list[SeriesRule] = []
        self._places: dict[SeriesKey, int] = {}

    def track(self, keys: Iterable[SeriesKey], accrual: Accrual) -> None:
        """Add series to update.

        Args:
            keys: the series; those already tracked stay as they are.
            accrual: a version that declares the fields of their filters.
        """
        for key in keys:
            if key not in self._places:
                self._places[key] = len(self.rules)
                self.rules.append(SeriesRule(key, accrual))

    def place_of(self, key: SeriesKey) -> int | None:
        """Return the place of a tracked series, or None."""
        return self._places.get(key)


class FactBook:
    """The facts of a programme: which series are kept, and how terms are read.

    Args:
        accrual: the programme's accrual rules, with its fields and calendar.
        terms: the terms of tier and accrual rules; their series are updated with every transaction.
        table: the tracked series; all versions of a programme share one.
        newer: names that later versions have for declared fields.
    """

    def __init__(
        self, accrual: Accrual, terms: Iterable[Reference], table: SeriesTable, newer: NewerNames = NOTHING
    ) -> None:
        self.accrual = accrual
        self._member_fields = MemberFieldContext(accrual.program, accrual.shop, newer)
        self.table = table
        keys = (SeriesKey.of(term) for term in terms if isinstance(term, Fact))
        table.track((key for key in keys if key.metric != "days_since_enrolment"), accrual)

    def place_of(self, key: SeriesKey) -> int | None:
        """Return the place of a tracked series, or None."""
        return self.table.place_of(key)

    def reader(self, term: Reference) -> Reader:
        """Return the reader of a member field or a fact; it returns None for a missing value."""
        if isinstance(term, MemberField):
            return _field_reader(term, self._member_fields)
        assert isinstance(term, Fact)  # the rules were checked: rows and events cannot be read here
        if term.metric == "days_since_enrolment":
            shop = self.accrual.shop
            return lambda history, view: view.day - shop.day_of(history.member.enrolled_instant)
        key = SeriesKey.of(term)
        if term.metric in SERIES_OF_DISTANCE:
            return _distance_reader(key, self.place_of(key), self.accrual.shop)
        return _sum_reader(key, self.place_of(key), window_start(term.window, self.accrual.shop))


class History:
    """A member's past transactions, folded in the order of ``T12``.

    Args:
        member: the record after all of it.
        book: how the programme's facts are kept.
    """

    def __init__(self, member: Member, book: FactBook) -> None:
        self.member = member
        self.sales: dict[str, Sale] = {}
        self._book = book
        self._rules = book.table.rules
        self.tracked = [Series() for _ in self._rules]
        self._activities: list[tuple[Visit | Event, int]] = []
        self._untracked: dict[SeriesKey, _Untracked] = {}

    def copy(self) -> History:
        """Return a copy; series that are not tracked are computed again when read."""
        again = History(self.member, self._book)
        again.sales, again._activities = self.sales.copy(), self._activities.copy()
        again.tracked = [series.copy() for series in self.tracked]
        return again

    def with_member(self, member: Member) -> History:
        """Return the same history with another member record, to read from only."""
        seen = copy(self)
        seen.member = member
        return seen

    def series(self, key: SeriesKey) -> Series:
        """Return a series, tracked or computed now."""
        place = self._book.place_of(key)
        if place is not None:
            return self.tracked[place]
        untracked = self._untracked.get(key)
        if untracked is None:
            untracked = self._untracked[key] = _Untracked(SeriesRule(key, self._book.accrual))
        self._update(untracked)
        return untracked.series

    def changes(self, sale: Sale, baskets: Baskets) -> list[int]:
        """Return what a purchase adds to each tracked series."""
        # Two or three series at most: a comprehension takes longer to set up than it takes to run.
        changes = []
        for rule in self._rules:
            changes.append(rule.of_sale(sale, baskets))
        return changes

    def changes_by_return(self, sale: Sale, before: Sale) -> list[int]:
        """Return what a return changes in each tracked series."""
        program = self._book.accrual.program
        now, then = baskets_of(sale, program), baskets_of(before, program)
        return [rule.of_sale(sale, now) - rule.of_sale(before, then) for rule in self._rules]

    def changes_of(self, activity: Visit | Event, points: int = 0) -> list[int]:
        """Return what a visit or an event adds to each tracked series; ``points`` are those of achievements."""
        return [rule.of_activity(activity, points) for rule in self._rules]

    def add_sale(self, sale: Sale, changes: Sequence[int]) -> None:
        """Apply a purchase and what it adds."""
        self.sales[sale.purchase.id] = sale
        self._add(sale.purchase.instant, changes)

    def amend_sale(self, sale: Sale, changes: Sequence[int]) -> None:
        """Apply a return and what it changes at the date of its purchase (``T9``)."""
        self.sales[sale.purchase.id] = sale
        for series, change in zip(self.tracked, changes, strict=True):
            if change:
                series.amend(sale.purchase.instant, change)
        self._untracked.clear()

    def add_activity(self, activity: Visit | Event, changes: Sequence[int], points: int = 0) -> None:
        """Apply a visit or an event and what it adds."""
        self._activities.append((activity, points))
        self._add(activity.instant, changes)

    def _add(self, at: Instant, changes: Sequence[int]) -> None:
        for place, change in enumerate(changes):
            if change:
                self.tracked[place].add(at, change)

    def _update(self, untracked: _Untracked) -> None:
        """Apply what was added since an untracked series was last read."""
        program, rule = self._book.accrual.program, untracked.rule
        for sale in islice(self.sales.values(), untracked.sales, None):
            value = rule.of_sale(sale, baskets_of(sale, program))
            if value:
                untracked.series.add(sale.purchase.instant, value)
        for activity, points in self._activities[untracked.activities :]:
            value = rule.of_activity(activity, points)
            if value:
                untracked.series.add(activity.instant, value)
        untracked.sales, untracked.activities = len(self.sales), len(self._activities)


@define
class _Untracked:
    """A series that is not tracked, and how much of the history it contains."""

    rule: SeriesRule
    series: Series = field(factory=Series)
    sales: int = 0
    activities: int = 0


def _field_reader(term: MemberField, rules: MemberFieldContext) -> Reader:
    if term == _TIER:
        return lambda _history, view: view.tier
    read = member_field_reader(term, rules)
    return lambda history, view: read(history.member, view.day)


def _sum_reader(key: SeriesKey, place: int | None, start_of: Callable[[History, View], Instant]) -> Reader:
    if place is None:
        return lambda history, view: history.series(key).since(start_of(history, view), view.until)

    def read(history: History, view: View) -> int:
        start = start_of(history, view)
        total = history.tracked[place].since(start, view.until)
        if view.added and view.added_at >= start:
            return total + view.added[place]
        return total

    return read


def _distance_reader(key: SeriesKey, place: int | None, shop: ShopCalendar) -> Reader:
    def read(history: History, view: View) -> int | None:
        added = view.added[place] if place is not None and view.added else 0
        if added > 0:
            return 0
        latest = history.series(key).latest(view.until, view.added_at, added)
        return None if latest is None else view.day - shop.day_of(latest)

    return read


def window_start(window: Window, calendar: ShopCalendar) -> Callable[[History, View], Instant]:
    """Return a function that finds where a window begins, as seen from a view (``T2``)."""
    if isinstance(window, Rolling):
        span = window.span
        return lambda _history, view: calendar.back(view.at, span)
    if isinstance(window, CalendarWindow):
        unit, first_month = window.unit, window.first_month
        return lambda _history, view: calendar.start_of(period_start(view.day, unit, first_month))
    if isinstance(window, Anniversary):
        return lambda history, view: calendar.start_of(
            last_anniversary(calendar.day_of(history.member.enrolled_instant), view.day)
        )
    if isinstance(window, SinceTier):
        return lambda _history, view: view.tier_since
    return lambda _history, _view: ALL_TIME


def last_anniversary(enrolled: Day, day: Day) -> Day:
    """Return the last anniversary of a day, on or before another; 29 February clamps to the 28th.

    >>> from loyaltykit.calendars import to_day
    >>> from datetime import date
    >>> to_date(last_anniversary(to_day(date(2024, 2, 29)), to_day(date(2025, 2, 28))))
    datetime.date(2025, 2, 28)
    """
    years = to_date(day).year - to_date(enrolled).year
    candidate = add_months(enrolled, 12 * years)
    return candidate if candidate <= day else add_months(enrolled, 12 * (years - 1))
