"""What a shop tells the library: one frozen value per thing that happened, each with the caller's id.

A transaction is stored as received. ``occurred_at`` is business time; None means the clock's now. Two transactions are
equal when their content is: equal instants in other zones are equal, and so are ``"1"`` and ``"1.00"`` (``S15``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, TypeAlias, cast

from attrs import field, frozen

from loyaltykit.calendars import Never
from loyaltykit.domain.door import (
    NOTHING,
    ReadOnly,
    as_mapping,
    as_tuple,
    check_fields,
    instant_or_none,
    raise_problems,
)
from loyaltykit.errors import Problem
from loyaltykit.values import (
    NEVER_US,
    ZERO,
    Instant,
    check_decimal,
    check_id,
    check_moment,
    check_points,
    check_text,
    exact_sum,
    read_decimal,
    to_fine,
    to_instant,
)

MAX_LINES = 10_000
MAX_QUANTITY = 10**9

Order: TypeAlias = tuple[Instant, int, str]

# The order of things that happened at one instant (T12); programme changes, checks and expiries come before them all.
ENROLMENT_RANK, ACTIVITY_RANK, PURCHASE_RANK, RETURN_RANK, CREDIT_RANK, DEBIT_RANK = range(6)


def _optional_decimal(value: object) -> Decimal | None:
    return None if value is None else read_decimal(value)


def _payments(items: Mapping[str, object]) -> Mapping[str, Decimal]:
    if items is NOTHING or not isinstance(items, Mapping):
        return cast("Mapping[str, Decimal]", items)
    return ReadOnly({kind: read_decimal(amount) for kind, amount in items.items()})


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

    ``fine_amount``, ``fine_discount`` and ``fine_tax`` are the same in ten-thousandths, worked out once at the door.

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
        check_decimal(amount, name, problems)
        object.__setattr__(self, f"fine_{name}", to_fine(amount, name, problems))


def _check_quantity(quantity: object, name: str, problems: list[Problem], lowest: int = 0) -> None:
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        problems.append(Problem(name, "is not an int", "pass whole units"))
    elif not lowest <= quantity <= MAX_QUANTITY:
        problems.append(Problem(name, f"lies outside {lowest} to 10^9", "send what comes back as a Return"))


@frozen(kw_only=True)
class Transaction:
    """What all kinds share.

    Args:
        id: the caller's id, unique among all transactions, for ever.
        occurred_at: when it happened, an aware datetime; None means now.
        actor: who did it, an opaque id.
        reason: why, in words without personal values.

    ``moves_metrics`` tells whether tiers and facts depend on this kind (``T1``); ``instant`` is ``occurred_at`` in
    microseconds; ``order`` is the place in the member's past (``T12``).
    """

    kind: ClassVar[str]
    rank: ClassVar[int]
    moves_metrics: ClassVar[bool] = False

    id: str
    occurred_at: datetime | None = field(default=None, eq=instant_or_none)
    actor: str | None = None
    reason: str | None = None
    instant: Instant = field(init=False, eq=False, repr=False, default=NEVER_US)
    order: Order = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.id, "id", problems)
        check_text(self.actor, "actor", problems)
        check_text(self.reason, "reason", problems)
        self._check(problems)
        if self.occurred_at is not None:
            check_moment(self.occurred_at, "occurred_at", problems)
        raise_problems(problems)
        if self.occurred_at is not None:
            object.__setattr__(self, "instant", to_instant(self.occurred_at))
        object.__setattr__(self, "order", (self.instant, self._rank(), self.id))

    def _rank(self) -> int:
        """Its place among what happened at one instant."""
        return self.rank

    def _check(self, problems: list[Problem]) -> None:
        """What this kind must hold, besides what all share."""
        raise AssertionError("every kind checks itself")


@frozen(kw_only=True)
class Purchase(Transaction):
    """Something was bought.

    Args:
        member_id: who bought it.
        amount: the total; may be left out when there are lines, must equal their sum when both are given.
        lines: what was bought; without lines the purchase counts as one line without a category.
        channel, store: where.
        payments: amounts by kind of payment, together the amount.
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
    lines: tuple[Line, ...] = field(default=(), converter=as_tuple)
    channel: str | None = None
    store: str | None = None
    payments: Mapping[str, Decimal] = field(default=NOTHING, converter=_payments)
    currency: str | None = None
    rate: Decimal | None = field(default=None, converter=_optional_decimal)
    fields: Mapping[str, object] = field(default=NOTHING, converter=as_mapping)
    fine_amount: int = field(init=False, eq=False, repr=False, default=0)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_text(self.channel, "channel", problems)
        check_text(self.store, "store", problems)
        check_fields(self.fields, "fields", problems)
        if self.rate is not None:
            check_decimal(self.rate, "rate", problems, positive=True)
        if self.currency is not None and not is_currency(self.currency):
            problems.append(Problem("currency", "is not a currency code", 'use ISO 4217, such as "CNY"'))
        self._check_amounts(problems)

    def _check_amounts(self, problems: list[Problem]) -> None:
        before = len(problems)
        if self.amount is not None:
            check_decimal(self.amount, "amount", problems)
            object.__setattr__(self, "fine_amount", to_fine(self.amount, "amount", problems))
        if not isinstance(self.lines, tuple) or not all(isinstance(line, Line) for line in self.lines):
            problems.append(Problem("lines", "is not a list of Line", "pass a list of Line"))
        elif len(self.lines) > MAX_LINES:
            problems.append(Problem("lines", f"has more than {MAX_LINES} lines", "split the purchase"))
        elif self.amount is None and not self.lines:
            problems.append(Problem("amount", "is missing", "give an amount, or lines"))
        if self.payments is not NOTHING:
            self._check_payments(problems)
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
        if self.payments and exact_sum(self.payments.values()) != self.total:
            problems.append(Problem("payments", "do not add up to the amount", "name every kind of payment"))

    @property
    def total(self) -> Decimal:
        """The amount, given or summed over the lines."""
        return self.amount if self.amount is not None else exact_sum(line.amount for line in self.lines)


