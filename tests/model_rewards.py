"""Rewards and vouchers, for the naive model: what a member's past says, read again each time (``S24``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from loyaltykit.domain.program.rewards import Reward
from loyaltykit.domain.transactions import Redemption, Reversal, Transaction, VoucherUse
from loyaltykit.errors import (
    ReversalExceedsRedemptionError,
    RewardUnavailableError,
    UnknownTransactionError,
    VoucherNotUsableError,
)
from loyaltykit.rules.nodes import Predicate
from tests.model_purchases import Shop
from tests.model_time import FOREVER

History = Sequence[Transaction]
"""What one member did, in the order of recording."""

ShopOf = Callable[[Transaction], Shop]
"""By which version something was recorded, or would be."""


@frozen
class Voucher:
    code: str
    reward: str
    kind: str
    value: Decimal | None
    issued_at: datetime
    valid_until: datetime | None
    status: str
    used_at: datetime | None


def reward_of(shop_of: ShopOf, redemption: Redemption) -> Reward:
    """The reward that is asked for.

    Raises:
        RewardUnavailableError: the programme of its day has none of that id.
    """
    for reward in shop_of(redemption).program.rewards:
        if reward.id == redemption.reward:
            return reward
    raise RewardUnavailableError("is not in the programme", "ask for another one")


def price(shop_of: ShopOf, redemption: Redemption) -> int:
    return redemption.points or reward_of(shop_of, redemption).points


def issued_by(history: History) -> list[Redemption]:
    return [item for item in history if isinstance(item, Redemption) and item.reward is not None]


def dated(transaction: Transaction) -> datetime:
    assert transaction.occurred_at is not None
    return transaction.occurred_at


def used_at(history: History, code: str) -> datetime | None:
    """When it was spent, whatever day was asked about; only one use is ever accepted."""
    return next((dated(item) for item in history if isinstance(item, VoucherUse) and item.of == code), None)


def cancelled_at(history: History, code: str) -> datetime | None:
    return next((dated(item) for item in history if isinstance(item, Reversal) and item.of == code), None)


def end_of(shop_of: ShopOf, redemption: Redemption) -> datetime:
    """To the end of the last day (``S3``)."""
    span, wall = reward_of(shop_of, redemption).valid_for, shop_of(redemption).wall
    return FOREVER if span is None else wall.end_after(wall.day(dated(redemption)), span)


def status(shop_of: ShopOf, history: History, redemption: Redemption, at: datetime) -> str:
    used, cancelled = used_at(history, redemption.id), cancelled_at(history, redemption.id)
    if cancelled is not None and cancelled <= at:
        return "cancelled"
    if used is not None and used <= at:
        return "used"
    return "issued" if at < end_of(shop_of, redemption) else "expired"


def voucher(shop_of: ShopOf, history: History, redemption: Redemption, at: datetime) -> Voucher:
    reward, end, used = reward_of(shop_of, redemption), end_of(shop_of, redemption), used_at(history, redemption.id)
    return Voucher(
        code=redemption.id,
        reward=reward.id,
        kind=reward.kind,
        value=reward.value,
        issued_at=dated(redemption),
        valid_until=None if end == FOREVER else end,
        status=status(shop_of, history, redemption, at),
        used_at=used if used is not None and used <= at else None,
    )


def view_at(shop_of: ShopOf, history: History, at: datetime) -> list[Voucher]:
    """Those issued up to a moment, oldest first."""
    issued = sorted((dated(item), item.id, item) for item in issued_by(history) if dated(item) <= at)
    return [voucher(shop_of, history, item, at) for _, _, item in issued]


def voucher_after(shop_of: ShopOf, history: History, cause: Transaction) -> Voucher | None:
    """What a transaction has made of a voucher."""
    code = cause.id if isinstance(cause, Redemption) else getattr(cause, "of", None)
    found = [item for item in issued_by(history) if item.id == code]
    return voucher(shop_of, history, found[0], dated(cause)) if found else None


# -- what is refused ---------------------------------------------------------------------------------------------------


def refuse_reward(
    shop_of: ShopOf,
    redemption: Redemption,
    history: History,
    everybody: Sequence[History],
    can_have: Callable[[Predicate | None], bool],
) -> None:
    """Refuse a reward that is not for this member, or not now.

    Raises:
        RewardUnavailableError: for whatever reason.
    """
    reward, at = reward_of(shop_of, redemption), dated(redemption)
    has_begun = reward.available_from is None or reward.available_from <= at
    is_over = reward.available_until is not None and reward.available_until <= at
    own, all_out = out(history, reward), sum(out(other, reward) for other in everybody)
    is_out_of_stock = reward.stock is not None and all_out >= reward.stock
    had_often = reward.per_member is not None and own >= reward.per_member
    if not has_begun or is_over or is_out_of_stock or had_often or not can_have(reward.where):
        raise RewardUnavailableError("cannot be had", "ask for another one")


def out(history: History, reward: Reward) -> int:
    """How many a member was given and has not given up, whenever that was."""
    mine = [item for item in issued_by(history) if item.reward == reward.id]
    return len([item for item in mine if cancelled_at(history, item.id) is None])


def refuse_use(shop_of: ShopOf, use: VoucherUse, history: History) -> None:
    """Refuse to spend a voucher again, before it was issued or after its end."""
    found = [item for item in issued_by(history) if item.id == use.of]
    if not found:
        raise UnknownTransactionError("of", "redemption of a reward")
    refuse_spent(history, use.of)
    if not dated(found[0]) <= dated(use) < end_of(shop_of, found[0]):
        raise not_usable()


def refuse_giving_up(shop_of: ShopOf, reversal: Reversal, history: History) -> None:
    """A reward comes back whole and unused, and once."""
    for redemption in issued_by(history):
        if redemption.id == reversal.of and cancelled_at(history, reversal.of) is None:
            refuse_spent(history, reversal.of)
            if reversal.points not in (None, price(shop_of, redemption)):
                raise ReversalExceedsRedemptionError("points", "is not the price", "give back all")


def refuse_spent(history: History, code: str) -> None:
    """What was recorded first counts, whenever it happened."""
    if used_at(history, code) is not None or cancelled_at(history, code) is not None:
        raise not_usable()


def not_usable() -> VoucherNotUsableError:
    return VoucherNotUsableError("of", "names a voucher that cannot be used", "ask for the reward again")
