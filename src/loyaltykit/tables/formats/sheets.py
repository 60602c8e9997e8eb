"""Writing of XLSX sheets, row by row: typed cells, a frozen heading row, widths that fit the first rows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, TypeAlias
from unicodedata import east_asian_width

from loyaltykit.errors import TableError
from loyaltykit.tables.formats.cells import Cell, Column, as_text, column_letter, fits_a_sheet
from loyaltykit.tables.formats.escaping import guard_typed, to_sheet
from loyaltykit.tables.formats.limits import MAX_CELL_LENGTH, MAX_SHEET_ROWS
from loyaltykit.tables.formats.system_errors import table_errors_on_write
from loyaltykit.tables.formats.workbooks import openpyxl

Write: TypeAlias = Callable[[Sequence[Cell]], None]

_MEASURED_ROWS = 100
_NARROWEST, _WIDEST = 8, 60
# A sheet stores dates as days since 1900, which it treats as a leap year.
_FIRST_DATE = date(1900, 3, 1)
_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss", "text": "@"}


@contextmanager
def sheet_writer(stream: BinaryIO, columns: Sequence[Column], title: str) -> Generator[Write]:
    """Yield a function that writes a row; the file is complete when the block ends.

    Raises:
        TableError: there are more rows than a sheet can have, or the file cannot be written.
        MissingExtraError: openpyxl is not installed.
    """
    book = openpyxl().Workbook(write_only=True)
    sheet = _Sheet(book.create_sheet(title), columns)
    try:
        yield sheet.write
        sheet.start()
    finally:
        # Saving also deletes the temporary file of openpyxl, even if the result is not used after an error.
        sink = _Sink(stream)
        with table_errors_on_write():
            book.save(sink)
            sink.raise_failure()


class _Sink:
    """A stream that keeps its error for later, because a zip file whose stream raises writes to stderr."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._failure: OSError | None = None

    def write(self, content: bytes) -> int:
        """Write, unless an earlier write failed."""
        if self._failure is None:
            try:
                self._stream.write(content)
            except OSError as error:
                self._failure = error
        return len(content)

    def flush(self) -> None:
        """Do nothing."""

    def raise_failure(self) -> None:
        """Raise the error of the first write that failed, if any."""
        if self._failure is not None:
            raise self._failure


class _Sheet:
    """A sheet that keeps its first rows until they are measured, because widths precede rows in the file."""

    def __init__(self, sheet: Any, columns: Sequence[Column]) -> None:
        self._sheet = sheet
        self._columns = columns
        self._cell = openpyxl().cell.WriteOnlyCell
        self._kept: list[Sequence[Cell]] | None = []
        self._number = 1

    def write(self, cells: Sequence[Cell]) -> None:
        """Write a row."""
        self._number += 1
        if self._number > MAX_SHEET_ROWS:
            raise TableError(f"has more than {MAX_SHEET_ROWS:,} rows", "write it as CSV", self._number)
        if self._kept is None:
            self._append(cells)
            return
        self._kept.append(cells)
        if len(self._kept) == _MEASURED_ROWS:
            self.start()

    def start(self) -> None:
        """Write the headings and the rows that were kept."""
        rows, self._kept = self._kept, None
        if rows is None:
            return
        self._sheet.freeze_panes = "A2"
        for index, column in enumerate(self._columns):
            texts = [column.heading, *(as_text(row[index], column.unit) for row in rows)]
            self._sheet.column_dimensions[column_letter(index)].width = width_of(texts)
        self._append_headings()
        for row in rows:
            self._append(row)

    def _append_headings(self) -> None:
        bold = openpyxl().styles.Font(bold=True)
        cells = [self._typed(column.heading, column) for column in self._columns]
        for cell in cells:
            cell.font = bold
        with table_errors_on_write():
            self._sheet.append(cells)

    def _append(self, row: Sequence[Cell]) -> None:
        cells = [self._typed(value, column) for value, column in zip(row, self._columns, strict=True)]
        with table_errors_on_write():
            self._sheet.append(cells)

    def _typed(self, value: Cell, column: Column) -> Any:
        if value is None:
            return None
        if isinstance(value, str) or not _is_exact(value):
            return self._text(as_text(value, ""))
        cell = self._cell(self._sheet, value)
        cell.number_format = _number_format(value, column)
        return cell

    def _text(self, text: str) -> Any:
        text = to_sheet(guard_typed(text))
        if len(text) > MAX_CELL_LENGTH:
            raise TableError(f"has a text longer than {MAX_CELL_LENGTH:,} characters", "shorten it", self._number)
        cell = self._cell(self._sheet, text)
        # The cell stays a text when it is edited, whatever it looks like.
        cell.data_type = "s"
        cell.number_format = _FORMATS["text"]
        cell.quotePrefix = True
        return cell


def _is_exact(value: int | Decimal | date | time) -> bool:
    """Return whether a sheet stores a number or a date without loss."""
    if isinstance(value, int | Decimal):
        return fits_a_sheet(value)
    if isinstance(value, time):
        return True
    day = value.date() if isinstance(value, datetime) else value
    return day >= _FIRST_DATE


def _number_format(value: Cell, column: Column) -> str:
    if isinstance(value, bool):
        return "General"
    if isinstance(value, time):
        return _FORMATS["time"]
    if isinstance(value, datetime):
        return _FORMATS["moment"]
    if isinstance(value, date):
        return _FORMATS["date"]
    places = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
    digits = "0" + ("." + "0" * places if places else "")
    return f'{digits}"{column.unit}"' if column.unit else digits


def width_of(texts: Sequence[str]) -> int:
    """Return the width of a column that shows these texts; East Asian characters are twice as wide.

    >>> width_of(["姓名", "Zhang San"]), width_of(["会员管理表格"])
    (11, 14)
    """
    longest = max(
        sum(2 if east_asian_width(character) in "WF" else 1 for character in text[:_WIDEST]) for text in texts
    )
    return min(_WIDEST, max(_NARROWEST, longest + 2))
