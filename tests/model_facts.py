"""What is seen of one member's past from one moment, for the naive model (``T1``, ``T2``, ``C1``, ``C4``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import define, field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Event, Purchase, Return, Transaction, Visit
from loyaltykit.rules.nodes import EventField, Fact, MemberField, Predicate, Reference
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier
from tests.model_book import Grouped, grouped
from tests.model_purchases import Kept, Shop, kept_lines, row_value
from tests.model_rules import holds


def moment_of(transaction: Transaction) -> datetime:
    """When it happened: the shell has resolved it."""
    assert transaction.occurred_at is not None
    return transaction.occurred_at


def moves(transaction: Transaction) -> list[object]:
    """What it is found by: its kind and, of a return, its purchase."""
    return [type(transaction), *([transaction.of] if isinstance(transaction, Return) else [])]


@define
class Past:
    """What happened, in order, up to some moment; it only grows."""

    items: list[Transaction] = field(factory=list)
    found: Grouped = grouped(moves)

    def of(self, kind: type) -> Sequence[Any]:
        return self.found.of(self.items, kind)

    def returns_of(self, purchase: str) -> Sequence[Return]:
        return self.found.of(self.items, purchase)

    def before(self, moment: datetime) -> Past:
        return Past([item for item in self.items if moment_of(item) < moment])


@frozen
class View:
    """The past as seen from one moment: everything a rule can ask about a member.

    ``end`` is where windows end. ``today`` is the moment whose day and calendar period count: the same one, or the
    last microsecond before it when a scheduled check looks back.
    """

    shop: Shop
    member: Member
    past: Past
    end: datetime
    today: datetime
    tier: str
    since: datetime
    accrued: Mapping[str, int]

    def holds(self, rule: Predicate | None) -> bool:
        return holds(rule, self.value, self.shop.scale)

    def value(self, reference: Reference) -> object:
        if isinstance(reference, MemberField):
            return self.member_value(reference)
        assert isinstance(reference, Fact)
        return self.measure(reference)

    def member_value(self, field: MemberField) -> object:
        member, day = self.member, self.shop.wall.day(self.today)
        if field.custom:
            return member.fields.get(field.name)
        match field.name:
            case "tier":
                return self.tier
            case "age":
                return self.age(day)
            case "birthday_month":
                return member.birthday and member.birthday.month
            case "days_to_birthday":
                return self.days_to_birthday(day)
            case "enrolled_on":
                return self.enrolled_on()
        return getattr(member, field.name)

    def enrolled_on(self) -> date:
        assert self.member.enrolled_at is not None
        return self.shop.wall.day(self.member.enrolled_at)

    def birthday_in(self, year: int) -> date:
        born = self.member.birthday
        assert born is not None
        try:
            return date(year, born.month, born.day)
        except ValueError:
            february = self.shop.program.birthday_29_february == "02-28"
            return date(year, 2, 28) if february else date(year, 3, 1)

    def age(self, day: date) -> int | None:
        born = self.member.birthday
        if born is None or born.year is None or day < self.birthday_in(born.year):
            return None
        return day.year - born.year - (day < self.birthday_in(day.year))

    def days_to_birthday(self, day: date) -> int | None:
        if self.member.birthday is None:
            return None
        coming = [self.birthday_in(day.year), self.birthday_in(day.year + 1)]
        return min((birthday - day).days for birthday in coming if birthday >= day)

    def measure(self, fact: Fact) -> object:
        match fact.metric:
            case "spend":
                return sum(line.amount for _, line in self.rows(fact))
            case "units":
                return sum(line.quantity for _, line in self.rows(fact))
            case "purchases":
                return len({purchase.id for purchase, _ in self.rows(fact)})
            case "points_accrued":
                return sum(self.accrued.get(id, 0) for id in self.giving(fact))
            case "visits":
                return len(self.within(fact, Visit))
            case "events":
                return len([event for event in self.within(fact, Event) if self.is_counted(event, fact)])
            case "days_since_purchase":
                return self.days_since([moment_of(purchase) for purchase, _ in self.rows(fact)])
            case "days_since_visit":
                return self.days_since([moment_of(visit) for visit in self.within(fact, Visit)])
            case "days_since_enrolment":
                assert self.member.enrolled_at is not None
                return self.days_since([self.member.enrolled_at])
        raise AssertionError(f"no such fact: {fact.metric}")

    def giving(self, fact: Fact) -> set[str]:
        """What gave points that a fact counts; a filter asks about purchases, so activities do not meet it."""
        activities = [*self.within(fact, Visit), *self.within(fact, Event)] if fact.where is None else []
        return {purchase.id for purchase, _ in self.all_rows(fact)} | {activity.id for activity in activities}

    def days_since(self, moments: list[datetime]) -> int | None:
        if not moments:
            return None
        wall = self.shop.wall
        return (wall.day(self.today) - wall.day(max(moments))).days

    def within(self, fact: Fact, kind: type) -> list:
        start = self.start(fact)
        return [item for item in self.past.of(kind) if start is None or start <= moment_of(item)]

    def start(self, fact: Fact) -> datetime | None:
        """Where the fact's window begins, inclusive (``T2``)."""
        wall, window = self.shop.wall, fact.window
        match window:
            case Lifetime():
                return None
            case Rolling(span=span):
                return wall.back(self.end, span)
            case SinceTier():
                return self.since
            case Anniversary():
                return wall.last_anniversary(self.enrolled_on(), wall.day(self.today))
            case CalendarWindow(unit=unit, first_month=first_month):
                return wall.period_start(self.today, unit, first_month)
        raise AssertionError(f"no such window: {window}")

    def rows(self, fact: Fact) -> Iterator[tuple[Purchase, Kept]]:
        """The kept lines that a fact looks at; its filter sees each line as it was bought."""
        return ((purchase, line) for purchase, line in self.all_rows(fact) if not line.gone)

    def all_rows(self, fact: Fact) -> Iterator[tuple[Purchase, Kept]]:
        for purchase in self.within(fact, Purchase):
            as_bought = kept_lines(self.shop, purchase, [])
            total = sum(line.amount for line in as_bought)
            kept = kept_lines(self.shop, purchase, self.past.returns_of(purchase.id))
            for before, now in zip(as_bought, kept, strict=True):
                if holds(fact.where, self.row_lookup(purchase, before, total), self.shop.scale):
                    yield purchase, now

    def row_lookup(self, purchase: Purchase, line: Kept, total: int):
        return lambda reference: row_value(self.shop, purchase, moment_of(purchase), line, total, reference)

    def is_counted(self, event: Event, fact: Fact) -> bool:
        def look(reference: Reference) -> object:
            assert isinstance(reference, EventField)
            return event.attributes.get(reference.name)

        return event.name == fact.kind and holds(fact.where, look, self.shop.scale)
