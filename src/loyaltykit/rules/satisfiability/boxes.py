"""Boxes: the values that a condition allows several terms at once, and how such regions are joined.

A *region* is a disjunction of boxes. What is not understood is a variable of its own in them, that can be true or false
whatever the terms are: it is never proven, and never refuted by anything but its own complement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.rules.nodes import Has, Predicate, Reference
from loyaltykit.rules.satisfiability.extents import Extent, among

MAX_BOXES: Final = 100
"""Boxes of one region; a group of conditions that needs more is a variable of its own."""

Key: TypeAlias = Reference | Predicate
"""A term, or a condition that is not understood."""

Box: TypeAlias = Mapping[Key, Extent]
"""What each of some keys may be; all others may be anything."""

Region: TypeAlias = tuple[Box, ...]

TRUE: Final = among([1])
FALSE: Final = among([0])
EVERYWHERE: Final[Region] = ({},)


@frozen
class Sides:
    """Where a predicate holds, and where it does not; the complement is the same two the other way round."""

    holds: Region
    fails: Region


def only(term: Reference, extent: Extent, whole: Extent) -> Region:
    """One term in a set of values; what allows everything needs no box of its own."""
    if extent == whole:
        return EVERYWHERE
    return () if extent.is_empty else ({term: extent},)


def variable(condition: Predicate) -> Sides:
    """A condition that is not understood: it can hold and fail anywhere."""
    return Sides(({condition: TRUE},), ({condition: FALSE},))


def swapped(sides: Sides) -> Sides:
    """The complement."""
    return Sides(sides.fails, sides.holds)


def joined(node: Predicate, items: Sequence[Sides]) -> Sides:
    """Where all items hold, and where one of them does not."""
    holds = EVERYWHERE
    for item in items:
        holds = tuple(islice(met(holds, item.holds), MAX_BOXES + 1))
        if len(holds) > MAX_BOXES:
            return variable(node)
    fails = tuple(box for item in items for box in item.fails)
    if len(fails) > MAX_BOXES:
        return variable(node)
    # What is empty on one side is everything on the other, however many boxes say so.
    return Sides(holds if fails else EVERYWHERE, fails if holds else EVERYWHERE)


def met(left: Iterable[Box], right: Region) -> Iterator[Box]:
    """The boxes in which both lie."""
    return (box for one in left for other in right if (box := _meet(one, other)) is not None)


def _meet(left: Box, right: Box) -> Box | None:
    box = dict(left)
    for key, extent in right.items():
        box[key] = both = box[key] & extent if key in box else extent
        if both.is_empty:
            return None
    return box


def is_understood(box: Box) -> bool:
    """Whether a box is made of terms and tags alone, whose values can be chosen freely."""
    return all(isinstance(key, Has) or not isinstance(key, Predicate) for key in box)
