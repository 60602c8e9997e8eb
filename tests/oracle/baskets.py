"""What was bought and what of it is still kept (``S6``, ``S11``, ``S14``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

from attrs import evolve, frozen

import loyaltykit as lk
from loyaltykit.rules.nodes import LineField, PurchaseField, Reference
from tests.oracle.order import moment_of
from tests.oracle.versions import Version, half_up, invalid


@frozen
class Bought:
    """One line as it was bought, in the smallest unit of the purchase's own currency."""

    position: int
    line: lk.Line
    amount: int
    discount: int
    tax: int
    unearning: int  # what of it was paid in kinds that earn nothing
    paid: int  # what of it points paid
    points_paid: int  # how many points those were


@frozen
class Kept:
    """What is still kept of one line: ``own_amount`` in the purchase's own currency, the rest in the programme's."""

    bought: Bought
    quantity: int
    own_amount: int
    amount: int
    discount: int
    tax: int
    unearning: int
    paid: int
    points_paid: int
    by_amount: int = 0  # what came back as an amount alone, in the purchase's currency
    gone: bool = False

    @property
    def nothing(self) -> Kept:
        """The same line when all of it came back."""
        nothing = dict.fromkeys(("discount", "tax", "unearning", "paid", "points_paid"), 0)
        return evolve(self, quantity=0, own_amount=0, amount=0, gone=True, **nothing)

    def value(self, name: str) -> object:
        """Return a field as rules see it: what is kept of numbers, the rest as it was bought."""
        return getattr(self if name in ("quantity", "amount", "discount", "tax") else self.bought.line, name)


# -- as bought ---------------------------------------------------------------------------------------------------------


def basket(purchase: lk.Purchase) -> Sequence[lk.Line]:
    """Return the lines; a bare amount is one line."""
    if purchase.lines:
        return purchase.lines
    assert purchase.amount is not None
    return [lk.Line(amount=purchase.amount)]


def bought_lines(version: Version, purchase: lk.Purchase) -> list[Bought]:
    """Return the lines with their part of what was paid in kinds that earn nothing, and with points."""
    lines, payment = basket(purchase), purchase.paid_with
    amounts = [version.own_minor(purchase, line.amount) for line in lines]
    unearning = in_proportion(paid_in_vain(version, purchase), amounts)
    paid = in_proportion(0 if payment is None else version.own_minor(purchase, payment.value), amounts)
    points = in_proportion(0 if payment is None else payment.points, amounts)
    beside = [[version.own_minor(purchase, part) for part in (line.discount, line.tax)] for line in lines]
    columns = zip(lines, amounts, beside, unearning, paid, points, strict=True)
    return [
        Bought(position, line, amount, discount, tax, *shares)
        for position, (line, amount, (discount, tax), *shares) in enumerate(columns)
    ]


def paid_in_vain(version: Version, purchase: lk.Purchase) -> int:
    kinds = version.program.earns.excluded_payments
    return sum(version.own_minor(purchase, paid) for kind, paid in purchase.payments.items() if kind in kinds)