def is_currency(code: object) -> bool:
    """Whether a value looks like an ISO 4217 code."""
    return isinstance(code, str) and len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


@frozen(kw_only=True)
class ReturnedLine:
    """How much of one line comes back.

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


@frozen(kw_only=True)
class Return(Transaction):
    """All or a part of a purchase came back (``S6``).

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

    of: str
    amount: Decimal | None = field(default=None, converter=_optional_decimal)
    lines: tuple[ReturnedLine, ...] = field(default=(), converter=as_tuple)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.amount is not None:
            check_decimal(self.amount, "amount", problems, positive=True)
        if not isinstance(self.lines, tuple) or not all(isinstance(line, ReturnedLine) for line in self.lines):
            problems.append(Problem("lines", "is not a list of ReturnedLine", "pass a list of ReturnedLine"))
        elif len({line.line for line in self.lines}) != len(self.lines):
            problems.append(Problem("lines", "names a line twice", "name each line once"))
        elif self.lines and self.amount is not None:
            problems.append(Problem("amount", "stands beside lines", "return by lines, or by an amount"))


@frozen(kw_only=True)
class Visit(Transaction):
    """A member came by, in a store, a class or a web page.

    >>> Visit(id="v-1", member_id="m-1", channel="gym").channel
    'gym'
    """

    kind = "visit"
    rank = ACTIVITY_RANK
    moves_metrics = True

    member_id: str
    channel: str | None = None
    store: str | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_text(self.channel, "channel", problems)
        check_text(self.store, "store", problems)


@frozen(kw_only=True)
class Event(Transaction):
    """Something else that a programme counts: a review, a referral, a completed profile.

    Args:
        name: which kind, declared as an ``EventType``.
        attributes: values of that kind's declared fields.

    >>> Event(id="e-1", member_id="m-1", name="review", attributes={"stars": 5}).attributes["stars"]
    5
    """

    kind = "event"
    rank = ACTIVITY_RANK
    moves_metrics = True

    member_id: str
    name: str
    attributes: Mapping[str, object] = field(default=NOTHING, converter=as_mapping)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_id(self.name, "name", problems)
        check_fields(self.attributes, "attributes", problems)


@frozen(kw_only=True)
class Redemption(Transaction):
    """Points are spent.

    >>> Redemption(id="rd-1", member_id="m-1", points=500, reason="voucher 50").points
    500
    """

    kind = "redemption"
    rank = DEBIT_RANK

    member_id: str
    points: int

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        _check_positive_points(self.points, problems)


@frozen(kw_only=True)
class Reversal(Transaction):
    """A redemption is undone, whole or in part (``S9``).

    Args:
        of: the redemption's id.
        points: how many to give back; None means all that were not given back before.

    >>> Reversal(id="rv-1", of="rd-1").points is None
    True
    """

    kind = "reversal"
    rank = CREDIT_RANK

    of: str
    points: int | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.points is not None:
            _check_positive_points(self.points, problems)


@frozen(kw_only=True)
class Adjustment(Transaction):
    """Points are put right by hand; an actor and a reason are required (``S17``).

    Args:
        points: positive to give, negative to take.
        expires_at: exclusive end of points given; ``NEVER``, or None for the programme's policy.

    >>> Adjustment(id="a-1", member_id="m-1", points=50, actor="staff-7", reason="late delivery").points
    50
    """

    kind = "adjustment"
    rank = CREDIT_RANK

    member_id: str
    points: int
    expires_at: datetime | Never | None = field(default=None, eq=instant_or_none)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_points(self.points, "points", problems)
        for name in ("actor", "reason"):
            if not str(getattr(self, name) or "").strip():
                problems.append(Problem(name, "is missing", "an adjustment says who and why"))
        if self.expires_at is not None and not isinstance(self.expires_at, Never):
            check_moment(self.expires_at, "expires_at", problems)
            if not problems and self.points < 0:
                problems.append(Problem("expires_at", "stands beside negative points", "only points given expire"))

    def _rank(self) -> int:
        return CREDIT_RANK if self.points > 0 else DEBIT_RANK


def _check_positive_points(points: object, problems: list[Problem]) -> None:
    check_points(points, "points", problems)
    if isinstance(points, int) and points < 0:
        problems.append(Problem("points", "is negative", "pass how many points, without a sign"))
