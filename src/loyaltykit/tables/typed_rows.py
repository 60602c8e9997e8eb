"""Tables of typed values: rows that are written to a file and read back as equal values."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem, TableError
from loyaltykit.rules.words.wording import LANGUAGES, Language, check_language
from loyaltykit.tables.columns.headings import Kind
from loyaltykit.tables.columns.kinds import READERS, render
from loyaltykit.tables.columns.parsing import CellError, CellOptions
from loyaltykit.tables.formats.cells import Cell, Column, Row, column_letter
from loyaltykit.tables.formats.files import Format, Source, read_rows, row_writer

_OTHER_FILE = "read a file that was written by the same table"

OutputColumn: TypeAlias = tuple[Column, Kind]
"""A column as it is written, and the kind of its cells."""


@frozen
class TypedColumn:
    """A column of values of one kind, with its headings in Chinese and English."""

    zh: str
    en: str
    kind: Kind

    def heading(self, language: Language) -> str:
        """Return the heading in a language."""
        return self.zh if language == "zh" else self.en


@frozen
class Output:
    """The file that a table is written to; see ``write_members``. ``title`` names the sheet."""

    target: Source
    language: Language
    format: Format | None
    encoding: str | None
    title: str


def cell_options(program: Program) -> CellOptions:
    """Return the options for cells of a programme.

    Raises:
        InvalidValueError: the argument is not a programme.
    """
    if not isinstance(program, Program):
        raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
    return CellOptions(ShopCalendar(program.timezone), program.currency)


def check_rows(rows: object, name: str) -> None:
    """Check that an argument is an iterable of rows.

    Raises:
        InvalidValueError: it is not.
    """
    if isinstance(rows, str | bytes) or not isinstance(rows, Iterable):
        raise InvalidValueError([Problem(name, "is not an iterable", "pass a list or a generator")])


def typed_columns(columns: Iterable[TypedColumn], language: Language) -> list[OutputColumn]:
    """Return columns as they are written in a language."""
    return [(Column(column.heading(language)), column.kind) for column in columns]


def write_typed_rows(
    output: Output, columns: Sequence[OutputColumn], rows: Iterable[Sequence[Any]], options: CellOptions
) -> int:
    """Write rows of values and return their number."""
    check_language(output.language)
    headings = [column for column, _ in columns]
    count = 0
    with row_writer(
        output.target, headings, format=output.format, encoding=output.encoding, title=output.title
    ) as write:
        for row in rows:
            pairs = zip(columns, row, strict=True)
            write([render(kind, value, options, output.language) for (_, kind), value in pairs])
            count += 1
    return count


def read_typed_rows(file: Source, columns: Sequence[TypedColumn], options: CellOptions) -> Generator[tuple[Any, ...]]:
    """Yield the rows of values of a file.

    Raises:
        TableError: the file has other columns, or a cell that cannot be read.
    """
    headings = [tuple(column.heading(language) for column in columns) for language in LANGUAGES]
    rows = read_rows(file, {heading for row in headings for heading in row}.__contains__)
    header = next(rows, None)
    if header is None or header.cells not in headings:
        raise TableError("has other headings", _OTHER_FILE, None if header is None else header.number)
    for row in rows:
        if len(row.cells) != len(columns):
            raise TableError("has another number of cells than of headings", _OTHER_FILE, row.number)
        yield tuple(_read(row, index, column.kind, options) for index, column in enumerate(columns))


def _read(row: Row, index: int, kind: Kind, options: CellOptions) -> Any:
    cell: Cell = row.cells[index]
    try:
        return None if cell is None else READERS[kind](cell, options)
    except CellError as error:
        message = f"cannot be read ({error.code})"
        raise TableError(message, _OTHER_FILE, row.number, column_letter(index)) from None
