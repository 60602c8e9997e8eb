"""The points of a purchase (``S12``, ``S13``): exact arithmetic, one rounding, shares that sum to the total.

Exact points are integers of ``1 / unit`` points, with a unit small enough for every rule of the programme, so that
nothing is rounded before the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import lcm
from typing import Final

from attrs import Factory, define, field, frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.earning.basket import Basket
from loyaltykit.domain.earning.row_filters import Given, RowFilter
from loyaltykit.domain.program.points import AccrualRule, EarningPolicy, Rounding
from loyaltykit.domain.program.program import Program
from loyaltykit.rules.earning import Bonus, PerAmount, PerPurchase, PerUnit, Times
from loyaltykit.rules.nodes import Reference
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, Minor, spread, to_minor


@wire_name("rule_share")
@frozen
class RuleShare:
    """The points that one rule or achievement gave.

    Args:
        rule: its name.
        points: its share of the total.
        asked: its share before caps (``S20``).

    >>> RuleShare("base", 40, asked=100)
    RuleShare(rule='base', points=40, asked=100)
    """

    rule: str
    points: int
    asked: int = field(default=Factory(lambda self: self.points, takes_self=True))


Pieces = Mapping[int, int]
"""What one rule gives on each line, in units of exact points."""

_NO_RULE = (0, 0, 1)

_NONE: Final[frozenset[int]] = frozenset()


@define
class Earned:
    """The points of a purchase: the total and its shares (``S13``).

    Args:
        points: the total, rounded.
        unit: how many parts make one point.
        by_rule: name and exact points of each rule, in programme order.
        by_line: the exact points of each line.
        cut: what caps cut from each rule's share; empty if nothing (``S20``).
    """

    points: int
    unit: int = 1
    by_rule: tuple[tuple[str, int], ...] = ()
    by_line: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()

    @property
    def asked(self) -> tuple[int, ...]:
        """Return each rule's share before caps."""
        total = self.points + sum(self.cut) if self.cut else self.points
        return apportion(total, [exact for _, exact in self.by_rule], self.unit)

    @property
    def shares(self) -> tuple[RuleShare, ...]:
        """Return the share of each rule that gave points, or would have without caps."""
        if len(self.by_rule) == 1 and not self.cut:
            return (RuleShare(self.by_rule[0][0], self.points, self.points),) if self.points else ()
        asked = self.asked
        granted = [points - cut for points, cut in zip(asked, self.cut, strict=True)] if self.cut else asked
        parts = zip(self.by_rule, granted, asked, strict=True)
        return tuple([RuleShare(rule, points, full) for (rule, _), points, full in parts if full])

    @property
    def lines(self) -> tuple[int, ...]:
        """Return the share of each line."""
        if self.cut:
            return spread(self.points, self.by_line)
        return apportion(self.points, self.by_line, self.unit)


class _Rule:
    """An accrual rule with its numbers in units of exact points."""

    def __init__(self, place: int, rule: AccrualRule, program: Program, shop: ShopCalendar) -> None:
        self.place = place
        self.rule = rule
        self.name = rule.name
        self.first, self.end = rule.first_instant, rule.end_instant
        self.filter = None if rule.where is None else RowFilter(rule.where, program.scope, shop)
        self.every: Minor = 1
        if isinstance(rule.earn, PerAmount):
            self.every = to_minor(rule.earn.every, program.scale) or 1
        self.multiplies = isinstance(rule.earn, Times)
        self.is_fixed = isinstance(rule.earn, Bonus)
        ratio = rule.earn.factor.as_integer_ratio() if isinstance(rule.earn, Times) else (1, 1)
        self.factor, self.divisor = ratio
        self.factor_per_minor = 0

    def weigh(self, unit: int) -> None:
        """Compute the units of exact points per minor unit of money, for a rule proportional to it."""
        earn = self.rule.earn
        if isinstance(earn, PerAmount) and not earn.steps:
            self.factor_per_minor = earn.points * unit // self.every


