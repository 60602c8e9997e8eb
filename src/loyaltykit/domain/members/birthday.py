"""Birthdays: dates in solar and other calendars, and when they are observed (``C3``, ``C4``)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import birthday_calendar
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.serialization import wire_name

LeapDay: TypeAlias = Literal["02-28", "03-01"]
"""Where a birthday of 29 February is observed in a common year (``C3``)."""

_LONGEST_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_YEAR = 9_998


@named_arguments
@wire_name("birthday")
@frozen
class Birthday:
    """A birthday, perhaps without its year, perhaps in another calendar.

    Args:
        month: 1 to 12, in the birthday's own calendar.
        day: 1 to 31.
        year: of birth, in that calendar; None when unknown, and then there is no age (``C3``).
        calendar: ``"solar"``, or the name of a registered calendar (``C4``).

    Raises:
        InvalidValueError: the date does not exist or the calendar is not registered.

    >>> Birthday(2, 29)
    Birthday(month=2, day=29, year=None, calendar='solar')
    """

    month: int
    day: int
    year: int | None = None
    calendar: str = "solar"

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not (_is_number(self.month, 13) and _is_number(self.day, 31)):
            problems.append(Problem("birthday", "has no whole month and day", "pass month and day as numbers"))
        elif self.year is not None and not _is_number(self.year, _LAST_YEAR):
            problems.append(Problem("birthday", "has no whole year", "pass the year as a number, or None"))
        elif not isinstance(self.calendar, str) or not _is_known(self.calendar):
            problems.append(Problem("birthday", "names an unknown calendar", "call register_calendar first"))
        elif self.calendar == "solar" and not _is_solar_date(self.year, self.month, self.day):
            problems.append(Problem("birthday", "is not a date of the calendar", "check month and day"))
        raise_problems(problems)

    @classmethod
    def of(cls, moment: date) -> Birthday:
        """Return the birthday of a date of birth.

        >>> Birthday.of(date(1990, 2, 28)).year
        1990
        """
        if not isinstance(moment, date):
            raise InvalidValueError([Problem("birthday", "is not a date", "pass a date")])
        return cls(moment.month, moment.day, moment.year)

    def to_text(self) -> str:
        """Return text: ``1990-02-28``, ``--02-29`` without the year, ``lunar:1990-01-15`` in another calendar.

        >>> Birthday(2, 29).to_text(), Birthday.of(date(1990, 2, 28)).to_text()
        ('--02-29', '1990-02-28')
        """
        year = "-" if self.year is None else f"{self.year:04d}"
        calendar = "" if self.calendar == "solar" else f"{self.calendar}:"
        return f"{calendar}{year}-{self.month:02d}-{self.day:02d}"

    def observed(self, year: int, leap_day: LeapDay = "02-28") -> date:
        """Return the solar date on which the birthday is observed in a year of its calendar (``C3``, ``C4``).

        >>> Birthday(2, 29).observed(2025), Birthday(2, 29).observed(2025, "03-01")
        (datetime.date(2025, 2, 28), datetime.date(2025, 3, 1))
        """
        if not _is_number(year, _LAST_YEAR):
            raise InvalidValueError([Problem("year", "is not a year", f"pass a number from 1 to {_LAST_YEAR}")])
        calendar = birthday_calendar(self.calendar)
        if calendar is not None:
            return calendar.observed(year, self.month, self.day)
        if (self.month, self.day) == (2, 29) and not _is_solar_date(year, 2, 29):
            return date(year, 2, 28) if leap_day == "02-28" else date(year, 3, 1)
        return date(year, self.month, self.day)

    def age(self, on: date, leap_day: LeapDay = "02-28") -> int | None:
        """Return completed years on a day; None without a year of birth, or before it (``C3``, ``C4``).

        >>> Birthday(2, 29, 2000).age(date(2025, 2, 27)), Birthday(2, 29, 2000).age(date(2025, 2, 28))
        (24, 25)
        """
        _check_day(on)
        if self.year is None or on < self.observed(self.year, leap_day):
            return None
        # A calendar's year may begin a little after the solar one: look one year ahead and step back.
        latest = on.year + 1
        while self.observed(latest, leap_day) > on:
            latest -= 1
        return latest - self.year

    def days_until(self, on: date, leap_day: LeapDay = "02-28") -> int:
        """Return the days to the next observed birthday, 0 on the day itself; windows cross the year's end (``C3``).

        >>> Birthday(1, 3).days_until(date(2025, 12, 30))
        4
        """
        _check_day(on)
        year = on.year - 1
        while self.observed(year, leap_day) < on:
            year += 1
        return (self.observed(year, leap_day) - on).days


def _is_number(value: object, highest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest


def _is_known(calendar: str) -> bool:
    return calendar == "solar" or birthday_calendar(calendar) is not None


def _check_day(on: object) -> None:
    if isinstance(on, datetime) or not isinstance(on, date) or on.year >= _LAST_YEAR:
        raise InvalidValueError([Problem("on", f"is not a date before the year {_LAST_YEAR}", "pass a date")])


def _is_solar_date(year: int | None, month: int, day: int) -> bool:
    if month > 12 or year is None:
        return month <= 12 and day <= _LONGEST_MONTH_DAYS[month - 1]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def to_birthday(value: date | Birthday | None) -> Birthday | None:
    """Return a date of birth as a birthday; other values are left for validation to refuse."""
    return Birthday.of(value) if isinstance(value, date) else value
