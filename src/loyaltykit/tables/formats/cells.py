"""Cells, rows and columns of table files."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

from attrs import frozen

Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time | None
"""A cell. Text files have texts and None only, sheets all types; a datetime is local time without a zone."""


_MAX_DIGITS: Final = 15
"""Digits of a number that Excel keeps; it replaces further digits by zeros."""


@frozen
class Row:
    """A row and its number; the first row of a file is 1, and empty rows count."""

    number: int
    cells: tuple[Cell, ...]


def column_letter(index: int) -> str:
    """Return the letter of a column; indexes begin with 0.

    >>> column_letter(0), column_letter(26)
    ('A', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@frozen
class Column:
    """A column of a file that is written: its heading, and the unit after its numbers, such as ``"元"``."""

    heading: str
    unit: str = ""


def fits_a_sheet(number: int | Decimal) -> bool:
    """Return whether Excel keeps all digits of a number; final zeros of a whole number count as digits.

    >>> fits_a_sheet(123_456_789_012_345), fits_a_sheet(622_202_123_456_789_000), fits_a_sheet(Decimal("0.00010"))
    (True, False, True)
    """
    whole, _, fraction = f"{Decimal(number):f}".lstrip("-").partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0")) <= _MAX_DIGITS


def as_text(value: Cell, unit: str) -> str:
    """Return the text of a cell in a text file.

    >>> as_text(Decimal("1E+4"), "元"), as_text(datetime(2025, 1, 1, 10), ""), as_text(True, "")
    ('10000元', '2025-01-01 10:00:00', 'TRUE')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        return f"{value:f}{unit}" if isinstance(value, Decimal) else f"{value}{unit}"
    return str(value)
