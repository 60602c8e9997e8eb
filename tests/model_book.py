"""What is written about the points of one member, for the naive model: every sum taken again each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from attrs import define, field, frozen

from loyaltykit.calendars import Days, Months
from tests.model_time import FOREVER, MICROSECOND, Wall

EXPIRY_RANK, BEHIND_RANK = -1, 99
"""Before and behind everything else of an instant (``T12``)."""


@frozen
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


@frozen
class Allocation:
    """Points of a lot that a cause used; negative where it gave them back. ``debt`` names what they repaid."""

    lot: Lot
    cause: str
    points: int
    at: datetime
    debt: str | None = None


@frozen
class Debt:
    id: str
    points: int
    at: datetime


@frozen
class Claim:
    """What a return asked back of a purchase's points, whether it was taken, waived or lapsed."""

    purchase: str
    points: int
    lapsed: int


@frozen
class Hold:
    """Points that were set aside, lot by lot, until a moment at most."""

    id: str
    at: datetime
    until: datetime
    parts: tuple[tuple[Lot, int], ...]

    @property
    def points(self) -> int:
        return sum(points for _, points in self.parts)


@frozen
class Ending:
    """How a hold ended; of several the last one counts: what comes late takes the place of a time-out."""

    hold: str
    at: datetime
    by_itself: bool


@frozen
class Activated:
    """Pending points of a purchase that somebody made active."""

    lot: str
    at: datetime


@frozen
class Posting:
    kind: str
    points: int
    at: datetime
    recorded_at: datetime | None
    cause: str
    rank: int
    number: int
    actor: str | None = None
    reason: str | None = None
    lapse: tuple[str, datetime] | None = None  # the lot and the date, of an expiry and of its correction


@frozen
class Gift:
    """What a reversal gave back of what a redemption had taken from one lot."""

    redemption: str
    lot: str
    points: int


class Grouped:
    """The items of a list that only grows, by what they are about: read once, however often one asks."""

    def __init__(self, about: Callable[[Any], Iterable[object]]) -> None:
        self.about = about
        self.read = 0
        self.found: dict[object, list[Any]] = {}

    def of(self, items: Sequence[Any], key: object) -> Sequence[Any]:
        if self.read < len(items):
            for item in items[self.read :]:
                for each in self.about(item):
                    self.found.setdefault(each, []).append(item)
            self.read = len(items)
        return self.found.get(key, ())


def grouped(about: Callable[[Any], Iterable[object]]) -> Any:
    return field(factory=lambda: Grouped(about), init=False, eq=False, repr=False)


