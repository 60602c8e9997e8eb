"""What people write into cells, as the one thing it can mean."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltykit.calendars import ShopCalendar
from loyaltykit.tables.columns import parsing
from loyaltykit.tables.columns.parsing import CellError, CellOptions
from loyaltykit.tables.formats.cells import Cell
from tests.support.texts import texts

SHANGHAI = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY")
BERLIN = CellOptions(ShopCalendar("Europe/Berlin"), "EUR", dates="dmy", decimal_point=",")
NEW_YORK = CellOptions(ShopCalendar("America/New_York"), "USD", dates="mdy")


def code_of(read: Any, *arguments: Any) -> str:
    with pytest.raises(CellError) as caught:
        read(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "options", "number"),
    [
        ("10000元", SHANGHAI, "10000"),
        ("10000 元", SHANGHAI, "10000"),
        ("￥399.00", SHANGHAI, "399"),
        ("¥ 399", SHANGHAI, "399"),
        ("人民币5000", SHANGHAI, "5000"),
        ("RMB 1,234.50", SHANGHAI, "1234.50"),
        ("CNY 5", SHANGHAI, "5"),
        ("1.2万元", SHANGHAI, "12000"),
        ("３９９", SHANGHAI, "399"),
        ("-5", SHANGHAI, "-5"),
        ("+5", SHANGHAI, "5"),
        ("1.234,50 €", BERLIN, "1234.50"),
        ("12,50", BERLIN, "12.50"),
        ("1.000", BERLIN, "1000"),
        ("$1,000", NEW_YORK, "1000"),
        (Decimal("0.1"), SHANGHAI, "0.1"),
        (7, SHANGHAI, "7"),
    ],
)
def test_amounts(cell: Cell, options: CellOptions, number: str) -> None:
    """Signs and words for the programme's currency, groups of thousands, full-width digits."""
    assert parsing.read_number(cell, options) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "cell.number"),
        ("a lot", "cell.number"),
        ("5-10", "cell.number"),
        ("1e5", "cell.number"),
        ("$5", "cell.currency"),
        ("5 kg", "cell.currency"),
        ("12,50", "cell.separators"),
        ("1.2.3", "cell.separators"),
        ("1,23", "cell.separators"),
        ("1" * 19, "cell.digits"),
        ("9" * 17 + "万", "cell.digits"),
        (Decimal("1E+300"), "cell.digits"),
        (True, "cell.number"),
        (date(2025, 1, 1), "cell.number"),
    ],
)
def test_what_is_no_amount(cell: Cell, code: str) -> None:
    """What could mean two things, or another currency, is refused."""
    assert code_of(parsing.read_number, cell, SHANGHAI) == code


def test_the_host_s_decimal_context_does_not_matter() -> None:
    """The decimal context of the host does not change the result."""
    with localcontext() as context:
        context.prec = 3
        assert parsing.read_number("123456.78", SHANGHAI) == Decimal("123456.78")
        assert parsing.read_number("12.3456万", SHANGHAI) == Decimal("123456")
        assert parsing.read_integer("123456", SHANGHAI) == 123456


def test_whole_numbers_and_points() -> None:
    """Points may have their word behind them."""
    assert parsing.read_integer(Decimal("5.0"), SHANGHAI) == 5
    assert code_of(parsing.read_integer, "5.5", SHANGHAI) == "cell.whole"
    for cell in (500, "500", "500分", "500 积分", "500 points", "５００", "0.05万"):
        assert parsing.read_points(cell, SHANGHAI) == 500
    for cell in ("500元", "about 500", "", "x"):
        assert code_of(parsing.read_points, cell, SHANGHAI) == "cell.points"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x ", "x "),
        (13800138000, "13800138000"),
        (Decimal("1.50"), "1.50"),
        (True, "TRUE"),
        (date(2025, 1, 2), "2025-01-02"),
    ],
)
def test_texts(cell: Cell, text: str) -> None:
    """A number in a text column is read as its digits."""
    assert parsing.read_text(cell) == text


def test_excel_rounds_long_numbers() -> None:
    """A number of more than 15 digits does not fit; final zeros of a fraction do not count."""
    assert parsing.read_text(123_456_789_012_345) == "123456789012345"
    assert parsing.read_text(Decimal("0.000123456789012345000")) == "0.000123456789012345000"
    for cell in (622_202_123_456_789_012, -622_202_123_456_789_000, Decimal("6.22202123456789E+17")):
        assert code_of(parsing.read_text, cell) == "cell.rounded"


