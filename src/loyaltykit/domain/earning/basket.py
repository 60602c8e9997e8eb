"""A purchase in whole minor units, as bought or as kept after returns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from attrs import define, evolve, frozen

from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.program.declared_fields import declared_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Line, PointsPayment, Purchase
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.read_only import NOTHING
from loyaltykit.values import FINEST_SCALE, ZERO, Minor, currency_scale, spread, to_fine

_ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP)
_BARE: Sequence[Line] = (Line(amount=ZERO),)
_FIRST: Sequence[int] = range(1)
_ONE: Sequence[int] = (1,)
_NOTHING: Sequence[Minor] = (0,)


@define
class Basket:
    """The lines of a purchase in minor units.

    ``present`` are the positions of the lines that are still kept; the other columns have one entry for each line.
    ``excluded`` is what excluded kinds of payment paid, ``paid`` what points paid (``S11``), empty if nothing.
    ``texts`` caches columns of texts that filters read; returns do not change them.
    """

    purchase: Purchase
    lines: Sequence[Line]
    present: Sequence[int]
    amounts: Sequence[Minor]
    quantities: Sequence[int]
    discounts: Sequence[Minor]
    taxes: Sequence[Minor]
    excluded: Sequence[Minor]
    paid: Sequence[Minor] = ()
    texts: dict[str, Sequence[object]] | None = None

    @property
    def total(self) -> Minor:
        """Return the price of the kept lines."""
        return sum(self.amounts)


@frozen
class Kept:
    """How much of each line is kept: its units, what was returned by amount, and whether it is ``gone``."""

    quantities: tuple[int, ...]
    returned: tuple[Minor, ...]
    gone: tuple[bool, ...]


def open_basket(purchase: Purchase, program: Program) -> Basket:
    """Return a purchase as it was bought, in minor units of its own currency; ``converted`` gives the programme's
    (``S14``).

    Raises:
        InvalidValueError: an amount is finer than its currency, a foreign currency has no rate, or a custom value does
            not fit its declared field.
    """
    unit = 10 ** (FINEST_SCALE - program.scale)
    if _is_bare(purchase) and not purchase.fine_amount % unit:
        # Only an amount, as most points of sale send it.
        amount = purchase.fine_amount // unit
        return Basket(purchase, _BARE, _FIRST, (amount,), _ONE, _NOTHING, _NOTHING, _NOTHING)
    lines: Sequence[Line] = purchase.lines or _BARE
    problems = _field_problems(purchase, program)
    scale = program.scale
    if is_foreign(purchase, program):
        scale = currency_scale(purchase.currency or program.currency)
        if purchase.rate is None:
            way_out = f"say what one unit is worth in {program.currency}"
            problems.append(Problem("rate", "is missing for a foreign currency", way_out))
    unit = 10 ** (FINEST_SCALE - scale)
    if purchase.lines:
        amounts = _column([line.fine_amount for line in lines], unit, "lines[{}].amount", problems)
        discounts = _column([line.fine_discount for line in lines], unit, "lines[{}].discount", problems)
        taxes = _column([line.fine_tax for line in lines], unit, "lines[{}].tax", problems)
    else:
        amounts, discounts, taxes = _column([purchase.fine_amount], unit, "amount", problems), _NOTHING, _NOTHING
    excluded = _excluded(purchase, program, amounts, scale, problems) if purchase.payments else (0,) * len(lines)
    if problems:
        raise InvalidValueError(problems)
    quantities = [line.quantity for line in lines]
    basket = Basket(purchase, lines, range(len(lines)), amounts, quantities, discounts, taxes, excluded)
    if purchase.paid_with is not None:
        basket.paid = spread(_paid(purchase.paid_with, unit), amounts)
    return basket


def _paid(payment: PointsPayment, unit: int) -> Minor:
    """Return the value that points pay, in minor units."""
    problems: list[Problem] = []
    (value,) = _column([payment.fine_value], unit, "paid_with.value", problems)
    raise_problems(problems)
    return value


def paid_points(basket: Basket, kept: Kept) -> int:
    """Return how many of the points paid for a purchase belong to its kept part (``S11``, ``S25``).

    They are distributed over the lines by largest remainder, so that the lines sum to all points; the kept part of a
    line keeps its part of them.
    """
    assert basket.purchase.paid_with is not None  # checked by the caller
    shares = spread(basket.purchase.paid_with.points, basket.amounts)
    amounts = [kept_amount(basket.amounts[i], basket.quantities[i], kept, i) for i in range(len(basket.lines))]
    return sum(proportion(shares[i], amounts[i], basket.amounts[i]) for i in range(len(basket.lines)))


def _is_bare(purchase: Purchase) -> bool:
    plain = not purchase.lines and purchase.currency is None and purchase.paid_with is None
    return plain and purchase.fields is NOTHING and purchase.payments is NOTHING


def is_foreign(purchase: Purchase, program: Program) -> bool:
    """Check whether a purchase is in another currency than the programme's."""
    return purchase.currency is not None and purchase.currency != program.currency


