"""The path of a transaction: refused, or moved, put in its place, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from attrs import define, evolve

import loyaltykit as lk
from tests.oracle.answers import Notice, Receipt
from tests.oracle.baskets import basket
from tests.oracle.by_hand import refuse_end, refuse_grant
from tests.oracle.deeds import Deed
from tests.oracle.late import PuttingRight, differences
from tests.oracle.ledger import Lot
from tests.oracle.notices import Step, Teller, steps_of
from tests.oracle.order import CREDIT, Place, place_of
from tests.oracle.records import refuse_inactive
from tests.oracle.tiers import Walk
from tests.oracle.versions import invalid

COUNTING = (lk.Purchase, lk.Return, lk.Visit, lk.Event)


@define
class Before:
    """What stood before a transaction: its tiers, up to when they were closed, and how long the lists were."""

    walk: Walk
    closed: datetime
    is_late: bool
    postings: int
    lots: int
    waiting: list[Lot]


@define
class Recording(Deed):
    """A deed with everything that it leads to."""

    def done(self) -> Receipt:
        """Move the points first, for only that can refuse; then remember the transaction."""
        self.refuse()
        before = self.before(place_of(self.item))
        points, moved = self.move()
        paid = self.pay()
        self.store.add(self.item, self.owner, self.now)
        after = self.account.walk(max(self.at, before.closed))
        receipt = self.receipt(after, points, moved, paid)
        receipt = self.corrected(receipt, before, after) if before.is_late else receipt
        notices = self.told(receipt, before, after, [self.item.id])
        self.book.correct(self.item, self.now)
        self.store.made_by[self.item.id] = self.version
        return evolve(receipt, notices=notices)

    def before(self, place: Place) -> Before:
        """Look at what stands, when what falls due before it has happened."""
        closed, is_late = self.account.closed, self.account.is_late(place)
        self.catch_up()
        ledger, walk = self.store.ledger, self.account.walk(max(self.at, closed))
        of = self.item.of if isinstance(self.item, lk.Activation) else None
        waiting = [
            lot for lot in self.book.lots if of and of in (lot.id, lot.about) and self.book.is_pending(lot, self.at)
        ]
        return Before(walk, closed, is_late, len(ledger.postings), len(ledger.lots), waiting)

    def receipt(self, after: Walk, points: int, moved: int, paid: int) -> Receipt:
        earned, breakdown, lines = self.earn(after)
        was, now = (self.version.ladder.tiers[rank] for rank in after.tiers[self.item.id])
        who = (self.item.id, self.item.kind, self.account.id, self.at, points + earned)
        tiers, voucher = (self.multiplier(), was.name, now.name), self.vouchers.after(self.item)
        return Receipt(*who, tuple(breakdown), tuple(lines), *tiers, moved, paid, voucher)

    def multiplier(self) -> Fraction:
        """Return that of the purchase, for a purchase and its returns; 1 for all others (S36)."""
        item = self.item
        id = item.id if isinstance(item, lk.Purchase) else getattr(item, "of", "")
        return self.store.earned[id].multiplier if isinstance(item, lk.Purchase | lk.Return) else Fraction(1)

    # -- what is refused -----------------------------------------------------------------------------------------------

    def refuse(self) -> None:
        """Refuse what nobody may do, or not this member, or not now."""
        item = self.item
        if isinstance(item, lk.Redemption) and item.reward is not None:
            self.vouchers.refuse_out_of_stock(item)
        if self.at < self.account.enrolled_at and not self.may_precede():
            raise lk.NotEnrolledError("occurred_at")
        refuse_inactive(self.account.record(self.at), item)
        self.refuse_content()

    def refuse_content(self) -> None:
        """Refuse what does not fit the programme, or what was recorded before."""
        match self.item:
            case lk.Event(name=name) if name not in {kind.name for kind in self.version.program.events}:
                raise invalid("name")
            case lk.Purchase():
                self.refuse_money(self.item)
            case lk.TierGrant():
                refuse_grant(self.store.versions, self.item)
            case lk.TierGrantEnd():
                refuse_end(self.account.history, self.item)
            case _:
                self.vouchers.refuse(self.item)

    def refuse_money(self, purchase: lk.Purchase) -> None:
        """Refuse amounts that do not fit their currency, and a foreign one without a rate (``S14``)."""
        if purchase.currency not in (None, self.version.program.currency) and purchase.rate is None:
            raise invalid("rate")
        amounts = [amount for line in basket(purchase) for amount in (line.amount, line.discount, line.tax)]
        amounts += [] if purchase.paid_with is None else [purchase.paid_with.value]
        for amount in [*amounts, *purchase.payments.values()]:
            self.version.own_minor(purchase, amount)

    def may_precede(self) -> bool:
        """Say whether it may lie before the enrolment: what counts, by the days that the version allows (``T8``)."""
        wall, allowed = self.version.wall, self.version.program.late.before_enrolment_days
        days = (wall.day(self.account.enrolled_at) - wall.day(self.at)).days
        return isinstance(self.item, COUNTING) and days <= allowed > 0

    # -- what comes out differently, and what is told ------------------------------------------------------------------

    def corrected(self, receipt: Receipt, before: Before, after: Walk) -> Receipt:
        """Add which closed tiers and which points a late fact changes (``T8``)."""
        closed = before.closed
        corrections = differences(before.walk.line(closed), after.line(closed), self.item.id)
        self.store.corrected += [(self.owner, item) for item in corrections]
        restated: dict[str, int] = {}
        if self.version.program.late.restate:
            restated = PuttingRight(self.account, self.item, self.number, self.now).restate(before.walk, after)
        return evolve(receipt, corrections=corrections, restated=restated)

    def told(self, receipt: Receipt, before: Before, after: Walk, parts: Sequence[str]) -> tuple[Notice, ...]:
        """Return what is news for the member (``S21``)."""
        if self.version.program.notices is None:
            return ()
        teller = Teller(self.account, self.version, before.closed)
        new = self.account.own(self.store.ledger.postings[before.postings :])
        lots = self.account.own(self.store.ledger.lots[before.lots :])
        pending = sum(lot.points for lot in lots if lot.begin is not None and lot.begin > lot.came_at)
        found = [*teller.of_points(self.item, [row for row in new if row.lapse is None], pending, parts)]
        found += teller.of_activation(before.waiting, self.book, self.at)
        if receipt.corrections:
            found += teller.of_change(before.walk, after, before.closed, self.at, self.item.id)
        found += [] if before.is_late else teller.of_tiers(self.steps(before, after))
        return teller.new([*found, *teller.of_issue(receipt)])

    def steps(self, before: Before, after: Walk) -> list[Step]:
        """Return which tiers showed from what was closed before up to now."""
        [was] = steps_of(before.walk, [before.closed])
        moments = [at for at in after.moments() if before.closed < at <= self.at]
        return [was, *steps_of(after, moments if before.closed < self.at else [self.at])]

    # -- another member ------------------------------------------------------------------------------------------------

    def beside(self, other: str, role: str, act: Callable[[Deed], object]) -> None:
        """Let another member get something: written, told and corrected for itself."""
        if other not in self.store.members:
            raise lk.UnknownMemberError
        account = self.store.account(other)
        if account.ids == self.account.ids:
            raise invalid(role)
        if self.at < account.enrolled_at:
            raise lk.NotEnrolledError("occurred_at")
        refuse_inactive(account.record(self.at), None, role)
        Recording(self.store, account, self.item, other, self.number, self.now).receive(act)

    def receive(self, act: Callable[[Deed], object]) -> None:
        place = (self.at, CREDIT, self.item.id)
        before = self.before(place)
        act(self)
        self.store.places.append((place, self.owner))
        nothing = Receipt(self.item.id, "", self.account.id, self.at, 0, (), (), Decimal(1), "", "")
        self.told(nothing, before, before.walk, [self.item.id, self.account.id])
        self.book.correct(self.item, self.now)
