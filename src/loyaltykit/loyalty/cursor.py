"""Cursors of a selection: the sort key of the last member seen, as a text that is valid in any later process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import total_ordering
from typing import Any, Final, TypeAlias

from attrs import define

from loyaltykit.loyalty.paging import unreadable


@total_ordering
@define(eq=False)
class SortValue:
    """A value in a sort key. Missing values come last in either direction."""

    value: Any
    descends: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SortValue) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: SortValue) -> bool:
        if self.value is None or other.value is None:
            return other.value is None and self.value is not None
        return bool(self.value > other.value if self.descends else self.value < other.value)


SortKey: TypeAlias = tuple[SortValue, ...]
"""The value of each sort term, then the id."""


def sort_key(values: Sequence[object], descends: Sequence[bool]) -> SortKey:
    """Return the sort key of a member: its values and its id.

    >>> sort_key([3, "m-1"], [True]) < sort_key([2, "m-0"], [True])
    True
    """
    return tuple(SortValue(value, way) for value, way in zip(values, (*descends, False), strict=True))


# Looked up by the exact type: a bool is an int as well.
_TAGS: Final[Mapping[type, str]] = {str: "s", int: "i", bool: "b", Decimal: "m", date: "d", type(None): "n"}
_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "s": str,
    "i": int,
    "b": lambda text: text == "True",
    "m": Decimal,
    "d": date.fromisoformat,
    "n": lambda _: None,
}


def write_cursor(key: SortKey) -> str:
    """Return the cursor of a sort key.

    >>> write_cursor(sort_key([3, "m-1"], [False]))
    '[["i","3"],["s","m-1"]]'
    """
    import json

    return json.dumps([[_TAGS[type(item.value)], str(item.value)] for item in key], separators=(",", ":"))


def read_cursor(text: str, terms: int) -> Sequence[object]:
    """Return the values and the id of a cursor.

    Args:
        text: as ``write_cursor`` returned it.
        terms: number of sort terms of the selection.

    Raises:
        InvalidValueError: it is not a cursor of such a selection.
    """
    try:
        import json

        values = [_READERS[tag](value) for tag, value in json.loads(text)]
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        raise unreadable() from None
    if len(values) != terms + 1 or not isinstance(values[-1], str):
        raise unreadable()
    return values
