"""Sheets as they are written."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.tables.formats import sheets
from loyaltykit.tables.formats.cells import Cell, Column
from loyaltykit.tables.formats.files import row_writer
from tests.support.files import cells, written

numbers = st.integers(-(10**18), 10**18) | st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


@given(st.lists(numbers | st.booleans() | st.dates(date(1900, 3, 1)), min_size=1, max_size=6))
def test_a_sheet_has_types(values: list[Cell]) -> None:
    """Numbers and dates come back as such, those that a sheet would round as texts of all their digits."""
    found = cells(written(["a"], [[value] for value in values], "xlsx"))[1:]
    for value, (cell,) in zip(values, found, strict=True):
        if isinstance(cell, str):
            assert Decimal(cell) == value
            assert len(cell.strip("-").rstrip("0").replace(".", "").lstrip("0")) > 15 or abs(value) >= 10**15
        elif isinstance(cell, datetime):
            assert cell.date() == value
        else:
            assert cell == value


@given(st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))  # noqa: DTZ001
def test_whole_seconds_are_exact_in_a_sheet(moment: datetime) -> None:
    """A date with its time of day is a binary fraction of a day there."""
    assert cells(written(["a"], [[moment]], "xlsx"))[1] == (moment,)


def test_times_of_day() -> None:
    """What a sheet has of them goes into a file of rejected rows as it came."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([time(10, 30)])
    stream = io.BytesIO()
    book.save(stream)
    assert cells(stream.getvalue()) == [(time(10, 30),)]
    assert cells(written(["a"], [[time(10, 30)]], "xlsx"))[1] == (time(10, 30),)


def test_old_dates_are_texts_in_a_sheet() -> None:
    """Excel has no days before 1900 and treats 1900 as a leap year."""
    assert cells(written(["a"], [[date(1899, 1, 2)], [datetime.fromisoformat("1900-01-02T03:00")]], "xlsx"))[1:] == [
        ("1899-01-02",),
        ("1900-01-02 03:00:00",),
    ]


def test_a_sheet_is_fit_to_be_looked_at() -> None:
    """Frozen headings in bold, widths after the contents, units behind numbers that stay numbers."""
    stream = io.BytesIO()
    with row_writer(
        stream, [Column("姓名"), Column("消费金额", "元"), Column("x")], format="xlsx", encoding=None, title="会员"
    ) as write:
        write(["张三" * 10, Decimal("10000"), None])
        write(["李四", 5000, None])
    book = openpyxl.load_workbook(stream)
    sheet = book["会员"]
    assert (sheet.freeze_panes, sheet["A1"].font.b, sheet["A2"].font.b) == ("A2", True, False)
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [42, 10, 8]
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["B3"].number_format) == (10000, '0"元"', '0"元"')
    assert sheet["A2"].quotePrefix


def test_widths_come_from_the_first_rows() -> None:
    """Later ones are written as they come."""
    content = written(["a"], [*([["x"]] * 100), ["y" * 50], ["z"]], "xlsx")
    assert len(cells(content)) == 103
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Members"]
    assert sheet.column_dimensions["A"].width == 8


def test_a_sheet_has_no_more_rows_than_excel_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of writing: rows, and characters of a cell."""
    monkeypatch.setattr(sheets, "MAX_SHEET_ROWS", 2)
    with pytest.raises(lk.errors.TableError, match="more than 2 rows"):
        written(["a"], [["x"], ["y"]], "xlsx")
    with pytest.raises(lk.errors.TableError, match="longer than 32,767"):
        written(["a"], [["x" * 32_768]], "xlsx")
