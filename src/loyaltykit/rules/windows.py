"""The stretch of history that a fact looks at (``T2``)."""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.calendars import UNIT_MONTHS, Days, Months, Unit
from loyaltykit.rules.refusals import refuse
from loyaltykit.serialization import wire_name


@frozen
class Window:
    """Any of the windows below."""


@wire_name("lifetime")
class Lifetime(Window):
    """All of history."""

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
    """Back at the same wall time, some months or days ago, to now."""

    span: Months | Days


@wire_name("calendar")
@frozen
class CalendarWindow(Window):
    """The calendar period that holds the instant asked about; years start in ``first_month``."""

    unit: Unit
    first_month: int = 1

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.unit, str) or self.unit not in UNIT_MONTHS:
            raise refuse("unit", "is not a calendar period", "use year, half, quarter or month")
        month: object = self.first_month
        if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= 12:
            raise refuse("first_month", "is not a month", "pass 1 to 12")


LIFETIME: Final = Lifetime()

WindowLike: TypeAlias = Window | Months | Days


def to_window(given: WindowLike) -> Window:
    """A window, or the rolling window of a span.

    Raises:
        InvalidRuleError: it is neither.

    >>> to_window(Months(12))
    Rolling(span=Months(count=12))
    """
    if isinstance(given, Window):
        return given
    if isinstance(given, Months | Days):
        return Rolling(given)
    raise refuse("window", "is neither a span nor a window", 'use months(12), days(90), calendar("year") or lifetime()')


def lifetime() -> Window:
    """All of history: what a fact looks at unless told otherwise.

    >>> lifetime()
    Lifetime()
    """
    return LIFETIME


def calendar(unit: Unit, first_month: int = 1) -> Window:
    """The calendar year, half, quarter or month in the shop's zone (``T2``).

    Args:
        unit: ``"year"``, ``"half"``, ``"quarter"`` or ``"month"``.
        first_month: the month in which years start, 1 to 12; halves and quarters are counted from it.

    Raises:
        InvalidRuleError: the unit or the month does not exist.

    >>> calendar("year", first_month=4)
    CalendarWindow(unit='year', first_month=4)
    """
    return CalendarWindow(unit, first_month)


def anniversary() -> Window:
    """Since the last anniversary of the member's enrolment (``T2``).

    >>> anniversary()
    Anniversary()
    """
    return Anniversary()


def since_tier() -> Window:
    """Since the member's current tier began; for tiers and segments only (``T2``).

    >>> since_tier()
    SinceTier()
    """
    return SinceTier()
