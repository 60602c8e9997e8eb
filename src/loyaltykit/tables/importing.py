"""Reading a table: what is accepted comes out one item at a time, what is not goes into a file that can be mended."""

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
from loyaltykit.tables.columns.headings import REASONS, SOURCE_ROW, Known
from loyaltykit.tables.columns.parsing import DateOrder, DecimalPoint, Manner
from loyaltykit.tables.formats.cells import Cell, Column, Row
from loyaltykit.tables.formats.files import Format, Source, format_of, read_rows, row_writer
from loyaltykit.tables.outcomes import ImportSummary, Item, Outcome, Tally, source_row
from loyaltykit.values import check_id

_REPORT_ROWS = 1_000
_MOST_REASON_CHARACTERS = 2_000


class TableReading(Iterator[Item]):
    """Members and transactions out of a table, to be given to ``shop.ingest``.

    A context manager, read once. ``summary`` counts what has been read so far. The file of rejected rows is there when
    everything has been read.
    """

    def __init__(self, items: Generator[Item], rows: Generator[Row], tally: Tally, header: Header) -> None:
        self._items = items
        self._rows = rows
        self._tally = tally
        self._header = header

    def __next__(self) -> Item:
        return next(self._items)

    def __enter__(self) -> TableReading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; what was not read is not read any more."""
        self._items.close()
        self._rows.close()

    @property
    def summary(self) -> ImportSummary:
        """What has come of the table so far."""
        return self._tally.summary(self._header.unknown)


@frozen(kw_only=True)
class Table(ABC):
    """How to read a table; see ``MemberTable`` and ``PurchaseTable``.

    Args:
        source: a name for where the table comes from, the same for every import of it: ids are made of it.
        columns: what headings mean that are not known, or mean something else here; ``"ignore"`` leaves a column out.
        key: the heading of the column that names a row, if there is one; None for the number of the row.
        dates: which part comes first in dates such as 01/02/2025, ``"dmy"`` or ``"mdy"``; ``"ymd"`` refuses them.
        decimal_point: what divides units from cents, ``"."`` or ``","``.
        encoding: of a text file; None to find it.
        delimiter: of a text file; None to find it.
        sheet: of a workbook; None for the first that is not hidden.

    Raises:
        InvalidValueError: everything that is wrong with it at once.
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
    """The columns without which no row of this kind of table says anything."""

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
            problems.append(Problem("dates", "is no order of dates", 'use "ymd", "dmy" or "mdy"'))
        if self.decimal_point not in get_args(DecimalPoint):
            problems.append(Problem("decimal_point", "is no decimal point", 'use "." or ","'))
        self._check(problems)
        raise_problems(problems)

    def read(
        self, file: Source, program: Program, *, rejected: Source | None = None, progress: Progress | None = None
    ) -> TableReading:
        """Read a table as it goes; nothing is kept in memory.

        Args:
            file: a path, or a file that is open for bytes: CSV, TSV or XLSX.
            program: the shop's, which knows its fields, tiers, currency and zone.
            rejected: where the rejected rows go with their reasons, to be mended and read again by this same table; a
                path, or a file that is open for bytes and gets CSV.
            progress: called with how many rows are done; how many there are is not known.

        Raises:
            TableError: the file cannot be read; one that breaks later breaks the reading there.
            MissingExtraError: it is an XLSX file and openpyxl is not installed.
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
        manner = Manner(ShopCalendar(program.timezone), program.currency, self.dates, self.decimal_point)
        tally = Tally()
        outcomes = self._outcomes(header, rest, program, manner)
        return TableReading(_items(outcomes, tally, rejects, progress), rows, tally, header)

    def check(
        self, file: Source, program: Program, *, rejected: Source | None = None, progress: Progress | None = None
    ) -> ImportSummary:
        """Read a table through without taking anything in: a dry run.

        Args:
            file, program, rejected, progress: as for ``read``.
        """
        with self.read(file, program, rejected=rejected, progress=progress) as reading:
            for _ in reading:
                pass
            return reading.summary

    def _column_words(self) -> Iterable[object]:
        return [*self.columns, *self.columns.values()]

    @abstractmethod
    def _check(self, problems: list[Problem]) -> None:
        """What this kind of table must hold, besides what all share."""

    @abstractmethod
    def _known(self) -> Iterable[Known]:
        """The columns that this kind of table has."""

    @abstractmethod
    def _fields(self, program: Program) -> Mapping[str, Iterable[Field]]:
        """The fields of the programme that are columns of this kind of table, by what they belong to."""

    @abstractmethod
    def _outcomes(self, header: Header, rows: Iterator[Row], program: Program, manner: Manner) -> Iterator[Outcome]:
        """What comes of the rows, in their order."""


Reject: TypeAlias = Callable[[Outcome], None]


def _check_columns(header: Header, needed: Iterable[str]) -> None:
    names = {target.name for target in header.targets if target is not None}
    for name in needed:
        if name not in names:
            way_out = f'say which it is: columns={{"heading": "{name}"}}'
            raise TableError(f"has no column for {name}", way_out, header.number)


def _items(
    outcomes: Iterator[Outcome], tally: Tally, rejects: AbstractContextManager[Reject], progress: Progress | None
) -> Generator[Item]:
    told = 0
    with rejects as reject:
        for outcome in outcomes:
            tally.add(outcome)
            if outcome.problems:
                reject(outcome)
            yield from outcome.items
            done = tally.counts["rows"]
            if done >= told + _REPORT_ROWS:
                report(progress, done, None)
                told = done
    if tally.counts["rows"] > told:
        report(progress, tally.counts["rows"], None)


def _rejects(target: Source | None, header: Header, point: DecimalPoint) -> AbstractContextManager[Reject]:
    if target is None:
        return nullcontext(lambda _outcome: None)
    # A stream has no name that tells its kind.
    is_path = isinstance(target, str | PathLike)
    return _rejected_rows(target, format_of(target, None if is_path else "csv"), header, point)


@contextmanager
def _rejected_rows(target: Source, format: Format, header: Header, point: DecimalPoint) -> Generator[Reject]:
    """A function that writes the rows of an outcome with the numbers they had first, and the reasons."""
    title = REASONS[header.language]
    headings = [*(header.headings[i] for i in header.kept), SOURCE_ROW[header.language], title]
    columns = [Column(heading) for heading in headings]
    last_of_each_instant = _with_comma if point == "," and format != "xlsx" else _as_it_is
    with row_writer(target, columns, format=format, encoding=None, title=title) as write:

        def reject(outcome: Outcome) -> None:
            told = (problem.describe(header.language) for problem in outcome.problems)
            reasons = "; ".join(told)[:_MOST_REASON_CHARACTERS]
            for row in outcome.rows:
                cells = [last_of_each_instant(row.cells[i]) if i < len(row.cells) else None for i in header.kept]
                write([*cells, source_row(header, row), reasons])

        yield reject


def _as_it_is(cell: Cell) -> Cell:
    return cell


def _with_comma(cell: Cell) -> Cell:
    """A number of a sheet as the same table reads it from a text file."""
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else cell
