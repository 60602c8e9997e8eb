"""Tables of plain values, such as statements and facts: written with types, and read back to equal values."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any

from attrs import frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem, TableError
from loyaltykit.tables.columns.headings import LANGUAGES, Kind, Language, check_language
from loyaltykit.tables.columns.kinds import READERS, render
from loyaltykit.tables.columns.parsing import CellError, Manner
from loyaltykit.tables.formats.cells import Cell, Column, Row, column_letter
from loyaltykit.tables.formats.files import Format, Source, read_rows, row_writer

_OTHER_FILE = "read a file that was written by the same table"


@frozen
class ValueColumn:
    """A column of plain values.

    Args:
        zh, en: headings.
        kind: of its cells.
    """

    zh: str
    en: str
    kind: Kind

    def heading(self, language: Language) -> str:
        """What stands above it."""
        return self.zh if language == "zh" else self.en


@frozen
class Output:
    """How a table is written; see ``write_members``.

    Args:
        target, language, format, encoding: as there.
        title: of the sheet.
    """

    target: Source
    language: Language
    format: Format | None
    encoding: str | None
    title: str


def manner_of(program: Program) -> Manner:
    """How values of a programme are read and written.

    Raises:
        InvalidValueError: it is none.
    """
    if not isinstance(program, Program):
        raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
    return Manner(ShopCalendar(program.timezone), program.currency)


def check_rows(rows: object, name: str) -> None:
    """Rows come one after the other.

    Raises:
        InvalidValueError: they do not.
    """
    if isinstance(rows, str | bytes) or not isinstance(rows, Iterable):
        raise InvalidValueError([Problem(name, "is not a collection", "pass a list, or a generator")])


def write_values(output: Output, columns: Sequence[ValueColumn], rows: Iterable[Sequence[Any]], manner: Manner) -> int:
    """Write rows of values; how many there were."""
    check_language(output.language)
    headings = [Column(column.heading(output.language)) for column in columns]
    count = 0
    with row_writer(
        output.target, headings, format=output.format, encoding=output.encoding, title=output.title
    ) as write:
        for row in rows:
            count += 1
            pairs = zip(columns, row, strict=True)
            write([render(column.kind, value, manner, output.language) for column, value in pairs])
    return count


def read_values(file: Source, columns: Sequence[ValueColumn], manner: Manner) -> Generator[tuple[Any, ...]]:
    """The rows of values that were written.

    Raises:
        TableError: the file has other columns, or a cell that cannot be read.
    """
    known = {column.heading(language) for column in columns for language in LANGUAGES}
    rows = read_rows(file, known.__contains__)
    header = next(rows, None)
    if header is None or not any(_has_headings(header, columns, language) for language in LANGUAGES):
        raise TableError("has other headings", _OTHER_FILE, None if header is None else header.number)
    for row in rows:
        if len(row.cells) != len(columns):
            raise TableError("has another number of cells than of headings", _OTHER_FILE, row.number)
        yield tuple(_read(row, index, columns[index].kind, manner) for index in range(len(columns)))


def _has_headings(header: Row, columns: Sequence[ValueColumn], language: Language) -> bool:
    return header.cells == tuple(column.heading(language) for column in columns)


def _read(row: Row, index: int, kind: Kind, manner: Manner) -> Any:
    cell: Cell = row.cells[index]
    try:
        return None if cell is None else READERS[kind](cell, manner)
    except CellError as error:
        message = f"cannot be read ({error.code})"
        raise TableError(message, _OTHER_FILE, row.number, column_letter(index)) from None
