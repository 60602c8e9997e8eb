"""Statements as tables: what happened to a member's points, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.views.statement import StatementRow
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.tables.columns.headings import Language
from loyaltykit.tables.formats.files import Format, Source
from loyaltykit.tables.values import Output, ValueColumn, check_rows, manner_of, read_values, write_values

_PARTS: Final = {
    "occurred_at": ValueColumn("发生时间", "Occurred at", "moment"),
    "kind": ValueColumn("类型", "Kind", "posting"),
    "points": ValueColumn("积分", "Points", "integer"),
    "balance": ValueColumn("余额", "Balance", "integer"),
    "cause": ValueColumn("单号", "Cause", "text"),
    "actor": ValueColumn("经手人", "Actor", "text"),
    "reason": ValueColumn("事由", "Reason", "text"),
    "recorded_at": ValueColumn("登记时间", "Recorded at", "moment"),
}


def write_statement(
    target: Source,
    rows: Iterable[StatementRow],
    program: Program,
    *,
    language: Language = "en",
    format: Format | None = None,
    encoding: str | None = None,
) -> int:
    """Write a statement as ``shop.statement`` gives it.

    Args:
        target, language, format, encoding: as for ``write_members``.
        rows: the lines.
        program: the shop's, in whose zone the times are shown.

    Returns:
        How many lines were written.

    Raises:
        InvalidValueError: something is no line of a statement.
        TableError: it cannot be written there.
        MissingExtraError: it is to be XLSX, and openpyxl is not installed.
    """
    check_rows(rows, "rows")
    title = "积分明细" if language == "zh" else "Statement"
    output = Output(target, language, format, encoding, title)
    return write_values(output, [*_PARTS.values()], map(_parts, rows), manner_of(program))


def _parts(row: object) -> list[object]:
    if not isinstance(row, StatementRow):
        raise InvalidValueError([Problem("rows", "has something else", "pass what shop.statement(...) gave")])
    return [getattr(row, name) for name in _PARTS]


def read_statement(file: Source, program: Program) -> Iterator[StatementRow]:
    """The lines of a statement that was written.

    Args:
        file: CSV, TSV or XLSX.
        program: the shop's, in whose zone the times are.

    Raises:
        TableError: it is no such table.
        MissingExtraError: it is an XLSX file and openpyxl is not installed.

    >>> from datetime import UTC, datetime
    >>> from io import BytesIO
    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> now = datetime(2025, 1, 1, tzinfo=UTC)
    >>> line = StatementRow(kind="accrual", points=5, balance=5, occurred_at=now, recorded_at=now, cause="o-1")
    >>> file = BytesIO()
    >>> write_statement(file, [line], club, language="zh", format="csv")
    1
    >>> [*read_statement(file, club)] == [line]
    True
    """
    for values in read_values(file, [*_PARTS.values()], manner_of(program)):
        yield StatementRow(**dict(zip(_PARTS, values, strict=True)))
