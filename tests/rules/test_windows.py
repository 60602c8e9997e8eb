"""Windows of history: a closed set, checked when made."""

from typing import Any

import pytest

from loyaltykit.errors import InvalidRuleError, InvalidValueError
from loyaltykit.rules import anniversary, calendar, days, lifetime, months, since_tier
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier, to_window


def test_words_make_windows() -> None:
    """One word for each (``T2``)."""
    assert lifetime() == Lifetime()
    assert anniversary() == Anniversary()
    assert since_tier() == SinceTier()
    assert calendar("quarter") == CalendarWindow("quarter", first_month=1)


def test_kinds_without_parts_differ() -> None:
    """They share a shape, not a meaning."""
    assert len({Lifetime(), Anniversary(), SinceTier(), Lifetime()}) == 3


def test_a_span_is_a_rolling_window() -> None:
    """``over(months(12))`` looks back twelve months; a window stays what it is."""
    assert to_window(months(12)) == Rolling(months(12))
    assert to_window(days(90)) == Rolling(days(90))
    assert to_window(anniversary()) == anniversary()


@pytest.mark.parametrize("given", [12, "year", None])
def test_anything_else_is_no_window(given: Any) -> None:
    """With what to write instead."""
    with pytest.raises(InvalidRuleError, match=r"use months\(12\)"):
        to_window(given)


@pytest.mark.parametrize(("unit", "first_month"), [("week", 1), ("year", 0), ("year", 13), ("year", True)])
def test_calendar_periods_must_exist(unit: Any, first_month: int) -> None:
    """Known units, months 1 to 12."""
    with pytest.raises(InvalidRuleError):
        calendar(unit, first_month)


def test_windows_of_zero_are_refused() -> None:
    """A window that holds nothing is a mistake."""
    with pytest.raises(InvalidValueError):
        days(0)
