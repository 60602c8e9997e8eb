"""Ways to earn points: per amount, per purchase, per unit, as a multiple, or as a fixed bonus (``S13``)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

from loyaltykit.errors import InvalidRuleError, Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import Amount, check_decimal, check_points, read_decimal


@wire_name("per_amount")
@frozen
class PerAmount:
    """``points`` for ``every`` amount of money: in proportion, or with ``steps`` for full amounts only."""

    points: int
    every: Decimal = field(converter=read_decimal)
    steps: bool = False

    def __attrs_post_init__(self) -> None:
        problems = _points_problems(self.points)
        check_decimal(self.every, "every", problems, positive=True)
        if not isinstance(self.steps, bool):
            problems.append(Problem("steps", "is not a boolean", "pass True or False"))
        _raise_problems(problems)


@frozen
class FixedPoints:
    """A fixed number of points per purchase or per unit."""

    points: int

    def __attrs_post_init__(self) -> None:
        _raise_problems(_points_problems(self.points))


@wire_name("per_purchase")
class PerPurchase(FixedPoints):
    """``points`` for each purchase that matches."""

    __slots__ = ()


@wire_name("per_unit")
class PerUnit(FixedPoints):
    """``points`` for each unit of the lines that match."""

    __slots__ = ()


@wire_name("bonus")
class Bonus(FixedPoints):
    """``points`` for each purchase that matches; no rule and no tier multiplies them."""

    __slots__ = ()


@wire_name("times")
@frozen
class Times:
    """``factor`` times the points of the other rules on the lines that match, except bonuses."""

    factor: Decimal = field(converter=read_decimal)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_decimal(self.factor, "factor", problems, positive=True)
        _raise_problems(problems)


Earn: TypeAlias = PerAmount | PerPurchase | PerUnit | Times | Bonus


def per_amount(points: int = 1, every: Amount = "1.00", *, steps: bool = False) -> PerAmount:
    """Earn points for money spent on the lines that match.

    Args:
        points: the number of points, above zero.
        every: the amount of money that earns them, in whole units of the programme's currency (``"1.00"``, ``10``).
        steps: True to count full amounts only; False to earn points in proportion.

    Returns:
        A value for ``AccrualRule(name, earn)``.

    Raises:
        InvalidRuleError: the points or the amount are not above zero, or a float.

    >>> per_amount(points=1, every="10.00", steps=True)
    PerAmount(points=1, every=Decimal('10.00'), steps=True)
    """
    return PerAmount(points, every, steps)


def per_purchase(points: int) -> PerPurchase:
    """Earn a fixed number of points for each purchase that matches. Tiers multiply them.

    Args:
        points: the number of points, above zero.

    Raises:
        InvalidRuleError: the points are not an integer above zero.

    >>> per_purchase(10)
    PerPurchase(points=10)
    """
    return PerPurchase(points)


def per_unit(points: int) -> PerUnit:
    """Earn a fixed number of points for each unit of the lines that match.

    Args:
        points: the number of points, above zero.

    Raises:
        InvalidRuleError: the points are not an integer above zero.

    >>> per_unit(5)
    PerUnit(points=5)
    """
    return PerUnit(points)


def times(factor: Amount) -> Times:
    """Multiply the points that the other rules give on the lines that match.

    Args:
        factor: above zero; ``2`` doubles the points, ``"1.5"`` adds half. Bonuses are not multiplied.

    Raises:
        InvalidRuleError: the factor is not above zero, or a float.

    >>> times("1.5")
    Times(factor=Decimal('1.5'))
    """
    return Times(factor)


def bonus(points: int) -> Bonus:
    """Earn a fixed number of points for each purchase that matches; no rule and no tier multiplies them.

    Args:
        points: the number of points, above zero.

    Raises:
        InvalidRuleError: the points are not an integer above zero.

    >>> bonus(50)
    Bonus(points=50)
    """
    return Bonus(points)


def _points_problems(points: object) -> list[Problem]:
    problems: list[Problem] = []
    check_points(points, "points", problems)
    if not problems and isinstance(points, int) and points < 0:
        problems.append(Problem("points", "is negative", "pass an integer above zero"))
    return problems


def _raise_problems(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidRuleError(problems)
