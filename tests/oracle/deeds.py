"""What each kind of transaction does to points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import define, evolve

import loyaltykit as lk
from tests.oracle.achievements import Activity, Counted, reached
from tests.oracle.baskets import kept_after, refuse_beyond
from tests.oracle.caps import Granted, Share, room_for, shares_of
from tests.oracle.ledger import Lot, in_parts
from tests.oracle.moves import Points, earned_lot, new_lot
from tests.oracle.order import CREDIT, DEBIT, Happening, moment_of
from tests.oracle.store import Account, Store
from tests.oracle.tiers import Walk
from tests.oracle.versions import Version, invalid
from tests.oracle.vouchers import Vouchers
from tests.oracle.wall import FOREVER


@define
class Deed:
    """One transaction on its way into the store.

    Args:
        store: to write to.
        account: of the member whom it concerns.
        item: what happened, with its date.
        owner: the id that it named, or that what it follows named.
        number: of its record.
        now: the clock's.
    """

    store: Store
    account: Account
    item: Happening
    owner: str
    number: int
    now: datetime

    @property
    def at(self) -> datetime:
        return moment_of(self.item)

    @property
    def version(self) -> Version:
        return self.store.versions.at(self.at)

    @property
    def book(self) -> Points:
        return self.account.book(self.owner, self.number)

    @property
    def vouchers(self) -> Vouchers:
        return Vouchers(self.store, self.account)

    @property
    def granted(self) -> list[Granted]:
        return self.account.own(self.store.granted)

    def post(self, kind: str, points: int, rank: int | None = None) -> int:
        """Write a line; return its points."""
        self.book.post(kind, points, self.at, self.now, self.item, rank)
        return points

    def catch_up(self) -> None:
        """Let what falls due by itself before it happen."""
        self.store.ledger = self.book.known_at(self.at).ledger

    # -- points come, go, or change their place ------------------------------------------------------------------------

    def move(self) -> tuple[int, int]:
        """Return how many points came or went, and how many only changed their place."""
        match self.item:
            case lk.Hold(points=points):
                return 0, self.hold(self.item, points)
            case lk.Release(of=of):
                return 0, self.book.release(of, self.at)
            case lk.Activation(of=of):
                return 0, self.activate(of)
            case lk.Capture(of=of, points=points):
                spent, held = self.book.capture(self.item.id, of, points, self.at)
                return self.post("redemption", -spent), held
        return self.come_or_go(), 0

    def come_or_go(self) -> int:
        match self.item:
            case lk.Return():
                return self.take_back(self.item)
            case lk.Redemption():
                return self.redeem(self.item)
            case lk.Reversal():
                return self.give_back(self.item)
            case lk.Adjustment():
                return self.adjust(self.item)
            case lk.Transfer():
                return self.transfer(self.item)
            case lk.OpeningBalance():
                return self.open(self.item)
        return 0

    def pay(self) -> int:
        """Pay for a purchase before it earns any (``S25``), or give back what paid for what comes back (``S10``)."""
        if isinstance(self.item, lk.Purchase) and self.item.paid_with is not None:
            self.book.redeem(self.item.id, self.item.paid_with.points, self.at)
            return -self.post("redemption", -self.item.paid_with.points, DEBIT)
        return -self.pay_back(self.item) if isinstance(self.item, lk.Return) else 0

    def pay_back(self, back: lk.Return) -> int:
        earlier, policy = self.account.returns_of(back.of), self.store.earned[back.of].version.program.points
        points = self.points_paid(back.of, earlier) - self.points_paid(back.of, [*earlier, back])
        if points:
            self.book.reverse(back.id, back.of, points, self.at, policy)
        return self.post("reversal", points, CREDIT)

    def points_paid(self, purchase: str, returns: Sequence[lk.Return]) -> int:
        """Return how many points paid for what is kept of a purchase (``S11``)."""
        earned = self.store.earned[purchase]
        return sum(line.points_paid for line in kept_after(earned.version, earned.purchase, returns))

    def take_back(self, back: lk.Return) -> int:
        """Claim what the kept part would not have earned, over all returns so far (``S6``)."""
        earned, earlier = self.store.earned[back.of], self.account.returns_of(back.of)
        if self.at < moment_of(earned.purchase):
            raise lk.errors.ReturnExceedsPurchaseError("occurred_at", "lies before the purchase", "check the date")
        kept = kept_after(earned.version, earned.purchase, earlier)
        refuse_beyond(earned.version, earned.purchase, kept, back)
        left = earned.after([*earlier, back]).points
        claim = max(0, earned.granted.points - self.book.claimed(back.of) - left)
        return self.post("clawback", -self.book.claim(back.id, back.of, claim, self.at, earned.version.program.points))

    def redeem(self, redemption: lk.Redemption) -> int:
        points = self.vouchers.price(redemption)
        self.book.redeem(redemption.id, points, self.at)
        return self.post("redemption", -points)

    def give_back(self, reversal: lk.Reversal) -> int:
        redemption = self.account.find(reversal.of, lk.Redemption, lk.Capture)
        if self.at < moment_of(redemption):
            raise lk.errors.ReversalExceedsRedemptionError(
                "occurred_at", "lies before the redemption", "check the date"
            )
        policy = self.store.version_of(redemption).program.points
        return self.post("reversal", self.book.reverse(reversal.id, reversal.of, reversal.points, self.at, policy))

    def adjust(self, adjustment: lk.Adjustment) -> int:
        """Give points by hand as a lot, or take them, or let them be owed (``S17``)."""
        book, points, policy = self.book, adjustment.points, self.version.program.points
        if points > 0:
            book.add(new_lot(self.version, adjustment.id, points, self.at, adjustment.expires_at))
            return self.post("adjustment", points)
        return self.post(
            "adjustment", -book.take_or_owe(adjustment.id, -points, self.at, book.live_lots(self.at), policy)
        )

    def open(self, opening: lk.OpeningBalance) -> int:
        """Bring in what came along from elsewhere, lot by lot (``S22``)."""
        lots = [
            new_lot(self.version, opening.id + part, lot.points, self.at, lot.expires_at)
            for part, lot in in_parts(opening.lots)
        ]
        return self.bring("opening", lots)

    def bring(self, kind: str, lots: Sequence[Lot]) -> int:
        self.book.add(*lots)
        return sum(self.post(kind, lot.points) for lot in lots)

    def hold(self, hold: lk.Hold, points: int) -> int:
        until = hold.until or FOREVER
        if until <= self.at:
            raise invalid("until")
        self.book.hold(hold.id, points, self.at, until)
        return points

    def activate(self, of: str) -> int:
        if self.at < moment_of(self.account.find(of, lk.Purchase)):
            raise invalid("occurred_at")
        return self.book.activate(of, self.at)

    # -- what a purchase, a visit or an event earns --------------------------------------------------------------------

    def earn(self, walk: Walk) -> tuple[int, Sequence[Share], Sequence[int]]:
        """Return what its rules give by the tier of its day: points, by rule, and by line (``T5``, ``T8``)."""
        if isinstance(self.item, lk.Purchase):
            return self.sell(self.item, walk)
        if isinstance(self.item, lk.Visit | lk.Event):
            shares = self.achieve(self.item, walk)
            return sum(points for _, points, _ in shares), shares, ()
        return 0, (), ()

    def sell(self, purchase: lk.Purchase, walk: Walk) -> tuple[int, Sequence[Share], Sequence[int]]:
        room = room_for(self.store.versions, self.granted, self.at)
        earned = self.store.earned[purchase.id] = evolve(walk.earned[purchase.id], room=room)
        granted = earned.granted
        self.store.granted.append(Granted.by(self.at, granted, self.owner))
        self.accrue(earned_lot(self.version, purchase.id, granted.points, self.at))
        return granted.points, granted.breakdown, granted.lines

    def achieve(self, activity: Activity, walk: Walk) -> list[Share]:
        """Award what a visit or an event is worth to the member, and to another one whom it names."""
        [names] = [counted.names for counted in walk.counted if counted.activity is activity]
        counted = Counted(activity, names, self.owner)
        found = reached(self.version, self.account.own(self.store.counted), counted)
        self.store.counted.append(counted)
        shares = self.award([(item.name, item.points) for item in found], activity.id)
        beside = [(item.name, item.other_points) for item in found if item.other_points]
        if isinstance(activity, lk.Event) and activity.other_member_id is not None and beside:
            self.share(beside, activity.other_member_id)
        return shares

    def award(self, asked: Sequence[tuple[str, int]], lot: str, rank: int | None = None) -> list[Share]:
        """Give points for achievements, within the caps; an accrual, and so a sign of life."""
        shares = shares_of(self.store.versions, asked, self.granted, self.at)
        total = sum(points for _, points, _ in shares)
        self.store.granted.append(Granted(self.at, total, owner=self.owner))
        self.accrue(new_lot(self.version, lot, total, self.at), rank)
        return shares

    def accrue(self, lot: Lot, rank: int | None = None) -> None:
        if lot.points:
            self.book.be_active(self.at)
            self.post("accrual", lot.points, rank)
            self.book.add(lot)

    # -- what another member gets --------------------------------------------------------------------------------------

    def transfer(self, transfer: lk.Transfer) -> int:
        """Give points to another member with the ends they have (``S16``)."""
        given = self.book.spend(transfer.points, self.at)
        lots = [
            Lot(transfer.id + part, points, self.at, self.book.expires_at(lot), lot.span)
            for part, (lot, points) in in_parts(given)
        ]
        self.book.use(transfer.id, given, self.at)
        self.post("transfer", -transfer.points)
        self.beside(transfer.to, "to", lambda receiver: receiver.bring("transfer", lots))
        return -transfer.points

    def share(self, asked: Sequence[tuple[str, int]], friend: str) -> None:
        lot = f"{self.item.id}\x1fother"
        self.beside(friend, "other_member_id", lambda receiver: receiver.award(asked, lot, CREDIT))

    def beside(self, other: str, role: str, act: Callable[[Deed], object]) -> None:
        """Do something for another member, as a part of this."""
        raise NotImplementedError
