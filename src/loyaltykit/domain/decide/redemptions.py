"""Redemptions of rewards, uses of vouchers, and their cancellation (``S24``)."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.ledger.vouchers import VoucherChange, VoucherState
from loyaltykit.domain.program.rewards import Reward
from loyaltykit.domain.transactions import Redemption, Reversal, VoucherUse
from loyaltykit.errors import (
    ReversalExceedsRedemptionError,
    RewardUnavailableError,
    UnknownTransactionError,
    VoucherNotUsableError,
)
from loyaltykit.values import NEVER_US, Instant


def reward_of(rulebook: Rulebook, reward_id: str) -> Reward:
    """Return the reward with an id.

    Raises:
        RewardUnavailableError: the programme has no such reward.
    """
    reward = rulebook.rewards.get(reward_id)
    if reward is None:
        raise RewardUnavailableError("is not in the programme", "redeem one of the programme's rewards")
    return reward


def price(account: Account, redemption: Redemption) -> int:
    """Return how many points a redemption costs: what it says, or the price of its reward."""
    if redemption.reward is not None:
        return reward_of(account.rules.at(redemption.instant), redemption.reward).points
    assert redemption.points is not None  # Redemption requires one of the two
    return redemption.points


def voucher_change(account: Account, given: Redemption | Reversal | VoucherUse) -> VoucherChange | None:
    """Return what a transaction does to a voucher; None if it concerns none.

    Raises:
        RewardUnavailableError: the member cannot have the reward.
        VoucherNotUsableError: the voucher was used or cancelled, has expired, or was not issued yet.
        ReversalExceedsRedemptionError: a part of a reward's price is reversed.
        UnknownTransactionError: the redemption that a use names issued no voucher.
    """
    if isinstance(given, Redemption):
        if given.reward is None:
            return None
        return _issue(account, given, reward_of(account.rules.at(given.instant), given.reward))
    state = account.vouchers.get(given.of)
    if isinstance(given, VoucherUse):
        if state is None:
            raise UnknownTransactionError("of", "redemption of a reward")
        return _use(state, given.instant)
    return None if state is None else _cancel(account, state, given)


def _issue(account: Account, redemption: Redemption, reward: Reward) -> VoucherChange:
    at = redemption.instant
    _check_dates(reward, at)
    _check_member(account, reward, at)
    end = NEVER_US
    if reward.valid_for is not None:
        calendar = account.rules.calendar
        end = calendar.end_after(calendar.day_of(at), reward.valid_for)
    return VoucherChange("issued", at, VoucherState(redemption.id, reward.id, reward.kind, reward.value, at, end))


def _check_dates(reward: Reward, at: Instant) -> None:
    if at < reward.first_instant:
        raise RewardUnavailableError("is not available yet", "redeem it from available_from on")
    if at >= reward.end_instant:
        raise RewardUnavailableError("is no longer available", "redeem another one; available_until is exclusive")


def _check_member(account: Account, reward: Reward, at: Instant) -> None:
    allowed = account.rules.at(at).reward_rules.get(reward.id)
    if allowed is not None:
        state = account.state_at(at)
        if not allowed.outcomes(state.history, state.view)[0]:
            raise RewardUnavailableError("is not for this member", "see its where; another member may have it")
    if reward.per_member is not None:
        had = sum(state.reward == reward.id and state.is_outstanding for state in account.vouchers.values())
        if had >= reward.per_member:
            raise RewardUnavailableError(
                "was already redeemed as often as one member may", "reverse an earlier redemption of it"
            )


def _use(state: VoucherState, at: Instant) -> VoucherChange:
    _check_unspent(state)
    if at < state.issued_at:
        raise VoucherNotUsableError(
            "occurred_at", "is before the voucher was issued", "date it at or after the redemption"
        )
    if at >= state.valid_until:
        raise VoucherNotUsableError("of", "names a voucher that has expired", "redeem the reward again")
    return VoucherChange("used", at, evolve(state, used_at=at))


def _cancel(account: Account, state: VoucherState, reversal: Reversal) -> VoucherChange | None:
    """Cancel a voucher: only whole, and only before it is used."""
    if not state.is_outstanding:
        return None
    _check_unspent(state)
    if reversal.points not in (None, -account.ledger.redemptions[reversal.of].points):
        raise ReversalExceedsRedemptionError("points", "is not the price of the reward", "leave it out: all come back")
    return VoucherChange("cancelled", reversal.instant, evolve(state, cancelled_at=reversal.instant))


def _check_unspent(state: VoucherState) -> None:
    """Check that a voucher was not used or cancelled; recording order counts."""
    if state.used_at is not None:
        raise VoucherNotUsableError("of", "names a voucher that was used", "a voucher is spent once")
    if not state.is_outstanding:
        raise VoucherNotUsableError("of", "names a voucher that was cancelled", "redeem the reward again")
