"""Tables of ids and facts, such as the members of a segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from loyaltykit.domain.attributes import as_mapping, raise_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.value_types import FIELD_TYPES, type_of_value, why_not_value
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.columns.kinds import FIELD_KINDS
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
from loyaltykit.values import MAX_TEXT_LENGTH

FactRow: TypeAlias = tuple[str, Sequence[object]]
"""An id and its facts, as ``shop.select(...).facts(...)`` returns them."""

_ID: Final = TypedColumn("会员编号", "Member ID", "text")


@frozen
class FactTable:
    """A table of ids and facts.

    Args:
        columns: types by heading, in the order of the facts: ``str``, ``int``, ``Decimal``, ``bool``, ``date`` or
            ``set``. Money is ``Decimal``.

    Raises:
        InvalidValueError: there are no columns, or one has another type.

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
            problems.append(Problem("columns", "has a heading that is not a text", "pass strings"))
        elif not all(isinstance(kind, type) and kind in FIELD_TYPES for kind in self.columns.values()):
            problems.append(
                Problem("columns", "has a type that facts do not have", "use str, int, Decimal, bool, date or set")
            )
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
        """Write ids and facts to a CSV, TSV or XLSX file.

        Args:
            target, language, format, encoding: as for ``write_members``.
            rows: what ``shop.select(...).facts(...)`` returned.
            program: the shop's.

        Returns:
            The number of rows.

        Raises:
            InvalidValueError: an argument is wrong, or a row does not fit the columns.
            TableError: the file cannot be written.
            MissingExtraError: the format is XLSX and openpyxl is not installed.
        """
        check_rows(rows, "rows")
        title = "会员" if language == "zh" else "Members"
        output = Output(target, language, format, encoding, title)
        return write_typed_rows(
            output, typed_columns(self._columns(), language), map(self._values, rows), cell_options(program)
        )

    def read(self, file: Source, program: Program) -> Iterator[FactRow]:
        """Read ids and facts from a file that ``write`` wrote.

        Args:
            file: a path or a binary file: CSV, TSV or XLSX.
            program: the shop's.

        Returns:
            An iterator over ids with their facts.

        Raises:
            InvalidValueError: an argument is wrong.
            TableError: the file is not such a table.
            MissingExtraError: the file is XLSX and openpyxl is not installed.
        """
        for id, *values in read_typed_rows(file, self._columns(), cell_options(program)):
            yield id, tuple(values)

    def _columns(self) -> list[TypedColumn]:
        facts = [TypedColumn(name, name, FIELD_KINDS[FIELD_TYPES[given]]) for name, given in self.columns.items()]
        return [_ID, *facts]

    def _values(self, row: Any) -> list[object]:
        try:
            id, values = row
            found = [id, *values]
        except (TypeError, ValueError):
            found = []
        if len(found) != len(self.columns) + 1 or not all(map(_fits, found, [str, *self.columns.values()])):
            way_out = "pass what facts(...) returned, with one term for each column, of its type"
            raise InvalidValueError([Problem("rows", "has a row that does not fit the columns", way_out)])
        return found


def _fits(value: object, kind: type) -> bool:
    """Return whether a fact has the type of its column, or is missing."""
    if value is None:
        return True
    if FIELD_TYPES[kind] == "tags":
        return isinstance(value, tuple) and all(isinstance(text, str) for text in value)
    if why_not_value(value, MAX_TEXT_LENGTH) is not None:
        return False
    return type_of_value(value) == FIELD_TYPES[kind]
