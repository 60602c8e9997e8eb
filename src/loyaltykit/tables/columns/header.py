"""The heading row of a file: where it is, and what each of its columns means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from attrs import evolve, field, frozen

from loyaltykit.errors import TableError
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.headings import REASONS, SOURCE_ROW, Kind, Known, Language, index_of, plain, split_unit
from loyaltykit.tables.columns.kinds import FIELD_KINDS, READERS, TEXT_KINDS, Reader
from loyaltykit.tables.columns.parsing import Manner
from loyaltykit.tables.formats.cells import Cell, Row, as_text, column_letter
from loyaltykit.tables.formats.limits import HEADING_ROWS

IGNORED = "ignore"
_SOURCE_ROW = "source row"
_REASONS = "reasons"
_OWN = {
    **{plain(heading): _SOURCE_ROW for heading in SOURCE_ROW.values()},
    **{plain(heading): _REASONS for heading in REASONS.values()},
}
# People have several of these; each column is one more.
_REPEATABLE = frozenset({"contact", "phone", "email", "address", IGNORED})


@frozen
class Target:
    """What a column means.

    Args:
        name: a part of the record, ``fields.…`` for a declared field, or ``"ignore"``.
        kind: of its cells.
        unit: what the heading says is behind every number.

    ``is_text`` tells that a text is its own value.
    """

    name: str
    kind: Kind
    unit: str = ""
    is_text: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "is_text", self.kind in TEXT_KINDS)

    def read(self, cell: Cell, manner: Manner) -> object:
        """The value of a cell.

        Raises:
            CellError: it means nothing, or two things.
        """
        reader: Reader = READERS[self.kind]
        if self.unit and cell is not None and str(cell)[-1:].isdigit():
            cell = f"{as_text(cell, '')}{self.unit}"
        return reader(cell, manner)


@frozen
class Vocabulary:
    """What headings can mean in one table.

    Args:
        declared: what the caller says of headings, by heading in its plain form.
        exact: declared fields by ``fields.name``.
        known: the library's columns, by every heading in its plain form.
        fields: declared fields, by name and titles in their plain form.
    """

    declared: Mapping[str, Target]
    exact: Mapping[str, Target]
    known: Mapping[str, Target]
    fields: Mapping[str, Target]

    def find(self, heading: str) -> Target | None:
        """What a heading means, or None; what the library knows goes before what the programme declares."""
        name = plain(heading)
        found = self.declared.get(name) or self.exact.get(heading) or self.known.get(name) or self.fields.get(name)
        return found or self._with_unit(heading)

    def knows(self, heading: str) -> bool:
        """Whether a heading means something here."""
        return self.find(heading) is not None

    def heading_of(self, target: str, heading: str) -> str:
        """The heading to write above a column, so that it is found again: its own, or else the target."""
        found = self.find(heading)
        return heading if found is not None and found.name == target else target

    def _with_unit(self, heading: str) -> Target | None:
        base, unit = split_unit(heading)
        found = self.known.get(plain(base)) or self.fields.get(plain(base)) if unit else None
        return found and evolve(found, unit=unit if found.kind == "decimal" else "")


def vocabulary(
    known: Iterable[Known], fields: Mapping[str, Iterable[Field]], declared: Mapping[str, str]
) -> Vocabulary:
    """What headings can mean.

    Args:
        known: the library's columns.
        fields: declared fields by the place where their values go, such as ``"fields"``.
        declared: targets by heading.

    Raises:
        TableError: a target that there is not.
    """
    columns = {name: Target(item.target, item.kind) for name, item in index_of(known).items()}
    exact: dict[str, Target] = {}
    places: dict[str, Target] = {}
    for place, items in fields.items():
        for item in items:
            target = exact[f"{place}.{item.name}"] = Target(f"{place}.{item.name}", FIELD_KINDS[item.type])
            for heading in (*item.names, item.heading("zh"), item.heading("en")):
                places.setdefault(plain(heading), target)
    targets = {item.name: item for item in columns.values()} | exact | {IGNORED: Target(IGNORED, "text")}
    if not set(declared.values()) <= targets.keys():
        raise TableError("is said to have a column of an unknown meaning", f"use one of {', '.join(sorted(targets))}")
    meant = {plain(heading): targets[target] for heading, target in declared.items()}
    return Vocabulary(meant, exact, columns, places)


@frozen
class Header:
    """The heading row.

    Args:
        number: of the row.
        headings: as they stand.
        targets: what each column means; None for what nobody knows.
        key: the column that names the rows, or None.
        source_row: the column with the number that a row had when it came first, or None.
        reasons: the column with the reasons why a row was rejected, or None.

    ``kept`` are the columns that are the file's own, ``read`` those that mean something.
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
        meant = [(i, target) for i, target in enumerate(self.targets) if target and target.name != IGNORED]
        object.__setattr__(self, "read", tuple(meant))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The letters of columns that mean nothing here, though something stands above them."""
        own = (self.key, self.source_row, self.reasons)
        pairs = enumerate(zip(self.headings, self.targets, strict=True))
        return tuple(column_letter(i) for i, (heading, target) in pairs if heading and target is None and i not in own)

    @property
    def language(self) -> Language:
        """Chinese where any heading is not plain English."""
        return "en" if all(heading.isascii() for heading in self.headings) else "zh"


def find_header(rows: Iterator[Row], words: Vocabulary, key: str | None) -> tuple[Header, Iterator[Row]]:
    """The heading row among the first rows, and the rows behind it.

    Raises:
        TableError: none has a known heading, or two columns mean the same.
    """
    first = list(islice(rows, HEADING_ROWS))
    scores = [sum(isinstance(cell, str) and words.knows(cell) for cell in row.cells) for row in first]
    if not any(scores):
        raise TableError("has no heading that is known", 'say what its columns are: columns={"heading": "name"}')
    place = scores.index(max(scores))
    return _header(first[place], words, key), chain(first[place + 1 :], rows)


def _header(row: Row, words: Vocabulary, key: str | None) -> Header:
    headings = tuple(as_text(cell, "") for cell in row.cells)
    own = [_OWN.get(plain(heading)) for heading in headings]
    targets = tuple(
        None if mark or not heading else words.find(heading) for heading, mark in zip(headings, own, strict=True)
    )
    _check_once(row.number, targets)
    key_at = None if key is None else _find(headings, lambda heading: plain(heading) == plain(key))
    if key is not None and key_at is None:
        raise TableError("lacks the column that names its rows", "check key=", row.number)
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
            way_out = f'say which one counts: columns={{"heading": "{IGNORED}"}}'
            raise TableError(f"has a second column for {target.name}", way_out, number, column_letter(index))
        seen.add(target.name)
