"""Blocking: which pairs of records to compare, without comparing all pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from attrs import frozen

from loyaltykit.domain.matching.likeness import LEAST_DIGITS, Traits
from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.serialization import wire_name

Block: TypeAlias = tuple[str, ...]
"""What the records of a block share: kinds and values in turn."""

Pair: TypeAlias = tuple[int, int]
"""Two places in the list of records, the smaller first."""


@wire_name("crowd")
@frozen
class Crowd:
    """Records that share a trait with too many others to be compared by it, or a key too common to trust.

    Args:
        trait: what they share, such as ``"address"`` or ``"same_phone"``; never its value.
        size: how many records.
        ids: the first ones, as examples.
    """

    trait: str
    size: int
    ids: tuple[str, ...]


def blocks_of(traits: Traits) -> Iterator[Block]:
    """Yield the blocks that a record is compared in.

    No single reason is enough for a likely pair, so common traits (a name, a day, four digits) make a block only in
    pairs; that keeps blocks small where a million records share ten thousand phone endings. Similar names are compared
    within equal birthdays, by their first or last letter.
    """
    for digits in traits.phones:
        yield "phone", digits[-LEAST_DIGITS:]
    for address in traits.addresses:
        yield "address", address
    for email_name in traits.email_names:
        yield "email_name", email_name
    born = _day(traits.birthday)
    if traits.name and born:
        yield "name_and_day", traits.name, born
    for tail in traits.tails if traits.name else ():
        yield "name_and_phone_end", traits.name, tail
    for tail in traits.tails if born else ():
        yield "day_and_phone_end", born, tail
    if traits.name and traits.birthday is not None and traits.birthday.year is not None:
        yield "birthday_and_initial", born, str(traits.birthday.year), traits.name[0]
        yield "birthday_and_final", born, str(traits.birthday.year), traits.name[-1]


def _subblocks_of(traits: Traits) -> Iterator[Block]:
    """Yield the smaller blocks that split a block which is too large."""
    if traits.name:
        yield "name", traits.name
    if traits.birthday is not None:
        yield "day", _day(traits.birthday)
    if traits.region:
        yield "region", traits.region


def _day(born: Birthday | None) -> str:
    return "" if born is None else f"{born.calendar}:{born.month}-{born.day}"


def candidates(records: Sequence[Traits], max_block: int, examples: int) -> tuple[set[Pair], list[Crowd]]:
    """Return the pairs that share a block, and the blocks that are too large.

    A block of more than ``max_block`` records is split by name, by day of birth and by region; records that share none
    of these are not compared by this block. So the number of pairs is linear in the number of records.
    """
    pairs: set[Pair] = set()
    crowds: list[Crowd] = []
    for block, places in _grouped(records, range(len(records)), blocks_of).items():
        if len(places) <= max_block:
            pairs.update(combinations(places, 2))
            continue
        crowds.append(crowd(block[0], [records[place].id for place in places], examples))
        for within in _grouped(records, places, _subblocks_of).values():
            if len(within) <= max_block:
                pairs.update(combinations(within, 2))
    return pairs, sort_crowds(crowds)


def _grouped(
    records: Sequence[Traits], places: Iterable[int], by: Callable[[Traits], Iterator[Block]]
) -> Mapping[Block, list[int]]:
    found: defaultdict[Block, list[int]] = defaultdict(list)
    for place in places:
        for block in set(by(records[place])):
            found[block].append(place)
    return found


def sort_crowds(crowds: Iterable[Crowd]) -> list[Crowd]:
    """Sort crowds by trait, the largest first."""
    return sorted(crowds, key=lambda item: (item.trait, -item.size, item.ids))


def crowd(trait: str, ids: Iterable[str], examples: int) -> Crowd:
    """Return a crowd of the records with these ids.

    >>> crowd("address", ["c", "a", "b"], examples=2)
    Crowd(trait='address', size=3, ids=('a', 'b'))
    """
    ordered = sorted(ids)
    return Crowd(trait, len(ordered), tuple(ordered[:examples]))
