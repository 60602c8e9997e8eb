"""What becomes of the rows of a file: items to take in, or reasons why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeAlias

from attrs import field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import Problem, problem_of, words_of
from loyaltykit.tables.columns.header import Header
from loyaltykit.tables.columns.headings import Language, check_language
from loyaltykit.tables.columns.parsing import CellError, Manner
from loyaltykit.tables.formats.cells import Cell, Row, as_text, fits_a_sheet
from loyaltykit.values import MAX_ID_LENGTH

Item: TypeAlias = Member | Transaction

_MOST_REASONS = 1_000


@frozen
class Outcome:
    """What one row, or the rows of one purchase, became: items, or problems."""

    rows: tuple[Row, ...]
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()


@frozen
class CellValues:
    """The values of one row by target, those of repeated columns in lists, and what is wrong with it."""

    values: dict[str, Any]
    repeated: dict[str, list[Any]]
    problems: list[Problem]

    def all_of(self, target: str) -> list[Any]:
        """The values of all columns of a target, in their order."""
        return [self.values[target], *self.repeated.get(target, ())] if target in self.values else []


def read_cells(header: Header, row: Row, manner: Manner) -> CellValues:
    """The values of a row; empty cells are missing values."""
    found = CellValues({}, {}, [])
    cells, values, width = row.cells, found.values, len(header.targets)
    if len(cells) != width:
        _check_width(cells, width, found.problems)
        cells = (*cells, *(None,) * (width - len(cells)))
    for index, target in header.read:
        value: Any = cells[index]
        if value is None:
            continue
        if not (target.is_text and isinstance(value, str)):
            try:
                value = target.read(value, manner)
            except CellError as error:
                found.problems.append(problem_of(target.name, error.code))
                continue
        if target.name in values:
            found.repeated.setdefault(target.name, []).append(value)
        else:
            values[target.name] = value
    return found


def _check_width(cells: Sequence[Cell], width: int, problems: list[Problem]) -> None:
    if len(cells) < width:
        problems.append(problem_of("row", "row.short"))
    elif any(cell is not None for cell in cells[width:]):
        problems.append(problem_of("row", "row.long"))


def source_row(header: Header, row: Row) -> str:
    """The number that a row had when it came first: told by a file of rejected rows, else its own.

    A row that was added to such a file has none, since its place there says nothing.
    """
    if header.source_row is None:
        return str(row.number)
    return _word(row, header.source_row)


def row_key(header: Header, row: Row, problems: list[Problem]) -> str:
    """What names a row in its source: its key column, else the number it had first; an empty one is a problem.

    So is a number that Excel has rounded: other rows may have come to the same.
    """
    key = source_row(header, row) if header.key is None else _word(row, header.key)
    if not key:
        problems.append(problem_of("source row" if header.key is None else "key", "key.empty"))
    elif header.key is not None and _is_rounded(_cell(row, header.key)):
        problems.append(problem_of("key", "cell.rounded"))
    return key


def _is_rounded(cell: Cell) -> bool:
    return isinstance(cell, int | Decimal) and not fits_a_sheet(cell)


def _word(row: Row, index: int) -> str:
    cell = _cell(row, index)
    return "" if cell is None else as_text(cell, "").strip()


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def made_id(*parts: str) -> str:
    """An id made of texts: the same texts give the same id, and a long one is shortened to a digest.

    >>> made_id("old-table", "7"), len(made_id("x" * 200))
    ('old-table:7', 40)
    """
    text = ":".join(parts)
    return text if len(text) <= MAX_ID_LENGTH else sha256(text.encode()).hexdigest()[:40]


@frozen(kw_only=True)
class ImportSummary:
    """What came of a file.

    Args:
        rows: how many it has, without headings and empty rows.
        rejected: how many of them cannot be taken in.
        members: how many members the others gave.
        transactions: how many transactions.
        reasons: each problem and how many times, the most frequent first.
        unknown_columns: letters of the columns whose heading means nothing here: they were not read.
    """

    rows: int
    rejected: int
    members: int
    transactions: int
    reasons: tuple[tuple[Problem, int], ...] = ()
    unknown_columns: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """How many rows can be taken in."""
        return self.rows - self.rejected

    def describe(self, language: Language = "en") -> str:
        """The summary in words.

        >>> print(ImportSummary(rows=3, rejected=1, members=2, transactions=4).describe("zh"))
        共 3 行：接受 2 行，退回 1 行；会员 2 名，交易 4 笔
        """
        check_language(language)
        words = _WORDS[language]
        lines = [words["rows"].format(s=self)]
        for problem, count in self.reasons:
            lines.append(words["reason"].format(problem.field, words_of(problem, language)[0], count))
        if self.unknown_columns:
            lines.append(words["unknown"].format(", ".join(self.unknown_columns)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "rows": "{s.rows} rows: {s.accepted} accepted, {s.rejected} rejected; "
        "{s.members} members, {s.transactions} transactions",
        "reason": "{}: {}: {}",
        "unknown": "columns not read: {}",
    },
    "zh": {
        "rows": "共 {s.rows} 行：接受 {s.accepted} 行，退回 {s.rejected} 行；"
        "会员 {s.members} 名，交易 {s.transactions} 笔",
        "reason": "{}：{}：{}",
        "unknown": "未读取的列：{}",
    },
}


@frozen
class Tally:
    """Counts while a file is read."""

    counts: Counter[str] = field(factory=Counter)
    reasons: Counter[Problem] = field(factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count what came of some rows."""
        counts = self.counts
        counts["rows"] += len(outcome.rows)
        if outcome.problems:
            counts["rejected"] += len(outcome.rows)
            self._add_reasons(outcome.problems)
        for item in outcome.items:
            counts["members" if isinstance(item, Member) else "transactions"] += 1

    def _add_reasons(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            full = len(self.reasons) >= _MOST_REASONS and problem not in self.reasons
            self.reasons[problem_of("row", "row.other") if full else problem] += 1

    def summary(self, unknown_columns: tuple[str, ...]) -> ImportSummary:
        """The counts so far."""
        return ImportSummary(
            rows=self.counts["rows"],
            rejected=self.counts["rejected"],
            members=self.counts["members"],
            transactions=self.counts["transactions"],
            reasons=tuple(self.reasons.most_common()),
            unknown_columns=unknown_columns,
        )
