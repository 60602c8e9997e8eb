"""A mapping that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class ReadOnly(Mapping[_K, _V]):
    """A mapping that cannot be changed. It can be hashed, if its values can, and pickled.

    >>> ReadOnly({"a": 1}) == {"a": 1}, len({ReadOnly({"a": 1}), ReadOnly({"a": 1})})
    (True, 1)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[_K, _V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: _K) -> _V:
        return self._items[key]

    def __iter__(self) -> Iterator[_K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


NOTHING: ReadOnly[Any, Any] = ReadOnly({})
"""The one empty mapping: most values carry no fields of their own, and are recognised by it."""