@define
class Book:
    """Lots, allocations, holds and debts, decided once when they were recorded and never moved (``S2``)."""

    wall: Wall
    lots: list[Lot] = field(factory=list)
    allocations: list[Allocation] = field(factory=list)
    debts: list[Debt] = field(factory=list)
    claims: list[Claim] = field(factory=list)
    gifts: list[Gift] = field(factory=list)
    holds: list[Hold] = field(factory=list)
    endings: list[Ending] = field(factory=list)
    activated: list[Activated] = field(factory=list)
    activities: list[datetime] = field(factory=list)
    postings: list[Posting] = field(factory=list)
    moved: list[datetime] = field(factory=list)  # when points changed their place without a posting

    by_lot: Grouped = grouped(lambda allocation: [id(allocation.lot)])
    by_debt: Grouped = grouped(lambda allocation: [allocation.debt])
    by_part: Grouped = grouped(lambda hold: {id(lot) for lot, _ in hold.parts})
    by_hold: Grouped = grouped(lambda ending: [ending.hold])
    by_activated: Grouped = grouped(lambda item: [item.lot])
    by_lapse: Grouped = grouped(lambda posting: [posting.lapse])
    by_name: Grouped = grouped(lambda lot: [lot.id])

    # -- lots ----------------------------------------------------------------------------------------------------------

    def expires_at(self, lot: Lot) -> datetime:
        """When a lot dies; under inactivity each sign of life in time gives it a new term (``S3``)."""
        end = lot.end
        if lot.span is None:
            return end
        for moment in sorted(moment for moment in self.activities if moment >= lot.came_at):
            if moment >= end:
                break
            end = max(end, self.wall.end_after(self.wall.day(moment), lot.span))
        return end

    def begins_at(self, lot: Lot) -> datetime:
        """When its points can be spent: by policy, or sooner by an activation (``S5``)."""
        begin = lot.begin or lot.came_at
        if not self.activated:
            return begin
        made_active = [item.at for name in (lot.id, lot.about) for item in self.by_activated.of(self.activated, name)]
        return min([begin, *made_active])

    def is_live(self, lot: Lot, at: datetime) -> bool:
        return self.begins_at(lot) <= at < self.expires_at(lot)

    def is_pending(self, lot: Lot, at: datetime) -> bool:
        return lot.came_at <= at < min(self.begins_at(lot), self.expires_at(lot))

    def remaining(self, lot: Lot, at: datetime) -> int:
        """What nobody has used or set aside."""
        used = sum(item.points for item in self.uses(lot) if item.at <= at)
        return lot.points - used - sum(self.part(hold, lot) for hold in self.holding(lot) if self.is_held(hold, at))

    def uses(self, lot: Lot) -> Sequence[Allocation]:
        return self.by_lot.of(self.allocations, id(lot))

    def holding(self, lot: Lot) -> Sequence[Hold]:
        """The holds that ever set some of it aside."""
        return self.by_part.of(self.holds, id(lot))

    def usable(self, lot: Lot, at: datetime) -> int:
        """What nobody has used or set aside at this moment or later (``S18``)."""
        later = [item.at for item in (*self.uses(lot), *self.holding(lot))]
        return min(self.remaining(lot, moment) for moment in [at, *later] if moment >= at)

    def spend_order(self, lots: Iterable[Lot]) -> list[Lot]:
        """Soonest expiry first (``S4``)."""
        return sorted(lots, key=self.spend_key)

    def spend_key(self, lot: Lot) -> tuple[datetime, datetime, str]:
        return (self.expires_at(lot), lot.came_at, lot.id)

    def live_lots(self, at: datetime) -> list[Lot]:
        return self.spend_order(lot for lot in self.lots if self.is_live(lot, at))

    # -- holds ---------------------------------------------------------------------------------------------------------

    def ending(self, hold: Hold) -> Ending | None:
        """How a hold ended; None while nothing says so."""
        return (self.by_hold.of(self.endings, hold.id) or [None])[-1]

    def ends_at(self, hold: Hold) -> datetime:
        """The end of a hold: that of the time when nothing else ended it (``S19``)."""
        ending = self.ending(hold)
        return hold.until if ending is None else ending.at

    def is_held(self, hold: Hold, at: datetime) -> bool:
        return hold.at <= at < self.ends_at(hold)

    def part(self, hold: Hold, lot: Lot) -> int:
        """How much of a lot a hold has set aside."""
        return sum(points for part, points in hold.parts if part is lot)

    # -- sums ----------------------------------------------------------------------------------------------------------

    def available(self, at: datetime) -> int:
        return sum(self.remaining(lot, at) for lot in self.live_lots(at))

    def pending(self, at: datetime) -> int:
        return sum(self.remaining(lot, at) for lot in self.lots if self.is_pending(lot, at))

    def held(self, at: datetime) -> int:
        return sum(hold.points for hold in self.holds if self.is_held(hold, at))

    def owed(self, debt: Debt, at: datetime = FOREVER) -> int:
        repaid = sum(item.points for item in self.by_debt.of(self.allocations, debt.id) if item.at <= at)
        return debt.points - repaid

    def debt(self, at: datetime = FOREVER) -> int:
        return sum(self.owed(debt, at) for debt in self.debts if debt.at <= at)

    def given_back(self, redemption: str, lot: Lot) -> int:
        return sum(gift.points for gift in self.gifts if (gift.redemption, gift.lot) == (redemption, lot.id))

    def claimed(self, purchase: str) -> int:
        return sum(claim.points for claim in self.claims if claim.purchase == purchase)

    # -- expiry --------------------------------------------------------------------------------------------------------

    def lapses(self, lot: Lot) -> dict[datetime, int]:
        """What dies with a lot, and what came back or free afterwards and dies at once (``S2``, ``S19``)."""
        end = max(self.expires_at(lot), lot.came_at)
        if end == FOREVER:
            return {}
        ours = self.uses(lot)
        lapses = {end: lot.points - sum(item.points for item in ours if item.at < end)}
        for item in ours:
            if item.at >= end:
                lapses[item.at] = lapses.get(item.at, 0) - item.points
        for hold in self.holding(lot):
            free = self.ends_at(hold)
            if self.is_held(hold, end - MICROSECOND):
                lapses[end] -= self.part(hold, lot)
                lapses[free] = lapses.get(free, 0) + self.part(hold, lot)
        return lapses

    def due(self, at: datetime) -> list[Posting]:
        """Expiries that are true by now and not yet written, in due order."""
        unwritten = [
            (moment, lot.id, points - self.written(lot.id, moment))
            for lot in self.lots
            for moment, points in self.lapses(lot).items()
            if moment <= at
        ]
        return [
            Posting("expiry", -points, moment, None, lot, EXPIRY_RANK, len(self.postings) + 1, lapse=(lot, moment))
            for moment, lot, points in sorted(unwritten)
            if points > 0
        ]

    def written(self, lot: str, moment: datetime) -> int:
        return -sum(posting.points for posting in self.by_lapse.of(self.postings, (lot, moment)))

    def lapsed(self, lot: Lot, at: datetime) -> int:
        """What died with a lot up to a moment; less than nothing where a late debit used what had died."""
        return sum(points for moment, points in self.lapses(lot).items() if moment <= at)

    def lapsed_claimed(self, purchase: str) -> int:
        """How much of what died with the lots of a purchase claims were met with."""
        return sum(claim.lapsed for claim in self.claims if claim.purchase == purchase)

    # -- statements ----------------------------------------------------------------------------------------------------

    def statement(self, at: datetime) -> list[Posting]:
        rows = [posting for posting in self.postings if posting.at <= at] + self.due(at)
        return sorted(rows, key=lambda row: (row.at, self.rank(row), row.cause, row.number))

    def rank(self, row: Posting) -> int:
        """The end of a lot comes first at its instant (``T12``), what lapses later behind what brought it."""
        if row.lapse is None:
            return row.rank
        [end] = [self.expires_at(lot) for lot in self.by_name.of(self.lots, row.lapse[0])]
        return EXPIRY_RANK if row.at <= end else BEHIND_RANK
