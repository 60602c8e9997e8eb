"""What gives points, what they are counted on, and how long they live: the parts of a programme about points."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import NEVER, Days, EndOf, Inactivity, Months, Never
from loyaltykit.domain.attributes import as_tuple, instant_or_none, raise_problems
from loyaltykit.domain.program.caps import Cap, check_caps
from loyaltykit.errors import Problem
from loyaltykit.rules.earning import Bonus, Earn, PerAmount, PerPurchase, PerUnit, Times
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_POINTS, NEVER_US, Instant, check_id, check_moment, to_instant

Expiry: TypeAlias = Months | Days | EndOf | date | Inactivity | Never
Rounding: TypeAlias = Literal["floor", "half_up", "ceiling"]
OnReturn: TypeAlias = Literal["allow_negative", "within_balance", "only_pending"]
EarningBase: TypeAlias = Literal["net", "gross", "net_of_points"]

_EARNINGS = (PerAmount, PerPurchase, PerUnit, Times, Bonus)
_MAX_PRIORITY = 10**6


def check_choice(value: object, choices: object, name: str, problems: list[Problem]) -> None:
    """Check that a word is one of those its type names."""
    allowed = get_args(choices)
    if value not in allowed:
        problems.append(Problem(name, "is not an allowed value", f"use {' or '.join(map(repr, allowed))}"))


@named_arguments
@wire_name("accrual_rule")
@frozen
class AccrualRule:
    """A rule by which purchases give points (``S13``).

    Args:
        name: what the breakdown calls it; unique in the programme.
        earn: ``per_amount``, ``per_purchase``, ``per_unit``, ``times`` or ``bonus``.
        where: which lines, purchases or members; None for all.
        valid_from: inclusive; None for no beginning.
        valid_until: exclusive; None for no end.
        group: of the rules of one group only one counts per purchase.
        priority: the highest one in a group that gives points counts; ties go to the one that gives most.
        cap: the most that it gives in a purchase, a day, a week or a month (``S20``); None for no bound.

    >>> from loyaltykit.rules import line, per_amount
    >>> AccrualRule("tea counts double", per_amount(points=1, every="1.00"), where=line.category == "tea").name
    'tea counts double'
    """

    name: str
    earn: Earn
    where: Predicate | None = None
    valid_from: datetime | None = field(default=None, eq=instant_or_none)
    valid_until: datetime | None = field(default=None, eq=instant_or_none)
    group: str | None = None
    priority: int = 0
    cap: Cap | None = None

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        if not isinstance(self.earn, _EARNINGS):
            problems.append(Problem("earn", "is not a way to earn", "use per_amount(points=1, every='1.00')"))
        elif isinstance(self.earn, Times) and self.earn.factor < 1:
            reason = f"is times({str(self.earn.factor)!r}), which would take away points that other rules give"
            problems.append(Problem("earn", reason, "use a factor of 1 or more, and lower the other rules instead"))
        check_where(self.where, "where", problems)
        if self.group is not None:
            check_id(self.group, "group", problems)
        if not isinstance(self.priority, int) or abs(self.priority) > _MAX_PRIORITY:
            problems.append(Problem("priority", "is not an int up to 10^6", "pass a small whole number"))
        if self.cap is not None and not isinstance(self.cap, Cap):
            problems.append(Problem("cap", "is not a Cap", 'pass Cap(500, per="day")'))
        for name in ("valid_from", "valid_until"):
            if getattr(self, name) is not None:
                check_moment(getattr(self, name), name, problems)
        if not problems and self.first_instant >= self.end_instant:
            problems.append(Problem("valid_until", "is not after valid_from", "valid_until is exclusive"))
        raise_problems(problems, "accrual", self.name)

    @property
    def first_instant(self) -> Instant:
        """Return ``valid_from`` as an instant."""
        return -NEVER_US if self.valid_from is None else to_instant(self.valid_from)

    @property
    def end_instant(self) -> Instant:
        """Return ``valid_until`` as an instant."""
        return NEVER_US if self.valid_until is None else to_instant(self.valid_until)


def check_where(where: object, name: str, problems: list[Problem]) -> None:
    """Check that an optional rule is a predicate or None."""
    if where is not None and not isinstance(where, Predicate):
        problems.append(Problem(name, "is not a rule", "compare a term, such as spend.over(months(12)) >= 2000"))


def _kinds(items: Iterable[str]) -> tuple[str, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("earning_policy")
@frozen(kw_only=True)
class EarningPolicy:
    """The policy of what points are counted on (``S12``).

    Args:
        amount: ``"net"`` is what the buyer pays, ``"gross"`` adds the discounts back, ``"net_of_points"`` is gross
            less what was paid with points. Nothing is ever earned on what was paid with points unless ``"gross"``.
        tax: whether tax counts.
        exclude: lines that earn nothing.
        excluded_payments: kinds of payment that earn nothing; their amount is spread over the lines.

    >>> from loyaltykit.rules import line
    >>> EarningPolicy(exclude=line.category == "gift card", excluded_payments=["gift card"]).tax
    True
    """

    amount: EarningBase = "net"
    tax: bool = True
    exclude: Predicate | None = None
    excluded_payments: tuple[str, ...] = field(default=(), converter=_kinds)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_choice(self.amount, EarningBase, "amount", problems)
        if not isinstance(self.tax, bool):
            problems.append(Problem("tax", "is not a bool", "use True or False"))
        check_where(self.exclude, "exclude", problems)
        if not isinstance(self.excluded_payments, tuple):
            problems.append(Problem("excluded_payments", "is not a list", "pass a list of kinds of payment"))
        else:
            for kind in self.excluded_payments:
                check_id(kind, "excluded_payments", problems)
        raise_problems(problems)


@wire_name("extend")
@frozen
class Extend:
    """Points given back after their expiry live this many days more (``S9``)."""

    days: int

    def __attrs_post_init__(self) -> None:
        Days(self.days)


def extend(days: int) -> Extend:
    """Return the policy that gives points back after their expiry in a new lot of this many days (``S9``).

    >>> extend(30)
    Extend(days=30)
    """
    return Extend(days)


def _caps(items: Iterable[Cap]) -> tuple[Cap, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("points_policy")
@frozen(kw_only=True)
class PointsPolicy:
    """The policy of when points become active, expire and are taken back.

    Args:
        active_after: how long the points of a purchase are pending, to the end of that day: ``days(14)``; or
            ``"activation"``, until an ``Activation`` says so; None for at once (``S5``). An activation always may come
            sooner.
        expire_after: ``months(12)``, ``days(90)``, ``end_of("year")``, a date (its last day), ``inactivity(...)`` or
            ``NEVER`` (``S3``).
        rounding: once per purchase (``S13``).
        on_return: whether a return may leave a debt (``S7``).
        debt_limit: the most points a member may owe under ``allow_negative``; None for no limit.
        on_reversal: ``"lapse"``, or ``extend(days)`` (``S9``).
        caps: the most that a member gets for purchases, visits and events together, one for each kind of period
            (``S20``).
        week_starts: the first day of a week, 1 for Monday to 7 for Sunday.

    >>> PointsPolicy().expire_after
    NEVER
    """

    active_after: Months | Days | Literal["activation"] | None = None
    expire_after: Expiry = NEVER
    rounding: Rounding = "floor"
    on_return: OnReturn = "allow_negative"
    debt_limit: int | None = None
    on_reversal: Literal["lapse"] | Extend = "lapse"
    caps: tuple[Cap, ...] = field(default=(), converter=_caps)
    week_starts: int = 1

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        expiry = self.expire_after
        if isinstance(expiry, datetime) or not isinstance(expiry, Months | Days | EndOf | date | Inactivity | Never):
            problems.append(Problem("expire_after", "is not an expiry", "use months(12), end_of('year') or NEVER"))
        elif isinstance(expiry, date) and not 1900 <= expiry.year < 2200:
            problems.append(Problem("expire_after", "is outside the years 1900 to 2199", "check the year"))
        pending = self.active_after
        if pending is not None and pending != "activation" and not isinstance(pending, Months | Days):
            problems.append(Problem("active_after", "is not a span", "use days(14), months(1), 'activation' or None"))
        check_choice(self.rounding, Rounding, "rounding", problems)
        check_choice(self.on_return, OnReturn, "on_return", problems)
        if self.on_reversal != "lapse" and not isinstance(self.on_reversal, Extend):
            problems.append(Problem("on_reversal", "is not an allowed value", "use 'lapse' or extend(days)"))
        if self.debt_limit is not None and not _is_count(self.debt_limit):
            problems.append(Problem("debt_limit", "is not a number of points", "pass an int of zero or more"))
        check_caps(self.caps, "caps", problems)
        if not _is_count(self.week_starts) or not 1 <= self.week_starts <= 7:
            problems.append(Problem("week_starts", "is not a day of the week", "use 1 for Monday to 7 for Sunday"))
        raise_problems(problems)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_POINTS
