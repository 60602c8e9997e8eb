"""Tables of purchases: one row per purchase, or one per line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any, Final, TypeAlias

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.program.declared_fields import declared_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import MAX_LINES, Line, Purchase
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.problems import problem_of
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.header import Header
from loyaltykit.tables.columns.headings import PURCHASE_COLUMNS, KnownColumn
from loyaltykit.tables.columns.parsing import CellOptions
from loyaltykit.tables.formats.cells import Row
from loyaltykit.tables.importing import Table
from loyaltykit.tables.reasons import reasons_of
from loyaltykit.tables.rows import CellValues, RowResult, make_id, read_cells, row_key
from loyaltykit.values import check_id, check_text

_Read: TypeAlias = tuple[Row, CellValues]

_PURCHASE_PARTS: Final = ("occurred_at", "amount", "channel", "store", "currency", "rate")
_LINE_COLUMNS: Final = frozenset({"sku", "category", "quantity", "line_amount", "discount", "tax"})


@named_arguments
@frozen(kw_only=True)
class PurchaseTable(Table):
    """Options for reading a table of purchases.

    Consecutive rows with the same order id are the lines of one purchase. Columns of the purchase must have the same
    value in all of them, or a value in the first one only. Without a column for the amount of a line, the amount is
    that of the line. A row without an order id is a purchase of its own. Rows with the same id that are not
    consecutive are different purchases, which ``ingest`` refuses.

    Args:
        source, columns, key, dates, decimal_point, encoding, delimiter, sheet: as in ``Table``.
        members: the ``source`` of the table of members, if the member column has the keys of rows there; None if it
            has ids of members.
        actor: an opaque id of the person who imports the table.

    Raises:
        InvalidValueError: an argument is wrong; the error lists every problem.

    >>> from io import BytesIO
    >>> from loyaltykit import Program
    >>> club = Program(name="Club", currency="EUR", timezone="Europe/Paris")
    >>> file = BytesIO(b"order,member,date,category,amount\\no-1,m-1,2025-03-01,tea,12.50\\no-1,m-1,2025-03-01,,8\\n")
    >>> [purchase] = PurchaseTable(source="till").read(file, club)
    >>> purchase.id, purchase.total, len(purchase.lines)
    ('o-1', Decimal('20.50'), 2)
    """

    members: str | None = None
    actor: str | None = "import"

    _needed = ("member_id", "occurred_at")

    def _check(self, problems: list[Problem]) -> None:
        check_text(self.actor, "actor", problems)
        if self.members is not None:
            check_id(self.members, "members", problems)

    def _known(self) -> Iterable[KnownColumn]:
        return PURCHASE_COLUMNS

    def _fields(self, program: Program) -> Mapping[str, Iterable[Field]]:
        return {"fields": program.purchase_fields, "line_fields": program.line_fields}

    def _results(
        self, header: Header, rows: Iterator[Row], program: Program, options: CellOptions
    ) -> Iterator[RowResult]:
        pairs = ((row, read_cells(header, row, options)) for row in rows)
        for _, group in groupby(pairs, key=lambda pair: pair[1].values.get("id", pair[0].number)):
            for part, too_long in _parts(group):
                yield self._result(header, part, program, too_long)

    def _result(self, header: Header, group: list[_Read], program: Program, too_long: bool) -> RowResult:
        rows = tuple(row for row, _ in group)
        problems = [problem for _, cells in group for problem in cells.problems]
        if too_long:
            problems.append(problem_of("lines", "purchase.long"))
        key = row_key(header, rows[0], problems)
        values = [cells.values for _, cells in group]
        items = tuple(self._purchases(key, values, program, problems))
        return RowResult(rows, () if problems else items, tuple(problems))

    def _purchases(
        self, key: str, rows: list[dict[str, Any]], program: Program, problems: list[Problem]
    ) -> Iterator[Purchase]:
        values = _purchase_values(rows, problems)
        lines = _lines(rows, program, problems)
        fields = _declared_values(values, "fields")
        problems.extend(reasons_of(declared_problems(fields, program.scope.purchase, "fields")))
        for name in ("member_id", "occurred_at"):
            if values.get(name) is None:
                problems.append(problem_of(name, "value.missing"))
        if problems:
            return
        parts: dict[str, Any] = {name: values[name] for name in _PURCHASE_PARTS if name in values}
        member_id = str(values["member_id"])
        parts["id"] = values.get("id") or make_id(self.source, key)
        parts["member_id"] = member_id if self.members is None else make_id(self.members, member_id)
        try:
            yield Purchase(lines=lines, fields=fields, actor=self.actor, reason=f"imported from {self.source}", **parts)
        except InvalidValueError as error:
            problems.extend(reasons_of(error.problems))


def _parts(group: Iterator[_Read]) -> Iterator[tuple[list[_Read], bool]]:
    """Yield the rows of one id, in parts if there are too many for one purchase, so that memory is bounded."""
    part = list(islice(group, MAX_LINES + 1))
    too_long = len(part) > MAX_LINES
    while part:
        yield part, too_long
        part = list(islice(group, MAX_LINES + 1))


def _is_of_line(name: str) -> bool:
    return name in _LINE_COLUMNS or name.startswith("line_fields.")


def _purchase_values(rows: list[dict[str, Any]], problems: list[Problem]) -> dict[str, Any]:
    """Return the values of the columns of the purchase; rows with different values are a problem."""
    found: dict[str, Any] = {}
    amount_of_line = _has_lines(rows) and not any("line_amount" in row for row in rows)
    for row in rows:
        for name, value in row.items():
            if _is_of_line(name) or (name == "amount" and amount_of_line):
                continue
            if found.setdefault(name, value) != value:
                problems.append(problem_of(name, "purchase.differs"))
    return found


def _has_lines(rows: list[dict[str, Any]]) -> bool:
    return len(rows) > 1 or any(map(_is_of_line, rows[0]))


def _lines(rows: list[dict[str, Any]], program: Program, problems: list[Problem]) -> list[Line]:
    if not _has_lines(rows):
        return []
    amount = "line_amount" if any("line_amount" in row for row in rows) else "amount"
    return [line for row in rows for line in _line(row, amount, program, problems)]


def _line(row: dict[str, Any], amount: str, program: Program, problems: list[Problem]) -> Iterator[Line]:
    fields = _declared_values(row, "line_fields")
    problems.extend(reasons_of(declared_problems(fields, program.scope.line, "line_fields")))
    if row.get(amount) is None:
        problems.append(problem_of(amount, "value.missing"))
        return
    parts = {name: row[name] for name in ("sku", "category", "quantity", "discount", "tax") if name in row}
    try:
        yield Line(amount=row[amount], fields=fields, **parts)
    except InvalidValueError as error:
        problems.extend(reasons_of(error.problems, "lines."))


def _declared_values(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {name.removeprefix(f"{place}."): value for name, value in values.items() if name.startswith(f"{place}.")}
