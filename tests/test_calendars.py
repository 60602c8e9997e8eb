"""Days, months and windows are the shop's: against zoneinfo and datetime alone, on the days on which clocks change."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from loyaltykit.calendars import (
    NEVER,
    Days,
    EndOf,
    Inactivity,
    Months,
    ShopCalendar,
    add_months,
    add_span,
    birthday_calendar,
    days,
    end_of,
    inactivity,
    months,
    period_start,
    register_calendar,
    to_date,
    to_day,
)
from loyaltykit.errors import InvalidValueError
from loyaltykit.values import DAY_US, NEVER_US, to_datetime, to_instant

MICROSECOND = timedelta(microseconds=1)

# Each zone with days on which its clock changed: midnights that do not exist, midnights that come twice, half an hour
# of summer time, a day that was left out.
HARD_DAYS = {
    "America/Sao_Paulo": [date(2017, 10, 15), date(2018, 11, 4), date(2018, 2, 18), date(2019, 2, 17)],
    "Africa/Cairo": [date(2010, 4, 30), date(2024, 4, 26), date(2024, 11, 1), date(2014, 9, 26)],
    "America/St_Johns": [date(2006, 10, 29), date(2007, 3, 11), date(2011, 3, 13), date(2025, 3, 9)],
    "Australia/Lord_Howe": [date(2025, 4, 6), date(2025, 10, 5)],
    "Pacific/Apia": [date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31), date(2012, 4, 1)],
    "Asia/Shanghai": [date(1986, 5, 4), date(1991, 9, 15)],
    "Europe/Berlin": [date(2025, 3, 30), date(2025, 10, 26)],
    "Asia/Kathmandu": [date(1986, 1, 1)],
    "UTC": [date(2024, 2, 29)],
}
SHOPS = {zone: ShopCalendar(zone) for zone in HARD_DAYS}

zones = st.sampled_from(sorted(HARD_DAYS))
dates = st.dates(date(1975, 1, 1), date(2060, 1, 1))
units = st.sampled_from(["year", "half", "quarter", "month"])
spans = st.builds(Months, st.integers(1, 40)) | st.builds(Days, st.integers(1, 500))


@st.composite
def hard_days(draw: st.DrawFn) -> tuple[str, date]:
    """A zone and a day, mostly close to one on which its clock changes."""
    zone = draw(zones)
    near = st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(HARD_DAYS[zone]), st.integers(-2, 2))
    return zone, draw(near | dates)


@st.composite
def hard_instants(draw: st.DrawFn) -> tuple[str, int]:
    """A zone and an instant on such a day."""
    zone, day = draw(hard_days())
    return zone, to_instant(datetime.combine(day, time(), UTC)) + draw(st.integers(-DAY_US, 2 * DAY_US))


def local(zone: str, instant: int) -> datetime:
    """What the clock on the wall reads, by zoneinfo alone."""
    return to_datetime(instant).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def shifted(day: date, count: int) -> date:
    """The same day some months later; what the month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_instant(zone: str, wall: datetime) -> int:
    """The first instant at which the clock reads that time or a later one, found by trying."""
    tries = [to_instant(wall.replace(tzinfo=ZoneInfo(zone), fold=fold)) for fold in (0, 1)]
    reached = [instant for instant in tries if local(zone, instant) >= wall]
    return min(reached)


# -- days --------------------------------------------------------------------------------------------------------------


@given(hard_instants())
@example(("America/Sao_Paulo", to_instant(datetime(2018, 11, 4, 3, tzinfo=UTC))))
@example(("Pacific/Apia", to_instant(datetime(2011, 12, 30, 10, tzinfo=UTC)) - 1))
def test_the_day_of_an_instant_is_the_shops(at: tuple[str, int]) -> None:
    """C1: the wall clock and the day are those of the programme's zone, whatever zone the server runs in."""
    zone, instant = at
    shop = SHOPS[zone]
    wall = local(zone, instant)
    assert to_date(shop.day_of(instant)) == wall.date()
    assert shop.wall(instant) == (wall - datetime(1970, 1, 1)) // MICROSECOND  # noqa: DTZ001 - a wall has no zone


