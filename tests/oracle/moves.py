"""What moves the points of one member: each adds to the lists of the ledger, and changes nothing that stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

import loyaltykit as lk
from loyaltykit.calendars import Days, Inactivity, Never
from tests.oracle.ledger import Allocation, Book, Debt, Hold, Lot, Posting, first_of
from tests.oracle.order import CREDIT, EXPIRY, Happening, rank_of
from tests.oracle.versions import Version, invalid
from tests.oracle.wall import BEGINNING, FOREVER


@frozen
class Points(Book):
    """The book of one member, and everything that is written into it."""

    # -- what falls due by itself --------------------------------------------------------------------------------------

    def as_of(self, at: datetime) -> Points:
        """Return a copy of the book in which what falls due by itself up to a moment has happened."""
        points = evolve(self, ledger=self.ledger.copied)
        while falling := [item for item in points.falling_due() if item[0] <= at]:
            points.fall_due(*min(falling))
        return points

    def known_at(self, at: datetime) -> Points:
        """Return the book as a fact of that moment finds it: one that is late knows what had fallen due by now."""
        return self.as_of(max(at, self.reach))

    @property
    def reach(self) -> datetime:
        """How far the book is written: what began before that is known to have begun."""
        moved = [at for at, owner in self.ledger.moved if owner in self.ids]
        merged = [merge.occurred_at for merge in self.families.merges_of(self.ids)]
        return max([BEGINNING, *moved, *merged, *(posting.at for posting in self.postings)])

    def falling_due(self) -> list[tuple[datetime, str]]:
        """Return holds that time out, and lots that repay something as they become active (``S5``, ``S19``)."""
        due = [(hold.until, hold.id) for hold in self.holds if self.ending(hold) is None]
        reach, open_debts = self.reach, [debt for debt in self.debts if self.owed(debt)]
        for lot in self.lots if open_debts else []:
            begin, end = self.begins_at(lot), self.expires_at(lot)
            is_waiting = reach < begin < end and any(debt.at < end for debt in open_debts)
            due += [(begin, lot.id)] if is_waiting and self.usable(lot, begin) else []
        return [item for item in due if item[0] < FOREVER]

    def fall_due(self, at: datetime, id: str) -> None:
        for hold in self.holds:
            if hold.id == id and self.ending(hold) is None:
                self.ledger.moved.append((at, hold.owner))
                self.ledger.endings.append((id, at, True))
                self.repay_from_parts(hold.parts, at)
        for lot in self.lots:
            if lot.id == id and self.begins_at(lot) == at:
                self.ledger.moved.append((at, lot.owner))
                self.repay_from(lot, at, lot.points)

    # -- points come ---------------------------------------------------------------------------------------------------

    def be_active(self, at: datetime) -> None:
        self.ledger.activities.append((at, self.owner, self.number))

    def add(self, *lots: Lot) -> None:
        """Add new points; they repay what is owed, unless they are still pending."""
        own = [evolve(lot, owner=self.owner, number=self.number) for lot in lots]
        self.ledger.lots += own
        for lot in sorted(own, key=self.spend_key):
            if self.begins_at(lot) <= max(self.reach, lot.came_at):
                self.repay_from(lot, self.begins_at(lot), lot.points)

    def repay_from(self, lot: Lot, earliest: datetime, points: int) -> None:
        """Let open debts draw on what is new of a lot, the oldest first (``S8``)."""
        for debt in sorted(self.debts, key=lambda debt: (debt.at, debt.id)):
            points -= self.repay(debt, lot, max(earliest, debt.at), points)

    def repay_from_parts(self, parts: Sequence[tuple[Lot, int]], at: datetime) -> None:
        for lot, points in parts:
            self.repay_from(lot, at, points)

    def repay(self, debt: Debt, lot: Lot, at: datetime, most: int) -> int:
        points = min(self.usable(lot, at), self.owed(debt), most)
        if points <= 0 or at >= self.expires_at(lot):
            return 0
        self.ledger.allocations.append(Allocation(lot, debt.id, points, at, debt.owner, self.number, debt.id))
        return points

    def reverse(self, id: str, redemption: str, points: int | None, at: datetime, policy: lk.PointsPolicy) -> int:
        """Give back to the lots a redemption took from, in the reverse of the order taken (``S9``)."""
        taken = [item for item in self.ledger.allocations if item.cause == redemption]
        left = sum(item.points - self.given_back(redemption, item.lot) for item in taken)
        points = left if points is None else points
        if left == 0 or points > left:
            raise lk.errors.ReversalExceedsRedemptionError("points", "asks for more than is left", "give back less")
        most = [(item.lot, item.points - self.given_back(redemption, item.lot)) for item in reversed(taken)]
        back = first_of(most, points)
        self.ledger.gifts += [(redemption, lot.id, part) for lot, part in back]
        self.give_back(id, back, at, None if policy.on_reversal == "lapse" else policy.on_reversal.days)
        return points

    def give_back(self, id: str, parts: Sequence[tuple[Lot, int]], at: datetime, extend_by: int | None) -> None:
        """Let points return to their lots, or come as a new lot where these are dead and the policy says so."""
        dead = [part for lot, part in parts if extend_by is not None and self.expires_at(lot) <= at]
        alive = [(lot, part) for lot, part in parts if extend_by is None or self.expires_at(lot) > at]
        self.use(id, [(lot, -part) for lot, part in alive], at)
        self.repay_from_parts(sorted(alive, key=lambda part: self.spend_key(part[0])), at)
        if extend_by is not None and dead:
            self.add(Lot(id, sum(dead), at, self.wall.end_after(self.wall.day(at), Days(extend_by))))

    def activate(self, purchase: str, at: datetime) -> int:
        """Make what is pending of a purchase active, and let it repay (``S5``); return how many points."""
        lots = [lot for lot in self.lots if purchase in (lot.id, lot.about) and self.is_pending(lot, at)]
        points = sum(self.remaining(lot, at) for lot in lots)
        for lot in lots:
            self.ledger.activated.append((purchase, at))
            self.ledger.moved.append((at, lot.owner))
            self.repay_from(lot, at, lot.points)
        return points

    # -- points go -----------------------------------------------------------------------------------------------------

    def spend(self, points: int, at: datetime) -> list[tuple[Lot, int]]:
        """Return points of lots alive and not used since, or refuse (``S4``, ``S18``)."""
        parts = [(lot, self.usable(lot, at)) for lot in self.live_lots(at)]
        available = sum(usable for _, usable in parts)
        if points > available:
            raise lk.InsufficientPointsError(available=available, requested=points)
        return first_of(parts, points)

    def use(self, cause: str, parts: Sequence[tuple[Lot, int]], at: datetime) -> None:
        allocations = [Allocation(lot, cause, points, at, self.owner, self.number) for lot, points in parts]
        self.ledger.allocations += allocations

    def redeem(self, id: str, points: int, at: datetime) -> None:
        self.use(id, self.spend(points, at), at)
        self.be_active(at)

    def claim(self, id: str, purchase: str, points: int, at: datetime, policy: lk.PointsPolicy) -> int:
        """Take back what a return claims (``S7``); return how many points were taken or are owed."""
        own = [lot for lot in self.lots if purchase in (lot.id, lot.about)]
        died = sum(self.lapsed(lot, at) for lot in own if self.expires_at(lot) <= at)
        lapsed = max(0, min(points, died - self.lapsed_claimed(purchase)))
        self.ledger.claims.append((purchase, points, lapsed))
        pending = [lot for lot in own if self.is_pending(lot, at)]
        if policy.on_return == "only_pending":
            return self.take(id, points - lapsed, at, pending)
        live_own = [lot for lot in own if self.is_live(lot, at)]
        others = [lot for lot in self.live_lots(at) if lot not in own]
        return self.take_or_owe(id, points - lapsed, at, pending + live_own + others, policy)

    def take(self, cause: str, points: int, at: datetime, lots: Sequence[Lot]) -> int:
        """Take up to so many points from lots in this order; return how many."""
        parts = first_of([(lot, max(0, self.usable(lot, at))) for lot in lots], points)
        self.use(cause, parts, at)
        return sum(part for _, part in parts)

    def take_or_owe(self, id: str, points: int, at: datetime, lots: Sequence[Lot], policy: lk.PointsPolicy) -> int:
        taken = self.take(id, points, at, lots)
        return taken + self.owe(id, points - taken, at, policy)

    def owe(self, id: str, points: int, at: datetime, policy: lk.PointsPolicy) -> int:
        """Owe as much as the policy allows; points that came later repay it at once."""
        if policy.on_return != "allow_negative":
            return 0
        if policy.debt_limit is not None:
            points = min(points, max(0, policy.debt_limit - self.debt()))
        if points <= 0:
            return 0
        debt = Debt(id, points, at, self.owner)
        self.ledger.debts.append(debt)
        for moment, lot in sorted(self.credits(), key=lambda credit: (credit[0], self.spend_key(credit[1]))):
            if moment > at:
                self.repay(debt, lot, moment, points)
        return points

    def credits(self) -> list[tuple[datetime, Lot]]:
        """Return when points of which lot came, came free or came back."""
        came = [(self.begins_at(lot), lot) for lot in self.lots if self.begins_at(lot) <= self.reach]
        came += [(self.ends_at(hold), lot) for hold in self.holds if self.ending(hold) for lot, _ in hold.parts]
        back = [item for item in self.ledger.allocations if item.points < 0 and item.lot.owner in self.ids]
        return came + [(item.at, item.lot) for item in back]

    # -- holds ---------------------------------------------------------------------------------------------------------

    def hold(self, id: str, points: int, at: datetime, until: datetime) -> None:
        """Set points aside, soonest expiry first (``S19``)."""
        self.ledger.holds.append(Hold(id, at, until, tuple(self.spend(points, at)), self.owner))
        self.ledger.moved.append((at, self.owner))

    def release(self, of: str, at: datetime) -> int:
        """End a hold; return how many points it held."""
        hold = self.lasting(of, at)
        self.end(hold, at, "", [])
        return hold.points

    def capture(self, id: str, of: str, points: int | None, at: datetime) -> tuple[int, int]:
        """End a hold and spend some of it; return how many points were spent, and how many held."""
        hold = self.lasting(of, at)
        points = hold.points if points is None else points
        if points > hold.points:
            raise lk.errors.CaptureExceedsHoldError(held=hold.points, requested=points)
        self.end(hold, at, id, first_of(hold.parts, points))
        self.be_active(at)
        return points, hold.points

    def lasting(self, of: str, at: datetime) -> Hold:
        """Return the hold, at a moment at which it lasts; a time-out that comes after that moment gives way."""
        [hold] = [hold for hold in self.holds if hold.id == of]
        ending = self.ending(hold)
        if not hold.at <= at < hold.until or (ending is not None and not ending[1]):
            raise lk.errors.HoldEndedError("of", "does not last", "hold the points again")
        return hold

    def end(self, hold: Hold, at: datetime, cause: str, spent: Sequence[tuple[Lot, int]]) -> None:
        """Let what is spent go, and the rest repay debt; unless a time-out has set it free, and it is gone."""
        was_free = self.ending(hold) is not None
        self.ledger.endings.append((hold.id, at, False))
        self.ledger.moved.append((at, hold.owner))
        available = sum(min(points, self.usable(lot, at)) for lot, points in spent)
        requested = sum(points for _, points in spent)
        if available < requested:
            raise lk.InsufficientPointsError(available=available, requested=requested)
        self.use(cause, spent, at)
        used = {id(lot): points for lot, points in spent}
        rest = [(lot, points - used.get(id(lot), 0)) for lot, points in hold.parts]
        self.repay_from_parts([] if was_free else rest, at)

    # -- what is written -----------------------------------------------------------------------------------------------

    def post(
        self, kind: str, points: int, at: datetime, now: datetime, cause: Happening, rank: int | None = None
    ) -> None:
        """Write one line; a transaction that moves no points leaves none."""
        if rank is None:
            rank = CREDIT if kind == "transfer" and points > 0 else rank_of(cause)
        number, by = len(self.ledger.postings), (cause.actor, cause.reason)
        row = Posting(kind, points, at, now, cause.id, rank, number, self.owner, *by)
        self.ledger.postings += [row] if points else []

    def settle(self, at: datetime, now: datetime) -> int:
        """Write the expiries that are due; return how many points they took."""
        rows = self.due(at)
        first = len(self.ledger.postings)
        self.ledger.postings += [evolve(row, recorded_at=now, number=first + i) for i, row in enumerate(rows)]
        return -sum(row.points for row in rows)

    def correct(self, cause: Happening, now: datetime) -> None:
        """Reverse what was written off and a late transaction has used, in due order."""
        lots, then = {lot.id: lot for lot in self.lots}, self.as_of(self.reach)
        written = {posting.lapse for posting in self.postings if posting.lapse}
        for id, moment in sorted(written, key=lambda lapse: (lapse[1], self.spend_key(lots[lapse[0]]))):
            excess = self.written(id, moment) - then.lapses(lots[id]).get(moment, 0)
            number, by = len(self.ledger.postings), (lots[id].owner, cause.actor, cause.reason)
            row = Posting("reversal", excess, moment, now, cause.id, EXPIRY, number, *by, lapse=(id, moment))
            self.ledger.postings += [row] if excess > 0 else []


# -- the life that a lot is given --------------------------------------------------------------------------------------


def new_lot(version: Version, id: str, points: int, at: datetime, given: datetime | Never | None = None) -> Lot:
    """Return points of this day, with an end that was given or by the policy (``S3``)."""
    policy, wall = version.program.points.expire_after, version.wall
    if given is None:
        span = policy.span if isinstance(policy, Inactivity) else None
        return Lot(id, points, at, wall.end_after(wall.day(at), policy), span)
    end = FOREVER if isinstance(given, Never) else given
    if end <= at:
        raise invalid("expires_at")
    return Lot(id, points, at, end)


def earned_lot(version: Version, id: str, points: int, at: datetime) -> Lot:
    """Return the points of a purchase, which may have to wait (``S5``)."""
    lot, pending = new_lot(version, id, points, at), version.program.points.active_after
    if pending is None:
        return lot
    return evolve(
        lot, begin=FOREVER if pending == "activation" else version.wall.end_after(version.wall.day(at), pending)
    )
