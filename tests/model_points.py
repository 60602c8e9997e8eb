"""The points of one member, for the naive model: lists that only grow, every sum taken again at each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import define, evolve, field, frozen

from loyaltykit.calendars import Days, Inactivity
from loyaltykit.domain.policy import Extend
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InsufficientPointsError, ReversalExceedsRedemptionError
from tests.model_purchases import Shop
from tests.model_time import FOREVER

EXPIRY_RANK, BEHIND_RANK = -1, 99
"""Before and behind everything else of an instant (``T12``)."""


@frozen
class Lot:
    """Points with their own expiry; ``fixed_end`` is None where inactivity decides."""

    id: str
    points: int
    active_from: datetime
    fixed_end: datetime | None


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


@define
class Points:
    """Lots, allocations and debts, decided once when they were recorded and never moved (``S2``)."""

    shop: Shop
    lots: list[Lot] = field(factory=list)
    allocations: list[Allocation] = field(factory=list)
    debts: list[Debt] = field(factory=list)
    claims: list[Claim] = field(factory=list)
    gifts: list[Gift] = field(factory=list)
    activities: list[datetime] = field(factory=list)
    postings: list[Posting] = field(factory=list)

    # -- questions -----------------------------------------------------------------------------------------------------

    def expires_at(self, lot: Lot) -> datetime:
        """When a lot dies; under inactivity each sign of life in time gives it a new term (``S3``)."""
        if lot.fixed_end is not None:
            return lot.fixed_end
        policy = self.shop.program.points.expire_after
        assert isinstance(policy, Inactivity)
        wall = self.shop.wall
        end = wall.end_after(wall.day(lot.active_from), policy.span)
        for moment in sorted(self.activities):
            if moment >= end:
                break
            if moment > lot.active_from:
                end = max(end, wall.end_after(wall.day(moment), policy.span))
        return end

    def is_live(self, lot: Lot, at: datetime) -> bool:
        return lot.active_from <= at < self.expires_at(lot)

    def remaining(self, lot: Lot, at: datetime) -> int:
        return lot.points - sum(item.points for item in self.allocations if item.lot is lot and item.at <= at)

    def usable(self, lot: Lot, at: datetime) -> int:
        """What nobody has used at this moment or later (``S18``)."""
        later = [item.at for item in self.allocations if item.lot is lot and item.at > at]
        return min(self.remaining(lot, moment) for moment in [at, *later])

    def spend_order(self, lots: Iterable[Lot]) -> list[Lot]:
        """Soonest expiry first (``S4``)."""
        return sorted(lots, key=self.spend_key)

    def spend_key(self, lot: Lot) -> tuple[datetime, datetime, str]:
        return (self.expires_at(lot), lot.active_from, lot.id)

    def live_lots(self, at: datetime) -> list[Lot]:
        return self.spend_order(lot for lot in self.lots if self.is_live(lot, at))

    def available(self, at: datetime) -> int:
        return sum(self.remaining(lot, at) for lot in self.live_lots(at))

    def owed(self, debt: Debt, at: datetime = FOREVER) -> int:
        repaid = sum(item.points for item in self.allocations if item.debt == debt.id and item.at <= at)
        return debt.points - repaid

    def debt(self, at: datetime = FOREVER) -> int:
        return sum(self.owed(debt, at) for debt in self.debts if debt.at <= at)

    def lapses(self, lot: Lot) -> dict[datetime, int]:
        """What dies with a lot, and what came back to it afterwards and dies at once (``S2``)."""
        end = max(self.expires_at(lot), lot.active_from)
        if end == FOREVER:
            return {}
        ours = [item for item in self.allocations if item.lot is lot]
        lapses = {end: lot.points - sum(item.points for item in ours if item.at < end)}
        for item in ours:
            if item.at >= end:
                lapses[item.at] = lapses.get(item.at, 0) - item.points
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
        return -sum(posting.points for posting in self.postings if posting.lapse == (lot, moment))

    def statement(self, at: datetime) -> list[Posting]:
        rows = [posting for posting in self.postings if posting.at <= at] + self.due(at)
        return sorted(rows, key=lambda row: (row.at, self.rank(row), row.cause, row.number))

    def rank(self, row: Posting) -> int:
        """The end of a lot comes first at its instant (``T12``), what lapses later behind what brought it."""
        if row.lapse is None:
            return row.rank
        [end] = [self.expires_at(lot) for lot in self.lots if lot.id == row.lapse[0]]
        return EXPIRY_RANK if row.at <= end else BEHIND_RANK

    # -- what is recorded ----------------------------------------------------------------------------------------------

    def add_lot(self, lot: Lot) -> None:
        self.lots.append(lot)
        self.repay_from(lot, lot.active_from)

    def repay_from(self, lot: Lot, earliest: datetime) -> None:
        """Open debts draw on new points, the oldest first (``S8``)."""
        for debt in sorted(self.debts, key=lambda debt: (debt.at, debt.id)):
            self.repay(debt, lot, max(earliest, debt.at))

    def repay(self, debt: Debt, lot: Lot, at: datetime) -> None:
        points = min(self.usable(lot, at), self.owed(debt))
        if points > 0 and at < self.expires_at(lot):
            self.allocations.append(Allocation(lot, debt.id, points, at, debt.id))

    def redeem(self, id: str, points: int, at: datetime) -> None:
        """Spend points of lots alive and not used since, or refuse (``S4``, ``S18``)."""
        lots = self.live_lots(at)
        available = sum(self.usable(lot, at) for lot in lots)
        if points > available:
            raise InsufficientPointsError(available=available, requested=points)
        self.take(id, points, at, lots)
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

    def claim(self, id: str, purchase: str, points: int, at: datetime) -> int:
        """Take back what a return claims; how many points were taken or are owed (``S7``)."""
        own = [lot for lot in self.lots if lot.id == purchase]
        lapsed = sum(min(points, self.lapsed_unclaimed(lot, at)) for lot in own if self.expires_at(lot) <= at)
        self.claims.append(Claim(purchase, points, lapsed))
        if self.shop.program.points.on_return == "only_pending":
            return 0
        live_own = [lot for lot in own if self.is_live(lot, at)]
        others = [lot for lot in self.live_lots(at) if lot not in own]
        return self.take_or_owe(id, points - lapsed, at, live_own + others)

    def lapsed_unclaimed(self, lot: Lot, at: datetime) -> int:
        """What died with a lot and no claim was met with yet; less than nothing where a late debit used it since."""
        lapsed = sum(points for moment, points in self.lapses(lot).items() if moment <= at)
        return max(0, lapsed - sum(claim.lapsed for claim in self.claims if claim.purchase == lot.id))

    def claimed(self, purchase: str) -> int:
        return sum(claim.points for claim in self.claims if claim.purchase == purchase)

    def take_or_owe(self, id: str, points: int, at: datetime, lots: Sequence[Lot]) -> int:
        taken = self.take(id, points, at, lots)
        return taken + self.owe(id, points - taken, at)

    def owe(self, id: str, points: int, at: datetime) -> int:
        """Owe as much as the policy allows; points that came later repay it at once."""
        policy = self.shop.program.points
        if policy.on_return != "allow_negative":
            return 0
        if policy.debt_limit is not None:
            points = min(points, max(0, policy.debt_limit - self.debt()))
        if points <= 0:
            return 0
        debt = Debt(id, points, at)
        self.debts.append(debt)
        came = [(lot.active_from, lot) for lot in self.lots]
        came += [(item.at, item.lot) for item in self.allocations if item.points < 0]
        for moment, lot in sorted(came, key=lambda credit: (credit[0], self.spend_key(credit[1]))):
            if moment > at:
                self.repay(debt, lot, moment)
        return points

    def reverse(self, id: str, redemption: str, points: int | None, at: datetime) -> int:
        """Give back to the lots a redemption took from, in the reverse of the order taken (``S9``)."""
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
            if self.extends and self.expires_at(item.lot) <= at:
                extended += back
            elif back:
                self.allocations.append(Allocation(item.lot, id, -back, at))
                refilled.append(item.lot)
        for lot in self.spend_order(refilled):
            self.repay_from(lot, at)
        if extended:
            self.add_lot(Lot(id, extended, at, self.extended_end(at)))
        return points

    def given_back(self, redemption: str, lot: Lot) -> int:
        return sum(gift.points for gift in self.gifts if (gift.redemption, gift.lot) == (redemption, lot.id))

    @property
    def extends(self) -> bool:
        return isinstance(self.shop.program.points.on_reversal, Extend)

    def extended_end(self, at: datetime) -> datetime:
        policy, wall = self.shop.program.points.on_reversal, self.shop.wall
        assert isinstance(policy, Extend)
        return wall.end_after(wall.day(at), Days(policy.days))

    # -- what is written -----------------------------------------------------------------------------------------------

    def post(self, kind: str, points: int, at: datetime, recorded_at: datetime, cause: Transaction) -> None:
        """One line of the ledger; a transaction that moves no points leaves none."""
        if points:
            number = len(self.postings) + 1
            rank = cause.order[1]
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
        lots = {lot.id: lot for lot in self.lots}
        written = {posting.lapse for posting in self.postings if posting.lapse}
        for lot, moment in sorted(written, key=lambda lapse: (lapse[1], self.spend_key(lots[lapse[0]]))):
            excess = self.written(lot, moment) - self.lapses(lots[lot]).get(moment, 0)
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
