"""Values as people write them: what is read, what is not guessed, and what is written back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from loyaltykit.domain.forms.text import (
    plain_text,
    read_birthday,
    read_boolean,
    read_date,
    read_moment,
    read_number,
    read_texts,
    write_texts,
)

CHINA = ZoneInfo("Asia/Shanghai")


@given(st.lists(st.text(max_size=8), max_size=4).map(tuple))
def test_several_texts_in_one_come_back(texts: tuple[str, ...]) -> None:
    """Whatever stands in them: commas, quotes, brackets, line breaks, marks of direction."""
    assert read_texts(write_texts(texts)) == texts


@given(st.dates())
def test_every_date_is_read(day: date) -> None:
    """In each of the spellings, with the time that spreadsheets add, full-width as well."""
    year, month, of_month = f"{day.year:04d}", day.month, day.day
    for text in (
        day.isoformat(),
        f"{year}/{month}/{of_month}",
        f"{year}.{month:02d}.{of_month:02d}",
        f"{year}年{month}月{of_month}日",
        f"{year}{month:02d}{of_month:02d}",
        f"{day.isoformat()} 00:00:00",
        day.isoformat().translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}),
    ):
        assert read_date(text) == day
        assert read_moment(text, CHINA) == day


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    """I31: a value or None, and reading without width and marks changes nothing more."""
    for read in (read_date, read_number, read_boolean, read_birthday, read_texts):
        read(text)
    read_moment(text, CHINA)
    assert plain_text(plain_text(text)) == plain_text(text)


@pytest.mark.parametrize("text", ["3/4/2025", "2025-13-01", "2025-02-30", "25-01-01", "2025-1", "", "2025-01-01x"])
def test_what_is_no_date_or_has_two_readings_is_not_guessed(text: str) -> None:
    """None, for the caller to say so."""
    assert read_date(text) is None
    assert read_moment(text, CHINA) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-01-01T09:30", datetime(2022, 1, 1, 9, 30, tzinfo=CHINA)),
        ("2022年1月1日 9:30:15", datetime(2022, 1, 1, 9, 30, 15, tzinfo=CHINA)),
        ("2022-01-01 24:00", None),
        ("2022-01-01 9", None),
        ("2022-13-01 09:30", None),
    ],
)
def test_a_point_in_time_is_the_shops(text: str, moment: datetime | None) -> None:
    """One without an offset."""
    assert read_moment(text, CHINA) == moment
