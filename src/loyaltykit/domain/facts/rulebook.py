"""One version of a programme, compiled once and shared: rules, numbers and series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

from loyaltykit.calendars import Day, Ending, Ends, Inactivity, Never, ShopCalendar, Span, to_day
from loyaltykit.domain.earning.accrual import Accrual
from loyaltykit.domain.earning.achievements import AchievementBook
from loyaltykit.domain.earning.caps import CapBook, has_caps
from loyaltykit.domain.facts.facts import FactBook, History, Reader, SeriesTable, View
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.program.renamed_fields import NewerNames
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.compile import compile_rules
from loyaltykit.rules.nodes import Predicate, Reference
from loyaltykit.rules.references import references
from loyaltykit.values import NEVER_US, Instant

Outcomes: TypeAlias = tuple[bool, ...]


class PredicateSet:
    """Predicates over one member, compiled together so that each shared fact is read once.

    Args:
        predicates: any number; outcomes have the same order.
        book: how facts are kept and read.
    """

    def __init__(self, predicates: Sequence[Predicate], book: FactBook) -> None:
        compiled = compile_rules(predicates, book.accrual.program.scope)
        self.terms: Sequence[Reference] = compiled.terms
        self.tests = compiled.tests
        self._decide = compiled.decide
        self._readers: list[Reader] = [book.reader(term) for term in compiled.terms]

    def values(self, history: History, view: View) -> list[object]:
        """Return the values of all terms, seen from a view."""
        return [read(history, view) for read in self._readers]

    def outcomes(self, history: History, view: View) -> Outcomes:
        """Return which predicates hold, seen from a view."""
        values = []
        for read in self._readers:
            values.append(read(history, view))
        return self._decide(values)


class Rulebook:
    """One version of a programme, compiled.

    Args:
        program: the programme.
        version: its number in the store, from 1.
        table: the tracked series; all versions share one.
        newer: names that later versions have for its member fields.
    """

    def __init__(self, program: Program, version: int, table: SeriesTable, newer: NewerNames = NOTHING) -> None:
        self.program = program
        self.version = version
        self.calendar = ShopCalendar(program.timezone)
        self.ladder = program.tiers
        self.names = [tier.name for tier in program.tiers]
        self.multipliers = [tier.multiplier for tier in program.tiers]
        expiry = program.points.expire_after
        self.has_pending = program.points.active_after is not None
        self.inactivity: Span | None = expiry.span if isinstance(expiry, Inactivity) else None
        self._end_of_points = _end_of_points(expiry, self.calendar)
        self.accrual = Accrual(program, self.calendar)
        self.caps = CapBook(program, self.calendar) if has_caps(program) else None
        self.achievements = AchievementBook(program, self.calendar, self.caps)
        self.has_achievements = bool(program.achievements)
        self.counts = self.caps is not None or self.has_achievements
        entries = [tier.enter for tier in program.tiers if tier.enter is not None]
        keeps = [tier.kept_by for tier in program.tiers if tier.kept_by is not None]
        terms = references(*entries, *keeps)
        own = [*self.accrual.member_terms, *self.achievements.member_terms]
        self.book = FactBook(self.accrual, [*terms, *own], table, newer)
        self.judged = PredicateSet([*entries, *keeps], self.book)
        # Outcomes are in one row: the rules to enter each tier above the lowest, then those to keep it.
        self.top = len(entries)
        self.rewards = {reward.id: reward for reward in program.rewards}
        self.reward_rules = {
            reward.id: PredicateSet([reward.where], self.book) for reward in program.rewards if reward.where is not None
        }
        self.given_readers = [(term, self.book.reader(term)) for term in dict.fromkeys(self.accrual.member_terms)]
        seen = dict.fromkeys(self.achievements.member_terms)
        self.achievement_readers = [(term, self.book.reader(term)) for term in seen]

    def tier_end(self, day: Day) -> Instant:
        """Return when a tier that starts on a day ends (``T3``)."""
        return self.calendar.end_after(day, self.ladder.valid_for)

    def points_begin(self, at: Instant) -> Instant:
        """Return when the points of a purchase become active by policy (``S5``)."""
        pending = self.program.points.active_after
        assert pending is not None  # checked by the caller: has_pending
        if pending == "activation":
            return NEVER_US
        return self.calendar.end_after(self.calendar.day_of(at), pending)

    def points_end(self, at: Instant) -> Instant:
        """Return when points credited at an instant expire by policy (``S3``)."""
        return self._end_of_points(at)


def _end_of_points(expiry: Ending | Inactivity | date, calendar: ShopCalendar) -> Callable[[Instant], Instant]:
    """Return a function from the instant of a credit to the expiry of its points."""
    if isinstance(expiry, Never):
        return lambda _at: NEVER_US
    if isinstance(expiry, date):
        last = calendar.start_of(to_day(expiry) + 1)
        return lambda _at: last
    ends = Ends(calendar, expiry.span if isinstance(expiry, Inactivity) else expiry)
    return lambda at: ends[calendar.day_of(at)]