@given(hard_days())
@example(("America/Sao_Paulo", date(2018, 11, 4)))
@example(("Africa/Cairo", date(2024, 4, 26)))
@example(("America/St_Johns", date(2006, 10, 29)))
@example(("Pacific/Apia", date(2011, 12, 30)))
def test_a_day_starts_at_the_first_instant_that_is_not_before_it(at: tuple[str, date]) -> None:
    """C1, S3: a midnight that does not exist resolves forward, one that comes twice is the first."""
    zone, day = at
    midnight = datetime.combine(day, time())
    start = SHOPS[zone].start_of(to_day(day))
    assert start == first_instant(zone, midnight)
    assert local(zone, start - 1) < midnight <= local(zone, start)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, tzinfo=UTC)),
        ("America/St_Johns", date(2006, 10, 29), datetime(2006, 10, 29, 2, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2025, 10, 6), datetime(2025, 10, 5, 13, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_days_on_which_clocks_changed(zone: str, day: date, start: datetime) -> None:
    """C1: the same by hand; the day that Samoa left out is over as it begins."""
    assert to_datetime(SHOPS[zone].start_of(to_day(day))) == start


@given(hard_days(), st.integers(0, DAY_US - 1))
def test_a_wall_time_is_the_instant_at_which_the_clock_reads_it(at: tuple[str, date], into: int) -> None:
    """C1: the first of two; a time that was skipped comes that much later."""
    zone, day = at
    wall = datetime.combine(day, time()) + timedelta(microseconds=into)
    read = SHOPS[zone].instant(to_day(day) * DAY_US + into)
    assert read == to_instant(wall.replace(tzinfo=ZoneInfo(zone), fold=0))
    assert local(zone, read) >= wall


def test_a_calendar_may_be_asked_twice() -> None:
    """What is remembered is what was worked out."""
    shop = ShopCalendar("Europe/Berlin")
    instant = to_instant(datetime(2025, 3, 30, 12, tzinfo=UTC))
    day = shop.day_of(instant)
    asked = [
        (shop.wall(instant), shop.start_of(day), shop.end_after(day, Months(1)), shop.back(instant, Months(1)))
        for _ in range(2)
    ]
    assert asked[0] == asked[1]


@given(dates)
def test_days_are_counted_from_1970(day: date) -> None:
    """C1: a day is a number, and back."""
    assert to_date(to_day(day)) == day
    assert to_day(day + timedelta(days=1)) == to_day(day) + 1


# -- months ------------------------------------------------------------------------------------------------------------


@given(dates, st.integers(-600, 600))
@example(date(2025, 1, 31), 1)
@example(date(2024, 2, 29), 12)
@example(date(2024, 2, 29), -12)
@example(date(2025, 3, 31), -1)
def test_months_clamp(day: date, count: int) -> None:
    """S3: the same day of another month; a day that the month lacks becomes its last day."""
    assert to_date(add_months(to_day(day), count)) == shifted(day, count)


@given(dates, spans)
def test_a_span_is_months_or_days(day: date, span: Months | Days) -> None:
    """S3: days are days, months are months."""
    later = shifted(day, span.count) if isinstance(span, Months) else day + timedelta(days=span.count)
    assert to_date(add_span(to_day(day), span)) == later


@given(dates, units, st.integers(1, 12))
def test_a_period_is_the_one_that_holds_the_day(day: date, unit: str, first_month: int) -> None:
    """T2: periods tile the calendar, counted from the first month of the year."""
    length = {"year": 12, "half": 6, "quarter": 3, "month": 1}[unit]
    start = to_date(period_start(to_day(day), unit, first_month))
    assert start.day == 1
    assert (start.month - first_month) % length == 0
    assert start <= day < shifted(start, length)


# -- ends --------------------------------------------------------------------------------------------------------------


@given(hard_days(), spans)
@example(("America/Sao_Paulo", date(2018, 10, 4)), Months(1))
@example(("Africa/Cairo", date(2024, 4, 24)), Days(1))
@example(("UTC", date(2025, 1, 31)), Months(1))
@example(("UTC", date(2024, 2, 29)), Months(12))
def test_validity_runs_to_the_end_of_its_last_day(at: tuple[str, date], span: Months | Days) -> None:
    """S3: valid for a span runs to the end of day D; the end itself, 00:00 of D + 1, no longer counts."""
    zone, day = at
    last = shifted(day, span.count) if isinstance(span, Months) else day + timedelta(days=span.count)
    end = SHOPS[zone].end_after(to_day(day), span)
    assert end == first_instant(zone, datetime.combine(last + timedelta(days=1), time()))
    assert local(zone, end - 1).date() <= last < local(zone, end).date()


@given(hard_days(), units, st.none() | spans)
def test_an_end_of_a_period_is_the_start_of_the_next(at: tuple[str, date], unit: Any, after: Any) -> None:
    """S3: the end of the month, quarter, half or year that holds the day, or the day that lies ``after`` behind it."""
    zone, day = at
    base = day if after is None else to_date(add_span(to_day(day), after))
    length = {"year": 12, "half": 6, "quarter": 3, "month": 1}[unit]
    start = base.replace(day=1)
    while (start.month - 1) % length:
        start = shifted(start, -1)
    end = SHOPS[zone].end_after(to_day(day), end_of(unit, after=after))
    assert end == first_instant(zone, datetime.combine(shifted(start, length), time()))


def test_never_is_no_end() -> None:
    """S3: what never ends, ends later than everything; read back it is never None."""
    assert SHOPS["UTC"].end_after(0, NEVER) == NEVER_US
    assert repr(NEVER) == "NEVER"
    assert type(NEVER)() == NEVER


# -- windows -----------------------------------------------------------------------------------------------------------


@given(hard_instants(), spans)
@example(("America/Sao_Paulo", to_instant(datetime(2018, 12, 4, 2, 30, tzinfo=UTC))), Months(1))
@example(("UTC", to_instant(datetime(2025, 3, 31, 8, tzinfo=UTC))), Months(1))
@example(("UTC", to_instant(datetime(2024, 2, 29, 8, tzinfo=UTC))), Months(12))
def test_a_window_reaches_back_to_the_same_wall_time(at: tuple[str, int], span: Months | Days) -> None:
    """T2: months and days back at the same wall time in the programme's zone, clamped."""
    zone, instant = at
    wall = local(zone, instant)
    earlier = (
        shifted(wall.date(), -span.count) if isinstance(span, Months) else wall.date() - timedelta(days=span.count)
    )
    asked = datetime.combine(earlier, wall.time())
    assert SHOPS[zone].back(instant, span) == to_instant(asked.replace(tzinfo=ZoneInfo(zone), fold=0))


# -- the words ---------------------------------------------------------------------------------------------------------


def test_the_words_make_spans() -> None:
    """S3: comparable values, no more."""
    assert months(12) == Months(12)
    assert days(90) == Days(90)
    assert end_of("year", after=months(12)) == EndOf("year", Months(12))
    assert inactivity(months(18)) == Inactivity(Months(18))
    assert len({months(1), months(1), days(1)}) == 2


@pytest.mark.parametrize("count", [0, -1, True, 1.0, Decimal(1), "1", None, 10**9, float("nan"), []])
@pytest.mark.parametrize(("word", "limit"), [(months, 1_200), (days, 36_500)])
def test_a_span_is_a_bounded_number_above_zero(word: Any, limit: int, count: object) -> None:
    """Bad input: windows of zero, and spans that no calendar reaches."""
    assert word(limit).count == limit
    for wrong in (count, limit + 1):
        with pytest.raises(InvalidValueError) as caught:
            word(wrong)
        assert caught.value.field == word.__name__
        assert caught.value.way_out


@pytest.mark.parametrize("unit", ["week", "", None, 1, [], {}, set(), Decimal("sNaN")])
def test_an_end_is_of_a_known_period(unit: Any) -> None:
    """Bad input: an unknown or unhashable period is refused by name."""
    with pytest.raises(InvalidValueError, match="unit: is not a calendar period"):
        end_of(unit)


@pytest.mark.parametrize("span", [12, "year", None, NEVER, end_of("year"), [], 0.5])
def test_inactivity_and_after_take_spans(span: Any) -> None:
    """Bad input: anything but months(n) and days(n)."""
    with pytest.raises(InvalidValueError, match="span: is not a span"):
        inactivity(span)
    if span is not None:
        with pytest.raises(InvalidValueError, match="after: is not a span"):
            end_of("year", after=span)


# -- other calendars ---------------------------------------------------------------------------------------------------


class Moved:
    """Every month and day comes a month later."""

    def observed(self, year: int, month: int, day: int) -> date:
        """The same day of the next solar month."""
        return shifted(date(year, month, min(day, 28)), 1)


def test_a_calendar_is_known_once_registered() -> None:
    """C4: a calendar for birthdays comes by registration."""
    assert birthday_calendar("tests.moved") is None
    moved = Moved()
    register_calendar("tests.moved", moved)
    assert birthday_calendar("tests.moved") is moved


@pytest.mark.parametrize("name", ["solar", "", " x", 5, None, [], {}, b"lunar", "x" * 500, "\ud800"])
def test_a_calendar_has_a_name_of_its_own(name: Any) -> None:
    """Bad input: the solar calendar cannot be replaced, and a name is an id."""
    with pytest.raises(InvalidValueError) as caught:
        register_calendar(name, Moved())
    assert caught.value.field == "name"


@pytest.mark.parametrize("calendar", [None, 5, "lunar", object()])
def test_a_calendar_observes(calendar: Any) -> None:
    """Bad input: what cannot place a birthday is no calendar, and says so at once instead of at the first birthday."""
    with pytest.raises(InvalidValueError) as caught:
        register_calendar("tests.none", calendar)
    assert caught.value.field == "calendar"
    assert birthday_calendar("tests.none") is None