class Accrual:
    """The compiled accrual rules of a programme.

    Args:
        program: the programme.
        shop: its calendar.
    """

    def __init__(self, program: Program, shop: ShopCalendar) -> None:
        self.program = program
        self.shop = shop
        self.rules = [_Rule(place, rule, program, shop) for place, rule in enumerate(program.accrual)]
        self.unit = lcm(*(rule.every for rule in self.rules)) * lcm(*(rule.divisor for rule in self.rules))
        for rule in self.rules:
            rule.weigh(self.unit)
        self.rounding: Rounding = program.points.rounding
        self.earns = program.earns
        excluding = program.earns.exclude
        self.excluding = None if excluding is None else RowFilter(excluding, program.scope, shop)
        self.member_terms: list[Reference] = []
        for rule in self.rules:
            self.member_terms += [] if rule.filter is None else rule.filter.member_terms
        self._has_times = any(rule.multiplies for rule in self.rules)
        self._has_groups = any(rule.rule.group is not None for rule in self.rules)

    def earn(self, basket: Basket, at: Instant, multiplier: Decimal, given: Given) -> Earned:
        """Return the points of a basket.

        Args:
            basket: as bought or as kept.
            at: the instant of the purchase; rules outside their validity give nothing.
            multiplier: of the tier just before it (``T5``).
            given: values of the member fields and facts that the rules mention.
        """
        if not basket.present:
            return Earned(0, by_line=(0,) * len(basket.lines))
        eligible = _eligible(basket, self.earns)
        pieces = self._pieces(basket, at, given, eligible)
        if self._has_groups or (self._has_times and any(rule.multiplies for rule, _ in pieces)):
            pieces = _combined(pieces)
        return self._round(pieces, multiplier, len(basket.lines))

    def _pieces(
        self, basket: Basket, at: Instant, given: Given, eligible: Sequence[Minor]
    ) -> list[tuple[_Rule, Pieces]]:
        """Return what each rule gives by itself or, for a ``times`` rule, the lines it applies to."""
        left_out = frozenset(self.excluding.matching(basket, given)) if self.excluding is not None else _NONE
        pieces = []
        for rule in self.rules:
            if not rule.first <= at < rule.end:
                continue
            lines = basket.present if rule.filter is None else rule.filter.matching(basket, given)
            if left_out:
                lines = _without(lines, left_out)
            if not lines:
                continue
            if rule.factor_per_minor:
                pieces.append((rule, _proportional(rule.factor_per_minor, lines, eligible)))
            else:
                pieces.append((rule, self._given_by(rule, lines, basket, eligible)))
        return pieces

    def _given_by(self, rule: _Rule, lines: Sequence[int], basket: Basket, eligible: Sequence[Minor]) -> Pieces:
        earn = rule.rule.earn
        if isinstance(earn, PerAmount):
            return self._steps(earn.points, rule.every, lines, eligible)
        if isinstance(earn, PerUnit):
            return _proportional(earn.points * self.unit, lines, basket.quantities)
        if isinstance(earn, PerPurchase | Bonus):
            return {lines[0]: earn.points * self.unit}
        return dict.fromkeys(lines, 0)

    def _steps(self, points: int, every: Minor, lines: Sequence[int], eligible: Sequence[Minor]) -> Pieces:
        weights = [eligible[line] for line in lines]
        shares = spread(points * (sum(weights) // every), weights)
        return {line: share * self.unit for line, share in zip(lines, shares, strict=True)}

    def _round(self, pieces: list[tuple[_Rule, Pieces]], multiplier: Decimal, lines: int) -> Earned:
        """Multiply by the tier, round the total once, and distribute it."""
        over, under = _as_ratio(multiplier)
        unit = self.unit * under
        whole = 0
        by_rule = []
        by_line = [0] * lines
        for rule, given in pieces:
            times = under if rule.is_fixed else over
            exact = 0
            for line, amount in given.items():
                part = amount * times
                by_line[line] += part
                exact += part
            whole += exact
            by_rule.append((rule.name, exact))
        return Earned(_rounded(whole, unit, self.rounding), unit, tuple(by_rule), tuple(by_line))


def _without(lines: Sequence[int], left_out: frozenset[int]) -> Sequence[int]:
    return [line for line in lines if line not in left_out]


def _proportional(factor: int, lines: Sequence[int], column: Sequence[int]) -> Pieces:
    # Most purchases have one line: a comprehension takes longer to set up than it takes to run.
    pieces = {}
    for line in lines:
        pieces[line] = factor * column[line]
    return pieces


@lru_cache(maxsize=256)
def _as_ratio(multiplier: Decimal) -> tuple[int, int]:
    return multiplier.as_integer_ratio()


def _eligible(basket: Basket, earns: EarningPolicy) -> Sequence[Minor]:
    """Return the amount of each line that earns points (``S12``)."""
    if earns.amount == "net" and earns.tax and not earns.excluded_payments and not basket.paid:
        return basket.amounts
    added = basket.discounts if earns.amount != "net" else (0,) * len(basket.lines)
    taxes = (0,) * len(basket.lines) if earns.tax else basket.taxes
    paid = basket.paid if basket.paid and earns.amount != "gross" else (0,) * len(basket.lines)
    columns = zip(basket.amounts, added, taxes, basket.excluded, paid, strict=True)
    return [max(amount + discount - tax - out - points, 0) for amount, discount, tax, out, points in columns]


def _combined(pieces: list[tuple[_Rule, Pieces]]) -> list[tuple[_Rule, Pieces]]:
    """Apply one rule of each group, then add what ``times`` rules give, one of each group.

    Several ``times`` rules add up; they do not compound.
    """
    giving = _one_per_group([(rule, given) for rule, given in pieces if not rule.multiplies])
    base: dict[int, int] = {}
    for rule, given in giving:
        if not isinstance(rule.rule.earn, Bonus):
            for line, amount in given.items():
                base[line] = base.get(line, 0) + amount
    adding = [(rule, _extra(rule, lines, base)) for rule, lines in pieces if rule.multiplies]
    return sorted([*giving, *_one_per_group(adding)], key=lambda piece: piece[0].place)


def _one_per_group(pieces: list[tuple[_Rule, Pieces]]) -> list[tuple[_Rule, Pieces]]:
    """Keep, of the rules of each group that give points, the one of highest priority, then the one that gives most."""
    best: dict[str, tuple[int, int, int]] = {}
    for rule, given in pieces:
        group, points = rule.rule.group, sum(given.values())
        if group is not None and points:
            worth = (rule.rule.priority, points, -rule.place)
            best[group] = max(best.get(group, worth), worth)
    return [
        (rule, given)
        for rule, given in pieces
        if rule.rule.group is None or best.get(rule.rule.group, _NO_RULE)[2] == -rule.place
    ]


def _extra(rule: _Rule, lines: Pieces, base: Pieces) -> Pieces:
    return {line: base.get(line, 0) * (rule.factor - rule.divisor) // rule.divisor for line in lines}


def _rounded(exact: int, unit: int, rounding: Rounding) -> int:
    if rounding == "floor":
        return exact // unit
    if rounding == "ceiling":
        return -(-exact // unit)
    return (2 * exact + unit) // (2 * unit)


def apportion(total: int, exact: Sequence[int], unit: int) -> tuple[int, ...]:
    """Distribute a rounded total over exact parts of ``1 / unit``: round each down, then add one to the largest
    remainders; ties go to the earlier part (``S13``).

    >>> apportion(5, [25, 25], 10)
    (3, 2)
    """
    if len(exact) == 1:
        return (total,)
    parts = [part // unit for part in exact]
    missing = total - sum(parts)
    if missing:
        by_remainder = sorted(range(len(exact)), key=lambda i: (-(exact[i] % unit), i))
        for i in by_remainder[:missing]:
            parts[i] += 1
    return tuple(parts)
