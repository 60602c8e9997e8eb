"""Spans of calendar time, and calendar arithmetic in the shop's time zone.

A *span* is a length of calendar time (``months(12)``, ``days(90)``); an *ending* is a span, the end of a period
(``end_of("year")``) or ``NEVER``. A ``ShopCalendar`` does arithmetic with them: a day begins and ends in the shop's
time zone, not in that of the server (``C1``).

An instant is an ``int`` of microseconds since 1970-01-01 UTC. A *wall* time is the same count in local time, and a
*day* is the number of local days since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeAlias

from attrs import field, frozen

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.values import DAY_US, NEVER_US, Instant, check_id, to_instant

Unit: TypeAlias = Literal["year", "half", "quarter", "month"]
Day: TypeAlias = int
"""Days since 1970-01-01 in the shop's time zone."""

UNIT_MONTHS: Final[dict[str, int]] = {"year": 12, "half": 6, "quarter": 3, "month": 1}
MAX_SPAN_MONTHS = 1_200
MAX_SPAN_DAYS = 36_500

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WALL = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_SAMPLE_US = DAY_US // 4


def _check_count(limit: int, unit: str) -> Callable[[Any, Any, Any], None]:
    def check(_instance: object, _attribute: object, value: object) -> None:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= limit:
            return
        raise InvalidValueError([Problem(unit, f"is not an integer from 1 to {limit:,}", f"pass {unit}(12)")])

    return check


@frozen
class Months:
    """A number of calendar months; the 31st becomes the last day of a shorter month."""

    count: int = field(validator=_check_count(MAX_SPAN_MONTHS, "months"))


@frozen
class Days:
    """A number of calendar days."""

    count: int = field(validator=_check_count(MAX_SPAN_DAYS, "days"))


@frozen
class EndOf:
    """The end of the calendar month, quarter, half or year of a day, or of the day one span ``after`` it."""

    unit: Unit
    after: Months | Days | None = None


@frozen
class Inactivity:
    """A span without accruals and redemptions, after which points expire."""

    span: Months | Days


@frozen
class Never:
    """An ending that never comes."""

    def __repr__(self) -> str:
        return "NEVER"


NEVER: Final = Never()

Span: TypeAlias = Months | Days
Ending: TypeAlias = Months | Days | EndOf | Never


def months(count: int) -> Months:
    """Return a span of calendar months, for windows, validities and expiries.

    Args:
        count: 1 to 1,200.

    Raises:
        InvalidValueError: the number is not an integer in this range.

    >>> months(12)
    Months(count=12)
    """
    return Months(count)


def days(count: int) -> Days:
    """Return a span of calendar days, for windows, validities and expiries.

    Args:
        count: 1 to 36,500.

    Raises:
        InvalidValueError: the number is not an integer in this range.

    >>> days(90)
    Days(count=90)
    """
    return Days(count)


def end_of(unit: Unit, after: Span | None = None) -> EndOf:
    """Return the end of a calendar period as an expiry.

    Args:
        unit: ``"year"``, ``"half"``, ``"quarter"`` or ``"month"``.
        after: a span that is added first; ``end_of("year", after=months(12))`` is the end of the next year.

    Raises:
        InvalidValueError: the unit is not one of these, or ``after`` is not a span.

    >>> end_of("year", after=months(12))
    EndOf(unit='year', after=Months(count=12))
    """
    if not isinstance(unit, str) or unit not in UNIT_MONTHS:
        way_out = "use 'year', 'half', 'quarter' or 'month'"
        raise InvalidValueError([Problem("unit", "is not a calendar period", way_out)])
    if after is not None and not isinstance(after, Months | Days):
        raise InvalidValueError([Problem("after", "is not a span", "use months(12) or days(90)")])
    return EndOf(unit, after)


