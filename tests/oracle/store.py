"""Everything that was recorded, in plain lists; and one member, as a part of it that is read again each time."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

import loyaltykit as lk
from tests.oracle.achievements import Counted
from tests.oracle.answers import Notice
from tests.oracle.caps import Granted
from tests.oracle.families import Families
from tests.oracle.ledger import Ledger
from tests.oracle.moves import Points
from tests.oracle.order import Edit, Happening, Merge, Place, Unmerge, moment_of, place_of
from tests.oracle.records import EVER, behind, record_at
from tests.oracle.tiers import Earned, Walk
from tests.oracle.versions import Version, Versions
from tests.oracle.wall import BEGINNING

T = TypeVar("T")


@frozen
class Entry:
    """One thing that was recorded: for whom, as which, and when."""

    item: Happening
    owner: str
    number: int
    recorded_at: datetime


@define
class Store:
    """A shop's past. All lists are in the order of recording."""

    versions: Versions
    members: dict[str, lk.Member] = field(factory=dict)  # as they enrolled
    since: dict[str, datetime] = field(factory=dict)  # when that was recorded
    entries: list[Entry] = field(factory=list)
    places: list[tuple[Place, str]] = field(factory=list)  # of everything, what came from other members included
    settled: list[tuple[datetime, str]] = field(factory=list)  # up to when a settlement wrote something
    ledger: Ledger = field(factory=Ledger)
    earned: dict[str, Earned] = field(factory=dict)  # by purchase, as it was decided
    made_by: dict[str, Version] = field(factory=dict)  # by which version each thing was decided
    granted: list[Granted] = field(factory=list)
    counted: list[Counted] = field(factory=list)
    corrected: list[tuple[str, Any]] = field(factory=list)  # of whom which tier was decided again
    notices: list[Notice] = field(factory=list)

    @property
    def copied(self) -> Store:
        """A store to try something on."""
        return evolve(self, **{name: copy(part) for name, part in self.lists.items()}, ledger=self.ledger.copied)

    @property
    def lists(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if isinstance(getattr(self, name, 0), list | dict)}

    def add(self, item: Happening, owner: str, now: datetime) -> None:
        self.entries.append(Entry(item, owner, self.next_number, now))
        self.places.append((place_of(item), owner))

    @property
    def next_number(self) -> int:
        return len(self.entries) + 1

    @property
    def families(self) -> Families:
        joinings = [(entry.number, entry.item) for entry in self.entries if isinstance(entry.item, Merge | Unmerge)]
        return Families(joinings)

    def account(self, id: str) -> Account:
        """Return whoever an id names; the record is the survivor's, the enrolment the earliest."""
        ids, survivor = self.families.family(id), self.members[self.families.survivor(id)]
        return Account(self, ids, evolve(survivor, enrolled_at=earliest(self.members[other] for other in ids)))

    def accounts(self) -> list[Account]:
        """Return every member once."""
        return [self.account(id) for id in sorted(self.members) if self.families.survivor(id) == id]

    def owner_of(self, id: str) -> str:
        """Return for whom something was recorded."""
        return next(entry.owner for entry in self.entries if entry.item.id == id)

    def version_of(self, item: Happening) -> Version:
        """Return the version that it was recorded by, whatever was corrected since; for what is new, of its date."""
        return self.made_by.get(item.id) or self.versions.at(moment_of(item))


@frozen
class Account:
    """One member, under all its ids.

    Args:
        store: where everything stands.
        ids: that name the member.
        member: as enrolled.
    """

    store: Store
    ids: frozenset[str]
    member: lk.Member

    @property
    def id(self) -> str:
        return self.member.id

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    def own(self, items: Iterable[T]) -> list[T]:
        return [item for item in items if item.owner in self.ids]  # type: ignore[attr-defined]

    # -- what happened -------------------------------------------------------------------------------------------------

    @property
    def history(self) -> list[Happening]:
        """What counts: of merges those that hold, of edits those of whoever survives."""
        merges = self.store.families.merges_of(self.ids)
        items = [entry.item for entry in self.own(self.store.entries)]
        items = [item for item in items if not isinstance(item, Unmerge | Merge) or item in merges]
        return [item for item in items if not isinstance(item, Edit) or item.member_id == self.id]

    @property
    def edits(self) -> list[Edit]:
        return [item for item in self.history if isinstance(item, Edit)]

    def record(self, moment: datetime | None = None) -> lk.Member:
        """Return the record of a moment, or after every edit."""
        return record_at(self.member, self.edits, EVER if moment is None else behind(moment))

    def find(self, id: str, *kinds: type) -> Any:
        return next((item for item in self.history if item.id == id and isinstance(item, kinds)), None)

    def returns_of(self, purchase: str) -> list[lk.Return]:
        return [item for item in self.history if isinstance(item, lk.Return) and item.of == purchase]

    # -- where it leads ------------------------------------------------------------------------------------------------

    def walk(self, until: datetime) -> Walk:
        """Walk through all that happened, and what falls due up to a moment."""
        return Walk.through(self.store.versions, self.member, self.history, until)

    def walk_to(self, moment: datetime) -> Walk:
        """Walk through what happened up to a moment, and no further."""
        past = [item for item in self.history if moment_of(item) <= moment]
        return Walk.through(self.store.versions, self.member, past, moment)

    def book(self, owner: str | None = None, number: int | None = None) -> Points:
        """Return the points, to be read, or to be written to for an id by a record of that number."""
        store, wall = self.store, self.store.versions.newest.wall
        return Points(store.ledger, self.ids, store.families, wall, owner or self.id, number or store.next_number)

    # -- what was decided ----------------------------------------------------------------------------------------------

    @property
    def places(self) -> list[Place]:
        return [place for place, owner in self.store.places if owner in self.ids]

    @property
    def settled(self) -> datetime:
        return max([BEGINNING, *(at for at, owner in self.store.settled if owner in self.ids)])

    @property
    def closed(self) -> datetime:
        """Up to when tiers were told or written: by everything recorded, and by settlements."""
        return max([self.enrolled_at, self.settled, *(place[0] for place in self.places)])

    def is_late(self, place: Place) -> bool:
        """Say whether a place lies before something that was recorded, or written, already (``T8``)."""
        return place[0] < max(self.settled, self.enrolled_at) or place < max(self.places, default=place)


def earliest(members: Iterable[lk.Member]) -> datetime:
    return min(member.enrolled_at for member in members if member.enrolled_at is not None)
