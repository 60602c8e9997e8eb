"""What is observed of a birthday."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.members.birthday import LeapDay

dates = st.dates(date(1905, 1, 1), date(2190, 1, 1))
leap_days = st.sampled_from(["02-28", "03-01"])


class NewYearInFebruary:
    """A calendar whose years begin on 4 February: its first day of month 1 is that day, 28 days a month."""

    def observed(self, year: int, month: int, day: int) -> date:
        """The solar date of a day of that calendar's year."""
        return date(year, 2, 4) + timedelta(days=28 * (month - 1) + min(day, 28) - 1)


lk.register_calendar("tests.february", NewYearInFebruary())
birthdays = st.one_of(
    st.builds(lk.Birthday.of, dates),
    st.builds(lambda day: lk.Birthday(day.month, day.day), dates),
    st.sampled_from([lk.Birthday(2, 29), lk.Birthday(2, 29, 2000), lk.Birthday(12, 31, 1999), lk.Birthday(1, 1, 2000)]),
    st.builds(lk.Birthday, st.integers(1, 12), st.integers(1, 28), st.integers(1905, 2020), st.just("tests.february")),
)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# -- observed days -----------------------------------------------------------------------------------------------------


@given(birthdays, st.integers(1905, 2190), leap_days)
@example(lk.Birthday(2, 29), 2100, "02-28")
@example(lk.Birthday(2, 29), 2000, "03-01")
def test_a_birthday_is_observed_once_a_year(birthday: lk.Birthday, year: int, leap_day: LeapDay) -> None:
    """C3, C4: never skipped, never twice; 29 February on 28 February, or 1 March, in common years."""
    day = birthday.observed(year, leap_day)
    assert day < birthday.observed(year + 1, leap_day)
    if birthday.calendar != "solar":
        assert day == NewYearInFebruary().observed(year, birthday.month, birthday.day)
    elif (birthday.month, birthday.day) == (2, 29) and not is_leap(year):
        assert (day.month, day.day) == ((2, 28) if leap_day == "02-28" else (3, 1))
    else:
        assert (day.year, day.month, day.day) == (year, birthday.month, birthday.day)


@given(birthdays, dates, leap_days)
@example(lk.Birthday(2, 29, 2000), date(2025, 2, 27), "02-28")
@example(lk.Birthday(2, 29, 2000), date(2025, 2, 28), "02-28")
@example(lk.Birthday(2, 29, 2000), date(2025, 2, 28), "03-01")
@example(lk.Birthday(12, 1, 2000, "tests.february"), date(2001, 12, 10), "02-28")
def test_age_is_completed_years(birthday: lk.Birthday, on: date, leap_day: LeapDay) -> None:
    """C3, C4: as many birthdays as were observed since birth; no year of birth, no age; before birth none either."""
    age = birthday.age(on, leap_day)
    if birthday.year is None:
        assert age is None
        return
    observed = [birthday.observed(year, leap_day) for year in range(birthday.year, on.year + 2)]
    completed = len([day for day in observed if day <= on]) - 1
    assert age == (completed if completed >= 0 else None)


@given(birthdays, dates, leap_days)
@example(lk.Birthday(1, 3), date(2025, 12, 30), "02-28")
@example(lk.Birthday(12, 31), date(2025, 12, 31), "02-28")
@example(lk.Birthday(2, 29), date(2025, 3, 1), "03-01")
@example(lk.Birthday(12, 28, 2000, "tests.february"), date(2025, 1, 1), "02-28")
def test_days_to_the_next_birthday_cross_the_year(birthday: lk.Birthday, on: date, leap_day: LeapDay) -> None:
    """C3: the first observed day on or after a day, within a year and a day of it."""
    days = birthday.days_until(on, leap_day)
    observed = [birthday.observed(year, leap_day) for year in range(on.year - 2, on.year + 2)]
    assert on + timedelta(days=days) == min(day for day in observed if day >= on)
    assert 0 <= days <= 366


def test_a_birthday_may_have_any_date() -> None:
    """C3: no member is too old or too young for the calendar, at any moment a shop can ask about."""
    for born in (date.min, date(4, 2, 29), date(9998, 12, 31)):
        birthday = lk.Birthday.of(born)
        for on in (date(1900, 1, 1), date(2199, 12, 31)):
            assert birthday.age(on) == (None if on < born else on.year - born.year - (on < birthday.observed(on.year)))
            assert 0 <= birthday.days_until(on) <= 366


@pytest.mark.parametrize("on", [date.min, date.max, None, 5, "2025-01-01", datetime(2025, 1, 1, tzinfo=UTC)])
def test_a_question_about_no_day_is_refused_or_answered(on: Any) -> None:
    """I31: the end of Python's calendar, and what is no date, end in an answer or a LoyaltyError."""
    birthday = lk.Birthday(12, 30, 2000)
    for ask in (birthday.age, birthday.days_until):
        with suppress(lk.LoyaltyError):
            assert ask(on) in (None, *range(367))


@pytest.mark.parametrize("year", [0, -1, 10_000, 10**30, None, 0.5, "2025", [], float("nan")])
def test_a_year_that_is_none_is_refused(year: Any) -> None:
    """I31: no bare ValueError, TypeError or OverflowError."""
    with pytest.raises(lk.InvalidValueError):
        lk.Birthday(1, 1).observed(year)
    with pytest.raises(lk.InvalidValueError):
        lk.Birthday(2, 29).observed(year)


@pytest.mark.parametrize("moment", [None, 5, "1990-01-01", []])
def test_a_birthday_is_of_a_date(moment: Any) -> None:
    """I31: anything else is refused."""
    with pytest.raises(lk.InvalidValueError):
        lk.Birthday.of(moment)


@pytest.mark.parametrize(
    ("month", "day", "year"),
    [
        (2, 30, None),
        (2, 29, 2025),
        (2, 29, 1900),
        (13, 1, None),
        (0, 1, None),
        (1, 0, None),
        (1, 32, 2000),
        (4, 31, None),
        (1, 1, 0),
        (1, 1, 10_000),
        (1, 1, 10**30),
    ],
)
def test_a_solar_birthday_exists(month: int, day: int, year: int | None) -> None:
    """Bad input: a day of the longest year, or of its own one."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Birthday(month, day, year)
    assert caught.value.field == "birthday"
    assert str(year) not in str(caught.value)


@pytest.mark.parametrize(
    ("month", "day", "year"),
    [
        (1.0, 1, None),
        (1, 1.0, None),
        ("1", 1, None),
        (None, 1, None),
        (1, None, None),
        (1, 1, "1990"),
        (1, 1, 1990.0),
        (1, [], 1990),
        (True, 1, None),
        (1, True, None),
        (1, 1, True),
    ],
)
@pytest.mark.parametrize("calendar", ["solar", "tests.february"])
def test_a_birthday_is_of_whole_numbers(month: Any, day: Any, year: Any, calendar: str) -> None:
    """Bad input: in every calendar."""
    with pytest.raises(lk.InvalidValueError, match="birthday: "):
        lk.Birthday(month, day, year, calendar)


@pytest.mark.parametrize("calendar", ["tests.of_nobody", "", None, 5, [], {}, b"solar"])
def test_a_calendar_is_registered_first(calendar: Any) -> None:
    """C4: an unknown calendar is refused, and so is what cannot even be a name."""
    with pytest.raises(lk.InvalidValueError, match="birthday: names an unknown calendar"):
        lk.Birthday(1, 1, calendar=calendar)
