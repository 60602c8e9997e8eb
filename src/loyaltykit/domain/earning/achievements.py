"""Achievements that an activity completes, counted over the history whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.earning.accrual import RuleShare
from loyaltykit.domain.earning.caps import CapBook, within
from loyaltykit.domain.earning.usage import AchievementProgress, Usage
from loyaltykit.domain.program.achievements import VISIT, Achievement
from loyaltykit.domain.program.caps import period_of
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import AchievementShare, Event, Visit
from loyaltykit.rules.compile import compile_rules
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import EventField, Reference
from loyaltykit.values import Instant


@frozen
class Achieved:
    """The achievements that an activity counts for, and what it gives.

    Args:
        matched: the achievements that it counts for.
        shares: the points of those that it completes.
        beside: the other member's points, by achievement.
    """

    matched: tuple[str, ...] = ()
    shares: tuple[RuleShare, ...] = ()
    beside: tuple[tuple[str, int], ...] = ()

    @property
    def points(self) -> int:
        """Return the points of the member."""
        return sum([share.points for share in self.shares])


class _CompiledAchievement:
    """One achievement with its filter compiled."""

    def __init__(self, achievement: Achievement, scope: Scope) -> None:
        self.achievement = achievement
        compiled = None if achievement.where is None else compile_rules([achievement.where], scope)
        self._test = None if compiled is None else compiled.tests[0]
        self._terms: Sequence[Reference] = () if compiled is None else compiled.terms
        self.member_terms: list[Reference] = [term for term in self._terms if not isinstance(term, EventField)]

    def matches(self, activity: Visit | Event, given: Mapping[Reference, object]) -> bool:
        """Check whether an activity counts for the achievement."""
        if isinstance(activity, Visit):
            if self.achievement.on != VISIT:
                return False
        elif self.achievement.on != activity.name:
            return False
        return self._test is None or self._test([_value(term, activity, given) for term in self._terms])


def _value(term: Reference, activity: Visit | Event, given: Mapping[Reference, object]) -> object:
    if isinstance(term, EventField):
        assert isinstance(activity, Event)  # the programme was checked: a filter of visits has no such term
        return activity.attributes.get(term.name)
    return given[term]


class AchievementBook:
    """The compiled achievements of a programme.

    Args:
        program: the programme.
        shop: its calendar.
        caps: the programme's; None without caps.
    """

    def __init__(self, program: Program, shop: ShopCalendar, caps: CapBook | None) -> None:
        self._compiled = [_CompiledAchievement(achievement, program.scope) for achievement in program.achievements]
        self._named = {achievement.name: achievement for achievement in program.achievements}
        self._shop = shop
        self._week_starts = program.points.week_starts
        self._caps = caps
        self.member_terms = [term for item in self._compiled for term in item.member_terms]

    def matching(self, activity: Visit | Event, given: Mapping[Reference, object]) -> tuple[str, ...]:
        """Return the names of the achievements that an activity counts for.

        Args:
            activity: a visit or an event.
            given: values of the member fields and facts that their filters mention.
        """
        return tuple([item.achievement.name for item in self._compiled if item.matches(activity, given)])

    def achieve(self, activity: Visit | Event, matched: tuple[str, ...], usage: Usage) -> Achieved:
        """Return what an activity gives, after what the member did and was granted before."""
        reached = [item for item in map(self._named.__getitem__, matched) if self._completes(item, activity, usage)]
        asked = [(item.name, item.points) for item in reached]
        beside: Sequence[tuple[str, int]] = ()
        if isinstance(activity, Event) and activity.other_member_id is not None:
            beside = [(item.name, item.other_points) for item in reached if item.other_points]
        return Achieved(matched, self.shares(asked, activity.instant, usage), tuple(beside))

    def shares(self, asked: Sequence[tuple[str, int]], at: Instant, usage: Usage) -> tuple[RuleShare, ...]:
        """Return what caps leave of points for achievements."""
        total = None if self._caps is None else self._caps.left(at, usage)
        granted = within([points for _, points in asked], total)
        return tuple([RuleShare(name, part, full) for (name, full), part in zip(asked, granted, strict=True)])

    def count(self, transaction: Visit | Event | AchievementShare, achieved: Achieved, usage: Usage) -> None:
        """Count an activity and the points granted for it."""
        if not isinstance(transaction, AchievementShare):
            for name in achieved.matched:
                if name in self._named:  # unless a programme correction has removed it since
                    self._advance(self._named[name], transaction, usage)
        if self._caps is not None:
            self._caps.count_total(transaction.instant, achieved.points, usage)

    def _completes(self, item: Achievement, activity: Visit | Event, usage: Usage) -> bool:
        return _completes(item, usage.progress.get(_key(item, activity)), self._period(item, activity))

    def _advance(self, item: Achievement, activity: Visit | Event, usage: Usage) -> None:
        progress = usage.progress.setdefault(_key(item, activity), AchievementProgress())
        period = self._period(item, activity)
        progress.given += _completes(item, progress, period)
        progress.matches += 1
        if item.streak is not None:
            progress.periods.add(period)

    def _period(self, item: Achievement, activity: Visit | Event) -> int:
        day = self._shop.day_of(activity.instant)
        return day if item.streak is None else period_of(day, item.streak, self._week_starts)


def _key(item: Achievement, activity: Visit | Event) -> tuple[str, str | None]:
    """Return the key that matches are counted by: with ``once``, each other member separately."""
    other = activity.other_member_id if item.once and isinstance(activity, Event) else None
    return (item.name, other)


def _completes(item: Achievement, progress: AchievementProgress | None, period: int) -> bool:
    """Check whether one more activity in a period completes the achievement again.

    A run of periods completes it once for each full count. A period that joins two runs can complete it once more.
    """
    if progress is None:
        return item.count == 1
    if item.once and progress.given:
        return False
    if item.streak is None:
        return (progress.matches + 1) % item.count == 0
    if period in progress.periods:
        return False
    before, after = _run(progress.periods, period, -1), _run(progress.periods, period, 1)
    return before % item.count + after % item.count + 1 >= item.count


def _run(periods: set[int], period: int, step: int) -> int:
    """Return how many consecutive periods on one side of a period have an activity."""
    length = 0
    while period + step * (length + 1) in periods:
        length += 1
    return length
