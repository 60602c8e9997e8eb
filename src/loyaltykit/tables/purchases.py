"""Tables of purchases: one row for each, or one for each of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any, Final, TypeAlias

from attrs import frozen

from loyaltykit.domain.program.declared_fields import declared_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import MAX_LINES, Line, Purchase
from loyaltykit.errors import InvalidValueError, Problem, problem_of
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.header import Header
from loyaltykit.tables.columns.headings import PURCHASE_COLUMNS, Known
from loyaltykit.tables.columns.parsing import Manner
from loyaltykit.tables.formats.cells import Row
from loyaltykit.tables.importing import Table
from loyaltykit.tables.outcomes import CellValues, Outcome, made_id, read_cells, row_key
from loyaltykit.tables.reasons import reasons_of
from loyaltykit.values import check_id, check_text

_Read: TypeAlias = tuple[Row, CellValues]

_PURCHASE_PARTS: Final = ("occurred_at", "amount", "channel", "store", "currency", "rate")
_LINE_COLUMNS: Final = frozenset({"sku", "category", "quantity", "line_amount", "discount", "tax"})


@frozen(kw_only=True)
class PurchaseTable(Table):
    """How to read a table of purchases.

    Rows that follow each other with one order id are the lines of one purchase; what is said of the purchase is the
    same in each of them, or stands in the first. Where lines have no column for their own amount, the amount is that
    of the line. A row without an order id is a purchase of its own. An id that comes again further down would be
    another purchase, which ``ingest`` refuses.

    Args:
        source, columns, key, dates, decimal_point, encoding, delimiter, sheet: as for every table.
        members: the ``source`` of the table that the members came from, when the column of members has what names
            their rows there; None when it has their ids.
        actor: an opaque id of who brings the table in.

    Raises:
        InvalidValueError: everything that is wrong with it at once.

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

    def _known(self) -> Iterable[Known]:
        return PURCHASE_COLUMNS

    def _fields(self, program: Program) -> Mapping[str, Iterable[Field]]:
        return {"fields": program.purchase_fields, "line_fields": program.line_fields}

    def _outcomes(self, header: Header, rows: Iterator[Row], program: Program, manner: Manner) -> Iterator[Outcome]:
        pairs = ((row, read_cells(header, row, manner)) for row in rows)
        for _, group in groupby(pairs, key=lambda pair: pair[1].values.get("id", pair[0].number)):
            for part, too_long in _parts(group):
                yield self._outcome(header, part, program, too_long)

    def _outcome(self, header: Header, group: list[_Read], program: Program, too_long: bool) -> Outcome:
        rows = tuple(row for row, _ in group)
        problems = [problem for _, cells in group for problem in cells.problems]
        if too_long:
            problems.append(problem_of("lines", "purchase.long"))
        key = row_key(header, rows[0], problems)
        values = _said_once([cells.values for _, cells in group], problems)
        items = [*self._purchases(key, values, [cells.values for _, cells in group], program, problems)]
        return Outcome(rows, () if problems else tuple(items), tuple(problems))

    def _purchases(
        self,
        key: str,
        values: Mapping[str, Any],
        rows: list[dict[str, Any]],
        program: Program,
        problems: list[Problem],
    ) -> Iterator[Purchase]:
        lines = _lines(rows, program, problems)
        fields = _custom(values, "fields")
        problems.extend(reasons_of(declared_problems(fields, program.scope.purchase, "fields")))
        for name in ("member_id", "occurred_at"):
            if values.get(name) is None:
                problems.append(problem_of(name, "value.missing"))
        if problems:
            return
        parts: dict[str, Any] = {name: values[name] for name in _PURCHASE_PARTS if name in values}
        member_id = str(values["member_id"])
        parts["id"] = values.get("id") or made_id(self.source, key)
        parts["member_id"] = member_id if self.members is None else made_id(self.members, member_id)
        try:
            yield Purchase(lines=lines, fields=fields, actor=self.actor, reason=f"imported from {self.source}", **parts)
        except InvalidValueError as error:
            problems.extend(reasons_of(error.problems))


def _parts(group: Iterator[_Read]) -> Iterator[tuple[list[_Read], bool]]:
    """The rows of one id, in parts where they are too many: one id in every row must not fill the memory."""
    part = list(islice(group, MAX_LINES + 1))
    too_long = len(part) > MAX_LINES
    while part:
        yield part, too_long
        part = list(islice(group, MAX_LINES + 1))


def _is_of_line(name: str) -> bool:
    return name in _LINE_COLUMNS or name.startswith("line_fields.")


def _said_once(rows: list[dict[str, Any]], problems: list[Problem]) -> dict[str, Any]:
    """What is said of the whole purchase: the first row that says it counts, and no other one contradicts it."""
    said: dict[str, Any] = {}
    amount_of_line = _has_lines(rows) and not any("line_amount" in row for row in rows)
    for row in rows:
        for name, value in row.items():
            if _is_of_line(name) or (name == "amount" and amount_of_line):
                continue
            if said.setdefault(name, value) != value:
                problems.append(problem_of(name, "purchase.differs"))
    return said


def _has_lines(rows: list[dict[str, Any]]) -> bool:
    return len(rows) > 1 or any(map(_is_of_line, rows[0]))


def _lines(rows: list[dict[str, Any]], program: Program, problems: list[Problem]) -> list[Line]:
    if not _has_lines(rows):
        return []
    amount = "line_amount" if any("line_amount" in row for row in rows) else "amount"
    return [line for row in rows for line in _line(row, amount, program, problems)]


def _line(row: dict[str, Any], amount: str, program: Program, problems: list[Problem]) -> Iterator[Line]:
    fields = _custom(row, "line_fields")
    problems.extend(reasons_of(declared_problems(fields, program.scope.line, "line_fields")))
    if row.get(amount) is None:
        problems.append(problem_of(amount, "value.missing"))
        return
    parts = {name: row[name] for name in ("sku", "category", "quantity", "discount", "tax") if name in row}
    try:
        yield Line(amount=row[amount], fields=fields, **parts)
    except InvalidValueError as error:
        problems.extend(reasons_of(error.problems, "lines."))


def _custom(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {name.removeprefix(f"{place}."): value for name, value in values.items() if name.startswith(f"{place}.")}
