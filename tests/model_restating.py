"""Points of later purchases put right after a late fact, for the naive model (``T8``, ``LatePolicy.restate``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from loyaltykit.domain.transactions import CREDIT_RANK, RETURN_RANK, Purchase, Return, TierGrantEnd, Transaction
from tests.model_account import Account
from tests.model_book import Claim
from tests.model_earning import Till
from tests.model_facts import moment_of
from tests.model_lots import lot_of
from tests.model_purchases import kept_lines
from tests.model_tiers import Earned, Walk, price_of_kept


def restate(before: Walk, account: Account, late: Transaction, now: datetime) -> Mapping[str, int]:
    """Give and take the points of purchases whose multiplier comes out differently by a late fact, in order.

    Args:
        before: the past without it.
        account: which knows the late fact, and has its own points.
        late: what arrived.
        now: the clock's.
    """
    found: dict[str, int] = {}
    after = account.walk(before.horizon)
    bought = [item for item in account.history if isinstance(item, Purchase) and item.order > late.order]
    for purchase in sorted(bought, key=lambda item: item.order):
        multiplier = after.earned[purchase.id].multiplier
        if multiplier == before.earned[purchase.id].multiplier:
            continue
        again = at_multiplier(purchase, account.earned[purchase.id], multiplier)
        difference = kept_points(account, purchase, again) - standing_points(account, purchase)
        if isinstance(late, Return | TierGrantEnd) and difference <= 0:
            continue
        found[purchase.id] = put_right(account, purchase, again, difference, late, now)
    return found


def at_multiplier(purchase: Purchase, earned: Earned, multiplier) -> Earned:
    """The purchase as it earned, but for the multiplier: rules, facts and what caps left it stay."""
    lines = kept_lines(earned.shop, purchase, [])
    priced = Till(earned.shop, purchase, lines, multiplier, earned.given).price()
    return evolve(earned, priced=priced, multiplier=multiplier)


def standing_points(account: Account, purchase: Purchase) -> int:
    """What was given for a purchase and not claimed back."""
    return account.earned[purchase.id].granted.points - account.points.claimed(purchase.id)


def kept_points(account: Account, purchase: Purchase, earned: Earned) -> int:
    """What the kept part earns, after one return after the other: a return never raises it."""
    returns = [item for item in account.history if isinstance(item, Return) and item.of == purchase.id]
    prices = [price_of_kept(purchase, returns[:count], earned).points for count in range(len(returns) + 1)]
    return min(prices)


def put_right(
    account: Account, purchase: Purchase, again: Earned, difference: int, late: Transaction, now: datetime
) -> int:
    """Points come in a lot of their own, or are taken as by a return; how many came or, negative, went."""
    at, points, id = moment_of(purchase), account.points, f"{late.id}\x1f{purchase.id}"
    kept = kept_points(account, purchase, again)
    moved = difference
    if difference > 0:
        points.activities.append(at)
        points.post("accrual", difference, at, now, late, CREDIT_RANK)
        points.add_lot(evolve(lot_of(again.shop, id, difference, at), about=purchase.id))
    if difference < 0:
        moved = -points.claim(id, purchase.id, -difference, at, again.shop.program.points)
        points.post("clawback", moved, at, now, late, RETURN_RANK)
    account.earned[purchase.id] = again
    claimed = again.granted.points - kept  # what its returns would have claimed, with this multiplier
    points.claims.append(Claim(purchase.id, claimed - points.claimed(purchase.id), 0))
    return moved
