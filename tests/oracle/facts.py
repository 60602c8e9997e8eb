"""What is seen of one member's past from one moment: everything a rule can ask (``T1``, ``T2``, ``C1`` to ``C4``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import define, evolve, field, frozen

import loyaltykit as lk
from loyaltykit.rules.nodes import EventField, Fact, MemberField, Predicate, Reference
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier
from tests.oracle.baskets import Kept, row_value
from tests.oracle.order import moment_of
from tests.oracle.predicates import Lookup, holds
from tests.oracle.versions import Version


@frozen
class Sold:
    """A purchase with its lines as they were bought, and as they are kept."""

    purchase: lk.Purchase
    bought: list[Kept]
    kept: list[Kept]

    @property
    def occurred_at(self) -> datetime:
        return moment_of(self.purchase)


@define
class Past:
    """What happened, in order, up to some place."""

    sold: list[Sold] = field(factory=list)
    visits: list[lk.Visit] = field(factory=list)
    events: list[lk.Event] = field(factory=list)
    accrued: dict[str, int] = field(factory=dict)  # by what gave the points

    def before(self, moment: datetime) -> Past:
        lists = {name: getattr(self, name) for name in ("sold", "visits", "events")}
        return evolve(
            self, **{name: [item for item in some if item.occurred_at < moment] for name, some in lists.items()}
        )

    def sale(self, purchase: str) -> Sold:
        return next(sold for sold in self.sold if sold.purchase.id == purchase)


@frozen
class View:
    """The past as seen from one moment.

    ``end`` is where windows end. ``today`` is the moment whose day and calendar period count: the same one, or the
    last microsecond before it when a scheduled check looks back.
    """

    version: Version
    member: lk.Member
    past: Past
    end: datetime
    today: datetime
    tier: str
    since: datetime

    def holds(self, rule: Predicate | None) -> bool:
        return holds(rule, self.value, self.version.scale)

    def value(self, reference: Reference) -> object:
        if isinstance(reference, MemberField):
            return self.member_value(reference)
        assert isinstance(reference, Fact)
        return self.measure(reference)

    # -- the member ----------------------------------------------------------------------------------------------------

    def member_value(self, asked: MemberField) -> object:
        if asked.custom:
            return self.member.fields.get(asked.name)
        if asked.name in ("tier", "age", "birthday_month", "days_to_birthday", "enrolled_on"):
            return getattr(self, asked.name)
        return getattr(self.member, asked.name)

    @property
    def day(self) -> date:
        return self.version.wall.day(self.today)

    @property
    def enrolled_on(self) -> date:
        assert self.member.enrolled_at is not None
        return self.version.wall.day(self.member.enrolled_at)

    @property
    def birthday_month(self) -> int | None:
        return self.member.birthday and self.member.birthday.month

    @property
    def age(self) -> int | None:
        born, day = self.member.birthday, self.day
        if born is None or born.year is None or day < observed(self.version, born, born.year):
            return None
        return day.year - born.year - (day < observed(self.version, born, day.year))

    @property
    def days_to_birthday(self) -> int | None:
        born, day = self.member.birthday, self.day
        coming = [observed(self.version, born, day.year + more) for more in (0, 1)] if born else []
        return min(((birthday - day).days for birthday in coming if birthday >= day), default=None)

    # -- what the member did -------------------------------------------------------------------------------------------

    def measure(self, fact: Fact) -> object:
        if fact.metric in ("spend", "units"):
            name = "amount" if fact.metric == "spend" else "quantity"
            return sum(getattr(line, name) for _, line in self.kept_rows(fact))
        if fact.metric == "purchases":
            return len({sold.purchase.id for sold, _ in self.kept_rows(fact)})
        if fact.metric == "points_accrued":
            return sum(self.past.accrued.get(id, 0) for id in self.giving(fact))
        return self.measure_activity(fact)

    def measure_activity(self, fact: Fact) -> object:
        match fact.metric:
            case "visits":
                return len(self.within(fact, self.past.visits))
            case "events":
                return len([event for event in self.within(fact, self.past.events) if self.is_counted(event, fact)])
            case "days_since_purchase":
                return self.days_since([sold.occurred_at for sold, _ in self.kept_rows(fact)])
            case "days_since_visit":
                return self.days_since([moment_of(visit) for visit in self.within(fact, self.past.visits)])
            case "days_since_enrolment":
                assert self.member.enrolled_at is not None
                return self.days_since([self.member.enrolled_at])
        raise AssertionError(f"no such fact: {fact.metric}")

    def giving(self, fact: Fact) -> set[str]:
        """Return what gave points that a fact counts; a filter asks about purchases, so activities do not meet it."""
        activities = self.within(fact, [*self.past.visits, *self.past.events]) if fact.where is None else []
        return {sold.purchase.id for sold, _ in self.rows(fact)} | {activity.id for activity in activities}

    def days_since(self, moments: list[datetime]) -> int | None:
        if not moments:
            return None
        return (self.day - self.version.wall.day(max(moments))).days

    def within(self, fact: Fact, items: Sequence[Any]) -> list[Any]:
        start = self.start(fact)
        return [item for item in items if start is None or start <= item.occurred_at]

    def start(self, fact: Fact) -> datetime | None:
        """Return where the fact's window begins, inclusive (``T2``)."""
        wall = self.version.wall
        match fact.window:
            case Lifetime():
                return None
            case Rolling(span=span):
                return wall.back(self.end, span)
            case SinceTier():
                return self.since
            case Anniversary():
                return wall.last_anniversary(self.enrolled_on, self.day)
            case CalendarWindow(unit=unit, first_month=first_month):
                return wall.period_start(self.today, unit, first_month)
        raise AssertionError(f"no such window: {fact.window}")

    def kept_rows(self, fact: Fact) -> Iterator[tuple[Sold, Kept]]:
        return ((sold, line) for sold, line in self.rows(fact) if not line.gone)

    def rows(self, fact: Fact) -> Iterator[tuple[Sold, Kept]]:
        """Yield the lines that a fact looks at; its filter sees each line as it was bought."""
        for sold in self.within(fact, self.past.sold):
            for before, now in zip(sold.bought, sold.kept, strict=True):
                if fact.where is None or holds(fact.where, self.row_lookup(sold, before), self.version.scale):
                    yield sold, now

    def row_lookup(self, sold: Sold, line: Kept) -> Lookup:
        total = sum(line.amount for line in sold.bought)
        return lambda reference: row_value(self.version, sold.purchase, line, total, reference)

    def is_counted(self, event: lk.Event, fact: Fact) -> bool:
        def look(reference: Reference) -> object:
            assert isinstance(reference, EventField)
            return event.attributes.get(reference.name)

        return event.name == fact.kind and holds(fact.where, look, self.version.scale)


def observed(version: Version, born: lk.Birthday, year: int) -> date:
    """Return the day on which a birthday is observed in a year (``C3``)."""
    try:
        return date(year, born.month, born.day)
    except ValueError:
        february = version.program.birthday_29_february == "02-28"
        return date(year, 2, 28) if february else date(year, 3, 1)


Given = Mapping[Reference, object]
"""What rules for points found in the member and the past."""
