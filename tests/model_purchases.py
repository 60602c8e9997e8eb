"""What was bought and what of it is still kept, for the naive model (``S6``, ``S14``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from attrs import evolve, field, frozen

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Line, Purchase, Return
from loyaltykit.errors import InvalidValueError, Problem, ReturnExceedsPurchaseError
from loyaltykit.rules.nodes import LineField, PurchaseField, Reference
from tests.model_time import Wall

SCALES = {"JPY": 0, "KWD": 3}
"""Decimals of the currencies in these tests; all others have two."""


def half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def scale_of(currency: str) -> int:
    return SCALES.get(currency, 2)


@frozen
class Shop:
    """What a programme says about money and time, at hand everywhere in the model."""

    program: Program
    bought: dict[int, tuple[Purchase, list[Bought]]] = field(factory=dict, eq=False)  # read once, by identity
    kept: dict[tuple[int, ...], tuple[object, list[Kept]]] = field(factory=dict, eq=False)  # so, too

    @property
    def scale(self) -> int:
        return scale_of(self.program.currency)

    @property
    def wall(self) -> Wall:
        return Wall(self.program.timezone)

    def own_scale(self, purchase: Purchase) -> int:
        return scale_of(purchase.currency or self.program.currency)

    def own_minor(self, purchase: Purchase, amount: Decimal) -> int:
        """An amount in the smallest unit of the purchase's own currency.

        Raises:
            InvalidValueError: it is finer than that.
        """
        minor = Fraction(amount) * 10 ** self.own_scale(purchase)
        if minor.denominator > 1:
            raise invalid("amount")
        return int(minor)

    def converted(self, purchase: Purchase, own_minor: int) -> int:
        """The same in the smallest unit of the programme's currency."""
        if purchase.currency in (None, self.program.currency):
            return own_minor
        rate = Fraction(purchase.rate or 1)
        return half_up(Fraction(own_minor, 10 ** self.own_scale(purchase)) * rate * 10**self.scale)


@frozen
class Bought:
    """One line as it was bought, in the smallest unit of the purchase's own currency."""

    position: int
    sku: str | None
    category: str | None
    quantity: int
    amount: int
    discount: int
    tax: int
    unearning: int  # what of it was paid in kinds that earn nothing
    paid: int  # what of it points paid
    points_paid: int  # how many points those were
    fields: Mapping[str, object]


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

    @classmethod
    def of(cls, shop: Shop, purchase: Purchase, bought: Bought, quantity: int, own_amount: int, by_amount: int) -> Kept:
        """A line of which so much is left; what stands beside its amount shrinks with it, or with its units."""
        left, whole = (own_amount, bought.amount) if bought.amount else (quantity, bought.quantity)

        def left_of(part: int) -> int:
            return part if left == whole else half_up(part * Fraction(left, whole))

        parts = [bought.discount, bought.tax, bought.unearning, bought.paid]
        parts = [shop.converted(purchase, left_of(part)) for part in parts]
        points = left_of(bought.points_paid)
        return cls(bought, quantity, own_amount, shop.converted(purchase, own_amount), *parts, points, by_amount)

    @property
    def nothing(self) -> Kept:
        """The same line when all of it came back."""
        nothing = dict.fromkeys(("discount", "tax", "unearning", "paid", "points_paid"), 0)
        return evolve(self, quantity=0, own_amount=0, amount=0, gone=True, **nothing)

    def value(self, name: str) -> object:
        """A field as rules see it: what is kept of numbers, the rest as it was bought."""
        return getattr(self if name in ("quantity", "amount", "discount", "tax") else self.bought, name)


def basket(purchase: Purchase) -> Sequence[Line]:
    """The lines; a bare amount is one line."""
    if purchase.lines:
        return purchase.lines
    assert purchase.amount is not None
    return [Line(amount=purchase.amount)]


def bought_lines(shop: Shop, purchase: Purchase) -> list[Bought]:
    """The lines as they were bought."""
    if id(purchase) not in shop.bought:
        shop.bought[id(purchase)] = (purchase, read_lines(shop, purchase))
    return shop.bought[id(purchase)][1]


def read_lines(shop: Shop, purchase: Purchase) -> list[Bought]:
    """The lines with their part of what was paid in kinds that earn nothing, and with points (``S11``, ``S12``)."""
    kinds = shop.program.earns.excluded_payments
    unearning = sum(shop.own_minor(purchase, paid) for kind, paid in purchase.payments.items() if kind in kinds)
    lines = basket(purchase)
    amounts = [shop.own_minor(purchase, line.amount) for line in lines]
    payment = purchase.paid_with
    paid = in_proportion(0 if payment is None else shop.own_minor(purchase, payment.value), amounts)
    points = in_proportion(0 if payment is None else payment.points, amounts)
    return [
        Bought(
            position=position,
            sku=line.sku,
            category=line.category,
            quantity=line.quantity,
            amount=amounts[position],
            discount=shop.own_minor(purchase, line.discount),
            tax=shop.own_minor(purchase, line.tax),
            unearning=share,
            paid=paid[position],
            points_paid=points[position],
            fields=line.fields,
        )
        for position, (line, share) in enumerate(zip(lines, in_proportion(unearning, amounts), strict=True))
    ]


