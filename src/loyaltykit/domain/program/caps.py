"""The most points that a purchase, a day, a week or a month gives (``S20``), and how such periods are counted."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import Day, to_date
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_POINTS

CapPeriod: TypeAlias = Literal["purchase", "day", "week", "month"]
StreakPeriod: TypeAlias = Literal["day", "week", "month"]

# 1970-01-01, day 0, was a Thursday.
_WEEKDAY_BEFORE_DAY_0: Final = 4


@named_arguments
@wire_name("cap")
@frozen
class Cap:
    """A limit of points in a period; points beyond it are not given (``S20``).

    Days, weeks and months are the shop's, and those of the purchase's own date. What was given in a period stays
    counted when a purchase comes back: returns do not restore capacity.

    Args:
        points: 1 to 10^15.
        per: ``"purchase"``, ``"day"``, ``"week"`` or ``"month"``.

    Raises:
        InvalidValueError: a part is not one of these.

    >>> Cap(500, per="day")
    Cap(points=500, per='day')
    """

    points: int
    per: CapPeriod = "purchase"

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.points, int) or isinstance(self.points, bool) or not 0 < self.points <= MAX_POINTS:
            problems.append(Problem("points", "is not a number of points from 1 to 10^15", "pass an int"))
        if self.per not in get_args(CapPeriod):
            words = " or ".join(map(repr, get_args(CapPeriod)))
            problems.append(Problem("per", "is not an allowed value", f"use {words}"))
        raise_problems(problems)


def check_caps(caps: object, name: str, problems: list[Problem]) -> None:
    """Check the caps of one thing: at most one of each kind of period."""
    if not isinstance(caps, tuple) or not all(isinstance(cap, Cap) for cap in caps):
        problems.append(Problem(name, "is not a list of Cap", "pass a list of Cap"))
    elif len({cap.per for cap in caps}) < len(caps):
        problems.append(Problem(name, "has two caps of one period", "keep the lower one"))


def period_of(day: Day, per: StreakPeriod, week_starts: int) -> int:
    """Return the number of the day, week or month that holds a day; consecutive ones have consecutive numbers.

    Args:
        day: the shop's.
        per: which kind of period.
        week_starts: 1 for Monday to 7 for Sunday.

    >>> from datetime import date
    >>> from loyaltykit.calendars import to_day
    >>> sunday, monday = to_day(date(2025, 3, 2)), to_day(date(2025, 3, 3))
    >>> period_of(monday, "week", 1) - period_of(sunday, "week", 1), period_of(sunday, "month", 1)
    (1, 24303)
    """
    if per == "day":
        return day
    if per == "week":
        return (day + _WEEKDAY_BEFORE_DAY_0 - week_starts) // 7
    moment = to_date(day)
    return moment.year * 12 + moment.month
