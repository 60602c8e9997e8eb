"""Who is one with whom: read from all merges and unmerges each time (``S23``)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from tests.oracle.order import Merge, Unmerge

LAST = 10**9
"""A number behind everything that was recorded."""


@frozen
class Families:
    """All merges and unmerges, each with its number among all that was recorded."""

    joinings: Sequence[tuple[int, Merge | Unmerge]] = ()

    def merged(self, last: int = LAST) -> dict[str, tuple[str, int]]:
        """Return who was merged into whom after so many records, and by which of them."""
        found: dict[str, tuple[str, int]] = {}
        for number, item in self.joinings:
            if number <= last and isinstance(item, Unmerge):
                found.pop(item.member_id, None)
            elif number <= last and isinstance(item, Merge):
                survivor, other = (follow(found, id) for id in (item.member_id, item.other))
                found |= {other: (survivor, number)} if survivor != other else {}
        return found

    def survivor(self, id: str, last: int = LAST) -> str:
        return follow(self.merged(last), id)

    def family(self, id: str, last: int = LAST) -> frozenset[str]:
        """Return all ids that name the same member after so many records."""
        merged = self.merged(last)
        return frozenset(other for other in {id, *named(self.joinings)} if follow(merged, other) == follow(merged, id))

    def circle(self, id: str, number: int) -> frozenset[str]:
        """Return who has been one with a member ever since a record: by their activity its lots live on (``S3``)."""
        partings = [last for last, item in self.joinings if last > number and isinstance(item, Unmerge)]
        return frozenset.intersection(*(self.family(id, last) for last in [number, *partings]))

    def leaving(self, id: str) -> frozenset[str]:
        """Return who goes along when a member is parted from whom it was merged into."""
        merged = self.merged()
        merged.pop(id, None)
        return frozenset(other for other in self.family(id) if follow(merged, other) == id)

    def merges_of(self, ids: frozenset[str]) -> list[Merge]:
        """Return the merges that hold and made these one."""
        numbers = {number for other, (_, number) in self.merged().items() if other in ids}
        return [item for number, item in self.joinings if number in numbers and isinstance(item, Merge)]


def follow(merged: dict[str, tuple[str, int]], id: str) -> str:
    while id in merged:
        id = merged[id][0]
    return id


def named(joinings: Sequence[tuple[int, Merge | Unmerge]]) -> set[str]:
    return {id for _, item in joinings for id in (item.member_id, getattr(item, "other", item.member_id))}
