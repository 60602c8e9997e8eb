"""What each kind of transaction does, for the naive model."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from attrs import define, evolve, field

from loyaltykit.domain.program.points import PointsPolicy
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import (
    CREDIT_RANK,
    DEBIT_RANK,
    Activation,
    Adjustment,
    Capture,
    Event,
    Hold,
    OpeningBalance,
    PointsPayment,
    Purchase,
    Redemption,
    Release,
    Return,
    Reversal,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Transfer,
    Visit,
    VoucherUse,
)
from loyaltykit.errors import (
    NotEnrolledError,
    ReturnExceedsPurchaseError,
    ReversalExceedsRedemptionError,
    UnknownMemberError,
)
from tests.model_account import Account, Receipt, differences
from tests.model_book import Lot
from tests.model_facts import moment_of
from tests.model_grants import Grant, reached, room_for, shares_of
from tests.model_hand import refuse_end, refuse_grant
from tests.model_laws import Laws
from tests.model_lots import lot_of, new_lot, part_id
from tests.model_purchases import Shop, invalid, kept_lines, refuse_beyond
from tests.model_restating import restate
from tests.model_rewards import price, refuse_giving_up, refuse_reward, refuse_use, voucher_after
from tests.model_tiers import Walk, grant_of, price_of_kept
from tests.model_time import FOREVER


def multiplier_of(account: Account, transaction: Transaction) -> Fraction:
    """That of the purchase, for a purchase and its returns; 1 for all others."""
    id = transaction.id if isinstance(transaction, Purchase) else getattr(transaction, "of", "")
    return account.earned[id].multiplier if isinstance(transaction, Purchase | Return) else Fraction(1)


@define
class Deeds:
    """A programme in its versions, the accounts, and what happens to them."""

    program: Program
    accounts: dict[str, Account] = field(factory=dict)
    made_by: dict[str, Shop] = field(factory=dict)  # the version by which each transaction was recorded
    laws: Laws = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.laws = Laws.of(self.program)

    def policy(self, at: datetime) -> PointsPolicy:
        return self.laws.at(at).program.points

    def shop_of(self, transaction: Transaction) -> Shop:
        """The version that it was recorded by, whatever was corrected since; of what is new, that of its date."""
        return self.made_by.get(transaction.id) or self.laws.at(moment_of(transaction))

    def apply(self, account: Account, transaction: Transaction, now: datetime) -> Receipt:
        """Move the points first, for only that can refuse; then remember the transaction."""
        at, is_late, closed = moment_of(transaction), account.is_late(transaction), account.closed
        account.points = account.points.known_at(at)
        self.check_reward(account, transaction)
        self.check_by_hand(account, transaction)
        points, moved = self.move(account, transaction, now)
        paid = self.pay(account, transaction, now)
        before = account.saved
        account.add(transaction)
        walk = account.walk(max(at, closed))
        breakdown, lines = [], []
        if isinstance(transaction, Purchase):
            points, breakdown, lines = self.earn(account, transaction, walk, now)
        if isinstance(transaction, Visit | Event):
            points, breakdown = self.achieve(account, transaction, walk, now)
        corrections, restated = (), {}
        if is_late:
            corrections = differences(before.line(closed), account.line(closed), transaction.id)
        if is_late and self.laws.at(at).program.late.restate:
            restated = restate(before.walk(max(at, closed)), account, transaction, now)
        account.points.correct(transaction, now)
        self.made_by[transaction.id] = self.laws.at(at)
        tier_before, tier_after = (self.laws.at(at).program.tiers.tiers[rank] for rank in walk.tiers[transaction.id])
        return Receipt(
            id=transaction.id,
            kind=transaction.kind,
            member_id=account.member.id,
            occurred_at=at,
            points=points,
            breakdown=tuple(breakdown),
            lines=tuple(lines),
            multiplier=multiplier_of(account, transaction),
            tier_before=tier_before.name,
            tier_after=tier_after.name,
            moved=moved,
            points_paid=paid,
            voucher=voucher_after(self.shop_of, account.history, transaction),
            corrections=corrections,
            restated=restated,
        )

    def move(self, account: Account, transaction: Transaction, now: datetime) -> tuple[int, int]:
        """How many points came or went, and how many only changed their place."""
        match transaction:
            case Hold(points=points):
                return 0, self.hold(account, transaction, points)
            case Release(of=of):
                return 0, account.points.release(of, moment_of(transaction))
            case Capture():
                return self.capture(account, transaction, now)
            case Activation(of=of):
                return 0, self.activate(account, of, moment_of(transaction))
        return self.come_or_go(account, transaction, now), 0

    def come_or_go(self, account: Account, transaction: Transaction, now: datetime) -> int:
        match transaction:
            case Return():
                return self.take_back(account, transaction, now)
            case Redemption():
                return self.redeem(account, transaction, now)
            case Reversal():
                return self.give_back(account, transaction, now)
            case Adjustment():
                return self.adjust(account, transaction, now)
            case Transfer():
                return self.transfer(account, transaction, now)
            case OpeningBalance():
                return self.open(account, transaction, now)
        return 0

    def check_by_hand(self, account: Account, transaction: Transaction) -> None:
        """Whether a tier can be set, or ended (``T6``)."""
        if isinstance(transaction, TierGrant):
            refuse_grant(self.laws, transaction)
        if isinstance(transaction, TierGrantEnd):
            refuse_end(account.history, transaction)

    # -- rewards -------------------------------------------------------------------------------------------------------

    def check_reward(self, account: Account, transaction: Transaction) -> None:
        """Whether the reward can be had, or its voucher used or given up (``S24``)."""
        match transaction:
            case Redemption(reward=str()):
                everybody = [other.history for id, other in self.accounts.items() if id == other.member.id]
                can_have = account.view(moment_of(transaction)).holds
                refuse_reward(self.shop_of, transaction, account.history, everybody, can_have)
            case VoucherUse():
                refuse_use(self.shop_of, transaction, account.history)
            case Reversal():
                refuse_giving_up(self.shop_of, transaction, account.history)

    # -- purchases and returns -----------------------------------------------------------------------------------------

    def earn(self, account: Account, purchase: Purchase, walk: Walk, now: datetime):
        """A purchase earns what its rules give at the tier of its day (``T5``, ``T8``)."""
        at, points = moment_of(purchase), account.points
        room = room_for(self.laws, account.grants, at)
        earned = account.earned[purchase.id] = evolve(walk.earned[purchase.id], room=room)
        granted = earned.granted
        account.grants.append(grant_of(at, granted))
        if granted.points:
            points.activities.append(at)
            points.post("accrual", granted.points, at, now, purchase)
            points.add_lot(lot_of(self.laws.at(at), purchase.id, granted.points, at))
        return granted.points, granted.breakdown, granted.lines

    def achieve(self, account: Account, activity: Visit | Event, walk: Walk, now: datetime):
        """What a visit or an event gives the member, and another one whom it names (``S20``)."""
        [counted] = [item for item in walk.counted if item.activity is activity]
        found = reached(self.laws.at(moment_of(activity)), account.counted, counted)
        account.counted.append(counted)
        shares = self.award(account, [(item.name, item.points) for item in found], activity, now)
        beside = [(item.name, item.other_points) for item in found if item.other_points]
        if isinstance(activity, Event) and activity.other_member_id is not None and beside:
            self.share(self.accounts[activity.other_member_id], beside, activity, now)
        return sum(points for _, points, _ in shares), shares

    def share(self, friend: Account, asked: list[tuple[str, int]], event: Event, now: datetime) -> None:
        at = moment_of(event)
        if at < friend.enrolled_at:
            raise NotEnrolledError("occurred_at")
        friend.points = friend.points.known_at(at)
        friend.places.append((event.order[0], CREDIT_RANK, event.id))
        self.award(friend, asked, event, now, other=True)
        friend.points.correct(event, now)

    def award(
        self,
        account: Account,
        asked: list[tuple[str, int]],
        activity: Visit | Event,
        now: datetime,
        *,
        other: bool = False,
    ) -> list[tuple[str, int, int]]:
        """Points for achievements, within the caps; an accrual, and so a sign of life."""
        at, shop = moment_of(activity), self.laws.at(moment_of(activity))
        shares = shares_of(self.laws, asked, account.grants, at)
        total = sum(points for _, points, _ in shares)
        account.grants.append(Grant(at, total))
        if total:
            account.points.activities.append(at)
            account.points.post("accrual", total, at, now, activity, CREDIT_RANK if other else None)
            account.points.add_lot(new_lot(shop, f"{activity.id}\x1fother" if other else activity.id, total, at))
        return shares

    def pay(self, account: Account, transaction: Transaction, now: datetime) -> int:
        """Points that pay for a purchase, before it earns any (``S25``); those that a return gives back (``S10``)."""
        at = moment_of(transaction)
        match transaction:
            case Purchase(paid_with=PointsPayment(points=points)):
                account.points.redeem(transaction.id, points, at)
                account.points.post("redemption", -points, at, now, transaction, DEBIT_RANK)
                return points
            case Return(of=of):
                earlier = [item for item in account.history if isinstance(item, Return) and item.of == of]
                points = self.points_paid(account, of, earlier) - self.points_paid(account, of, [*earlier, transaction])
                if points:
                    account.points.reverse(transaction.id, of, points, at, account.earned[of].shop.program.points)
                    account.points.post("reversal", points, at, now, transaction, CREDIT_RANK)
                return -points
        return 0

    def points_paid(self, account: Account, id: str, returns: list[Return]) -> int:
        """How many points paid for what is kept of a purchase (``S11``)."""
        purchase = account.find(id, Purchase)
        assert isinstance(purchase, Purchase)
        return sum(line.points_paid for line in kept_lines(account.earned[id].shop, purchase, returns))

    def take_back(self, account: Account, back: Return, now: datetime) -> int:
        """A return claims what the kept part would not have earned, over all returns so far (``S6``)."""
        purchase = account.find(back.of, Purchase)
        assert isinstance(purchase, Purchase)
        at = moment_of(back)
        if at < moment_of(purchase):
            raise ReturnExceedsPurchaseError("occurred_at", "lies before the purchase", "check the date")
        earlier = [item for item in account.history if isinstance(item, Return) and item.of == back.of]
        earned, points = account.earned[purchase.id], account.points
        refuse_beyond(earned.shop, purchase, kept_lines(earned.shop, purchase, earlier), back)
        left = price_of_kept(purchase, [*earlier, back], earned).points
        claim = max(0, earned.granted.points - points.claimed(purchase.id) - left)
        taken = points.claim(back.id, purchase.id, claim, at, earned.shop.program.points)
        points.post("clawback", -taken, at, now, back)
        return -taken

    def activate(self, account: Account, of: str, at: datetime) -> int:
        purchase = account.find(of, Purchase)
        assert purchase is not None
        if at < moment_of(purchase):
            raise invalid("occurred_at")
        return account.points.activate(of, at)

    # -- points spent, set aside, given and taken ----------------------------------------------------------------------

    def redeem(self, account: Account, redemption: Redemption, now: datetime) -> int:
        at, points = moment_of(redemption), price(self.shop_of, redemption)
        account.points.redeem(redemption.id, points, at)
        account.points.post("redemption", -points, at, now, redemption)
        return -points

    def give_back(self, account: Account, reversal: Reversal, now: datetime) -> int:
        at = moment_of(reversal)
        redemption = account.find(reversal.of, Redemption, Capture)
        assert redemption is not None
        if at < moment_of(redemption):
            raise ReversalExceedsRedemptionError("occurred_at", "lies before the redemption", "check the date")
        policy = self.shop_of(redemption).program.points
        points = account.points.reverse(reversal.id, reversal.of, reversal.points, at, policy)
        account.points.post("reversal", points, at, now, reversal)
        return points

    def hold(self, account: Account, hold: Hold, points: int) -> int:
        at, until = moment_of(hold), hold.until or FOREVER
        if until <= at:
            raise invalid("until")
        account.points.hold(hold.id, points, at, until)
        return points

    def capture(self, account: Account, capture: Capture, now: datetime) -> tuple[int, int]:
        """Some of what was held is spent, and all of it is held no more (``S19``)."""
        at = moment_of(capture)
        [hold] = [hold for hold in account.points.holds if hold.id == capture.of]
        points = account.points.capture(capture.id, capture.of, capture.points, at)
        account.points.post("redemption", -points, at, now, capture)
        return -points, hold.points

    def adjust(self, account: Account, adjustment: Adjustment, now: datetime) -> int:
        """Points given by hand are a lot; points taken by hand are taken or owed (``S17``)."""
        at, points = moment_of(adjustment), account.points
        moved = adjustment.points
        if moved > 0:
            points.add_lot(new_lot(self.laws.at(at), adjustment.id, moved, at, adjustment.expires_at))
        else:
            moved = -points.take_or_owe(adjustment.id, -moved, at, points.live_lots(at), self.policy(at))
        points.post("adjustment", moved, at, now, adjustment)
        return moved

    def open(self, account: Account, opening: OpeningBalance, now: datetime) -> int:
        """What came along from elsewhere, lot by lot (``S22``)."""
        at = moment_of(opening)
        lots = [
            new_lot(self.laws.at(at), part_id(opening.id, place), lot.points, at, lot.expires_at)
            for place, lot in enumerate(opening.lots)
        ]
        return self.bring(account, "opening", lots, opening, now)

    def bring(self, account: Account, kind: str, lots: list[Lot], cause: Transaction, now: datetime) -> int:
        account.points.add_lot(*lots)
        for lot in lots:
            account.points.post(kind, lot.points, moment_of(cause), now, cause)
        return sum(lot.points for lot in lots)

    def transfer(self, giver: Account, transfer: Transfer, now: datetime) -> int:
        """Points go to another member with the ends they have (``S16``)."""
        at = moment_of(transfer)
        given = giver.points.spend(transfer.points, at)
        receiver = self.accounts.get(transfer.to)
        if receiver is None:
            raise UnknownMemberError
        if receiver is giver:
            raise invalid("to")
        if at < receiver.enrolled_at:
            raise NotEnrolledError("occurred_at")
        lots = [
            Lot(part_id(transfer.id, place), points, at, giver.points.expires_at(lot), lot.span)
            for place, (lot, points) in enumerate(given)
        ]
        giver.points.use(transfer.id, given, at)
        giver.points.post("transfer", -transfer.points, at, now, transfer)
        receiver.points = receiver.points.known_at(at)
        receiver.places.append((transfer.order[0], CREDIT_RANK, transfer.id))
        self.bring(receiver, "transfer", lots, transfer, now)
        receiver.points.correct(transfer, now)
        return -transfer.points
