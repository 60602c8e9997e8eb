"""Time on the shop's wall: zoneinfo and datetime alone, written apart from the library's calendar (``C1``, ``S3``)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyaltykit.calendars import Days, EndOf, Inactivity, Months, Never

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than everything: the end of what has none."""

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
"""Earlier than everything."""

MICROSECOND = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)
MONTHS_OF = {"year": 12, "half": 6, "quarter": 3, "month": 1}


def shift(day: date, span: Months | Days, times: int = 1) -> date:
    """Return the day some spans later, or earlier."""
    if isinstance(span, Days):
        return day + timedelta(days=times * span.count)
    return add_months(day, times * span.count)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month; a day that the month lacks becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for day_of_month in range(day.day, 0, -1):
        try:
            return date(year, month + 1, day_of_month)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def first_day(day: date, unit: str, first_month: int = 1) -> date:
    """Return the first day of the calendar period that holds a day."""
    start = day.replace(day=1)
    while (start.month - first_month) % MONTHS_OF[unit]:
        start = add_months(start, -1)
    return start


class Wall:
    """The clock and the calendar of a time zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def clock(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        return self.clock(moment).date()

    def moment(self, day: date, at: time = time()) -> datetime:
        """Return the first moment at which the wall reads this; what a change of the clocks skips moves forward."""
        return datetime.combine(day, at.replace(fold=0), self.zone).astimezone(UTC)

    def end_after(self, day: date, ending: Months | Days | EndOf | Inactivity | Never | date) -> datetime:
        """Return the first moment at which something counted from a day is over."""
        match ending:
            case Never():
                return FOREVER
            case date():
                return self.moment(ending + ONE_DAY)
            case EndOf():
                base = day if ending.after is None else shift(day, ending.after)
                return self.moment(add_months(first_day(base, ending.unit), MONTHS_OF[ending.unit]))
            case Inactivity():
                return self.end_after(day, ending.span)
        return self.moment(shift(day, ending) + ONE_DAY)

    def back(self, moment: datetime, span: Months | Days) -> datetime:
        """Return the same wall time one span earlier."""
        local = self.clock(moment)
        return self.moment(shift(local.date(), span, -1), local.time())

    def period_start(self, moment: datetime, unit: str, first_month: int) -> datetime:
        """Return the start of the calendar period that holds a moment."""
        return self.moment(first_day(self.day(moment), unit, first_month))

    def last_anniversary(self, enrolled: date, day: date) -> datetime:
        """Return the start of the day on which a member last had been enrolled for whole years."""
        years = day.year - enrolled.year
        if add_months(enrolled, 12 * years) > day:
            years -= 1
        return self.moment(add_months(enrolled, 12 * years))
