"""Reading of tables: accepted rows become members and transactions, rejected rows go to a file with the reasons."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from decimal import Decimal
from os import PathLike
from types import TracebackType
from typing import ClassVar, TypeAlias, get_args

from attrs import field, frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.attributes import as_mapping, raise_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem, TableError
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.header import Header, find_header, vocabulary
from loyaltykit.tables.columns.headings import REASONS, SOURCE_ROW, KnownColumn
from loyaltykit.tables.columns.parsing import CellOptions, DateOrder, DecimalPoint
from loyaltykit.tables.formats.cells import Cell, Column, Row
from loyaltykit.tables.formats.files import Format, Source, format_of, read_rows, row_writer
from loyaltykit.tables.rows import Item, RowResult, source_row
from loyaltykit.tables.summary import ImportCounter, ImportSummary
from loyaltykit.values import check_id

_REPORT_ROWS = 1_000
_MAX_REASON_LENGTH = 2_000


class TableReader(Iterator[Item]):
    """An iterator over the members and transactions of a table, for ``shop.ingest``.

    It is a context manager and can be read once. The file of rejected rows is complete when everything has been read.
    """

    def __init__(self, items: Generator[Item], rows: Generator[Row], counter: ImportCounter, header: Header) -> None:
        self._items = items
        self._rows = rows
        self._counter = counter
        self._header = header

    def __next__(self) -> Item:
        return next(self._items)

    def __enter__(self) -> TableReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; the rest of the table is not read."""
        self._items.close()
        self._rows.close()

    @property
    def summary(self) -> ImportSummary:
        """The summary of the rows that were read so far."""
        return self._counter.summary(self._header.unknown)


@frozen(kw_only=True)
class Table(ABC):
    """Options for reading a table; see ``MemberTable`` and ``PurchaseTable``.

    Args:
        source: a name of the table, the same at every import, because ids are made of it.
        columns: targets by heading, for headings that are unknown or have another meaning; ``"ignore"`` skips a column.
        key: the heading of the column with a unique key of each row; None for the number of the row.
        dates: the order of dates such as 01/02/2025, ``"dmy"`` or ``"mdy"``; ``"ymd"`` refuses them.
        decimal_point: the decimal separator, ``"."`` or ``","``.
        encoding: the encoding of a text file; None to detect it.
        delimiter: the delimiter of a text file; None to detect it.
        sheet: the name of a sheet; None for the first one that is not hidden.

    Raises:
        InvalidValueError: an argument is wrong; the error lists every problem.
    """

    source: str
    columns: Mapping[str, str] = field(default=NOTHING, converter=as_mapping)
    key: str | None = None
    dates: DateOrder = "ymd"
    decimal_point: DecimalPoint = "."
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    _needed: ClassVar[tuple[str, ...]] = ()
    """The required columns of this kind of table."""

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.source, "source", problems)
        if not isinstance(self.columns, Mapping) or not all(isinstance(word, str) for word in self._column_words()):
            problems.append(
                Problem("columns", "is not a mapping of texts", 'pass a dict such as {"VIP since": "tags"}')
            )
        if self.key is not None and not isinstance(self.key, str):
            problems.append(Problem("key", "is not a heading", "pass a text or None"))
        if self.dates not in get_args(DateOrder):
            problems.append(Problem("dates", "is not an order of dates", 'use "ymd", "dmy" or "mdy"'))
        if self.decimal_point not in get_args(DecimalPoint):
            problems.append(Problem("decimal_point", "is not a decimal separator", 'use "." or ","'))
        self._check(problems)
        raise_problems(problems)

    def read(
        self, file: Source, program: Program, *, rejected: Source | None = None, progress: Progress | None = None
    ) -> TableReader:
        """Read a table row by row; it is not loaded into memory.

        Args:
            file: a path or a binary file: CSV, TSV or XLSX.
            program: the shop's, for its fields, tiers, currency and time zone.
            rejected: a path for the rejected rows and their reasons, to correct and read again with the same options;
                a binary file gets CSV.
            progress: called with the number of rows read and None, because the total is unknown.

        Returns:
            An iterator over ``Member`` and transactions.

        Raises:
            InvalidValueError: an argument is wrong.
            TableError: the file cannot be read. The iterator raises it, too.
            MissingExtraError: the file is XLSX and openpyxl is not installed.
        """
        check_progress(progress)
        if not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
        words = vocabulary(self._known(), self._fields(program), self.columns)
        rows = read_rows(file, words.knows, encoding=self.encoding, delimiter=self.delimiter, sheet=self.sheet)
        try:
            header, rest = find_header(rows, words, self.key)
            _check_columns(header, self._needed)
            rejects = _rejects(rejected, header, self.decimal_point)
        except BaseException:
            rows.close()
            raise
        options = CellOptions(ShopCalendar(program.timezone), program.currency, self.dates, self.decimal_point)
        counter = ImportCounter()
        results = self._results(header, rest, program, options)
        return TableReader(_items(results, counter, rejects, progress), rows, counter, header)

    def check(
        self, file: Source, program: Program, *, rejected: Source | None = None, progress: Progress | None = None
    ) -> ImportSummary:
        """Read a whole table and return its summary only, as a dry run.

        Args:
            file, program, rejected, progress: as for ``read``.

        Returns:
            The numbers of accepted and rejected rows, with the reasons.

        Raises:
            InvalidValueError: an argument is wrong.
            TableError: the file cannot be read.
            MissingExtraError: the file is XLSX and openpyxl is not installed.
        """
        with self.read(file, program, rejected=rejected, progress=progress) as reading:
            for _ in reading:
                pass
            return reading.summary

    def _column_words(self) -> Iterable[object]:
        return [*self.columns, *self.columns.values()]

    @abstractmethod
    def _check(self, problems: list[Problem]) -> None:
        """Add the problems of the options of this kind of table."""

    @abstractmethod
    def _known(self) -> Iterable[KnownColumn]:
        """Return the known columns of this kind of table."""

    @abstractmethod
    def _fields(self, program: Program) -> Mapping[str, Iterable[Field]]:
        """Return the programme's fields that can be columns of this kind of table, by prefix of their targets."""

    @abstractmethod
    def _results(
        self, header: Header, rows: Iterator[Row], program: Program, options: CellOptions
    ) -> Iterator[RowResult]:
        """Yield the results of the rows, in order."""