def apportion(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Share a whole number out: each exact share rounded down, then one each by largest remainder, in order."""
    shares = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """Spread a whole number over weights."""
    whole = sum(weights)
    return apportion(total, [Fraction(total * weight, whole) if whole else Fraction(0) for weight in weights])


# -- as kept -----------------------------------------------------------------------------------------------------------


def kept_after(version: Version, purchase: lk.Purchase, returns: Sequence[lk.Return]) -> list[Kept]:
    """Return what is kept of a purchase after some returns, each of which was accepted."""
    lines = [left(version, purchase, line, line.line.quantity, line.amount) for line in bought_lines(version, purchase)]
    for back in returns:
        lines = brought_back(version, purchase, lines, back)
    return lines


def left(
    version: Version, purchase: lk.Purchase, bought: Bought, quantity: int, own_amount: int, by_amount: int = 0
) -> Kept:
    """Return a line of which so much is left; what stands beside its amount shrinks with it, or with its units."""
    part, whole = (own_amount, bought.amount) if bought.amount else (quantity, bought.line.quantity)

    def left_of(number: int) -> int:
        return number if part == whole else half_up(number * Fraction(part, whole))

    parts = [own_amount, *map(left_of, [bought.discount, bought.tax, bought.unearning, bought.paid])]
    converted = [version.converted(purchase, number) for number in parts]
    return Kept(bought, quantity, own_amount, *converted, left_of(bought.points_paid), by_amount)


def brought_back(version: Version, purchase: lk.Purchase, lines: Sequence[Kept], back: lk.Return) -> list[Kept]:
    """Return what a return leaves; seen in another order than that of recording, it takes at most what is there."""
    after = list(lines)
    for position, wanted in wanted_back(version, purchase, lines, back):
        after[position] = left_of(version, purchase, after[position], wanted) or after[position].nothing
    return after


@frozen
class Wanted:
    """What a return asks of one line: units, an amount, or with neither all that is kept."""

    quantity: int | None = None
    own_amount: int | None = None


def wanted_back(
    version: Version, purchase: lk.Purchase, lines: Sequence[Kept], back: lk.Return
) -> list[tuple[int, Wanted]]:
    if back.amount is not None:
        own_amount = version.own_minor(purchase, back.amount)
        if len(lines) > 1:
            raise invalid("amount")
        return [(0, Wanted(own_amount=own_amount))]
    if any(part.line >= len(lines) for part in back.lines):
        raise invalid("lines")
    if back.lines:
        return [(part.line, Wanted(quantity=part.quantity)) for part in back.lines]
    return [(position, Wanted()) for position, line in enumerate(lines) if not line.gone]


def left_of(version: Version, purchase: lk.Purchase, line: Kept, wanted: Wanted) -> Kept | None:
    """Return what is left of a line; None when more is asked for than there is."""
    quantity, own_amount, by_amount = line.quantity, line.own_amount, line.by_amount
    if wanted.own_amount is not None:
        own_amount, by_amount = own_amount - wanted.own_amount, by_amount + wanted.own_amount
        is_over = own_amount == 0
    elif wanted.quantity is not None:
        quantity -= wanted.quantity
        is_over = quantity == 0
        full = Fraction(line.bought.amount * quantity, line.bought.line.quantity or 1)
        own_amount = 0 if is_over else half_up(full) - by_amount
    else:
        return line.nothing
    if quantity < 0 or own_amount < 0:
        return None
    return line.nothing if is_over else left(version, purchase, line.bought, quantity, own_amount, by_amount)


def refuse_beyond(version: Version, purchase: lk.Purchase, lines: Sequence[Kept], back: lk.Return) -> None:
    """Refuse a return that asks for more than is kept, or for a line that there is not."""
    wanted = wanted_back(version, purchase, lines, back)
    for position, part in wanted:
        if lines[position].gone or left_of(version, purchase, lines[position], part) is None:
            raise exceeds()
    if not wanted:
        raise exceeds()


def exceeds() -> lk.errors.ReturnExceedsPurchaseError:
    return lk.errors.ReturnExceedsPurchaseError("of", "asks for more than is kept", "return less")


# -- as rules see it ---------------------------------------------------------------------------------------------------


def purchase_value(version: Version, purchase: lk.Purchase, amount: int, field: PurchaseField) -> object:
    """Return what a rule finds in a field of a purchase of this amount."""
    if field.custom:
        return purchase.fields.get(field.name)
    if field.name in ("channel", "store"):
        return getattr(purchase, field.name)
    local = version.wall.clock(moment_of(purchase))
    values: Mapping[str, object] = {
        "amount": amount,
        "weekday": local.isoweekday(),
        "hour": local.hour,
        "date": local.date(),
    }
    return values[field.name]


def row_value(version: Version, purchase: lk.Purchase, line: Kept, amount: int, reference: Reference) -> object:
    """Return what a rule finds in a field of one line, or of its purchase."""
    if isinstance(reference, PurchaseField):
        return purchase_value(version, purchase, amount, reference)
    assert isinstance(reference, LineField)
    return line.bought.line.fields.get(reference.name) if reference.custom else line.value(reference.name)
