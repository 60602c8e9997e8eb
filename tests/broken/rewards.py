"""Broken counters: vouchers that never end, rewards that never run out."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
import loyaltykit.domain.decide.redemptions as redeeming
from loyaltykit.loyalty import runtime
from tests.broken.registry import broken
from tests.broken.story import Story


def gift_shop(story: Story) -> lk.Loyalty:
    """A shop of its own, with the story's clock and member, a neighbour, and one pot to be had."""
    program = story.world.program.evolve(rewards=[lk.Reward("pot", 10, stock=1), lk.Reward("cup", 10)])
    shop = lk.Loyalty(program, clock=lambda: story.day(9))
    for member_id in ("m", "neighbour"):
        shop.enroll(lk.Member(id=member_id, enrolled_at=story.world.start))
        points = lk.OpeningBalance(id=f"o-{member_id}", member_id=member_id, lots=[lk.OpeningLot(points=50)])
        shop.record(points)
    return shop


def refused(shop: lk.Loyalty, transaction: lk.Transaction, error: type[lk.LoyaltyError]) -> None:
    try:
        shop.record(transaction)
    except error:
        return
    raise AssertionError(f"{transaction.id} was accepted")


def one_voucher_at_two_tills(story: Story) -> None:
    shop = gift_shop(story)
    shop.record(lk.Redemption(id="v", member_id="m", reward="cup"))
    shop.record(lk.VoucherUse(id="u1", of="v"))
    refused(shop, lk.VoucherUse(id="u2", of="v"), lk.errors.VoucherNotUsableError)
    refused(shop, lk.Reversal(id="back", of="v"), lk.errors.VoucherNotUsableError)
    assert [voucher.status for voucher in shop.vouchers("m")] == ["used"]


@broken("rolling", one_voucher_at_two_tills)
def a_voucher_is_spent_twice(patch: pytest.MonkeyPatch) -> None:
    """S24: a voucher is spent once."""
    patch.setattr(redeeming, "_check_unspent", lambda _state: None)


def one_pot_for_two(story: Story) -> None:
    shop = gift_shop(story)
    shop.record(lk.Redemption(id="v1", member_id="m", reward="pot"))
    refused(shop, lk.Redemption(id="v2", member_id="neighbour", reward="pot"), lk.errors.RewardUnavailableError)
    shop.record(lk.Reversal(id="back", of="v1"))
    shop.record(lk.Redemption(id="v3", member_id="neighbour", reward="pot"))
    refused(shop, lk.Redemption(id="v4", member_id="m", reward="pot"), lk.errors.RewardUnavailableError)


@broken("rolling", one_pot_for_two)
def every_member_has_a_stock_of_their_own(patch: pytest.MonkeyPatch) -> None:
    """S24: the stock is shared by all members."""

    def own(reads: Any, rulebook: Any, reward_id: str) -> None:
        stock = redeeming.reward_of(rulebook, reward_id).stock
        if stock is not None and stock < 1:
            raise lk.errors.RewardUnavailableError("is out of stock", "come again")

    patch.setattr(runtime, "_check_stock", own)
