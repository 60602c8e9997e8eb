"""What stands behind a recorded purchase: what it earned, and how much of it came back (``S6``)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from attrs import define, evolve

from loyaltykit.domain.earning.accrual import Accrual, Earned
from loyaltykit.domain.earning.basket import (
    Basket,
    Kept,
    all_kept,
    converted,
    keep,
    kept_amount,
    open_basket,
    paid_points,
)
from loyaltykit.domain.earning.caps import CapBook, Room, capped
from loyaltykit.domain.earning.counters import Tally
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Purchase, Return
from loyaltykit.errors import InvalidValueError, Problem, ReturnExceedsPurchaseError
from loyaltykit.rules.nodes import Reference
from loyaltykit.values import Minor, currency_scale, to_decimal, to_minor

NOTHING_GIVEN: Mapping[Reference, object] = MappingProxyType({})


@define
class Sale:
    """A purchase and its returns so far.

    ``multiplier``, ``version`` of the rules and ``given`` (values of member fields and facts that they mention) are
    those of the purchase: a return is priced with them, never with today's. ``claimed`` is what returns have claimed
    back, taken or not; ``lapsed`` is the part of it that points which had lapsed unspent made good. ``room`` is what
    caps left for it; None where there are none. ``more_lots`` are those that hold points which were put right later.
    """

    purchase: Purchase
    earned: Earned
    multiplier: Decimal
    version: int = 1
    given: Mapping[Reference, object] = NOTHING_GIVEN
    kept: Kept | None = None
    claimed: int = 0
    lapsed: int = 0
    room: Room | None = None
    more_lots: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """What the rules give for the kept part."""
        return self.earned.points - self.claimed


@define
class Baskets:
    """A purchase as it was bought and as far as it is kept, in the programme's currency."""

    bought: Basket
    kept: Basket


def baskets_of(sale: Sale, program: Program) -> Baskets:
    """What was bought, and the part of it that is still kept."""
    basket = open_basket(sale.purchase, program)
    bought = converted(basket, program)
    if sale.kept is None:
        return Baskets(bought, bought)
    return Baskets(bought, converted(keep(basket, sale.kept), program))


def repriced(sale: Sale, accrual: Accrual, multiplier: Decimal) -> Sale:
    """The sale with another multiplier, for what was bought and for what of it is kept (``T8``)."""
    baskets = baskets_of(sale, accrual.program)
    bought, kept = (_earned(sale, accrual, basket, multiplier) for basket in (baskets.bought, baskets.kept))
    return evolve(sale, earned=bought, multiplier=multiplier, claimed=max(bought.points - kept.points, 0))


def _earned(sale: Sale, accrual: Accrual, basket: Basket, multiplier: Decimal) -> Earned:
    earned = accrual.earn(basket, sale.purchase.instant, multiplier, sale.given)
    return earned if sale.room is None else capped(earned, sale.room)


def within_caps(sale: Sale, caps: CapBook, tally: Tally) -> Sale:
    """The sale with what caps leave of its points, after what was granted so far (``S20``)."""
    room = caps.room(sale.purchase.instant, tally)
    return evolve(sale, earned=capped(sale.earned, room), room=room)


def points_paid(sale: Sale, program: Program) -> int:
    """How many points paid for what is kept of a purchase (``S25``)."""
    if sale.purchase.paid_with is None:
        return 0
    basket = open_basket(sale.purchase, program)
    return paid_points(basket, sale.kept or all_kept(basket))


def take_back(sale: Sale, back: Return, accrual: Accrual, *, strict: bool) -> Sale:
    """The sale after a return (``S6``); its ``claimed`` grows by what the kept part would not have earned.

    Args:
        sale: before the return.
        back: what came back.
        accrual: the version of the rules the purchase earned by.
        strict: refuse what is more than is kept; otherwise take at most that.

    Raises:
        ReturnExceedsPurchaseError: more comes back than is kept.
        InvalidValueError: an amount stands for several lines, or a line does not exist.
    """
    basket = open_basket(sale.purchase, accrual.program)
    kept = _after(basket, sale.kept or all_kept(basket), back, accrual, strict=strict)
    part = converted(keep(basket, kept), accrual.program)
    earned = _earned(sale, accrual, part, sale.multiplier)
    claim = max(sale.points - earned.points, 0)
    return evolve(sale, kept=kept, claimed=sale.claimed + claim)


