"""The oracle of meaning: the whole library again, naively, from plain lists.

Everything is worked out again at each question, with fractions, ``zoneinfo`` and ``datetime``. Nothing here is shared
with the core but the public values (members, transactions, programmes, rules, errors). Where the core and this model
disagree, ``docs/explanation/rules.md`` decides which of them is wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from attrs import define, evolve, field, frozen

from loyaltykit.calendars import Inactivity, Never
from loyaltykit.domain.member import Member
from loyaltykit.domain.program import Program
from loyaltykit.domain.transactions import (
    Adjustment,
    Event,
    Purchase,
    Redemption,
    Return,
    Reversal,
    Transaction,
)
from loyaltykit.errors import (
    IdempotencyConflictError,
    NotEnrolledError,
    ReturnExceedsPurchaseError,
    ReversalExceedsRedemptionError,
    UnknownMemberError,
    UnknownTransactionError,
)
from loyaltykit.rules.nodes import Predicate
from tests.model_facts import View, moment_of
from tests.model_points import Lot, Points, Posting
from tests.model_purchases import Shop, basket, invalid, kept_lines, refuse_beyond
from tests.model_tiers import Earned, Standing, Walk, price_of_kept
from tests.model_time import FOREVER

LEEWAY = timedelta(minutes=5)
"""How far ahead of the clock a shop's till may be."""

LOOK_AHEAD = timedelta(days=80)
"""How far the checks of a walk are worked out beyond the moment asked about."""


@frozen
class Receipt:
    id: str
    kind: str
    member_id: str
    occurred_at: datetime
    points: int
    breakdown: tuple[tuple[str, int], ...]
    lines: tuple[int, ...]
    multiplier: Decimal
    tier_before: str
    tier_after: str


@frozen
class Balance:
    available: int
    debt: int
    lots: tuple[tuple[str, int, int, datetime, datetime | None], ...]


@frozen
class TierStatus:
    name: str
    rank: int
    since: datetime
    until: datetime | None
    multiplier: Decimal


@frozen
class Outlook:
    """Whether the tier would be kept by now, whether the next one is reached, and where it goes if nothing happens."""

    grace_until: datetime | None
    keeps: bool | None
    next: tuple[str, bool] | None
    projected: str


@define
class Account:
    """One member: what was recorded, and the points that it moved."""

    shop: Shop
    member: Member
    points: Points
    history: list[Transaction] = field(factory=list)  # in the order recorded
    earned: dict[str, Earned] = field(factory=dict)
    last_walk: Walk | None = None

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    def walk(self, moment: datetime) -> Walk:
        """The tiers up to a moment at least; the last walk serves until something new is recorded."""
        if self.last_walk is None or self.last_walk.horizon < moment:
            self.last_walk = Walk.through(self.shop, self.member, self.history, moment + LOOK_AHEAD)
        return self.last_walk

    def add(self, transaction: Transaction) -> None:
        self.history.append(transaction)
        self.last_walk = None

    def standing(self, moment: datetime) -> Standing:
        return self.walk(moment).at(moment).standing

    def view(self, moment: datetime) -> View:
        """What a question at a moment sees: everything up to it."""
        row = self.walk(moment).at(moment)
        past = sorted((item for item in self.history if moment_of(item) <= moment), key=lambda item: item.order)
        tier = self.shop.program.tiers.tiers[row.standing.rank].name
        return View(self.shop, self.member, past, moment, moment, tier, row.standing.since, row.accrued)

    def projected(self, moment: datetime) -> Standing:
        """The standing when the validity that runs at a moment has ended, grace included, if nothing more happens."""
        past = [item for item in self.history if moment_of(item) <= moment]
        walk = Walk.through(self.shop, self.member, past, moment)
        end = walk.standing.until
        while walk.standing.until == end and walk.standing.next_check is not None:
            walk.check(walk.standing.next_check)
        return walk.standing

    def find(self, id: str, kind: type[Transaction]) -> Transaction | None:
        return next((item for item in self.history if item.id == id and isinstance(item, kind)), None)


