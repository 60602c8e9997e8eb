"""Rows of a file: their values, their ids, and the members and transactions that they become."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeAlias

from attrs import frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import Problem
from loyaltykit.problems import problem_of
from loyaltykit.tables.columns.header import Header
from loyaltykit.tables.columns.parsing import CellError, CellOptions
from loyaltykit.tables.formats.cells import Cell, Row, as_text, fits_a_sheet
from loyaltykit.values import MAX_ID_LENGTH

Item: TypeAlias = Member | Transaction


@frozen
class RowResult:
    """The result of reading one row, or the rows of one purchase: items, or problems."""

    rows: tuple[Row, ...]
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()


@frozen
class CellValues:
    """The values of a row by target, further values of repeated columns, and problems."""

    values: dict[str, Any]
    repeated: dict[str, list[Any]]
    problems: list[Problem]

    def all_of(self, target: str) -> list[Any]:
        """Return the values of all columns of a target, in order."""
        return [self.values[target], *self.repeated.get(target, ())] if target in self.values else []


def read_cells(header: Header, row: Row, options: CellOptions) -> CellValues:
    """Return the values of a row; an empty cell is a missing value."""
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
                value = target.read(value, options)
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
    """Return the number of a row in the file where it was first read; a file of rejected rows has a column for it.

    It is empty for a row that was added to such a file.
    """
    if header.source_row is None:
        return str(row.number)
    return _cell_text(row, header.source_row)


def row_key(header: Header, row: Row, problems: list[Problem]) -> str:
    """Return the key of a row in its source: the value of the key column, or the number of the row.

    An empty key is a problem. So is a number that Excel has rounded, because other rows may have the same one.
    """
    key = source_row(header, row) if header.key is None else _cell_text(row, header.key)
    if not key:
        problems.append(problem_of("source row" if header.key is None else "key", "key.empty"))
    elif header.key is not None and _is_rounded(_cell(row, header.key)):
        problems.append(problem_of("key", "cell.rounded"))
    return key


def _is_rounded(cell: Cell) -> bool:
    return isinstance(cell, int | Decimal) and not fits_a_sheet(cell)


def _cell_text(row: Row, index: int) -> str:
    cell = _cell(row, index)
    return "" if cell is None else as_text(cell, "").strip()


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def make_id(*parts: str) -> str:
    """Return an id made of texts; one that is too long is replaced by its digest.

    >>> make_id("old-table", "7"), len(make_id("x" * 200))
    ('old-table:7', 40)
    """
    text = ":".join(parts)
    return text if len(text) <= MAX_ID_LENGTH else sha256(text.encode()).hexdigest()[:40]
