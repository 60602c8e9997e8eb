"""Segments as tables: ids, and the facts that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from loyaltykit.domain.attributes import as_mapping, raise_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.value_types import FIELD_TYPES, type_of_value, why_not_value
from loyaltykit.tables.columns.headings import Language
from loyaltykit.tables.columns.kinds import FIELD_KINDS
from loyaltykit.tables.formats.files import Format, Source
from loyaltykit.tables.values import Output, ValueColumn, check_rows, manner_of, read_values, write_values
from loyaltykit.values import MAX_TEXT_LENGTH

FactRow: TypeAlias = tuple[str, Sequence[object]]
"""An id with its facts, as ``shop.select(...).facts(...)`` gives them."""

_ID: Final = ValueColumn("会员编号", "Member ID", "text")


@frozen
class FactTable:
    """A table of ids and facts.

    Args:
        columns: the type of each fact by its heading, in their order: ``str``, ``int``, ``Decimal``, ``bool``, ``date``
            or ``set``. Money is ``Decimal``.

    Raises:
        InvalidValueError: it has no columns, or one of another type.

    >>> from decimal import Decimal
    >>> from io import BytesIO
    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> table = FactTable({"Spend": Decimal, "Visits": int})
    >>> file = BytesIO()
    >>> table.write(file, [("m-1", (Decimal("12.50"), None))], club, format="csv")
    1
    >>> [*table.read(file, club)]
    [('m-1', (Decimal('12.50'), None))]
    """

    columns: Mapping[str, type] = field(converter=as_mapping)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.columns, Mapping) or not self.columns:
            problems.append(Problem("columns", "is not a mapping of types", 'pass a dict such as {"Visits": int}'))
        elif not all(isinstance(heading, str) and heading.strip() for heading in self.columns):
            problems.append(Problem("columns", "has a heading that is no text", "pass texts"))
        elif not all(isinstance(kind, type) and kind in FIELD_TYPES for kind in self.columns.values()):
            problems.append(Problem("columns", "has a type of no fact", "use str, int, Decimal, bool, date or set"))
        raise_problems(problems)

    def write(
        self,
        target: Source,
        rows: Iterable[FactRow],
        program: Program,
        *,
        language: Language = "en",
        format: Format | None = None,
        encoding: str | None = None,
    ) -> int:
        """Write ids and facts.

        Args:
            target, language, format, encoding: as for ``write_members``.
            rows: as ``shop.select(...).facts(...)`` gives them.
            program: the shop's.

        Returns:
            How many rows were written.

        Raises:
            InvalidValueError: a row has another number of facts.
            TableError: it cannot be written there.
            MissingExtraError: it is to be XLSX, and openpyxl is not installed.
        """
        check_rows(rows, "rows")
        title = "会员" if language == "zh" else "Members"
        output = Output(target, language, format, encoding, title)
        return write_values(output, self._value_columns(), map(self._values, rows), manner_of(program))

    def read(self, file: Source, program: Program) -> Iterator[FactRow]:
        """The ids and facts that were written.

        Raises:
            TableError: it is no such table.
            MissingExtraError: it is an XLSX file and openpyxl is not installed.
        """
        for id, *values in read_values(file, self._value_columns(), manner_of(program)):
            yield id, tuple(values)

    def _value_columns(self) -> list[ValueColumn]:
        return [
            _ID,
            *(
                ValueColumn(heading, heading, FIELD_KINDS[FIELD_TYPES[given]])
                for heading, given in self.columns.items()
            ),
        ]

    def _values(self, row: Any) -> list[object]:
        try:
            id, values = row
            found = [id, *values]
        except (TypeError, ValueError):
            found = []
        if len(found) != len(self.columns) + 1 or not all(map(_fits, found, [str, *self.columns.values()])):
            way_out = "pass what facts(...) gave, with as many terms of the same types as there are columns"
            raise InvalidValueError([Problem("rows", "has a row that does not fit the columns", way_out)])
        return found


def _fits(value: object, kind: type) -> bool:
    """Whether a fact is of the type of its column, or missing."""
    if value is None:
        return True
    if FIELD_TYPES[kind] == "tags":
        return isinstance(value, tuple) and all(isinstance(text, str) for text in value)
    if why_not_value(value, MAX_TEXT_LENGTH) is not None:
        return False
    return type_of_value(value) == FIELD_TYPES[kind]
