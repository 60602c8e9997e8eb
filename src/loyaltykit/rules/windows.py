"""Windows: the part of history over which a fact is measured (``T2``)."""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.calendars import UNIT_MONTHS, Days, Months, Unit
from loyaltykit.rules.refusals import refuse
from loyaltykit.serialization import wire_name


@frozen
class Window:
    """The part of history over which a fact is measured."""


@wire_name("lifetime")
class Lifetime(Window):
    """All history."""

    __slots__ = ()


@wire_name("anniversary")
class Anniversary(Window):
    """Since the last anniversary of the member's enrolment."""

    __slots__ = ()


@wire_name("since_tier")
class SinceTier(Window):
    """Since the member's current tier began."""

    __slots__ = ()


@wire_name("rolling")
@frozen
class Rolling(Window):
    """From the same local time some months or days ago until now."""

    span: Months | Days


@wire_name("calendar")
@frozen
class CalendarWindow(Window):
    """The current calendar period; years start in ``first_month``."""

    unit: Unit
    first_month: int = 1

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.unit, str) or self.unit not in UNIT_MONTHS:
            raise refuse("unit", "is not a calendar period", "use 'year', 'half', 'quarter' or 'month'")
        month: object = self.first_month
        if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= 12:
            raise refuse("first_month", "is not an integer from 1 to 12", "pass the number of a month")


LIFETIME: Final = Lifetime()

WindowLike: TypeAlias = Window | Months | Days


def to_window(given: WindowLike) -> Window:
    """Return a window as it is, or a span as a rolling window.

    Raises:
        InvalidRuleError: the argument is neither.

    >>> to_window(Months(12))
    Rolling(span=Months(count=12))
    """
    if isinstance(given, Window):
        return given
    if isinstance(given, Months | Days):
        return Rolling(given)
    raise refuse("window", "is neither a span nor a window", 'use months(12), days(90), calendar("year") or lifetime()')


def lifetime() -> Window:
    """Return the window of all history. It is the default of every fact.

    >>> from loyaltykit.rules import spend
    >>> spend.over(lifetime()).reference.window
    Lifetime()
    """
    return LIFETIME


def calendar(unit: Unit, first_month: int = 1) -> Window:
    """Return the window of the current calendar year, half, quarter or month in the shop's time zone.

    Args:
        unit: ``"year"``, ``"half"``, ``"quarter"`` or ``"month"``.
        first_month: the month in which years start, 1 to 12; halves and quarters are counted from it.

    Returns:
        A window for ``over``.

    Raises:
        InvalidRuleError: the unit is not one of these, or the month is not from 1 to 12.

    >>> calendar("year", first_month=4)
    CalendarWindow(unit='year', first_month=4)
    """
    return CalendarWindow(unit, first_month)


def anniversary() -> Window:
    """Return the window since the last anniversary of the member's enrolment.

    >>> from loyaltykit.rules import visits
    >>> visits.over(anniversary()).reference.window
    Anniversary()
    """
    return Anniversary()


def since_tier() -> Window:
    """Return the window since the member's current tier began. It is for tiers and segments only.

    >>> from loyaltykit.rules import spend
    >>> spend.over(since_tier()).reference.window
    SinceTier()
    """
    return SinceTier()
