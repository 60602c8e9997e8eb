"""What moves the points of one member, for the naive model: lists that only grow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import asdict, define, evolve

from loyaltykit.calendars import Days
from loyaltykit.domain.program.points import Extend, PointsPolicy
from loyaltykit.domain.transactions import CREDIT_RANK, Transaction
from loyaltykit.errors import (
    CaptureExceedsHoldError,
    HoldEndedError,
    InsufficientPointsError,
    ReversalExceedsRedemptionError,
)
from tests.model_book import EXPIRY_RANK, Activated, Allocation, Book, Claim, Debt, Ending, Gift, Hold, Lot, Posting
from tests.model_time import BEGINNING, FOREVER


@define
class Points(Book):
    """The book of one member, and everything that is written into it."""

    # -- what falls due by itself --------------------------------------------------------------------------------------

    def as_of(self, at: datetime) -> Points:
        """Another book, in which what falls due by itself up to a moment has happened."""
        lists = {name: [*part] for name, part in asdict(self, recurse=False).items() if isinstance(part, list)}
        points = evolve(self, **lists)
        while falling := [item for item in points.falling_due() if item[0] <= at]:
            moment, id = min(falling)
            points.fall_due(moment, id)
        return points

    def known_at(self, at: datetime) -> Points:
        """The book as a fact of that moment finds it: what is late knows what had fallen due by what is written."""
        return self.as_of(max(at, self.reach))

    @property
    def reach(self) -> datetime:
        """How far the book is written: what began before that is known to have begun."""
        return max([BEGINNING, *self.moved, *(posting.at for posting in self.postings)])

    def falling_due(self) -> list[tuple[datetime, str]]:
        """Holds that time out, and lots that repay something as they become active (``S5``, ``S19``)."""
        open_holds = [(hold.until, hold.id) for hold in self.holds if self.ending(hold) is None]
        reach = self.reach
        waiting = [lot for lot in self.lots if reach < self.begins_at(lot) < self.expires_at(lot)]
        repaying = [
            lot
            for lot in waiting
            for debt in self.debts
            if self.owed(debt) and self.usable(lot, self.begins_at(lot)) and debt.at < self.expires_at(lot)
        ]
        begun = [(self.begins_at(lot), lot.id) for lot in repaying]
        return [item for item in open_holds + begun if item[0] < FOREVER]

    def fall_due(self, at: datetime, id: str) -> None:
        self.moved.append(at)
        for hold in self.holds:
            if hold.id == id and self.ending(hold) is None:
                self.endings.append(Ending(id, at, by_itself=True))
                self.repay_from_parts(hold.parts, at)
        for lot in self.lots:
            if lot.id == id and self.begins_at(lot) == at:
                self.repay_from(lot, at, lot.points)

    # -- what is recorded ----------------------------------------------------------------------------------------------

    def add_lot(self, *lots: Lot) -> None:
        """New points repay what is owed, unless they are still pending."""
        self.lots += lots
        for lot in self.spend_order(lots):
            if self.begins_at(lot) <= max(self.reach, lot.came_at):
                self.repay_from(lot, self.begins_at(lot), lot.points)

    def repay_from(self, lot: Lot, earliest: datetime, points: int) -> None:
        """Open debts draw on what is new of a lot, the oldest first (``S8``)."""
        for debt in sorted(self.debts, key=lambda debt: (debt.at, debt.id)):
            points -= self.repay(debt, lot, max(earliest, debt.at), points)

    def repay(self, debt: Debt, lot: Lot, at: datetime, most: int) -> int:
        points = min(self.usable(lot, at), self.owed(debt), most)
        if points <= 0 or at >= self.expires_at(lot):
            return 0
        self.allocations.append(Allocation(lot, debt.id, points, at, debt.id))
        return points

    def spend(self, points: int, at: datetime) -> list[tuple[Lot, int]]:
        """Points of lots alive and not used since, or a refusal (``S4``, ``S18``)."""
        lots = self.live_lots(at)
        available = sum(self.usable(lot, at) for lot in lots)
        if points > available:
            raise InsufficientPointsError(available=available, requested=points)
        return first_of([(lot, self.usable(lot, at)) for lot in lots], points)

    def use(self, cause: str, parts: Sequence[tuple[Lot, int]], at: datetime) -> None:
        self.allocations += [Allocation(lot, cause, points, at) for lot, points in parts]

    def redeem(self, id: str, points: int, at: datetime) -> None:
        self.use(id, self.spend(points, at), at)
        self.activities.append(at)

    def take(self, cause: str, points: int, at: datetime, lots: Sequence[Lot]) -> int:
        """Take up to so many points from lots in this order; how many were taken."""
        left = points
        for lot in lots:
            taken = min(left, self.usable(lot, at))
            if taken > 0:
                self.allocations.append(Allocation(lot, cause, taken, at))
                left -= taken
        return points - left

    def claim(self, id: str, purchase: str, points: int, at: datetime, policy: PointsPolicy) -> int:
        """Take back what a return claims; how many points were taken or are owed (``S7``)."""
        own = [lot for lot in self.lots if purchase in (lot.id, lot.about)]
        ended = [lot for lot in own if self.expires_at(lot) <= at]
        lapsed = max(0, min(points, sum(self.lapsed(lot, at) for lot in ended) - self.lapsed_claimed(purchase)))
        self.claims.append(Claim(purchase, points, lapsed))
        pending = [lot for lot in own if self.is_pending(lot, at)]
        if policy.on_return == "only_pending":
            return self.take(id, points - lapsed, at, pending)
        live_own = [lot for lot in own if self.is_live(lot, at)]
        others = [lot for lot in self.live_lots(at) if lot not in own]
        return self.take_or_owe(id, points - lapsed, at, pending + live_own + others, policy)

    def take_or_owe(self, id: str, points: int, at: datetime, lots: Sequence[Lot], policy: PointsPolicy) -> int:
        taken = self.take(id, points, at, lots)
        return taken + self.owe(id, points - taken, at, policy)

    def owe(self, id: str, points: int, at: datetime, policy: PointsPolicy) -> int:
        """Owe as much as the policy allows; points that came later repay it at once."""
        if policy.on_return != "allow_negative":
            return 0
        if policy.debt_limit is not None:
            points = min(points, max(0, policy.debt_limit - self.debt()))
        if points <= 0:
            return 0
        debt = Debt(id, points, at)
        self.debts.append(debt)
        came = [(begin, lot) for lot in self.lots if (begin := self.begins_at(lot)) <= self.reach]
        came += [(self.ends_at(hold), lot) for hold in self.holds if self.ending(hold) for lot, _ in hold.parts]
        came += [(item.at, item.lot) for item in self.allocations if item.points < 0]
        for moment, lot in sorted(came, key=lambda credit: (credit[0], self.spend_key(credit[1]))):
            if moment > at:
                self.repay(debt, lot, moment, points)
        return points

    def reverse(self, id: str, redemption: str, points: int | None, at: datetime, policy: PointsPolicy) -> int:
        """Give back to the lots a redemption took from, in the reverse of the order taken (``S9``)."""
        extend = policy.on_reversal if isinstance(policy.on_reversal, Extend) else None
        taken = [item for item in self.allocations if item.cause == redemption]
        left = sum(item.points - self.given_back(redemption, item.lot) for item in taken)
        points = left if points is None else points
        if left == 0 or points > left:
            raise ReversalExceedsRedemptionError("points", "asks for more than is left", "give back less")
        extended, refilled, missing = 0, [], points
        for item in reversed(taken):
            back = min(missing, item.points - self.given_back(redemption, item.lot))
            missing -= back
            self.gifts.append(Gift(redemption, item.lot.id, back))
            if extend is not None and self.expires_at(item.lot) <= at:
                extended += back
            elif back:
                self.allocations.append(Allocation(item.lot, id, -back, at))
                refilled.append((item.lot, back))
        for lot, back in sorted(refilled, key=lambda part: self.spend_key(part[0])):
            self.repay_from(lot, at, back)
        if extend is not None and extended:
            self.add_lot(Lot(id, extended, at, self.wall.end_after(self.wall.day(at), Days(extend.days))))
        return points

    # -- holds and activations -----------------------------------------------------------------------------------------

    def hold(self, id: str, points: int, at: datetime, until: datetime) -> None:
        """Set points aside, soonest expiry first (``S19``)."""
        self.holds.append(Hold(id, at, until, tuple(self.spend(points, at))))
        self.moved.append(at)

    def release(self, of: str, at: datetime) -> int:
        """End a hold; how many points it held."""
        hold = self.lasting(of, at)
        self.end(hold, at, [])
        return hold.points

    def capture(self, id: str, of: str, points: int | None, at: datetime) -> int:
        """End a hold and spend some of it; what a time-out set free meanwhile may be gone."""
        hold = self.lasting(of, at)
        points = hold.points if points is None else points
        if points > hold.points:
            raise CaptureExceedsHoldError(held=hold.points, requested=points)
        spent = [Allocation(lot, id, part, at) for lot, part in first_of(hold.parts, points)]
        self.end(hold, at, spent)
        self.activities.append(at)
        return points

    def lasting(self, of: str, at: datetime) -> Hold:
        """The hold, at a moment at which it lasts; a time-out that comes after that moment gives way."""
        [hold] = [hold for hold in self.holds if hold.id == of]
        ending = self.ending(hold)
        if not hold.at <= at < hold.until or (ending is not None and not ending.by_itself):
            raise HoldEndedError("of", "does not last", "hold the points again")
        return hold

    def end(self, hold: Hold, at: datetime, spent: Sequence[Allocation]) -> None:
        """What is spent is gone, the rest is free and repays debt; unless a time-out has set it free before."""
        was_free = self.ending(hold) is not None
        self.endings.append(Ending(hold.id, at, by_itself=False))
        self.moved.append(at)
        available = sum(min(item.points, self.usable(item.lot, at)) for item in spent)
        requested = sum(item.points for item in spent)
        if available < requested:
            raise InsufficientPointsError(available=available, requested=requested)
        self.allocations += spent
        if not was_free:
            self.repay_from_parts([(lot, points - spent_of(lot, spent)) for lot, points in hold.parts], at)

    def repay_from_parts(self, parts: Sequence[tuple[Lot, int]], at: datetime) -> None:
        for lot, points in parts:
            self.repay_from(lot, at, points)

    def activate(self, purchase: str, at: datetime) -> int:
        """Make what is pending of a purchase active, and let it repay (``S5``); how many points."""
        lots = [lot for lot in self.lots if purchase in (lot.id, lot.about) and self.is_pending(lot, at)]
        points = sum(self.remaining(lot, at) for lot in lots)
        for lot in lots:
            self.activated.append(Activated(purchase, at))
            self.moved.append(at)
            self.repay_from(lot, at, lot.points)
        return points

    # -- what is written -----------------------------------------------------------------------------------------------

    def post(
        self,
        kind: str,
        points: int,
        at: datetime,
        recorded_at: datetime,
        cause: Transaction,
        rank: int | None = None,
    ) -> None:
        """One line of the ledger; a transaction that moves no points leaves none."""
        if points:
            number = len(self.postings) + 1
            if rank is None:
                rank = CREDIT_RANK if kind == "transfer" and points > 0 else cause.order[1]
            self.postings.append(
                Posting(kind, points, at, recorded_at, cause.id, rank, number, cause.actor, cause.reason)
            )

    def settle(self, at: datetime, recorded_at: datetime) -> int:
        """Write the expiries that are due; how many points they took."""
        rows = self.due(at)
        self.postings += [evolve(row, recorded_at=recorded_at, number=row.number + i) for i, row in enumerate(rows)]
        return -sum(row.points for row in rows)

    def correct(self, cause: Transaction, recorded_at: datetime) -> None:
        """A late transaction used points that were written off: a reversal of the difference, in due order."""
        lots, then = {lot.id: lot for lot in self.lots}, self.as_of(self.reach)
        written = {posting.lapse for posting in self.postings if posting.lapse}
        for lot, moment in sorted(written, key=lambda lapse: (lapse[1], self.spend_key(lots[lapse[0]]))):
            excess = self.written(lot, moment) - then.lapses(lots[lot]).get(moment, 0)
            if excess > 0:
                self.postings.append(
                    Posting(
                        kind="reversal",
                        points=excess,
                        at=moment,
                        recorded_at=recorded_at,
                        cause=cause.id,
                        rank=EXPIRY_RANK,
                        number=len(self.postings) + 1,
                        actor=cause.actor,
                        reason=cause.reason,
                        lapse=(lot, moment),
                    )
                )


def spent_of(lot: Lot, spent: Sequence[Allocation]) -> int:
    return sum(item.points for item in spent if item.lot is lot)


def first_of(parts: Sequence[tuple[Lot, int]], points: int) -> list[tuple[Lot, int]]:
    """So many points of some lots, the first ones first."""
    found = []
    for lot, most in parts:
        taken = min(most, points)
        points -= taken
        found += [(lot, taken)] if taken else []
    return found
