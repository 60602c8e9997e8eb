"""What points can be turned into (``S24``): the rewards of a programme."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from attrs import converters, field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import Days, Months
from loyaltykit.domain.attributes import instant_or_none, raise_problems
from loyaltykit.domain.program.points import check_choice, check_where
from loyaltykit.errors import Problem
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import wire_name
from loyaltykit.values import (
    NEVER_US,
    Instant,
    check_decimal,
    check_id,
    check_moment,
    check_points,
    check_text,
    read_decimal,
    to_fine,
    to_instant,
)

RewardKind: TypeAlias = Literal["gift", "coupon", "amount_off"]

_MAX_COUNT = 10**9


@named_arguments
@wire_name("reward")
@frozen
class Reward:
    """A reward that members get for points; a ``Redemption(reward=...)`` takes its price and issues a voucher.

    Args:
        id: unique in the programme.
        points: its price.
        name: what members call it.
        kind: ``"gift"``, ``"coupon"`` or ``"amount_off"``.
        value: money, in the programme's currency: what an amount off takes off, and, where there is one, what a coupon
            is worth. A gift has none.
        where: who may have it, by member fields and facts at the redemption's instant; None for everyone.
        per_member: how often one member may have it; a redemption that was reversed does not count.
        stock: how many may be out among all members together.
        valid_for: how long its voucher lives, to the end of that day: ``days(90)``, ``months(3)``; None for ever.
        available_from: inclusive; None for no beginning.
        available_until: exclusive; None for no end.

    >>> from loyaltykit.rules import days, member
    >>> Reward("pot", 800, name="A tea pot", where=member.tier == "gold", stock=20, valid_for=days(90)).points
    800
    """

    id: str
    points: int
    name: str | None = None
    kind: RewardKind = "gift"
    value: Decimal | None = field(default=None, converter=converters.optional(read_decimal))
    where: Predicate | None = None
    per_member: int | None = None
    stock: int | None = None
    valid_for: Months | Days | None = None
    available_from: datetime | None = field(default=None, eq=instant_or_none)
    available_until: datetime | None = field(default=None, eq=instant_or_none)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.id, "id", problems)
        check_text(self.name, "name", problems)
        check_points(self.points, "points", problems)
        if isinstance(self.points, int) and self.points < 0:
            problems.append(Problem("points", "is negative", "pass the price, without a sign"))
        check_choice(self.kind, RewardKind, "kind", problems)
        self._check_value(problems)
        check_where(self.where, "where", problems)
        _check_count(self.per_member, "per_member", 1, problems)
        _check_count(self.stock, "stock", 0, problems)
        if self.valid_for is not None and not isinstance(self.valid_for, Months | Days):
            problems.append(Problem("valid_for", "is not a span", "use days(90), months(3) or None"))
        self._check_availability(problems)
        raise_problems(problems, "rewards", self.id)

    def _check_value(self, problems: list[Problem]) -> None:
        if self.value is None:
            if self.kind == "amount_off":
                problems.append(Problem("value", "is missing", "pass how much an amount off takes off"))
            return
        check_decimal(self.value, "value", problems, positive=True)
        to_fine(self.value, "value", problems)
        if self.kind == "gift":
            problems.append(Problem("value", "is given for a gift", "omit it, or make it a coupon"))

    def _check_availability(self, problems: list[Problem]) -> None:
        before = len(problems)
        for name in ("available_from", "available_until"):
            if getattr(self, name) is not None:
                check_moment(getattr(self, name), name, problems)
        if len(problems) == before and self.first_instant >= self.end_instant:
            problems.append(Problem("available_until", "is not after available_from", "available_until is exclusive"))

    @property
    def first_instant(self) -> Instant:
        """Return ``available_from`` as an instant."""
        return -NEVER_US if self.available_from is None else to_instant(self.available_from)

    @property
    def end_instant(self) -> Instant:
        """Return ``available_until`` as an instant."""
        return NEVER_US if self.available_until is None else to_instant(self.available_until)


def _check_count(value: object, name: str, lowest: int, problems: list[Problem]) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= _MAX_COUNT:
        problems.append(Problem(name, f"is not a number from {lowest} to 10^9", "pass a whole number, or None"))