Reject: TypeAlias = Callable[[RowResult], None]


def _check_columns(header: Header, needed: Iterable[str]) -> None:
    names = {target.name for target in header.targets if target is not None}
    for name in needed:
        if name not in names:
            way_out = f'pass its heading: columns={{"heading": "{name}"}}'
            raise TableError(f"has no column for {name}", way_out, header.number)


def _items(
    results: Iterator[RowResult],
    counter: ImportCounter,
    rejects: AbstractContextManager[Reject],
    progress: Progress | None,
) -> Generator[Item]:
    reported = 0
    with rejects as reject:
        for result in results:
            counter.add(result)
            if result.problems:
                reject(result)
            yield from result.items
            done = counter.counts["rows"]
            if done >= reported + _REPORT_ROWS:
                report(progress, done, None)
                reported = done
    if counter.counts["rows"] > reported:
        report(progress, counter.counts["rows"], None)


def _rejects(target: Source | None, header: Header, point: DecimalPoint) -> AbstractContextManager[Reject]:
    if target is None:
        return nullcontext(lambda _result: None)
    # A binary file has no name from which to derive the format.
    is_path = isinstance(target, str | PathLike)
    return _rejected_rows(target, format_of(target, None if is_path else "csv"), header, point)


@contextmanager
def _rejected_rows(target: Source, format: Format, header: Header, point: DecimalPoint) -> Generator[Reject]:
    """Yield a function that writes the rows of a result with their first row numbers and the reasons."""
    title = REASONS[header.language]
    headings = [*(header.headings[i] for i in header.kept), SOURCE_ROW[header.language], title]
    columns = [Column(heading) for heading in headings]
    decimal_comma = point == "," and format != "xlsx"
    with row_writer(target, columns, format=format, encoding=None, title=title) as write:

        def reject(result: RowResult) -> None:
            described = (problem.describe(header.language) for problem in result.problems)
            reasons = "; ".join(described)[:_MAX_REASON_LENGTH]
            for row in result.rows:
                cells = [row.cells[i] if i < len(row.cells) else None for i in header.kept]
                cells = [_with_comma(cell) for cell in cells] if decimal_comma else cells
                write([*cells, source_row(header, row), reasons])

        yield reject


def _with_comma(cell: Cell) -> Cell:
    """Return a number of a sheet as the same options read it from a text file."""
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else cell
