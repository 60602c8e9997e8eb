"""Boxes and regions: the values that a predicate allows several terms at once.

A *box* is a conjunction of one set of values per term; a *region* is a disjunction of boxes. A predicate that cannot be
analyzed is an independent Boolean variable, which only its own complement refutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.rules.nodes import Has, Predicate, Reference
from loyaltykit.rules.satisfiability.extents import Extent, among

MAX_BOXES: Final = 100
"""The most boxes of one region; a group that needs more is treated as a variable."""

Key: TypeAlias = Reference | Predicate
"""A term, or a predicate that is treated as a variable."""

Box: TypeAlias = Mapping[Key, Extent]
"""The allowed values of some keys; all other keys may have any value."""

Region: TypeAlias = tuple[Box, ...]

TRUE: Final = among([1])
FALSE: Final = among([0])
EVERYWHERE: Final[Region] = ({},)


@frozen
class Sides:
    """The regions where a predicate is true and where it is false."""

    holds: Region
    fails: Region


def only(term: Reference, extent: Extent, whole: Extent) -> Region:
    """Return the region where one term is in a set of values; ``whole`` is every value of the term."""
    if extent == whole:
        return EVERYWHERE
    return () if extent.is_empty else ({term: extent},)


def variable(predicate: Predicate) -> Sides:
    """Return the sides of a predicate that is treated as a variable: it can be true or false anywhere."""
    return Sides(({predicate: TRUE},), ({predicate: FALSE},))


def complement(sides: Sides) -> Sides:
    """Return the sides of the complement."""
    return Sides(sides.fails, sides.holds)


def conjunction(node: Predicate, items: Sequence[Sides]) -> Sides:
    """Return the sides of the conjunction of the items; ``node`` is the predicate."""
    holds = EVERYWHERE
    for item in items:
        holds = tuple(islice(intersection(holds, item.holds), MAX_BOXES + 1))
        if len(holds) > MAX_BOXES:
            return variable(node)
    fails = tuple(box for item in items for box in item.fails)
    if len(fails) > MAX_BOXES:
        return variable(node)
    # If one side is empty, the other one is everything.
    return Sides(holds if fails else EVERYWHERE, fails if holds else EVERYWHERE)


def intersection(left: Iterable[Box], right: Region) -> Iterator[Box]:
    """Yield the boxes of the intersection of two regions."""
    return (box for one in left for other in right if (box := _intersect(one, other)) is not None)


def _intersect(left: Box, right: Box) -> Box | None:
    box = dict(left)
    for key, extent in right.items():
        box[key] = both = box[key] & extent if key in box else extent
        if both.is_empty:
            return None
    return box


def is_free(box: Box) -> bool:
    """Return whether the values of a box can be chosen freely: it has terms and tags only, no variables."""
    return all(isinstance(key, Has) or not isinstance(key, Predicate) for key in box)