def test_yes_and_no() -> None:
    """As in every record, and as Excel has them."""
    for cell, found in (
        (True, True),
        ("是", True),
        ("Yes", True),
        ("TRUE", True),
        ("否", False),
        (0, False),
        ("", None),
    ):
        if found is None:
            assert code_of(parsing.read_flag, cell) == "cell.flag"
        else:
            assert parsing.read_flag(cell) is found


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("2022-01-02", SHANGHAI),
        ("2022/1/2", SHANGHAI),
        ("2022.1.2", SHANGHAI),
        ("2022年1月2日", SHANGHAI),
        ("２０２２－０１－０２", SHANGHAI),
        ("20220102", SHANGHAI),
        (20220102, SHANGHAI),
        ("2022-01-02 00:00:00", SHANGHAI),
        (date(2022, 1, 2), SHANGHAI),
        (datetime.fromisoformat("2022-01-02"), SHANGHAI),
        ("02.01.2022", BERLIN),
        ("2/1/2022", BERLIN),
        ("1/2/2022", NEW_YORK),
    ],
)
def test_days(cell: Cell, options: CellOptions) -> None:
    """Year first, or in the order that the table says."""
    assert parsing.read_day(cell, options) == date(2022, 1, 2)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1/2/2022", "cell.date_order"),
        ("31-12-2022", "cell.date_order"),
        ("2022-02-30", "cell.date"),
        ("soon", "cell.date"),
        (44563, "cell.date"),
        (True, "cell.date"),
        (Decimal("1.5"), "cell.date"),
        (time(10), "cell.date"),
        (datetime.fromisoformat("2022-01-02T10:00"), "cell.time"),
    ],
)
def test_what_is_no_day(cell: Cell, code: str) -> None:
    """A day of the calendar, or a reason."""
    assert code_of(parsing.read_day, cell, SHANGHAI) == code


@pytest.mark.parametrize(
    ("cell", "options", "moment"),
    [
        ("2022-01-02", SHANGHAI, "2022-01-02T00:00+08:00"),
        (date(2022, 1, 2), SHANGHAI, "2022-01-02T00:00+08:00"),
        ("2022/1/2 9:05", SHANGHAI, "2022-01-02T09:05+08:00"),
        ("2022/1/2 9:05:07", SHANGHAI, "2022-01-02T09:05:07+08:00"),
        ("2022-01-02T09:05:07Z", SHANGHAI, "2022-01-02T09:05:07+00:00"),
        ("2022-01-02 09:05:07.123456-05:00", SHANGHAI, "2022-01-02T09:05:07.123456-05:00"),
        (datetime.fromisoformat("2022-07-02T09:05"), BERLIN, "2022-07-02T09:05+02:00"),
        ("2.7.2022 9:05", BERLIN, "2022-07-02T09:05+02:00"),
    ],
)
def test_moments(cell: Cell, options: CellOptions, moment: str) -> None:
    """C1: wall times are those of the programme's zone, unless they say otherwise."""
    assert parsing.read_moment(cell, options) == datetime.fromisoformat(moment)


def test_a_day_begins_when_there_is_a_midnight() -> None:
    """C1: where midnight does not exist, the day's first instant is later."""
    cairo = CellOptions(ShopCalendar("Africa/Cairo"), "EGP")
    assert parsing.read_moment("2024-04-26", cairo).astimezone(UTC) == datetime(2024, 4, 25, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1899-12-31", "cell.year"), ("2200-01-01", "cell.year"), ("x", "cell.date"), (time(1), "cell.date")],
)
def test_what_is_no_moment(cell: Cell, code: str) -> None:
    """Within the years that the door accepts."""
    assert code_of(parsing.read_moment, cell, SHANGHAI) == code


def test_days_that_were_read_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments are cached, and the cache is bounded."""
    monkeypatch.setattr(parsing, "_MAX_CACHED_MOMENTS", 2)
    options = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY")
    for day in ("2025-01-01", "2025-01-02", "2025-01-03", "2025-01-01", "2025-01-03"):
        assert parsing.read_moment(day, options).date().isoformat() == day


cells = st.none() | texts | st.integers() | st.decimals() | st.booleans() | st.dates() | st.datetimes() | st.times()


@given(cells.filter(lambda cell: cell is not None), st.sampled_from([SHANGHAI, BERLIN, NEW_YORK]))
def test_i31_any_cell_is_read_or_refused(cell: Cell, options: CellOptions) -> None:
    """I31: no other exception escapes."""
    for read in (parsing.read_number, parsing.read_integer, parsing.read_points, parsing.read_day, parsing.read_moment):
        with suppress(CellError):
            read(cell, options)