def apportion(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Share a whole number out: each exact share rounded down, then one each by largest remainder, in order."""
    shares = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number spread over weights."""
    whole = sum(weights)
    return apportion(total, [Fraction(total * weight, whole) if whole else Fraction(0) for weight in weights])


def kept_lines(shop: Shop, purchase: Purchase, returns: Sequence[Return]) -> list[Kept]:
    """What is kept of a purchase after some returns, each of which was accepted.

    Seen in another order than that of recording, a return takes at most what is there.
    """
    key = (id(purchase), *map(id, returns))
    if key not in shop.kept:
        shop.kept[key] = ((purchase, *returns), left_after(shop, purchase, returns))
    return shop.kept[key][1]


def left_after(shop: Shop, purchase: Purchase, returns: Iterable[Return]) -> list[Kept]:
    lines = [Kept.of(shop, purchase, line, line.quantity, line.amount, 0) for line in bought_lines(shop, purchase)]
    for back in returns:
        for position, wanted in wanted_back(shop, purchase, lines, back):
            lines[position] = left_of(shop, purchase, lines[position], wanted) or lines[position].nothing
    return lines


def refuse_beyond(shop: Shop, purchase: Purchase, lines: Sequence[Kept], back: Return) -> None:
    """Refuse a return that asks for more than is kept.

    Raises:
        ReturnExceedsPurchaseError: it does.
        InvalidValueError: it names a line that there is not, or an amount of several lines.
    """
    wanted = wanted_back(shop, purchase, lines, back)
    if not wanted:
        raise exceeds()
    for position, part in wanted:
        if lines[position].gone or left_of(shop, purchase, lines[position], part) is None:
            raise exceeds()


@frozen
class Wanted:
    """What a return asks of one line: units, an amount, or with neither all that is kept."""

    quantity: int | None = None
    own_amount: int | None = None


def wanted_back(shop: Shop, purchase: Purchase, lines: Sequence[Kept], back: Return) -> list[tuple[int, Wanted]]:
    if back.amount is not None:
        own_amount = shop.own_minor(purchase, back.amount)
        if len(lines) > 1:
            raise invalid("amount")
        return [(0, Wanted(own_amount=own_amount))]
    if back.lines:
        if any(part.line >= len(lines) for part in back.lines):
            raise invalid("lines")
        return [(part.line, Wanted(quantity=part.quantity)) for part in back.lines]
    return [(position, Wanted()) for position, line in enumerate(lines) if not line.gone]


def left_of(shop: Shop, purchase: Purchase, line: Kept, wanted: Wanted) -> Kept | None:
    """What is left of a line; None when more is asked for than there is."""
    if wanted.own_amount is not None:
        own_amount = line.own_amount - wanted.own_amount
        quantity, by_amount, is_over = line.quantity, line.by_amount + wanted.own_amount, own_amount == 0
    elif wanted.quantity is not None:
        quantity, by_amount = line.quantity - wanted.quantity, line.by_amount
        is_over = quantity == 0
        full = Fraction(line.bought.amount * quantity, line.bought.quantity or 1)
        own_amount = 0 if is_over else half_up(full) - by_amount
    else:
        return line.nothing
    if quantity < 0 or own_amount < 0:
        return None
    if is_over:
        return line.nothing
    return Kept.of(shop, purchase, line.bought, quantity, own_amount, by_amount)


def exceeds() -> ReturnExceedsPurchaseError:
    return ReturnExceedsPurchaseError("of", "asks for more than is kept", "return less")


def invalid(name: str) -> InvalidValueError:
    return InvalidValueError([Problem(name, "does not fit the programme or the clock", "check it")])


def purchase_value(shop: Shop, purchase: Purchase, at: datetime, amount: int, reference: PurchaseField) -> object:
    """What a rule finds in a field of a purchase of this amount."""
    if reference.custom:
        return purchase.fields.get(reference.name)
    local = shop.wall.clock(at)
    return {
        "amount": amount,
        "channel": purchase.channel,
        "store": purchase.store,
        "weekday": local.isoweekday(),
        "hour": local.hour,
        "date": local.date(),
    }[reference.name]


def row_value(shop: Shop, purchase: Purchase, at: datetime, line: Kept, amount: int, reference: Reference) -> object:
    """What a rule finds in a field of one line, or of its purchase."""
    if isinstance(reference, PurchaseField):
        return purchase_value(shop, purchase, at, amount, reference)
    assert isinstance(reference, LineField)
    return line.bought.fields.get(reference.name) if reference.custom else line.value(reference.name)
