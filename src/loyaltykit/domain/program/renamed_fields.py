"""Names that fields get later: what is written under one is found by the rules of an older version too (``T7``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from loyaltykit.rules.fields import Field

NewerNames: TypeAlias = Mapping[str, tuple[str, ...]]
"""For fields of one version, the names that later ones have for them."""


def newer_names(fields: Sequence[Field], later: Iterable[Sequence[Field]]) -> NewerNames:
    """Return what later versions call the fields of one version.

    Args:
        fields: the member fields of that version.
        later: those of the versions after it, in order.

    >>> newer_names([Field("target", str)], [[Field("goal", str, was=("target",))], [Field("aim", str, was=("goal",))]])
    {'target': ('goal', 'aim')}
    """
    versions = list(later)
    own = {name for item in fields for name in item.names}
    found = {item.name: tuple(name for name in _names_of(item, versions) if name not in own) for item in fields}
    return {name: names for name, names in found.items() if names}


def _names_of(declared: Field, later: Iterable[Sequence[Field]]) -> list[str]:
    known, found = {*declared.names}, list[str]()
    for fields in later:
        for item in fields:
            # A field of another type is another one: rules cannot compare its values.
            if item.name not in known and item.type == declared.type and not known.isdisjoint(item.was):
                known.add(item.name)
                found.append(item.name)
    return found
