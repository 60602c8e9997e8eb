"""Conversion of cells to values. A cell with several possible meanings is refused.

Texts are read as in member records (``loyaltykit.domain.forms.text``). This module adds what occurs in spreadsheets:
typed cells, units after amounts, dates that begin with the day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

from attrs import field, frozen

import loyaltykit.domain.forms.text as written
from loyaltykit.calendars import ShopCalendar, to_day
from loyaltykit.tables.formats.cells import Cell, fits_a_sheet
from loyaltykit.values import MAX_DIGITS, UnreadableDecimal, read_decimal, to_datetime

DateOrder: TypeAlias = Literal["ymd", "dmy", "mdy"]
DecimalPoint: TypeAlias = Literal[".", ","]

_SHORT_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)", re.ASCII)
_SHORT_HOUR = re.compile(r"(?<=[ T])(\d):", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_MAX_CACHED_MOMENTS = 4_096

_GROUPED: Final = {
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII),
}
_PLAIN: Final = {
    ".": re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?\d+(?:,\d+)?", re.ASCII),
}
_UNITS = re.compile(r"(?P<before>[^\d+-]*)(?P<number>[+-]?[\d.,]*\d)(?P<scale>万|萬)?(?P<after>\D*)", re.ASCII)
_SIGNS: Final[Mapping[str, frozenset[str]]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "元": frozenset({"CNY", "HKD", "TWD", "MOP"}),
    "圆": frozenset({"CNY"}),
    "块": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    "rmb": frozenset({"CNY"}),
    "円": frozenset({"JPY"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
}
_POINTS: Final = ("", "分", "积分", "点", "points", "pts")


class CellError(Exception):
    """A cell has no meaning, or several; the caller, which knows the column, catches it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@frozen(eq=False)
class CellOptions:
    """Options for the conversion of cells.

    Args:
        shop: the programme's calendar, for its time zone.
        currency: the programme's currency.
        dates: the order of dates such as 01/02/2025; ``"ymd"`` refuses them.
        decimal_point: the decimal separator.
    """

    shop: ShopCalendar
    currency: str
    dates: DateOrder = "ymd"
    decimal_point: DecimalPoint = "."
    _moments: dict[str, datetime] = field(init=False, factory=dict, repr=False)

    def moment_of(self, text: str) -> datetime:
        """Return the instant of a text, from a cache, because many members enroll on the same day."""
        found = self._moments.get(text)
        if found is None:
            found = _to_moment(written.read_moment(_year_first(text, self.dates), self.shop.zone), self)
            if len(self._moments) >= _MAX_CACHED_MOMENTS:
                self._moments.clear()
            self._moments[text] = found
        return found


