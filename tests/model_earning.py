"""What a purchase earns, for the naive model: exact fractions, one rounding, parts by largest remainder (``S13``)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from attrs import frozen

from loyaltykit.domain.program.points import AccrualRule
from loyaltykit.domain.transactions import Purchase
from loyaltykit.rules.earning import Bonus, PerAmount, PerPurchase, PerUnit, Times
from loyaltykit.rules.nodes import Fact, MemberField, Reference
from tests.model_purchases import Kept, Shop, apportion, half_up, in_proportion, row_value
from tests.model_rules import asks_about_lines, holds

ROUNDINGS = {"floor": floor, "half_up": half_up, "ceiling": ceil}


@frozen
class Part:
    """What one rule gives, exactly, line by line."""

    rule: AccrualRule
    lines: list[Fraction]

    @property
    def points(self) -> Fraction:
        return sum(self.lines, Fraction(0))


@frozen
class Priced:
    points: int
    exact: Fraction
    breakdown: list[tuple[str, int, int]]  # name, points, and how many it asked for (``S20``)
    lines: list[int]
    exact_lines: list[Fraction]


@frozen
class Till:
    """One purchase, or what is kept of it, at the till: with the multiplier and the facts of its own day."""

    shop: Shop
    purchase: Purchase
    kept: list[Kept]
    multiplier: Fraction
    given: Mapping[Reference, object]

    def price(self) -> Priced:
        parts = self.parts()
        exact = [self.multiplied(part) for part in parts]
        total = ROUNDINGS[self.shop.program.points.rounding](sum((sum(lines) for lines in exact), Fraction(0)))
        by_rule = apportion(total, [sum(lines, Fraction(0)) for lines in exact])
        exact_lines = [sum(column, Fraction(0)) for column in zip(*exact, strict=True)]
        by_line = apportion(total, exact_lines)
        return Priced(
            points=total,
            exact=sum((sum(lines) for lines in exact), Fraction(0)),
            breakdown=[(part.rule.name, points, points) for part, points in zip(parts, by_rule, strict=True) if points],
            lines=by_line or [0 for _ in self.kept],
            exact_lines=exact_lines,
        )

    def multiplied(self, part: Part) -> list[Fraction]:
        factor = Fraction(1) if isinstance(part.rule.earn, Bonus) else self.multiplier
        return [factor * points for points in part.lines]

    def parts(self) -> list[Part]:
        """What each rule gives, in the programme's order; ``times`` looks at what the plain rules gave."""
        rules = [rule for rule in self.shop.program.accrual if self.is_valid(rule)]
        plain = [Part(rule, self.plain_points(rule)) for rule in rules if not isinstance(rule.earn, Times)]
        plain = self.one_of_each_group(plain)
        base = [part for part in plain if not isinstance(part.rule.earn, Bonus)]
        multiples = [Part(rule, self.times_points(rule, base)) for rule in rules if isinstance(rule.earn, Times)]
        chosen = plain + self.one_of_each_group(multiples)
        return sorted(chosen, key=lambda part: self.shop.program.accrual.index(part.rule))

    def one_of_each_group(self, parts: list[Part]) -> list[Part]:
        """Of a group only one rule counts: of those that give points the highest priority, then the most points."""

        def winner(group: str) -> Part | None:
            rivals = [part for part in parts if part.rule.group == group and part.points > 0]
            return max(rivals, key=lambda part: (part.rule.priority, part.points), default=None)

        return [part for part in parts if part.rule.group is None or part is winner(part.rule.group)]

    def times_points(self, rule: AccrualRule, base: list[Part]) -> list[Fraction]:
        """What a multiple adds to the plain points of the lines it matches."""
        assert isinstance(rule.earn, Times)
        more = Fraction(rule.earn.factor) - 1
        return [
            more * fits * sum((part.lines[position] for part in base), Fraction(0))
            for position, fits in enumerate(self.matching(rule))
        ]

    def is_valid(self, rule: AccrualRule) -> bool:
        at = self.purchase.occurred_at
        assert at is not None
        return (rule.valid_from is None or rule.valid_from <= at) and (
            rule.valid_until is None or at < rule.valid_until
        )

    def plain_points(self, rule: AccrualRule) -> list[Fraction]:
        matching = self.matching(rule)
        nothing = [Fraction(0) for _ in self.kept]
        if not any(matching):
            return nothing
        match rule.earn:
            case PerUnit(points=points):
                return [Fraction(points * line.quantity * fits) for line, fits in zip(self.kept, matching, strict=True)]
            case PerAmount(steps=False):
                return self.per_amount(rule.earn, matching)
            case PerAmount(steps=True):
                return self.steps(rule.earn, matching)
            case PerPurchase(points=points) | Bonus(points=points):
                nothing[matching.index(True)] = Fraction(points)
        return nothing

    def per_amount(self, earn: PerAmount, matching: list[bool]) -> list[Fraction]:
        return [
            Fraction(earn.points * self.eligible(line) * fits, self.every(earn))
            for line, fits in zip(self.kept, matching, strict=True)
        ]

    def steps(self, earn: PerAmount, matching: list[bool]) -> list[Fraction]:
        """Whole points for whole steps of all matching lines together, spread over them."""
        eligible = [self.eligible(line) * fits for line, fits in zip(self.kept, matching, strict=True)]
        points = earn.points * (sum(eligible) // self.every(earn))
        return [Fraction(share) for share in in_proportion(points, eligible)]

    def every(self, earn: PerAmount) -> int:
        return int(Fraction(earn.every) * 10**self.shop.scale)

    def matching(self, rule: AccrualRule) -> list[bool]:
        """Which kept lines a rule applies to; one that asks about no line applies to all or none."""
        fits = [not line.gone and not self.is_excluded(line) for line in self.kept]
        if not asks_about_lines(rule.where):
            return [fit and holds(rule.where, self.lookup(None), self.shop.scale) for fit in fits]
        return [
            fit and holds(rule.where, self.lookup(line), self.shop.scale)
            for line, fit in zip(self.kept, fits, strict=True)
        ]

    def is_excluded(self, line: Kept) -> bool:
        exclude = self.shop.program.earns.exclude
        return exclude is not None and holds(exclude, self.lookup(line), self.shop.scale)

    def lookup(self, line: Kept | None):
        amount = sum(kept.amount for kept in self.kept)

        def look(reference: Reference) -> object:
            if isinstance(reference, MemberField | Fact):
                return self.given[reference]
            at = self.purchase.occurred_at
            return row_value(self.shop, self.purchase, at, line or self.kept[0], amount, reference)

        return look

    def eligible(self, line: Kept) -> int:
        """What of a line points are counted on (``S12``)."""
        earns = self.shop.program.earns
        amount = line.amount
        if earns.amount in ("gross", "net_of_points"):
            amount += line.discount
        if not earns.tax:
            amount -= line.tax
        if earns.amount != "gross":
            amount -= line.paid
        return max(0, amount - line.unearning)