def _after(basket: Basket, kept: Kept, back: Return, accrual: Accrual, *, strict: bool) -> Kept:
    if back.lines:
        for returned in back.lines:
            kept = _take_line(basket, kept, returned.line, returned.quantity, strict=strict)
        return kept
    if back.amount is not None:
        scale = currency_scale(basket.purchase.currency or accrual.program.currency)
        return _take_amount(basket, kept, _amount_minor(back, scale), scale, strict=strict)
    if strict and all(kept.gone):
        raise ReturnExceedsPurchaseError("of", "was returned whole before", "check the id: nothing is kept of it")
    return Kept((0,) * len(kept.gone), kept.returned, (True,) * len(kept.gone))


def _take_line(basket: Basket, kept: Kept, line: int, quantity: int | None, *, strict: bool) -> Kept:
    if line >= len(basket.lines):
        raise InvalidValueError([Problem("lines", "names a line that the purchase lacks", "count lines from 0")])
    here = kept.quantities[line]
    if strict and (kept.gone[line] or (quantity is not None and quantity > here)):
        raise _exceeds_line(line, quantity, 0 if kept.gone[line] else here)
    left = 0 if quantity is None else max(here - quantity, 0)
    after = _with_line(kept, line, left, gone=left == 0)
    if kept_amount(basket.amounts[line], basket.quantities[line], after, line) >= 0:
        return after
    if strict:
        reason = f"comes to more than is kept of line {line}, of which a part was returned by amount"
        raise ReturnExceedsPurchaseError("lines", reason, "return the rest by amount, or all of it", line=line)
    return _with_line(kept, line, 0, gone=True)


def _take_amount(basket: Basket, kept: Kept, amount: Minor, scale: int, *, strict: bool) -> Kept:
    if len(basket.lines) > 1:
        raise InvalidValueError([Problem("amount", "is given for several lines", "return by line and quantity")])
    before = kept_amount(basket.amounts[0], basket.quantities[0], kept, 0)
    left = before - amount
    if strict and (kept.gone[0] or left < 0):
        raise _exceeds_amount(amount, 0 if kept.gone[0] else before, scale)
    if left <= 0:
        return _with_line(kept, 0, 0, gone=True)
    return Kept(kept.quantities, (kept.returned[0] + amount,), kept.gone)


def _amount_minor(back: Return, scale: int) -> Minor:
    """Return what came back, in minor units of the purchase's own currency."""
    assert back.amount is not None  # the caller looked
    minor = to_minor(back.amount, scale)
    if minor is None:
        raise InvalidValueError([Problem("amount", "has too many decimals", "round it to the currency first")])
    return minor


def _with_line(kept: Kept, line: int, quantity: int, *, gone: bool) -> Kept:
    return Kept(
        (*kept.quantities[:line], quantity, *kept.quantities[line + 1 :]),
        kept.returned,
        (*kept.gone[:line], gone, *kept.gone[line + 1 :]),
    )


def _exceeds_line(line: int, requested: int | None, kept: int) -> ReturnExceedsPurchaseError:
    asked = "all" if requested is None else str(requested)
    reason, way_out = f"asks for {asked} of line {line}, of which {kept} are kept", f"return at most {kept} of it"
    if not kept:
        reason, way_out = f"asks for line {line}, of which nothing is kept", "leave that line out"
    return ReturnExceedsPurchaseError("lines", reason, way_out, line=line, requested=requested, kept=kept)


def _exceeds_amount(requested: Minor, kept: Minor, scale: int) -> ReturnExceedsPurchaseError:
    asked, left = to_decimal(requested, scale), to_decimal(kept, scale)
    reason = f"asks for {asked}, of which {left} is kept"
    return ReturnExceedsPurchaseError("amount", reason, f"return at most {left}", line=0, requested=asked, kept=left)
