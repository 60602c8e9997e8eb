"""What was decided about points, in plain lists, and every sum over them taken again each time (``S2``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from attrs import asdict, define, field, frozen

from loyaltykit.calendars import Days, Months
from tests.oracle.families import Families
from tests.oracle.order import BEHIND, EXPIRY
from tests.oracle.wall import FOREVER, MICROSECOND, Wall

T = TypeVar("T")


@frozen(eq=False)
class Lot:
    """Points with their own expiry; where there is a ``span``, activity puts ``end`` off by it.

    ``about`` names the purchase whose points they put right (``T8``): what makes that active makes these active.
    """

    id: str
    points: int
    came_at: datetime
    end: datetime
    span: Months | Days | None = None
    begin: datetime | None = None  # when they can be spent, by policy; None for at once
    about: str | None = None
    owner: str = ""
    number: int = 0  # of the record by which it came


@frozen
class Allocation:
    """Points of a lot that a cause used; negative where it gave them back. ``debt`` names what they repaid."""

    lot: Lot
    cause: str
    points: int
    at: datetime
    owner: str
    number: int
    debt: str | None = None


@frozen
class Debt:
    id: str
    points: int
    at: datetime
    owner: str


@frozen
class Hold:
    """Points that were set aside, lot by lot, until a moment at most."""

    id: str
    at: datetime
    until: datetime
    parts: tuple[tuple[Lot, int], ...]
    owner: str

    @property
    def points(self) -> int:
        return sum(points for _, points in self.parts)


@frozen
class Posting:
    kind: str
    points: int
    at: datetime
    recorded_at: datetime | None
    cause: str
    rank: int
    number: int
    owner: str
    actor: str | None = None
    reason: str | None = None
    lapse: tuple[str, datetime] | None = None  # the lot and the date, of an expiry and of its correction


@define
class Ledger:
    """Everything decided about the points of all members, in the order of recording; nothing is ever moved."""

    lots: list[Lot] = field(factory=list)
    allocations: list[Allocation] = field(factory=list)
    debts: list[Debt] = field(factory=list)
    holds: list[Hold] = field(factory=list)
    postings: list[Posting] = field(factory=list)
    endings: list[tuple[str, datetime, bool]] = field(factory=list)  # which hold ended when, and whether by itself
    activated: list[tuple[str, datetime]] = field(factory=list)  # which purchase's points became active by hand, when
    activities: list[tuple[datetime, str, int]] = field(factory=list)  # signs of life: when, of whom, by which record
    claims: list[tuple[str, int, int]] = field(factory=list)  # purchase, what a return asked for, what had lapsed
    gifts: list[tuple[str, str, int]] = field(factory=list)  # redemption, lot, what a reversal gave back to it
    moved: list[tuple[datetime, str]] = field(factory=list)  # when points of whom changed their place without a posting

    @property
    def copied(self) -> Ledger:
        return Ledger(**{name: [*part] for name, part in asdict(self, recurse=False).items()})


@frozen
class Book:
    """The points of one member, under all its ids: a part of the ledger.

    Args:
        ledger: of all members.
        ids: whose points.
        families: who is one with whom.
        wall: the shop's.
        owner: the id for which something is recorded.
        number: of what is recorded.
    """

    ledger: Ledger
    ids: frozenset[str]
    families: Families
    wall: Wall
    owner: str
    number: int

    def own(self, items: Iterable[T]) -> list[T]:
        return [item for item in items if item.owner in self.ids]  # type: ignore[attr-defined]

    @property
    def lots(self) -> list[Lot]:
        return self.own(self.ledger.lots)

    @property
    def holds(self) -> list[Hold]:
        return self.own(self.ledger.holds)

    @property
    def debts(self) -> list[Debt]:
        return self.own(self.ledger.debts)

    @property
    def postings(self) -> list[Posting]:
        return self.own(self.ledger.postings)

    # -- lots ----------------------------------------------------------------------------------------------------------

    def expires_at(self, lot: Lot) -> datetime:
        """Return when a lot dies; under inactivity each sign of life in time gives it a new term (``S3``)."""
        end = lot.end
        if lot.span is None:
            return end
        for moment in sorted(item[0] for item in self.ledger.activities if self.extends(*item, lot)):
            if moment >= end:
                break
            end = max(end, self.wall.end_after(self.wall.day(moment), lot.span))
        return end

    def extends(self, at: datetime, owner: str, number: int, lot: Lot) -> bool:
        """Say whether a sign of life concerns a lot: both were recorded for the same member (``I22``)."""
        if owner not in self.ids or at < lot.came_at:
            return False
        return bool(self.families.circle(owner, number) & self.families.circle(lot.owner, lot.number))

    def begins_at(self, lot: Lot) -> datetime:
        """Return when its points can be spent: by policy, or sooner by an activation (``S5``)."""
        activated = [at for purchase, at in self.ledger.activated if purchase in (lot.id, lot.about)]
        return min([lot.begin or lot.came_at, *activated])

    def is_live(self, lot: Lot, at: datetime) -> bool:
        return self.begins_at(lot) <= at < self.expires_at(lot)

    def is_pending(self, lot: Lot, at: datetime) -> bool:
        return lot.came_at <= at < min(self.begins_at(lot), self.expires_at(lot))

    def uses(self, lot: Lot) -> list[Allocation]:
        return [item for item in self.ledger.allocations if item.lot is lot]

    def holding(self, lot: Lot) -> list[Hold]:
        """Return the holds that ever set some of it aside."""
        return [hold for hold in self.ledger.holds if any(part is lot for part, _ in hold.parts)]

    def remaining(self, lot: Lot, at: datetime) -> int:
        """Return what nobody has used or set aside."""
        used = sum(item.points for item in self.uses(lot) if item.at <= at)
        return lot.points - used - sum(part_of(hold, lot) for hold in self.holding(lot) if self.is_held(hold, at))

    def usable(self, lot: Lot, at: datetime) -> int:
        """Return what nobody has used or set aside at this moment or later (``S18``)."""
        later = [item.at for item in (*self.uses(lot), *self.holding(lot))]
        return min(self.remaining(lot, moment) for moment in [at, *later] if moment >= at)

    def spend_key(self, lot: Lot) -> tuple[datetime, datetime, str]:
        """Return its place in the spend order: the soonest expiry first (``S4``)."""
        return (self.expires_at(lot), lot.came_at, lot.id)

    def live_lots(self, at: datetime) -> list[Lot]:
        return sorted((lot for lot in self.lots if self.is_live(lot, at)), key=self.spend_key)

    # -- holds ---------------------------------------------------------------------------------------------------------

    def ending(self, hold: Hold) -> tuple[datetime, bool] | None:
        """Return when a hold ended, and whether by itself; of several ends the last one counts."""
        endings = [(at, by_itself) for id, at, by_itself in self.ledger.endings if id == hold.id]
        return endings[-1] if endings else None

    def ends_at(self, hold: Hold) -> datetime:
        """Return the end of a hold: that of the time when nothing else ended it (``S19``)."""
        return (self.ending(hold) or (hold.until, True))[0]

    def is_held(self, hold: Hold, at: datetime) -> bool:
        return hold.at <= at < self.ends_at(hold)

    # -- sums ----------------------------------------------------------------------------------------------------------

    def available(self, at: datetime) -> int:
        return sum(self.remaining(lot, at) for lot in self.live_lots(at))

    def pending(self, at: datetime) -> int:
        return sum(self.remaining(lot, at) for lot in self.lots if self.is_pending(lot, at))

    def held(self, at: datetime) -> int:
        return sum(hold.points for hold in self.holds if self.is_held(hold, at))

    def owed(self, debt: Debt, at: datetime = FOREVER) -> int:
        return debt.points - sum(a.points for a in self.ledger.allocations if a.debt == debt.id and a.at <= at)

    def debt(self, at: datetime = FOREVER) -> int:
        return sum(self.owed(debt, at) for debt in self.debts if debt.at <= at)

    def given_back(self, redemption: str, lot: Lot) -> int:
        return sum(points for of, to, points in self.ledger.gifts if (of, to) == (redemption, lot.id))

    def claimed(self, purchase: str) -> int:
        return sum(points for of, points, _ in self.ledger.claims if of == purchase)

    def lapsed_claimed(self, purchase: str) -> int:
        """Return how much of what died with the lots of a purchase claims were met with."""
        return sum(lapsed for of, _, lapsed in self.ledger.claims if of == purchase)

    # -- expiry --------------------------------------------------------------------------------------------------------

    def lapses(self, lot: Lot) -> dict[datetime, int]:
        """Return what dies with a lot, and what came back or free afterwards and dies at once (``S2``, ``S19``)."""
        end = max(self.expires_at(lot), lot.came_at)
        if end == FOREVER:
            return {}
        lapses = {end: lot.points - sum(item.points for item in self.uses(lot) if item.at < end)}
        came_free = [(item.at, -item.points) for item in self.uses(lot) if item.at >= end]
        for hold in self.holding(lot):
            if self.is_held(hold, end - MICROSECOND):
                lapses[end] -= part_of(hold, lot)
                came_free.append((self.ends_at(hold), part_of(hold, lot)))
        for moment, points in came_free:
            lapses[moment] = lapses.get(moment, 0) + points
        return lapses

    def due(self, at: datetime) -> list[Posting]:
        """Return expiries that are true by now and not yet written, in due order."""
        lapses = [(lot, moment, points) for lot in self.lots for moment, points in self.lapses(lot).items()]
        due = [(moment, lot.id, points - self.written(lot.id, moment), lot) for lot, moment, points in lapses]
        first = len(self.ledger.postings)
        return [
            Posting("expiry", -points, moment, None, id, EXPIRY, first, lot.owner, lapse=(id, moment))
            for moment, id, points, lot in sorted(due, key=lambda item: item[:3])
            if moment <= at and points > 0
        ]

    def written(self, lot: str, moment: datetime) -> int:
        return -sum(posting.points for posting in self.ledger.postings if posting.lapse == (lot, moment))

    def lapsed(self, lot: Lot, at: datetime) -> int:
        """Return what died with a lot up to a moment; less than nothing where a late debit used what had died."""
        return sum(points for moment, points in self.lapses(lot).items() if moment <= at)

    # -- statements ----------------------------------------------------------------------------------------------------

    def statement(self, at: datetime) -> list[Posting]:
        rows = [posting for posting in self.postings if posting.at <= at] + self.due(at)
        return sorted(rows, key=lambda row: (row.at, self.rank(row), row.cause, row.number))

    def rank(self, row: Posting) -> int:
        """Put the end of a lot first at its instant (``T12``), what lapses later behind what brought it."""
        if row.lapse is None:
            return row.rank
        [end] = [self.expires_at(lot) for lot in self.lots if lot.id == row.lapse[0]]
        return EXPIRY if row.at <= end else BEHIND


def part_of(hold: Hold, lot: Lot) -> int:
    """Return how much of a lot a hold has set aside."""
    return sum(points for part, points in hold.parts if part is lot)


def first_of(parts: Sequence[tuple[Lot, int]], points: int) -> list[tuple[Lot, int]]:
    """Return so many points of some lots, the first ones first."""
    found: list[tuple[Lot, int]] = []
    for lot, most in parts:
        taken = min(most, points)
        points -= taken
        found += [(lot, taken)] if taken else []
    return found


def in_parts(items: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return several things of one cause with what tells their ids apart."""
    return [(f"\x1f{place}" if place else "", item) for place, item in enumerate(items)]