def _column(fine: Sequence[int], unit: int, name: str, problems: list[Problem]) -> Sequence[Minor]:
    """Convert amounts in ten-thousandths to minor units."""
    total = sum(fine)
    if not total:  # no amount is negative, and few lines have a discount or tax
        return fine
    minor = [amount // unit for amount in fine]
    if sum(minor) * unit != total:  # remainders are not negative either, so none can cancel out
        places = dict.fromkeys(name.format(place) for place, amount in enumerate(fine) if amount % unit)
        way_out = "round it to the currency first"
        problems += [Problem(place, "has more decimals than its currency", way_out) for place in places]
    return minor


def converted(basket: Basket, program: Program) -> Basket:
    """Return a basket in minor units of the programme's currency, a foreign one converted line by line (``S14``)."""
    purchase = basket.purchase
    if not is_foreign(purchase, program):
        return basket
    assert purchase.rate is not None  # a foreign basket was opened with one
    rate = purchase.rate.scaleb(program.scale - currency_scale(purchase.currency or program.currency), _ROUNDING)
    return evolve(
        basket,
        amounts=[exchange(amount, rate) for amount in basket.amounts],
        discounts=[exchange(amount, rate) for amount in basket.discounts],
        taxes=[exchange(amount, rate) for amount in basket.taxes],
        excluded=[exchange(amount, rate) for amount in basket.excluded],
        paid=[exchange(amount, rate) for amount in basket.paid],
    )


def exchange(amount: Minor, rate: Decimal) -> Minor:
    """Convert a foreign amount at the rate of its minor unit, rounded half up (``S14``).

    >>> exchange(1000, Decimal("7.1234"))
    7123
    """
    return int(_ROUNDING.multiply(Decimal(amount), rate).to_integral_value(ROUND_HALF_UP, _ROUNDING))


def _excluded(
    purchase: Purchase, program: Program, amounts: Sequence[Minor], scale: int, problems: list[Problem]
) -> Sequence[Minor]:
    """Return what excluded kinds of payment paid, distributed over the lines (``S12``)."""
    unit = 10 ** (FINEST_SCALE - scale)
    kinds = [kind for kind in program.earns.excluded_payments if kind in purchase.payments]
    fine = [to_fine(purchase.payments[kind], "payments", problems) for kind in kinds]
    return spread(sum(_column(fine, unit, "payments", problems)), amounts)


def _field_problems(purchase: Purchase, program: Program) -> list[Problem]:
    """Return the problems with the declared values of a purchase and its lines."""
    found = []
    if purchase.fields is not NOTHING:
        found += declared_problems(purchase.fields, program.scope.purchase, "fields")
    for place, line in enumerate(purchase.lines):
        if line.fields is not NOTHING:
            found += declared_problems(line.fields, program.scope.line, f"lines[{place}].fields")
    return found


def all_kept(basket: Basket) -> Kept:
    """Return the kept part of a purchase without returns."""
    nothing = (0,) * len(basket.lines)
    return Kept(tuple(basket.quantities), nothing, (False,) * len(basket.lines))


def kept_amount(amount: Minor, quantity: int, kept: Kept, line: int) -> Minor:
    """Return the price of the kept part of a line, rounded half up; negative if more was returned than was left."""
    if kept.gone[line]:
        return 0
    if kept.quantities[line] == quantity:
        return amount - kept.returned[line]
    return proportion(amount, kept.quantities[line], quantity) - kept.returned[line]


def proportion(amount: Minor, part: int, whole: int) -> Minor:
    """Return ``amount * part / whole``, rounded half up; 0 if ``whole`` is 0.

    >>> proportion(100, 1, 3), proportion(5, 1, 2), proportion(5, 0, 0)
    (33, 3, 0)
    """
    return (2 * amount * part + whole) // (2 * whole) if whole else 0


def keep(basket: Basket, kept: Kept) -> Basket:
    """Return the kept part of a purchase: discounts, tax and excluded payments shrink with the amount."""
    positions = range(len(basket.lines))
    amounts = [kept_amount(basket.amounts[i], basket.quantities[i], kept, i) for i in positions]

    def shrunk(column: Sequence[Minor]) -> list[Minor]:
        return [_shrunk(column[i], amounts[i], basket.amounts[i], kept, basket.quantities[i], i) for i in positions]

    return evolve(
        basket,
        present=[i for i in positions if not kept.gone[i]],
        amounts=amounts,
        quantities=kept.quantities,
        discounts=shrunk(basket.discounts),
        taxes=shrunk(basket.taxes),
        excluded=shrunk(basket.excluded),
        paid=shrunk(basket.paid) if basket.paid else (),
    )


def _shrunk(value: Minor, amount: Minor, bought: Minor, kept: Kept, quantity: int, line: int) -> Minor:
    """Shrink a column's value with the amount or, on a line without amount, with the quantity."""
    if kept.gone[line]:
        return 0
    if bought:
        return proportion(value, amount, bought)
    return value if kept.quantities[line] == quantity else proportion(value, kept.quantities[line], quantity)
