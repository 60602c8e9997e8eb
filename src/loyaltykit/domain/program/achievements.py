"""Points for visits, reviews, referrals and streaks (``S20``)."""

from __future__ import annotations

from typing import Final, get_args

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.program.caps import StreakPeriod
from loyaltykit.errors import Problem
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_POINTS, check_id

VISIT: Final = "visit"
"""What an achievement is on when it is on visits."""

MAX_COUNT: Final = 10_000


@named_arguments
@wire_name("achievement")
@frozen
class Achievement:
    """A rule by which visits or events give points: the tenth visit, a review, a friend, a week of daily training.

    What was reached is counted over a member's whole history, each activity at its own date: one that arrives late
    gives what is missing then, and nothing is ever taken back. A tier does not multiply these points, and they can be
    spent at once; the caps of ``PointsPolicy`` hold for them.

    Args:
        name: what the breakdown calls it; unique in the programme, among accrual rules too.
        points: how many.
        on: ``"visit"``, or the name of a declared ``EventType``.
        where: which of them count, by the event's fields and the member; None for all.
        count: how many activities make one achievement; with a streak, how many periods in a row.
        streak: ``"day"``, ``"week"`` or ``"month"``: one activity counts for each of the shop's; None for no streak.
        once: only the first one; of events that name an other member, the first one for each of them. Otherwise every
            one.
        other_points: how many the other member gets whom the event names (``Event.other_member_id``).

    Raises:
        InvalidValueError: a part is not one of these.

    >>> Achievement("ten visits", 100, on="visit", count=10, once=False).count
    10
    >>> Achievement("a friend", 200, on="referral", other_points=100).other_points
    100
    """

    name: str
    points: int
    on: str
    where: Predicate | None = None
    count: int = 1
    streak: StreakPeriod | None = None
    once: bool = True
    other_points: int = 0

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        check_id(self.on, "on", problems)
        _check_int(self.points, "points", 1, MAX_POINTS, problems)
        _check_int(self.count, "count", 1, MAX_COUNT, problems)
        _check_int(self.other_points, "other_points", 0, MAX_POINTS, problems)
        if self.where is not None and not isinstance(self.where, Predicate):
            problems.append(Problem("where", "is not a rule", 'compare a term, such as event["stars"] >= 4'))
        if self.streak is not None and self.streak not in get_args(StreakPeriod):
            problems.append(Problem("streak", "is not an allowed value", "use 'day', 'week', 'month' or None"))
        if not isinstance(self.once, bool):
            problems.append(Problem("once", "is not a bool", "use True or False"))
        raise_problems(problems, "achievements", self.name)
        self._check_other()

    def _check_other(self) -> None:
        """Check that it is certain who the other member is, whatever arrives first."""
        if not self.other_points:
            return
        problems: list[Problem] = []
        if self.on == VISIT:
            problems.append(Problem("other_points", "is given for visits, which name no other member", "use an event"))
        elif not self.once and (self.count > 1 or self.streak is not None):
            problems.append(Problem("other_points", "would go to one of several", "use once=True, or a count of 1"))
        raise_problems(problems, "achievements", self.name)


def _check_int(value: object, name: str, lowest: int, highest: int, problems: list[Problem]) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        problems.append(Problem(name, f"is not a whole number from {lowest} to {highest}", "pass an int"))