def read_text(cell: Cell) -> str:
    """Return a text as it is, or a number as its digits, unless Excel has rounded it.

    >>> read_text(13800138000)
    '13800138000'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | Decimal):
        if not fits_a_sheet(cell):
            raise CellError("cell.rounded")
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    return str(cell)


def read_number(cell: Cell, options: CellOptions) -> Decimal:
    """Return a number or an amount, with or without a sign of the programme's currency.

    >>> shop = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> [f"{read_number(cell, shop):f}" for cell in ("10000元", "￥1,234.50", "１２", "1.2万", 7)]
    ['10000', '1234.50', '12', '12000', '7']
    """
    if isinstance(cell, str):
        if _is_short_number(cell):
            return Decimal(cell)
        found = _UNITS.fullmatch(normalize("NFKC", cell).strip())
        if found is None:
            raise CellError("cell.number")
        _check_currency(found["before"], options.currency)
        _check_currency(found["after"], options.currency)
        return _to_number(found["number"], options.decimal_point, 4 if found["scale"] else 0)
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _checked(Decimal(cell))
    raise CellError("cell.number")


def _is_short_number(text: str) -> bool:
    """Return whether a text is a whole number of ASCII digits, which is the most frequent case."""
    return text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS


def _check_currency(text: str, currency: str) -> None:
    sign = text.strip().casefold()
    if sign and sign != currency.casefold() and currency not in _SIGNS.get(sign, ()):
        raise CellError("cell.currency")


def _to_number(text: str, point: DecimalPoint, exponent: int) -> Decimal:
    if _GROUPED[point].fullmatch(text):
        text = text.replace("," if point == "." else ".", "")
    elif not _PLAIN[point].fullmatch(text):
        raise CellError("cell.separators")
    # Not multiplied, because the decimal context of the host application may round.
    return _checked(Decimal(f"{text.replace(',', '.')}E{exponent}"))


def _checked(number: Decimal) -> Decimal:
    if isinstance(read_decimal(number), UnreadableDecimal):
        raise CellError("cell.digits")
    return number


def read_integer(cell: Cell, options: CellOptions) -> int:
    """Return a whole number.

    >>> read_integer("1,000", CellOptions(ShopCalendar("Asia/Shanghai"), "CNY"))
    1000
    """
    if isinstance(cell, str) and _is_short_number(cell):
        return int(cell)
    number = read_number(cell, options)
    if number != number.to_integral_value():
        raise CellError("cell.whole")
    return int(number)


def read_points(cell: Cell, options: CellOptions) -> int:
    """Return a whole number of points, with or without a word for points.

    >>> read_points("500 分", CellOptions(ShopCalendar("Asia/Shanghai"), "CNY"))
    500
    """
    if isinstance(cell, str):
        found = _UNITS.fullmatch(normalize("NFKC", cell).strip())
        if found is None or found["before"].strip() or found["after"].strip().casefold() not in _POINTS:
            raise CellError("cell.points")
        cell = found["number"] + (found["scale"] or "")
    return read_integer(cell, options)


def read_flag(cell: Cell) -> bool:
    """Return True for yes and False for no.

    >>> read_flag("是"), read_flag("no"), read_flag(True)
    (True, False, True)
    """
    found = cell if isinstance(cell, bool) else written.read_boolean(read_text(cell))
    if found is None:
        raise CellError("cell.flag")
    return found


def read_day(cell: Cell, options: CellOptions) -> date:
    """Return a date.

    >>> shop = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY", dates="dmy")
    >>> [str(read_day(cell, shop)) for cell in ("2022-01-02", "2022年1月2日", "2/1/2022", 20220102)]
    ['2022-01-02', '2022-01-02', '2022-01-02', '2022-01-02']
    """
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise CellError("cell.time")
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = written.read_date(_year_first(cell, options.dates))
    if found is None:
        raise CellError("cell.date")
    return found


def read_moment(cell: Cell, options: CellOptions) -> datetime:
    """Return an instant, in the shop's zone if there is no offset; a date means its first instant.

    >>> shop = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> read_moment("2022/1/2 9:00:00", shop).isoformat()
    '2022-01-02T09:00:00+08:00'
    """
    if isinstance(cell, str):
        return options.moment_of(cell)
    found = cell if isinstance(cell, date) else written.read_moment(_year_first(cell, options.dates), options.shop.zone)
    return _to_moment(found, options)


def _to_moment(found: date | None, options: CellOptions) -> datetime:
    if found is None:
        raise CellError("cell.date")
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellError("cell.year")
    zone = options.shop.zone
    if isinstance(found, datetime):
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)
    return to_datetime(options.shop.start_of(to_day(found)), zone)


def _year_first(cell: Cell, order: DateOrder) -> str:
    """Return a date as text with the year first; a number of eight digits is a date, too."""
    if not isinstance(cell, str | int) or isinstance(cell, bool):
        raise CellError("cell.date")
    text = normalize("NFKC", str(cell)).strip()
    found = _SHORT_DATE.fullmatch(text)
    if found is not None:
        if order == "ymd":
            raise CellError("cell.date_order")
        first, second, year, rest = found.groups()
        day, month = (first, second) if order == "dmy" else (second, first)
        text = f"{year}-{month}-{day}{rest}"
    return _SHORT_HOUR.sub(r"0\1:", text)
