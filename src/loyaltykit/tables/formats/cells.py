"""What a cell of a table file holds."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

from attrs import frozen

Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time | None
"""Of a text file only texts and None; a sheet has types. A datetime has no zone: it is what the wall clock showed."""


_MOST_DIGITS: Final = 15
"""Of a number in a sheet: from the sixteenth on, Excel puts zeros where somebody typed digits."""


@frozen
class Row:
    """One row as a spreadsheet counts it: the first of the file is 1, empty ones count."""

    number: int
    cells: tuple[Cell, ...]


def column_letter(index: int) -> str:
    """The letter of a column, counted from 0.

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
    """A column of a file that is written.

    Args:
        heading: what stands above it.
        unit: what is shown behind its numbers, such as ``"元"``.
    """

    heading: str
    unit: str = ""


def fits_a_sheet(number: int | Decimal) -> bool:
    """Whether Excel keeps all digits of a number; zeros at the end of a whole one count, for they may be Excel's.

    >>> fits_a_sheet(123_456_789_012_345), fits_a_sheet(622_202_123_456_789_000), fits_a_sheet(Decimal("0.00010"))
    (True, False, True)
    """
    whole, _, fraction = f"{Decimal(number):f}".lstrip("-").partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0")) <= _MOST_DIGITS


def as_text(value: Cell, unit: str) -> str:
    """A cell as a text file shows it.

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