def inactivity(span: Span) -> Inactivity:
    """Return an expiry after a span without accruals and redemptions.

    Args:
        span: such as ``months(18)``.

    Raises:
        InvalidValueError: the argument is not a span.

    >>> inactivity(months(18))
    Inactivity(span=Months(count=18))
    """
    if not isinstance(span, Months | Days):
        raise InvalidValueError([Problem("span", "is not a span", "use months(12) or days(90)")])
    return Inactivity(span)


def to_date(day: Day) -> date:
    """Return the date of a day.

    >>> to_date(0)
    datetime.date(1970, 1, 1)
    """
    return date.fromordinal(day + _EPOCH_ORDINAL)


def to_day(moment: date) -> Day:
    """Return the day of a date.

    >>> to_day(date(1970, 1, 2))
    1
    """
    return moment.toordinal() - _EPOCH_ORDINAL


def add_months(day: Day, count: int) -> Day:
    """Return the day some months later, or earlier if negative; at most the last day of the month.

    >>> to_date(add_months(to_day(date(2025, 1, 31)), 1))
    datetime.date(2025, 2, 28)
    """
    start = to_date(day)
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    first = date(year, month + 1, 1)
    return to_day(first) + min(start.day, month_length(first)) - 1


def month_length(first: date) -> int:
    """Return the number of days of a month, by its first day.

    >>> month_length(date(2024, 2, 1))
    29
    """
    in_next = first + timedelta(days=31)
    return 31 if in_next.day == 1 else (in_next - timedelta(days=in_next.day)).day


def add_span(day: Day, span: Span) -> Day:
    """Return the day one span later."""
    return add_months(day, span.count) if isinstance(span, Months) else day + span.count


def period_start(day: Day, unit: str, first_month: int = 1) -> Day:
    """Return the first day of the calendar period of a day; years start in ``first_month``.

    >>> to_date(period_start(to_day(date(2025, 3, 31)), "year", first_month=4))
    datetime.date(2024, 4, 1)
    """
    moment = to_date(day)
    into = (moment.month - first_month) % UNIT_MONTHS[unit]
    return add_months(to_day(moment.replace(day=1)), -into)


