"""Purchases and returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, as_tuple, check_fields, raise_problems
from loyaltykit.domain.transactions.transaction import (
    MAX_LINES,
    PURCHASE_RANK,
    RETURN_RANK,
    Transaction,
    check_positive_points,
)
from loyaltykit.errors import Problem
from loyaltykit.read_only import NOTHING, ReadOnly
from loyaltykit.serialization import wire_name
from loyaltykit.values import (
    ZERO,
    Amount,
    check_currency,
    check_decimal,
    check_id,
    check_text,
    exact_sum,
    read_decimal,
    to_fine,
)

MAX_QUANTITY = 10**9
_BACK = "pass zero or more, and record what comes back as a Return"


def _optional_decimal(value: Amount | None) -> Decimal | None:
    return None if value is None else read_decimal(value)


def _payments(items: Mapping[str, Amount]) -> Mapping[str, Decimal]:
    if items is NOTHING or not isinstance(items, Mapping):
        return cast("Mapping[str, Decimal]", items)
    return ReadOnly({kind: read_decimal(amount) for kind, amount in items.items()})


@named_arguments
@wire_name("line")
@frozen(kw_only=True)
class Line:
    """One line of a purchase.

    Args:
        amount: what the whole line costs the buyer, after discounts and with tax, in the purchase's currency.
        sku: the shop's article number.
        category: the one category that rules ask for.
        quantity: whole units, zero or more.
        discount: what was taken off the line.
        tax: how much of the amount is tax.
        fields: values of the programme's declared line fields.

    ``fine_amount``, ``fine_discount`` and ``fine_tax`` are the same in ten-thousandths, worked out once.

    >>> Line(sku="longjing", category="tea", quantity=2, amount="300.00").amount
    Decimal('300.00')
    """

    amount: Decimal = field(converter=read_decimal)
    sku: str | None = None
    category: str | None = None
    quantity: int = 1
    discount: Decimal = field(default=ZERO, converter=read_decimal)
    tax: Decimal = field(default=ZERO, converter=read_decimal)
    fields: Mapping[str, object] = field(default=NOTHING, converter=as_mapping)
    fine_amount: int = field(init=False, eq=False, repr=False)
    fine_discount: int = field(init=False, eq=False, repr=False, default=0)
    fine_tax: int = field(init=False, eq=False, repr=False, default=0)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        self._take("amount", self.amount, problems)
        if self.discount is not ZERO:
            self._take("discount", self.discount, problems)
        if self.tax is not ZERO:
            self._take("tax", self.tax, problems)
        if not problems and self.tax > self.amount:
            problems.append(Problem("tax", "is more than the amount", "amount is what the line costs with tax"))
        check_text(self.sku, "sku", problems)
        check_text(self.category, "category", problems)
        _check_quantity(self.quantity, "quantity", problems)
        check_fields(self.fields, "fields", problems)
        raise_problems(problems)

    def _take(self, name: str, amount: Decimal, problems: list[Problem]) -> None:
        check_decimal(amount, name, problems, way_out=_BACK)
        object.__setattr__(self, f"fine_{name}", to_fine(amount, name, problems))


def _check_quantity(quantity: object, name: str, problems: list[Problem], lowest: int = 0) -> None:
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        problems.append(Problem(name, "is not an int", "pass whole units"))
    elif not lowest <= quantity <= MAX_QUANTITY:
        problems.append(Problem(name, f"is outside {lowest} to 10^9", _BACK))


@named_arguments
@wire_name("points_payment")
@frozen(kw_only=True)
class PointsPayment:
    """The part of a purchase that is paid with points (``S25``).

    Args:
        points: how many are spent.
        value: what they pay, in the purchase's currency.

    >>> PointsPayment(points=500, value="5.00").value
    Decimal('5.00')
    """

    points: int
    value: Decimal = field(converter=read_decimal)
    fine_value: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_positive_points(self.points, problems)
        check_decimal(self.value, "value", problems, positive=True)
        object.__setattr__(self, "fine_value", to_fine(self.value, "value", problems))
        raise_problems(problems)


def _lines(items: Iterable[Line]) -> tuple[Line, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("purchase")
@frozen(kw_only=True)
class Purchase(Transaction):
    """A purchase.

    Args:
        member_id: who bought it.
        amount: the total; may be left out when there are lines, must equal their sum when both are given.
        lines: what was bought; without lines the purchase counts as one line without a category.
        channel, store: where.
        payments: amounts by kind of payment, together the amount.
        paid_with: the part of the amount that is paid with points, spent together with the purchase (``S25``).
        currency: None for the programme's own.
        rate: what one unit of a foreign currency is worth in the programme's (``S14``).
        fields: values of the programme's declared purchase fields.

    >>> Purchase(id="o-2", member_id="m-1", amount="1700.00").total
    Decimal('1700.00')
    """

    kind = "purchase"
    rank = PURCHASE_RANK
    moves_metrics = True

    member_id: str
    amount: Decimal | None = field(default=None, converter=_optional_decimal)
    lines: tuple[Line, ...] = field(default=(), converter=_lines)
    channel: str | None = None
    store: str | None = None
    payments: Mapping[str, Decimal] = field(default=NOTHING, converter=_payments)
    paid_with: PointsPayment | None = None
    currency: str | None = None
    rate: Decimal | None = field(default=None, converter=_optional_decimal)
    fields: Mapping[str, object] = field(default=NOTHING, converter=as_mapping)
    fine_amount: int = field(init=False, eq=False, repr=False, default=0)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_text(self.channel, "channel", problems)
        check_text(self.store, "store", problems)
        check_fields(self.fields, "fields", problems)
        if self.rate is not None and self.currency is None:
            problems.append(Problem("rate", "is given without a currency", "name the currency, or omit the rate"))
        elif self.rate is not None:
            check_decimal(self.rate, "rate", problems, positive=True)
        if self.currency is not None:
            check_currency(self.currency, "currency", problems)
        self._check_amounts(problems)

    def _check_amounts(self, problems: list[Problem]) -> None:
        before = len(problems)
        if self.amount is not None:
            check_decimal(self.amount, "amount", problems, way_out=_BACK)
            object.__setattr__(self, "fine_amount", to_fine(self.amount, "amount", problems))
        if not isinstance(self.lines, tuple) or not all(isinstance(line, Line) for line in self.lines):
            problems.append(Problem("lines", "is not a list of Line", "pass a list of Line"))
        elif len(self.lines) > MAX_LINES:
            problems.append(Problem("lines", f"has more than {MAX_LINES} lines", "split the purchase"))
        elif self.amount is None and not self.lines:
            problems.append(Problem("amount", "is missing", "give an amount, or lines"))
        if self.payments is not NOTHING:
            self._check_payments(problems)
        if self.paid_with is not None and not isinstance(self.paid_with, PointsPayment):
            problems.append(Problem("paid_with", "is not a PointsPayment", "pass a PointsPayment"))
        if len(problems) == before:
            self._check_sums(problems)

    def _check_payments(self, problems: list[Problem]) -> None:
        if not isinstance(self.payments, Mapping):
            problems.append(Problem("payments", "is not a mapping", "pass amounts by kind of payment"))
            return
        for kind, paid in self.payments.items():
            check_id(kind, "payments", problems)
            check_decimal(paid, "payments", problems)

    def _check_sums(self, problems: list[Problem]) -> None:
        if self.amount is not None and self.lines and sum(line.fine_amount for line in self.lines) != self.fine_amount:
            problems.append(Problem("lines", "do not add up to the amount", "leave the amount out, or mend a line"))
        if self.paid_with is not None and self.paid_with.value > self.total:
            problems.append(Problem("paid_with", "pays more than the amount", "pay at most the amount with points"))
        if self.payments and exact_sum(self.payments.values()) != self.total:
            problems.append(Problem("payments", "do not add up to the amount", "name every kind of payment"))

    @property
    def total(self) -> Decimal:
        """Return the amount, given or summed over the lines."""
        return self.amount if self.amount is not None else exact_sum(line.amount for line in self.lines)


@named_arguments
@wire_name("returned_line")
@frozen(kw_only=True)
class ReturnedLine:
    """A returned line, or a part of one.

    Args:
        line: its position in the purchase, from 0.
        quantity: whole units; None means all that is still kept.
    """

    line: int
    quantity: int | None = None

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        _check_quantity(self.line, "line", problems)
        if self.quantity is not None:
            _check_quantity(self.quantity, "quantity", problems, lowest=1)
        raise_problems(problems)


def _returned_lines(items: Iterable[ReturnedLine]) -> tuple[ReturnedLine, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("return")
@frozen(kw_only=True)
class Return(Transaction):
    """A return of a purchase, whole or in part (``S6``).

    Args:
        of: the purchase's id.
        amount: how much, only for a purchase of one line (or none), in the purchase's currency.
        lines: which lines and how many; with neither amount nor lines, all that is still kept.

    >>> Return(id="r-1", of="o-3", amount="50.00").of
    'o-3'
    """

    kind = "return"
    rank = RETURN_RANK
    moves_metrics = True
    follows = (Purchase,)

    of: str
    amount: Decimal | None = field(default=None, converter=_optional_decimal)
    lines: tuple[ReturnedLine, ...] = field(default=(), converter=_returned_lines)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.amount is not None:
            check_decimal(self.amount, "amount", problems, positive=True)
        if not isinstance(self.lines, tuple) or not all(isinstance(line, ReturnedLine) for line in self.lines):
            problems.append(Problem("lines", "is not a list of ReturnedLine", "pass a list of ReturnedLine"))
        elif len({line.line for line in self.lines}) != len(self.lines):
            problems.append(Problem("lines", "names a line twice", "name each line once"))
        elif self.lines and self.amount is not None:
            problems.append(Problem("amount", "is given besides lines", "return by lines, or by an amount"))
