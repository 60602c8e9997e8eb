"""Rewards and vouchers: what a member's past says, read again each time (``S24``)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

import loyaltykit as lk
from tests.oracle.answers import Voucher
from tests.oracle.order import Happening, moment_of
from tests.oracle.store import Account, Store
from tests.oracle.wall import FOREVER


@frozen
class Vouchers:
    """The vouchers of one member."""

    store: Store
    account: Account

    def reward_of(self, redemption: lk.Redemption) -> lk.Reward:
        """Return the reward that is asked for, or refuse what the programme of its day does not have."""
        for reward in self.store.version_of(redemption).program.rewards:
            if reward.id == redemption.reward:
                return reward
        raise lk.errors.RewardUnavailableError("is not in the programme", "ask for another one")

    def price(self, redemption: lk.Redemption) -> int:
        return redemption.points or self.reward_of(redemption).points

    # -- what was issued -----------------------------------------------------------------------------------------------

    def issued(self) -> list[lk.Redemption]:
        history = self.account.history
        return [item for item in history if isinstance(item, lk.Redemption) and item.reward is not None]

    def when(self, code: str, kind: type[lk.VoucherUse | lk.Reversal]) -> datetime | None:
        """Return when it was spent, or given up, whatever day was asked about; either is accepted once."""
        done = [moment_of(item) for item in self.account.history if isinstance(item, kind) and item.of == code]
        return done[0] if done else None

    def end_of(self, redemption: lk.Redemption) -> datetime:
        """Return the end of its last day (``S3``)."""
        span, wall = self.reward_of(redemption).valid_for, self.store.version_of(redemption).wall
        return FOREVER if span is None else wall.end_after(wall.day(moment_of(redemption)), span)

    def status(self, redemption: lk.Redemption, at: datetime) -> str:
        used, cancelled = self.when(redemption.id, lk.VoucherUse), self.when(redemption.id, lk.Reversal)
        if cancelled is not None and cancelled <= at:
            return "cancelled"
        if used is not None and used <= at:
            return "used"
        return "issued" if at < self.end_of(redemption) else "expired"

    def seen(self, redemption: lk.Redemption, at: datetime) -> Voucher:
        reward, end, used = self.reward_of(redemption), self.end_of(redemption), self.when(redemption.id, lk.VoucherUse)
        return Voucher(
            code=redemption.id,
            reward=reward.id,
            kind=reward.kind,
            value=reward.value,
            issued_at=moment_of(redemption),
            valid_until=None if end == FOREVER else end,
            status=self.status(redemption, at),
            used_at=used if used is not None and used <= at else None,
        )

    def seen_at(self, at: datetime) -> list[Voucher]:
        """Return those issued up to a moment, oldest first."""
        issued = [item for item in self.issued() if moment_of(item) <= at]
        return [self.seen(item, at) for item in sorted(issued, key=lambda item: (moment_of(item), item.id))]

    def after(self, cause: Happening) -> Voucher | None:
        """Return what a transaction has made of a voucher."""
        code = cause.id if isinstance(cause, lk.Redemption) else getattr(cause, "of", None)
        found = [item for item in self.issued() if item.id == code]
        return self.seen(found[0], moment_of(cause)) if found else None

    def out(self, reward: lk.Reward) -> int:
        """Count how many a member was given and has not given up, whenever that was."""
        return sum(item.reward == reward.id and self.when(item.id, lk.Reversal) is None for item in self.issued())

    # -- what is refused -----------------------------------------------------------------------------------------------

    def refuse(self, item: Happening) -> None:
        """Refuse a reward, a use of its voucher, or giving it up."""
        match item:
            case lk.Redemption(reward=str()):
                self.refuse_reward(item)
            case lk.VoucherUse():
                self.refuse_use(item)
            case lk.Reversal():
                self.refuse_giving_up(item)

    def refuse_out_of_stock(self, redemption: lk.Redemption) -> None:
        """Refuse a reward of which all that there were are out: the stock is one for all members together."""
        reward = self.reward_of(redemption)
        all_out = sum(Vouchers(self.store, account).out(reward) for account in self.store.accounts())
        if reward.stock is not None and all_out >= reward.stock:
            raise unavailable()

    def refuse_reward(self, redemption: lk.Redemption) -> None:
        """Refuse a reward that is not for this member, or not now."""
        reward, at = self.reward_of(redemption), moment_of(redemption)
        has_begun = reward.available_from is None or reward.available_from <= at
        is_over = reward.available_until is not None and reward.available_until <= at
        had_often = reward.per_member is not None and self.out(reward) >= reward.per_member
        view = self.account.walk_to(at).seen(at)
        if not has_begun or is_over or had_often or not view.holds(reward.where):
            raise unavailable()

    def refuse_use(self, use: lk.VoucherUse) -> None:
        """Refuse to spend a voucher again, before it was issued or after its end."""
        found = [item for item in self.issued() if item.id == use.of]
        if not found:
            raise lk.errors.UnknownTransactionError("of", "redemption of a reward")
        self.refuse_spent(use.of)
        if not moment_of(found[0]) <= moment_of(use) < self.end_of(found[0]):
            raise not_usable()

    def refuse_giving_up(self, reversal: lk.Reversal) -> None:
        """Refuse to give a reward up but whole, unused, and once."""
        for redemption in self.issued():
            if redemption.id == reversal.of and self.when(reversal.of, lk.Reversal) is None:
                self.refuse_spent(reversal.of)
                if reversal.points not in (None, self.price(redemption)):
                    raise lk.errors.ReversalExceedsRedemptionError("points", "is not the price", "give back all")

    def refuse_spent(self, code: str) -> None:
        """Refuse what was used or given up already; what was recorded first counts, whenever it happened."""
        if any(self.when(code, kind) for kind in (lk.VoucherUse, lk.Reversal)):
            raise not_usable()


def unavailable() -> lk.errors.RewardUnavailableError:
    return lk.errors.RewardUnavailableError("cannot be had", "ask for another one")


def not_usable() -> lk.errors.VoucherNotUsableError:
    return lk.errors.VoucherNotUsableError("of", "names a voucher that cannot be used", "ask for the reward again")
