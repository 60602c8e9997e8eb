"""The heading row of a file, and the meaning of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from attrs import evolve, field, frozen

from loyaltykit.errors import TableError
from loyaltykit.rules.fields import Field
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.columns.headings import (
    REASONS,
    SOURCE_ROW,
    Kind,
    KnownColumn,
    columns_by_heading,
    normalized,
    split_unit,
)
from loyaltykit.tables.columns.kinds import FIELD_KINDS, READERS, TEXT_KINDS, Reader
from loyaltykit.tables.columns.parsing import CellOptions
from loyaltykit.tables.formats.cells import Cell, Row, as_text, column_letter
from loyaltykit.tables.formats.limits import HEADING_ROWS

IGNORED = "ignore"
_SOURCE_ROW = "source row"
_REASONS = "reasons"
_OWN = {
    **{normalized(heading): _SOURCE_ROW for heading in SOURCE_ROW.values()},
    **{normalized(heading): _REASONS for heading in REASONS.values()},
}
# A member can have several of these; each column is one more.
_REPEATABLE = frozenset({"contact", "phone", "email", "address", IGNORED})


@frozen
class Target:
    """The meaning of a column.

    Args:
        name: a part of the record, ``fields.…`` for a declared field, or ``"ignore"``.
        kind: the kind of its cells.
        unit: the unit in the heading.

    ``is_text`` is whether texts are used as they are.
    """

    name: str
    kind: Kind
    unit: str = ""
    is_text: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "is_text", self.kind in TEXT_KINDS)

    def read(self, cell: Cell, options: CellOptions) -> object:
        """Return the value of a cell.

        Raises:
            CellError: the cell has no or several meanings.
        """
        reader: Reader = READERS[self.kind]
        if self.unit and cell is not None and str(cell)[-1:].isdigit():
            cell = f"{as_text(cell, '')}{self.unit}"
        return reader(cell, options)


@frozen
class Vocabulary:
    """The meanings of headings in one table.

    Args:
        declared: targets that the caller passed, by heading in normal form.
        exact: declared fields by ``fields.name``.
        known: the known columns, by every heading in normal form.
        fields: declared fields, by name and titles in normal form.
    """

    declared: Mapping[str, Target]
    exact: Mapping[str, Target]
    known: Mapping[str, Target]
    fields: Mapping[str, Target]

    def find(self, heading: str) -> Target | None:
        """Return the meaning of a heading, or None; known columns precede declared fields."""
        name = normalized(heading)
        found = self.declared.get(name) or self.exact.get(heading) or self.known.get(name) or self.fields.get(name)
        return found or self._with_unit(heading)

    def knows(self, heading: str) -> bool:
        """Return whether a heading has a meaning."""
        return self.find(heading) is not None

    def heading_of(self, target: str, heading: str) -> str:
        """Return a heading with which a column is found again: its own, or else the target."""
        found = self.find(heading)
        return heading if found is not None and found.name == target else target

    def _with_unit(self, heading: str) -> Target | None:
        base, unit = split_unit(heading)
        found = self.known.get(normalized(base)) or self.fields.get(normalized(base)) if unit else None
        return found and evolve(found, unit=unit if found.kind == "decimal" else "")


def vocabulary(
    known: Iterable[KnownColumn], fields: Mapping[str, Iterable[Field]], declared: Mapping[str, str]
) -> Vocabulary:
    """Return the meanings of headings.

    Args:
        known: the known columns.
        fields: declared fields by prefix of their targets, such as ``"fields"``.
        declared: targets by heading.

    Raises:
        TableError: a target is unknown.
    """
    columns = {name: Target(item.target, item.kind) for name, item in columns_by_heading(known).items()}
    exact: dict[str, Target] = {}
    places: dict[str, Target] = {}
    for place, items in fields.items():
        for item in items:
            target = exact[f"{place}.{item.name}"] = Target(f"{place}.{item.name}", FIELD_KINDS[item.type])
            for heading in (*item.names, item.heading("zh"), item.heading("en")):
                places.setdefault(normalized(heading), target)
    targets = {item.name: item for item in columns.values()} | exact | {IGNORED: Target(IGNORED, "text")}
    if not set(declared.values()) <= targets.keys():
        raise TableError("has an unknown target in columns=", f"use one of {', '.join(sorted(targets))}")
    given = {normalized(heading): targets[target] for heading, target in declared.items()}
    return Vocabulary(given, exact, columns, places)


@frozen
class Header:
    """The heading row.

    Args:
        number: the number of the row.
        headings: the headings.
        targets: the meaning of each column; None if it is unknown.
        key: the index of the key column, or None.
        source_row: the index of the column of first row numbers, or None.
        reasons: the index of the column of reasons for rejection, or None.

    ``kept`` are all columns but the last two, ``read`` those with a meaning.
    """

    number: int
    headings: tuple[str, ...]
    targets: tuple[Target | None, ...]
    key: int | None = None
    source_row: int | None = None
    reasons: int | None = None
    kept: tuple[int, ...] = field(init=False)
    read: tuple[tuple[int, Target], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        own = (self.source_row, self.reasons)
        object.__setattr__(self, "kept", tuple(i for i in range(len(self.headings)) if i not in own))
        read = [(i, target) for i, target in enumerate(self.targets) if target and target.name != IGNORED]
        object.__setattr__(self, "read", tuple(read))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The letters of columns whose heading is unknown."""
        own = (self.key, self.source_row, self.reasons)
        pairs = enumerate(zip(self.headings, self.targets, strict=True))
        return tuple(column_letter(i) for i, (heading, target) in pairs if heading and target is None and i not in own)

    @property
    def language(self) -> Language:
        """Chinese if a heading is not ASCII."""
        return "en" if all(heading.isascii() for heading in self.headings) else "zh"