class ShopCalendar:
    """Calendar arithmetic in one time zone. Offsets are cached by day.

    Args:
        zone: an IANA zone name such as ``"Asia/Shanghai"``.

    >>> shop = ShopCalendar("Asia/Shanghai")
    >>> to_date(shop.day_of(to_instant(datetime(2025, 1, 1, 20, tzinfo=UTC))))
    datetime.date(2025, 1, 2)
    """

    def __init__(self, zone: str) -> None:
        from zoneinfo import ZoneInfo  # a tenth of the whole import, so it is loaded with the first programme

        self.zone = ZoneInfo(zone)
        self._offset_of_utc_day: dict[int, int | None] = {}
        self._offset_of_wall_day: dict[int, int | None] = {}
        self._ends: dict[tuple[Day, Ending], Instant] = {}
        self._back: dict[tuple[Day, int], Day] = {}

    def wall(self, instant: Instant) -> int:
        """Return the wall time of an instant."""
        utc_day = instant // DAY_US
        try:
            offset = self._offset_of_utc_day[utc_day]
        except KeyError:
            offset = self._offset_of_utc_day[utc_day] = self._offset_within(utc_day)
        return instant + (self._offset(instant) if offset is None else offset)

    def instant(self, wall: int) -> Instant:
        """Return the first instant of a wall time; a skipped wall time resolves forward."""
        wall_day = wall // DAY_US
        try:
            offset = self._offset_of_wall_day[wall_day]
        except KeyError:
            offset = self._offset_of_wall_day[wall_day] = self._offset_around(wall_day)
        if offset is not None:
            return wall - offset
        return to_instant((_EPOCH_WALL + timedelta(microseconds=wall)).replace(tzinfo=self.zone))

    def day_of(self, instant: Instant) -> Day:
        """Return the day of an instant."""
        return self.wall(instant) // DAY_US

    def start_of(self, day: Day) -> Instant:
        """Return the first instant of a day."""
        return self.instant(day * DAY_US)

    def end_after(self, day: Day, ending: Ending) -> Instant:
        """Return the exclusive end of a validity from a day on: the start of the day after its last day (``S3``)."""
        key = (day, ending)
        try:
            return self._ends[key]
        except KeyError:
            end = self._ends[key] = self._end_after(day, ending)
            return end

    def back(self, instant: Instant, span: Span) -> Instant:
        """Return the same wall time one span earlier, at most the last day of the month (``T2``)."""
        wall = self.wall(instant)
        if isinstance(span, Days):
            earlier_wall = wall - span.count * DAY_US
            offset = self._offset_of_wall_day.get(earlier_wall // DAY_US)
            return self.instant(earlier_wall) if offset is None else earlier_wall - offset
        day, time = divmod(wall, DAY_US)
        key = (day, span.count)
        earlier = self._back.get(key)
        if earlier is None:
            earlier = self._back[key] = add_months(day, -span.count)
        return self.instant(earlier * DAY_US + time)

    def _end_after(self, day: Day, ending: Ending) -> Instant:
        if isinstance(ending, Never):
            return NEVER_US
        if isinstance(ending, EndOf):
            base = day if ending.after is None else add_span(day, ending.after)
            return self.start_of(add_months(period_start(base, ending.unit), UNIT_MONTHS[ending.unit]))
        return self.start_of(add_span(day, ending) + 1)

    def _offset(self, instant: Instant) -> int:
        moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(self.zone)
        offset = moment.utcoffset()
        assert offset is not None  # a ZoneInfo always has one
        return offset // timedelta(microseconds=1)

    def _offset_within(self, utc_day: int) -> int | None:
        """Return the offset of a whole UTC day, or None if it changes on that day."""
        start = utc_day * DAY_US
        offsets = {self._offset(start + i * _SAMPLE_US) for i in range(5)}
        return offsets.pop() if len(offsets) == 1 else None

    def _offset_around(self, wall_day: Day) -> int | None:
        """Return the offset of a whole wall day, or None if it changes on that day or next to it."""
        offsets = {self._offset_within(wall_day + i) for i in (-1, 0, 1)}
        return offsets.pop() if len(offsets) == 1 else None


class Ends(dict[Day, Instant]):
    """A cache of the ends of one ending, by first day; faster than ``end_after``, which hashes the ending."""

    def __init__(self, calendar: ShopCalendar, ending: Ending) -> None:
        super().__init__()
        self._calendar = calendar
        self._ending = ending

    def __missing__(self, day: Day) -> Instant:
        end = self[day] = self._calendar.end_after(day, self._ending)
        return end


class BirthdayCalendar(Protocol):
    """A calendar of birthdays other than the solar one; see ``register_calendar``."""

    def observed(self, year: int, month: int, day: int) -> date:
        """Return the solar date of the birthday on this month and day in a year of the calendar; every year has one."""
        ...


_birthday_calendars: dict[str, BirthdayCalendar] = {}


def register_calendar(name: str, calendar: BirthdayCalendar) -> None:
    """Register a calendar for birthdays, such as the lunar one.

    Args:
        name: the name for ``Birthday(calendar=...)``; ``"solar"`` is built in and cannot be replaced.
        calendar: an object with a method ``observed(year, month, day) -> date``.

    Raises:
        InvalidValueError: the name is ``"solar"`` or not valid, or the object has no ``observed``.
    """
    problems: list[Problem] = []
    check_id(name, "name", problems)
    if name == "solar":
        problems.append(Problem("name", "is the built-in calendar", "choose another name"))
    if not callable(getattr(calendar, "observed", None)):
        problems.append(Problem("calendar", "has no method observed(year, month, day)", "pass an object that has it"))
    if problems:
        raise InvalidValueError(problems)
    _birthday_calendars[name] = calendar


def birthday_calendar(name: str) -> BirthdayCalendar | None:
    """Return the registered calendar of a name, or None."""
    return _birthday_calendars.get(name)
