"""Tables of the rows of a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.views.statement import StatementRow
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.formats.files import Format, Source
from loyaltykit.tables.typed_rows import (
    Output,
    TypedColumn,
    cell_options,
    check_rows,
    read_typed_rows,
    typed_columns,
    write_typed_rows,
)

_COLUMNS: Final = {
    "occurred_at": TypedColumn("发生时间", "Occurred at", "moment"),
    "kind": TypedColumn("类型", "Kind", "posting"),
    "points": TypedColumn("积分", "Points", "integer"),
    "balance": TypedColumn("余额", "Balance", "integer"),
    "cause": TypedColumn("单号", "Cause", "text"),
    "actor": TypedColumn("经手人", "Actor", "text"),
    "reason": TypedColumn("事由", "Reason", "text"),
    "recorded_at": TypedColumn("登记时间", "Recorded at", "moment"),
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
    """Write the rows of a statement to a CSV, TSV or XLSX file.

    Args:
        target, language, format, encoding: as for ``write_members``.
        rows: the rows that ``shop.statement`` returned.
        program: the shop's, for the time zone.

    Returns:
        The number of rows.

    Raises:
        InvalidValueError: an argument is wrong, or an item is not a row of a statement.
        TableError: the file cannot be written.
        MissingExtraError: the format is XLSX and openpyxl is not installed.
    """
    check_rows(rows, "rows")
    title = "积分明细" if language == "zh" else "Statement"
    output = Output(target, language, format, encoding, title)
    return write_typed_rows(
        output, typed_columns(_COLUMNS.values(), language), map(_values, rows), cell_options(program)
    )


def _values(row: object) -> list[object]:
    if not isinstance(row, StatementRow):
        raise InvalidValueError(
            [Problem("rows", "has an item that is not a StatementRow", "pass what shop.statement(...) returned")]
        )
    return [getattr(row, name) for name in _COLUMNS]


def read_statement(file: Source, program: Program) -> Iterator[StatementRow]:
    """Read the rows of a statement from a file that ``write_statement`` wrote.

    Args:
        file: a path or a binary file: CSV, TSV or XLSX.
        program: the shop's, for the time zone.

    Returns:
        An iterator over the rows.

    Raises:
        InvalidValueError: an argument is wrong.
        TableError: the file is not such a table.
        MissingExtraError: the file is XLSX and openpyxl is not installed.

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
    for values in read_typed_rows(file, [*_COLUMNS.values()], cell_options(program)):
        yield StatementRow(**dict(zip(_COLUMNS, values, strict=True)))
