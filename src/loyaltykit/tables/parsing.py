"""Cells into values: what people write into a table, as the one thing it can mean; what could mean two is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

from attrs import frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.birthday import Birthday
from loyaltykit.errors import InvalidValueError
from loyaltykit.tables.cells import Cell
from loyaltykit.values import read_decimal, to_datetime

DateOrder: TypeAlias = Literal["ymd", "dmy", "mdy"]
DecimalPoint: TypeAlias = Literal[".", ","]

_DATE = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?"
)
_DENSE_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})")
_YEARLESS = re.compile(r"(?:--)?(\d{1,2})[-/.月](\d{1,2})日?")
_OTHER_CALENDAR = re.compile(r"(?P<calendar>[^\d:]+):(?:(\d{1,4})-|--)(\d{1,2})-(\d{1,2})")

_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
}
_PLAIN = {".": re.compile(r"[+-]?\d+(?:\.\d+)?"), ",": re.compile(r"[+-]?\d+(?:,\d+)?")}
_UNITS = re.compile(r"(?P<before>[^\d+-]*)(?P<number>[+-]?[\d.,]*\d)(?P<scale>万|萬)?(?P<after>\D*)")
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
_POINTS = ("", "分", "积分", "点", "points", "pts")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "有", "√", "✓", "✔", "☑", "对"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "×", "✗", "☐", "错"), False),
}
_LISTED = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^;；,，、|"]+))\s*(?:[;；,，、|]|\Z)')
_MOST_DIGITS = 15
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


class CellError(Exception):
    """A cell that means nothing, or two things; it is caught where the column is known."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out


@frozen
class Manner:
    """How the cells of a file are meant.

    Args:
        shop: the programme's calendar: dates are days of its zone.
        currency: the programme's.
        dates: which part of a date like 01/02/2025 comes first; ``"ymd"`` refuses it.
        decimal_point: what divides units from cents.
    """

    shop: ShopCalendar
    currency: str
    dates: DateOrder = "ymd"
    decimal_point: DecimalPoint = "."


