"""Cursors of pages: the place of the last member seen, as a text that means the same in any later process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from loyaltykit.errors import InvalidValueError, Problem

SortKey: TypeAlias = tuple[tuple[bool, Any], ...]
"""For each term whether its value is missing and the value, then the id."""

# A bool is an int as well: the tag is looked up by the exact type.
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
    """A place as a text.

    >>> write_cursor(((False, 3), (False, "m-1")))
    '[["i","3"],["s","m-1"]]'
    """
    return json.dumps([[_TAGS[type(value)], str(value)] for _, value in key], separators=(",", ":"))


def read_cursor(text: str, terms: int) -> SortKey:
    """The place of a text.

    Args:
        text: as ``write_cursor`` gave it.
        terms: by how many terms the selection is sorted.

    Raises:
        InvalidValueError: it is not a cursor of such a selection.
    """
    try:
        values = [_READERS[tag](value) for tag, value in json.loads(text)]
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        raise _unreadable() from None
    if len(values) != terms + 1 or not isinstance(values[-1], str):
        raise _unreadable()
    return tuple((value is None, value) for value in values)


def _unreadable() -> InvalidValueError:
    return InvalidValueError([Problem("after", "is not a cursor of this selection", "pass page.next as it is")])