def find_header(rows: Iterator[Row], words: Vocabulary, key: str | None) -> tuple[Header, Iterator[Row]]:
    """Return the heading row among the first rows, and an iterator over the rows after it.

    Raises:
        TableError: no row has a known heading, or two columns have the same meaning.
    """
    first = list(islice(rows, HEADING_ROWS))
    scores = [sum(isinstance(cell, str) and words.knows(cell) for cell in row.cells) for row in first]
    if not any(scores):
        raise TableError("has no known heading", 'pass its columns: columns={"heading": "name"}')
    place = scores.index(max(scores))
    return _header(first[place], words, key), chain(first[place + 1 :], rows)


def _header(row: Row, words: Vocabulary, key: str | None) -> Header:
    headings = tuple(as_text(cell, "") for cell in row.cells)
    own = [_OWN.get(normalized(heading)) for heading in headings]
    targets = tuple(
        None if mark or not heading else words.find(heading) for heading, mark in zip(headings, own, strict=True)
    )
    _check_once(row.number, targets)
    key_at = None if key is None else _find(headings, lambda heading: normalized(heading) == normalized(key))
    if key is not None and key_at is None:
        raise TableError("lacks the key column", "check key=", row.number)
    return Header(
        row.number,
        headings,
        targets,
        key_at,
        _find(own, lambda mark: mark == _SOURCE_ROW),
        _find(own, lambda mark: mark == _REASONS),
    )


def _find(items: Sequence[str | None], wanted: Callable[[str], bool]) -> int | None:
    return next((i for i, item in enumerate(items) if item is not None and wanted(item)), None)


def _check_once(number: int, targets: Sequence[Target | None]) -> None:
    seen: set[str] = set()
    for index, target in enumerate(targets):
        if target is None or target.name in _REPEATABLE:
            continue
        if target.name in seen:
            way_out = f'skip one of them: columns={{"heading": "{IGNORED}"}}'
            raise TableError(f"has a second column for {target.name}", way_out, number, column_letter(index))
        seen.add(target.name)