def read_text(cell: Cell) -> str:
    """A text as it stands; a number as its digits, unless Excel has rounded it.

    >>> read_text(13800138000)
    '13800138000'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | Decimal):
        text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
        if len(text.strip("-0").replace(".", "")) > _MOST_DIGITS:
            raise CellError("is a number of more than 15 digits", "Excel has rounded it: format the column as text")
        return text
    return str(cell)


def read_word(cell: Cell) -> str:
    """A text in which spaces at its ends mean nothing.

    >>> read_word(" m-1 ")
    'm-1'
    """
    return read_text(cell).strip()


def read_decimal_number(cell: Cell, manner: Manner) -> Decimal:
    """A number or an amount, with a sign of the programme's currency or without.

    >>> shop = Manner(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> [f"{read_decimal_number(cell, shop):f}" for cell in ("10000元", "￥1,234.50", "１２", "1.2万", 7)]
    ['10000', '1234.50', '12', '12000', '7']
    """
    if isinstance(cell, str):
        found = _UNITS.fullmatch(normalize("NFKC", cell).strip())
        if found is None:
            raise CellError("is not a number", "write digits, such as 1234.50")
        _check_currency(found["before"], manner.currency)
        _check_currency(found["after"], manner.currency)
        return _checked(_to_number(found["number"], manner.decimal_point, 4 if found["scale"] else 0))
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _checked(Decimal(cell))
    raise CellError("is not a number", "write digits, such as 1234.50")


def _checked(number: Decimal) -> Decimal:
    found = read_decimal(number)
    reason = getattr(found, "reason", None)
    if reason is not None:
        raise CellError(reason, "check the number")
    return number


def _check_currency(text: str, currency: str) -> None:
    sign = text.strip().casefold()
    if sign and sign != currency.casefold() and currency not in _SIGNS.get(sign, ()):
        raise CellError("has a unit that is not the programme's currency", "write the number without it")


def _to_number(text: str, point: DecimalPoint, exponent: int) -> Decimal:
    if _GROUPED[point].fullmatch(text):
        text = text.replace("," if point == "." else ".", "")
    elif not _PLAIN[point].fullmatch(text):
        raise CellError("has commas or points in the wrong place", 'write 1234.50, or say decimal_point=","')
    # Made of digits, not multiplied: the context that the host has set may round.
    return Decimal(f"{text.replace(',', '.')}E{exponent}")


def read_integer(cell: Cell, manner: Manner) -> int:
    """A whole number.

    >>> read_integer("1,000", Manner(ShopCalendar("Asia/Shanghai"), "CNY"))
    1000
    """
    number = read_decimal_number(cell, manner)
    if number != number.to_integral_value():
        raise CellError("is not a whole number", "write it without decimals")
    return int(number)


def read_points(cell: Cell, manner: Manner) -> int:
    """Whole points, with the word for them or without.

    >>> read_points("500 分", Manner(ShopCalendar("Asia/Shanghai"), "CNY"))
    500
    """
    if isinstance(cell, str):
        found = _UNITS.fullmatch(normalize("NFKC", cell).strip())
        if found is None or found["before"].strip() or found["after"].strip().casefold() not in _POINTS:
            raise CellError("is not a number of points", "write digits, such as 500")
        cell = found["number"] + (found["scale"] or "")
    return read_integer(cell, manner)


def read_flag(cell: Cell) -> bool:
    """Yes or no.

    >>> read_flag("是"), read_flag("no"), read_flag(True)
    (True, False, True)
    """
    found = cell if isinstance(cell, bool) else _FLAGS.get(read_word(cell).casefold())
    if found is None:
        raise CellError("is neither yes nor no", "write yes or no, 是 or 否")
    return found


def read_date(cell: Cell, manner: Manner) -> date:
    """A day.

    >>> shop = Manner(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> [str(read_date(cell, shop)) for cell in ("2022-01-02", "2022年1月2日", "20220102")]
    ['2022-01-02', '2022-01-02', '2022-01-02']
    """
    found = _wall(cell, manner)
    if found.time() != time():
        raise CellError("has a time of day", "write the day only")
    return found.date()


def read_moment(cell: Cell, manner: Manner) -> datetime:
    """An instant: the wall time of the shop, unless an offset stands behind it; a day means its first instant.

    >>> shop = Manner(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> read_moment("2022/1/2 10:00", shop).isoformat()
    '2022-01-02T10:00:00+08:00'
    """
    if isinstance(cell, str) and _ZONED.fullmatch(cell.strip()):
        return _parsed(cell.strip())
    wall = _wall(cell, manner)
    if not _FIRST_YEAR <= wall.year <= _LAST_YEAR:
        raise CellError(f"lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}", "check the year")
    microseconds = (wall - _EPOCH) // _MICROSECOND
    return to_datetime(manner.shop.instant(microseconds), manner.shop.zone)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise CellError("is not a date of the calendar", "check the date") from None


def read_birthday(cell: Cell, manner: Manner) -> Birthday:
    """A birthday, perhaps without its year, perhaps of another calendar.

    >>> shop = Manner(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> read_birthday("02-29", shop), read_birthday("1990-02-28", shop).year
    (Birthday(month=2, day=29, year=None, calendar='solar'), 1990)
    """
    try:
        if isinstance(cell, str):
            text = normalize("NFKC", cell).strip()
            if found := _YEARLESS.fullmatch(text):
                return Birthday(int(found[1]), int(found[2]))
            if found := _OTHER_CALENDAR.fullmatch(text):
                _, year, month, day = found.groups()
                return Birthday(int(month), int(day), int(year) if year else None, found["calendar"])
        return Birthday.of(read_date(cell, manner))
    except InvalidValueError as error:
        raise CellError(error.reason, error.way_out) from None


def read_list(cell: Cell) -> tuple[str, ...]:
    """Several short texts; one that has a separator in it stands in quotes.

    >>> read_list('vip、tea; "a;b"')
    ('vip', 'tea', 'a;b')
    """
    text, found, place = read_word(cell), [], 0
    while place < len(text):
        item = _LISTED.match(text, place)
        if item is None:
            raise CellError("is not a list of texts", 'write a; b; c, and "x;y" for one with a separator in it')
        found.append(item[2].strip() if item[1] is None else item[1].replace('""', '"'))
        place = item.end()
    return tuple(text for text in found if text)


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_MICROSECOND = datetime.resolution


def _wall(cell: Cell, manner: Manner) -> datetime:
    """What the clock on the shop's wall shows."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)  # 20220102 is a date in a column without a format; 44563 is Excel's count of days
    if not isinstance(cell, str):
        raise CellError("is not a date", "write 2025-01-31, or format the column as a date")
    text = normalize("NFKC", cell).strip()
    parts = _date_parts(text, manner.dates)
    try:
        return datetime(*parts)  # noqa: DTZ001 - a wall clock has no zone
    except ValueError:
        raise CellError("is not a date of the calendar", "check the date") from None


def _date_parts(text: str, order: DateOrder) -> tuple[int, int, int, int, int, int, int]:
    found = _DATE.fullmatch(text) or _DENSE_DATE.fullmatch(text)
    if found:
        year, month, day, *rest = found.groups()
    else:
        found = _SHORT_DATE.fullmatch(text)
        if found is None:
            raise CellError("is not a date", "write 2025-01-31")
        if order == "ymd":
            raise CellError("does not say which number is the day", 'write 2025-01-31, or say dates="dmy" or "mdy"')
        first, second, year, *rest = found.groups()
        day, month = (first, second) if order == "dmy" else (second, first)
    hour, minute, second_, fraction = [*rest, None, None, None, None][:4]
    micro = int((fraction or "").ljust(6, "0"))
    return int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second_ or 0), micro
