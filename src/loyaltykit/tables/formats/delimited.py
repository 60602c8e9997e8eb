"""Reading and writing of delimited text files, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import BinaryIO

from loyaltykit.errors import TableError
from loyaltykit.tables.formats.cells import Cell, Column, Row, as_text, column_letter
from loyaltykit.tables.formats.encodings import (
    check_delimiter,
    decode_sample,
    find_delimiter,
    find_encoding,
    known_codec,
)
from loyaltykit.tables.formats.escaping import guard, unguard
from loyaltykit.tables.formats.limits import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_ROW_LENGTH, MAX_ROWS, SAMPLE_BYTES
from loyaltykit.tables.formats.system_errors import table_errors_on_write

# Invalid bytes are decoded as surrogates, so that the error can name the row and the column.
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_delimited(
    stream: BinaryIO, encoding: str | None, delimiter: str | None, is_heading: Callable[[str], bool]
) -> Iterator[Row]:
    """Yield the rows of a text file that are not empty.

    Args:
        stream: at the first byte of the file; it stays open.
        encoding: None to detect it.
        delimiter: None to detect it.
        is_heading: returns whether a text is a known heading.

    Raises:
        TableError: a row cannot be read.
    """
    sample = stream.read(SAMPLE_BYTES)
    stream.seek(0)
    encoding = find_encoding(sample, is_heading) if encoding is None else known_codec(encoding)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # with or without a byte-order mark
    if delimiter is None:
        delimiter = find_delimiter(decode_sample(sample, encoding) or "", is_heading)
    check_delimiter(delimiter)
    text = TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
    try:
        yield from _rows(text, encoding, delimiter)
    finally:
        text.detach()


def _rows(text: TextIOWrapper, encoding: str, delimiter: str) -> Iterator[Row]:
    lines = _Lines(text)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            if lines.has_surrogate or lines.length > MAX_CELL_LENGTH or len(cells) > MAX_COLUMNS or number > MAX_ROWS:
                _check(number, cells, encoding)
            lines.length = 0
            if any(cells) and not (number == 1 and _is_hint(cells, delimiter)):
                yield Row(number, tuple([_plain(cell) if cell[:1] in _SPECIAL else cell for cell in cells]))
    except UnicodeDecodeError:
        raise TableError(f"is not valid {encoding}", _SAVED_AS, row=number + 1) from None
    except csv.Error as error:
        raise TableError(
            _csv_reason(error), "correct the quotes of that row, or export the table again", number + 1
        ) from None


# Other cells need no conversion; a call for each cell would take a tenth of the time.
_SPECIAL = ("", "'")


def _plain(cell: str) -> Cell:
    return unguard(cell) if cell else None


class _Lines:
    """The lines of a file; the length of a row is limited, however many lines it has."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._read = text.readline
        self.length = 0
        self.has_surrogate = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read(MAX_ROW_LENGTH + 1)
        if not line:
            raise StopIteration
        self.length += len(line)
        if self.length > MAX_ROW_LENGTH:
            raise csv.Error("too long")
        if not line.isascii() and _SURROGATE.search(line):
            self.has_surrogate = True
        return line


_ENCODING_OF_ALL_TEXTS = 'write it with encoding="utf-8-sig"'
_SAVED_AS = 'name the encoding that the file was saved in, such as encoding="gb18030"'


def _csv_reason(error: csv.Error) -> str:
    # Messages of the csv module quote the file, which has personal values.
    reason = str(error)
    if "end of data" in reason:
        return "ends within quotes: the file is incomplete"
    if "too long" in reason or "field limit" in reason:
        return f"is longer than {MAX_ROW_LENGTH:,} characters: its quotes are not closed"
    return "has quotes in the wrong place"


def _is_hint(cells: Sequence[str], delimiter: str) -> bool:
    """Return whether a row is the line by which Excel names the delimiter: ``sep=;``."""
    return delimiter.join(cells).strip().lower() == f"sep={delimiter}" or cells[0].lower() == "sep="


def _check(number: int, cells: Sequence[str], encoding: str) -> None:
    if number > MAX_ROWS:
        raise TableError(f"has more than {MAX_ROWS:,} rows", "split it", number)
    if len(cells) > MAX_COLUMNS:
        raise TableError(f"has more than {MAX_COLUMNS:,} columns", "remove columns that are not needed", number)
    for index, cell in enumerate(cells):
        if len(cell) > MAX_CELL_LENGTH:
            reason = f"is longer than {MAX_CELL_LENGTH:,} characters"
            raise TableError(reason, "shorten it", number, column_letter(index))
        if not cell.isascii() and _SURROGATE.search(cell):
            raise TableError(f"is not valid {encoding}", _SAVED_AS, number, column_letter(index))


@contextmanager
def delimited_writer(
    stream: BinaryIO, columns: Sequence[Column], encoding: str, delimiter: str
) -> Generator[Callable[[Sequence[Cell]], None]]:
    """Yield a function that writes a row; a text that could be a formula gets an apostrophe in front.

    Raises:
        TableError: the encoding cannot represent a text, or the file cannot be written.
    """
    text = TextIOWrapper(stream, known_codec(encoding), newline="")
    append = csv.writer(text, delimiter=delimiter).writerow
    units = [column.unit for column in columns]

    def write(cells: Sequence[Cell]) -> None:
        with _table_errors(encoding):
            append([_to_text(cell, unit) for cell, unit in zip(cells, units, strict=True)])

    try:
        write([column.heading for column in columns])
        yield write
        with _table_errors(encoding):
            text.flush()
    finally:
        with suppress(OSError, UnicodeError):
            text.detach()


def _to_text(cell: Cell, unit: str) -> str:
    text = guard(cell) if isinstance(cell, str) else as_text(cell, unit)
    if len(text) > MAX_CELL_LENGTH:
        raise TableError(f"has a text longer than {MAX_CELL_LENGTH:,} characters", "shorten it")
    return text


@contextmanager
def _table_errors(encoding: str) -> Generator[None]:
    with table_errors_on_write():
        try:
            yield
        except UnicodeEncodeError:
            raise TableError(f"has a text that {encoding} cannot represent", _ENCODING_OF_ALL_TEXTS) from None