@define
class Model:
    """A shop with one programme; ``now`` is the clock's, passed with each call."""

    program: Program
    accounts: dict[str, Account] = field(factory=dict)
    members: dict[str, Member] = field(factory=dict)  # as the caller passed them
    received: dict[str, tuple[Transaction, Receipt]] = field(factory=dict)  # as the caller passed them
    shop: Shop = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.shop = Shop(self.program)

    # -- writing -------------------------------------------------------------------------------------------------------

    def enroll(self, member: Member, now: datetime) -> None:
        if member.id in self.members:
            if self.members[member.id] != member:
                raise IdempotencyConflictError
            return
        resolved = evolve(member, enrolled_at=member.enrolled_at or now)
        assert resolved.enrolled_at is not None
        refuse_future(resolved.enrolled_at, "enrolled_at", now)
        self.members[member.id] = member
        self.accounts[member.id] = Account(self.shop, resolved, Points(self.shop))

    def record(self, transaction: Transaction, now: datetime) -> Receipt:
        """What recording gives; a refusal raises and changes nothing (``S15``)."""
        if transaction.id in self.received:
            content, receipt = self.received[transaction.id]
            if content != transaction:
                raise IdempotencyConflictError
            return receipt
        resolved = evolve(transaction, occurred_at=transaction.occurred_at or now)
        refuse_future(moment_of(resolved), "occurred_at", now)
        account = self.account_for(resolved)
        self.check_content(resolved)
        receipt = self.apply(account, resolved, now)
        self.received[transaction.id] = (transaction, receipt)
        return receipt

    def settle(self, at: datetime, now: datetime) -> int:
        """Write the expiries due at a moment; how many points lapsed."""
        if at > now:
            raise invalid("as_of")
        return sum(account.points.settle(at, now) for account in self.accounts.values())

    # -- asking --------------------------------------------------------------------------------------------------------

    def balance(self, member_id: str, at: datetime) -> Balance:
        points = self.asked(member_id, at).points
        lots = tuple(
            (lot.id, lot.points, points.remaining(lot, at), lot.active_from, end if end != FOREVER else None)
            for lot in points.live_lots(at)
            if points.remaining(lot, at) and (end := points.expires_at(lot))
        )
        return Balance(points.available(at), points.debt(at), lots)

    def tier(self, member_id: str, at: datetime) -> TierStatus:
        standing = self.asked(member_id, at).standing(at)
        tier = self.program.tiers.tiers[standing.rank]
        return TierStatus(tier.name, standing.rank, standing.since, standing.until, tier.multiplier)

    def outlook(self, member_id: str, at: datetime) -> Outlook:
        account = self.asked(member_id, at)
        view, standing, tiers = account.view(at), account.standing(at), self.program.tiers.tiers
        tier, above = tiers[standing.rank], tiers[standing.rank + 1 : standing.rank + 2]
        return Outlook(
            grace_until=standing.grace_end,
            keeps=view.holds(tier.keep if tier.keep is not None else tier.enter) if standing.rank else None,
            next=(above[0].name, view.holds(above[0].enter)) if above else None,
            projected=tiers[account.projected(at).rank].name,
        )

    def statement(self, member_id: str, at: datetime) -> list[Posting]:
        return self.asked(member_id, at).points.statement(at)

    def select(self, rule: Predicate, at: datetime) -> list[str]:
        """The ids of those who meet a rule at a moment, of all enrolled by then."""
        enrolled = sorted(id for id, account in self.accounts.items() if account.enrolled_at <= at)
        return [id for id in enrolled if self.accounts[id].view(at).holds(rule)]

    def asked(self, member_id: str, at: datetime) -> Account:
        account = self.accounts.get(member_id)
        if account is None:
            raise UnknownMemberError
        if at < account.enrolled_at:
            raise NotEnrolledError("as_of")
        return account

    # -- who and whether -----------------------------------------------------------------------------------------------

    def check_content(self, transaction: Transaction) -> None:
        """Whether it fits the programme."""
        if isinstance(transaction, Event) and transaction.name not in {kind.name for kind in self.program.events}:
            raise invalid("name")
        if isinstance(transaction, Purchase):
            self.check_money(transaction)

    def check_money(self, purchase: Purchase) -> None:
        """Every amount fits its currency, and a foreign one has a rate (``S14``)."""
        if purchase.currency not in (None, self.program.currency) and purchase.rate is None:
            raise invalid("rate")
        amounts = [amount for line in basket(purchase) for amount in (line.amount, line.discount, line.tax)]
        for amount in [*amounts, *purchase.payments.values()]:
            self.shop.own_minor(purchase, amount)

    def account_for(self, transaction: Transaction) -> Account:
        """Whose transaction it is; that of a return or a reversal is that of what it undoes."""
        match transaction:
            case Return(of=of):
                account = self.account_of(of, Purchase)
            case Reversal(of=of):
                account = self.account_of(of, Redemption)
            case _:
                account = self.accounts.get(transaction.member_id)
                if account is None:
                    raise UnknownMemberError
        if moment_of(transaction) < account.enrolled_at:
            raise NotEnrolledError("occurred_at")
        return account

    def account_of(self, id: str, kind: type[Transaction]) -> Account:
        for account in self.accounts.values():
            if account.find(id, kind) is not None:
                return account
        raise UnknownTransactionError("of", kind.kind)

    # -- what each kind does -------------------------------------------------------------------------------------------

    def apply(self, account: Account, transaction: Transaction, now: datetime) -> Receipt:
        """Move the points first, for only that can refuse; then remember the transaction."""
        points = breakdown = lines = None
        match transaction:
            case Return():
                points = self.take_back(account, transaction, now)
            case Redemption():
                points = self.redeem(account, transaction, now)
            case Reversal():
                points = self.give_back(account, transaction, now)
            case Adjustment():
                points = self.adjust(account, transaction, now)
        account.add(transaction)
        walk = account.walk(moment_of(transaction))
        if isinstance(transaction, Purchase):
            points, breakdown, lines = self.earn(account, transaction, walk, now)
        account.points.correct(transaction, now)
        before, after = (self.program.tiers.tiers[rank] for rank in walk.tiers[transaction.id])
        return Receipt(
            id=transaction.id,
            kind=transaction.kind,
            member_id=account.member.id,
            occurred_at=moment_of(transaction),
            points=points or 0,
            breakdown=tuple(breakdown or ()),
            lines=tuple(lines or ()),
            multiplier=before.multiplier,
            tier_before=before.name,
            tier_after=after.name,
        )

    def earn(self, account: Account, purchase: Purchase, walk: Walk, now: datetime):
        """A purchase earns what its rules give at the tier of its day (``T5``, ``T8``)."""
        at, earned = moment_of(purchase), walk.earned[purchase.id]
        account.earned[purchase.id] = earned
        points = account.points
        if earned.priced.points:
            points.activities.append(at)
            points.post("accrual", earned.priced.points, at, now, purchase)
            points.add_lot(Lot(purchase.id, earned.priced.points, at, self.end_by_policy(at)))
        return earned.priced.points, earned.priced.breakdown, earned.priced.lines

    def end_by_policy(self, at: datetime) -> datetime | None:
        """When points of this day end; None where inactivity decides."""
        policy, wall = self.program.points.expire_after, self.shop.wall
        return None if isinstance(policy, Inactivity) else wall.end_after(wall.day(at), policy)

    def take_back(self, account: Account, back: Return, now: datetime) -> int:
        """A return claims what the kept part would not have earned, over all returns so far (``S6``)."""
        purchase = account.find(back.of, Purchase)
        assert isinstance(purchase, Purchase)
        at = moment_of(back)
        if at < moment_of(purchase):
            raise ReturnExceedsPurchaseError("occurred_at", "lies before the purchase", "check the date")
        earlier = [item for item in account.history if isinstance(item, Return) and item.of == back.of]
        refuse_beyond(self.shop, purchase, kept_lines(self.shop, purchase, earlier), back)
        earned = account.earned[purchase.id]
        left = price_of_kept(self.shop, purchase, [*earlier, back], earned).points
        points = account.points
        claim = max(0, earned.priced.points - points.claimed(purchase.id) - left)
        taken = points.claim(back.id, purchase.id, claim, at)
        points.post("clawback", -taken, at, now, back)
        return -taken

    def redeem(self, account: Account, redemption: Redemption, now: datetime) -> int:
        at = moment_of(redemption)
        account.points.redeem(redemption.id, redemption.points, at)
        account.points.post("redemption", -redemption.points, at, now, redemption)
        return -redemption.points

    def give_back(self, account: Account, reversal: Reversal, now: datetime) -> int:
        at = moment_of(reversal)
        redemption = account.find(reversal.of, Redemption)
        assert redemption is not None
        if at < moment_of(redemption):
            raise ReversalExceedsRedemptionError("occurred_at", "lies before the redemption", "check the date")
        points = account.points.reverse(reversal.id, reversal.of, reversal.points, at)
        account.points.post("reversal", points, at, now, reversal)
        return points

    def adjust(self, account: Account, adjustment: Adjustment, now: datetime) -> int:
        """Points given by hand are a lot; points taken by hand are taken or owed (``S17``)."""
        at, points = moment_of(adjustment), account.points
        moved = adjustment.points
        if moved > 0:
            end = self.end_of(adjustment)
            if adjustment.expires_at is not None and end is not None and end <= at:
                raise invalid("expires_at")
            points.add_lot(Lot(adjustment.id, moved, at, end))
        else:
            moved = -points.take_or_owe(adjustment.id, -moved, at, points.live_lots(at))
        points.post("adjustment", moved, at, now, adjustment)
        return moved

    def end_of(self, adjustment: Adjustment) -> datetime | None:
        if isinstance(adjustment.expires_at, Never):
            return FOREVER
        return adjustment.expires_at or self.end_by_policy(moment_of(adjustment))


def refuse_future(moment: datetime, name: str, now: datetime) -> None:
    if moment > now + LEEWAY:
        raise invalid(name)
