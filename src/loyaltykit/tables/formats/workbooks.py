"""Reading of XLSX files with the streaming mode of openpyxl."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import fromstring
from zipfile import BadZipFile, LargeZipFile, ZipFile

from loyaltykit.errors import MissingExtraError, TableError
from loyaltykit.tables.formats.cells import Cell, Row, column_letter
from loyaltykit.tables.formats.escaping import from_sheet, unguard
from loyaltykit.tables.formats.limits import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_CONTENTS_BYTES,
    MAX_HELD_BYTES,
    MAX_PARTS,
    MAX_SHEET_ROWS,
    MAX_UNPACKED_BYTES,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

_BATCH = 256
_DAMAGED = "save the table again as .xlsx, or export it again"


def openpyxl() -> Any:
    """Import openpyxl.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("openpyxl", "excel") from None
    return openpyxl


def read_workbook(stream: BinaryIO, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of a sheet that are not empty.

    Args:
        stream: the file; it stays open.
        sheet: the name of the sheet; None for the first one that is not hidden.

    Raises:
        TableError: the file or a row cannot be read.
        MissingExtraError: openpyxl is not installed.
    """
    load = openpyxl().load_workbook
    with _as_table_errors():
        _check_parts(stream)
        with _silence():
            book = load(stream, read_only=True, data_only=True)
    try:
        yield from _rows(_find_sheet(book, sheet))
    finally:
        book.close()


@contextmanager
def _as_table_errors() -> Generator[None]:
    """Raise ``TableError`` for any error of a damaged file, without its message, which quotes the file."""
    try:
        yield
    except TableError:
        raise
    except (BadZipFile, LargeZipFile):
        raise TableError("is not a complete XLSX file", _DAMAGED) from None
    except MemoryError:
        raise
    except Exception:  # a damaged file can raise anything, even KeyError and TypeError
        raise TableError("has parts that cannot be read", _DAMAGED) from None


@contextmanager
def _silence() -> Generator[None]:
    # Warnings of openpyxl quote cells.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_parts(stream: BinaryIO) -> None:
    with ZipFile(stream) as archive:
        parts = archive.infolist()
        sheets = _sheet_parts(archive)
    if len(parts) > MAX_PARTS:
        raise TableError(f"has more than {MAX_PARTS:,} parts", _DAMAGED)
    held = sum(part.file_size for part in parts if part.filename not in sheets)
    if held > MAX_HELD_BYTES or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        reason = f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes, or {MAX_HELD_BYTES:,} besides its sheets"
        raise TableError(reason, "split it, or save it as CSV UTF-8")
    stream.seek(0)


def _sheet_parts(archive: ZipFile) -> set[str]:
    """Return the parts that are read row by row, by their declared type, which openpyxl uses, too."""
    info = archive.getinfo("[Content_Types].xml")
    if info.file_size > MAX_CONTENTS_BYTES:
        raise TableError("has a table of contents that is too long", _DAMAGED)
    overrides = fromstring(archive.read(info))
    return {
        item.get("PartName", "").lstrip("/")
        for item in overrides
        if item.get("ContentType", "").endswith(".worksheet+xml")
    }


def _find_sheet(book: Workbook, name: str | None) -> Any:
    sheets = [item for item in book.worksheets if name is None or item.title == name]
    if not sheets:
        raise TableError("has no sheet of that name", "pass the name of one of its sheets, or None for the first")
    visible = [item for item in sheets if item.sheet_state == "visible"]
    return (visible or sheets)[0]


def _rows(sheet: Any) -> Iterator[Row]:
    # The dimensions in a file may be wrong by thousands of columns.
    sheet.reset_dimensions()
    # One row more than allowed, so that too many rows are refused and not ignored.
    values = enumerate(sheet.iter_rows(values_only=True, max_row=MAX_SHEET_ROWS + 1), start=1)
    number = width = 0
    while True:
        with _as_table_errors_at(number), _silence():
            batch = list(islice(values, _BATCH))
        for number, cells in batch:
            if number > MAX_SHEET_ROWS:
                raise TableError(f"has more than {MAX_SHEET_ROWS:,} rows", "split it", number)
            found = tuple(_plain(cell, number, index) for index, cell in enumerate(cells))
            # A sheet omits empty cells at the end of a row.
            width = max(width, len(found))
            if any(cell is not None for cell in found):
                yield Row(number, found + (None,) * (width - len(found)))
        if not batch:
            return


@contextmanager
def _as_table_errors_at(number: int) -> Generator[None]:
    try:
        with _as_table_errors():
            yield
    except TableError as error:
        raise TableError(f"{error.reason}, after this row", error.way_out, number or None) from None


def _plain(value: object, number: int, index: int) -> Cell:
    """Return the cell of a value of openpyxl: numbers exact, texts unescaped, errors of formulas as texts."""
    if index >= MAX_COLUMNS:
        raise TableError(f"has more than {MAX_COLUMNS:,} columns", "remove columns that are not needed", number)
    if value is None or isinstance(value, bool | int | date | time):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**15 else Decimal(repr(value))
    if isinstance(value, timedelta):
        return str(value)
    text = from_sheet(str(value))
    if len(text) > MAX_CELL_LENGTH:
        raise TableError(f"is longer than {MAX_CELL_LENGTH:,} characters", "shorten it", number, column_letter(index))
    return unguard(text) if text else None
