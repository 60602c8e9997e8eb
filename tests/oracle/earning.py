"""What a purchase earns: exact fractions, one rounding, parts by largest remainder (``S12``, ``S13``)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from attrs import frozen

import loyaltykit as lk
from loyaltykit.rules.earning import Bonus, PerAmount, PerPurchase, PerUnit, Times
from loyaltykit.rules.nodes import Fact, MemberField, Reference
from tests.oracle.baskets import Kept, apportion, in_proportion, row_value
from tests.oracle.order import moment_of
from tests.oracle.predicates import Lookup, asks_about_lines, holds
from tests.oracle.versions import Version, half_up

ROUNDINGS = {"floor": floor, "half_up": half_up, "ceiling": ceil}
ZERO = Fraction(0)


@frozen
class Part:
    """What one rule gives, exactly, line by line."""

    rule: lk.AccrualRule
    lines: list[Fraction]

    @property
    def points(self) -> Fraction:
        return sum(self.lines, ZERO)


@frozen
class Price:
    """What a purchase gives: by rule (name, points, and how many it asked for), and by line."""

    points: int
    breakdown: list[tuple[str, int, int]]
    lines: list[int]
    exact_lines: list[Fraction]

    @property
    def exact(self) -> Fraction:
        return sum(self.exact_lines, ZERO)


@frozen
class Till:
    """One purchase, or what is kept of it, at the till: with the multiplier and the facts of its own day."""

    version: Version
    purchase: lk.Purchase
    kept: list[Kept]
    multiplier: Fraction
    given: Mapping[Reference, object]

    def price(self) -> Price:
        parts = self.parts()
        exact = [self.multiplied(part) for part in parts]
        by_rule, exact_lines = ([sum(some, ZERO) for some in rows] for rows in (exact, zip(*exact, strict=True)))
        total = ROUNDINGS[self.version.program.points.rounding](sum(by_rule, ZERO))
        shares = zip(parts, apportion(total, by_rule), strict=True)
        breakdown = [(part.rule.name, points, points) for part, points in shares if points]
        lines = apportion(total, exact_lines) or [0 for _ in self.kept]
        return Price(total, breakdown, lines, exact_lines)

    def multiplied(self, part: Part) -> list[Fraction]:
        factor = Fraction(1) if isinstance(part.rule.earn, Bonus) else self.multiplier
        return [factor * points for points in part.lines]

    def parts(self) -> list[Part]:
        """Return what each rule gives, in the programme's order; ``times`` looks at what the plain rules gave."""
        rules = [rule for rule in self.version.program.accrual if self.is_valid(rule)]
        plain = [Part(rule, self.plain_points(rule)) for rule in rules if not isinstance(rule.earn, Times)]
        plain = one_of_each_group(plain)
        base = [part for part in plain if not isinstance(part.rule.earn, Bonus)]
        multiples = [Part(rule, self.times_points(rule, base)) for rule in rules if isinstance(rule.earn, Times)]
        chosen = plain + one_of_each_group(multiples)
        return sorted(chosen, key=lambda part: self.version.program.accrual.index(part.rule))

    def is_valid(self, rule: lk.AccrualRule) -> bool:
        at = moment_of(self.purchase)
        has_begun = rule.valid_from is None or rule.valid_from <= at
        return has_begun and (rule.valid_until is None or at < rule.valid_until)

    def times_points(self, rule: lk.AccrualRule, base: list[Part]) -> list[Fraction]:
        """Return what a multiple adds to the plain points of the lines it matches."""
        assert isinstance(rule.earn, Times)
        more, matching = Fraction(rule.earn.factor) - 1, self.matching(rule)
        return [more * fits * sum((part.lines[i] for part in base), ZERO) for i, fits in enumerate(matching)]

    def plain_points(self, rule: lk.AccrualRule) -> list[Fraction]:
        matching = self.matching(rule)
        match rule.earn:
            case PerUnit(points=points):
                return [Fraction(points * line.quantity * fits) for line, fits in zip(self.kept, matching, strict=True)]
            case PerAmount():
                return self.per_amount(rule.earn, matching)
            case PerPurchase(points=points) | Bonus(points=points):
                first = matching.index(True) if any(matching) else None
                return [Fraction(points if place == first else 0) for place in range(len(matching))]
        raise AssertionError(f"no such earning: {rule.earn}")

    def per_amount(self, earn: PerAmount, matching: list[bool]) -> list[Fraction]:
        """Return points in proportion, or for whole steps of all matching lines together, spread over them."""
        every = int(Fraction(earn.every) * 10**self.version.scale)
        eligible = [self.eligible(line) * fits for line, fits in zip(self.kept, matching, strict=True)]
        if earn.steps:
            return [Fraction(share) for share in in_proportion(earn.points * (sum(eligible) // every), eligible)]
        return [Fraction(earn.points * amount, every) for amount in eligible]

    def matching(self, rule: lk.AccrualRule) -> list[bool]:
        """Return which kept lines a rule applies to; one that asks about no line applies to all or none."""
        fits = [not line.gone and not self.is_excluded(line) for line in self.kept]
        asked = self.kept if asks_about_lines(rule.where) else [None for _ in self.kept]
        return [fit and self.holds(rule.where, line) for line, fit in zip(asked, fits, strict=True)]

    def is_excluded(self, line: Kept) -> bool:
        exclude = self.version.program.earns.exclude
        return exclude is not None and self.holds(exclude, line)

    def holds(self, rule: object, line: Kept | None) -> bool:
        return rule is None or holds(rule, self.lookup(line), self.version.scale)

    def lookup(self, line: Kept | None) -> Lookup:
        amount = sum(kept.amount for kept in self.kept)

        def look(reference: Reference) -> object:
            if isinstance(reference, MemberField | Fact):
                return self.given[reference]
            return row_value(self.version, self.purchase, line or self.kept[0], amount, reference)

        return look

    def eligible(self, line: Kept) -> int:
        """Return what of a line points are counted on (``S12``)."""
        earns, amount = self.version.program.earns, line.amount
        if earns.amount in ("gross", "net_of_points"):
            amount += line.discount
        if not earns.tax:
            amount -= line.tax
        if earns.amount != "gross":
            amount -= line.paid
        return max(0, amount - line.unearning)


def one_of_each_group(parts: list[Part]) -> list[Part]:
    """Keep one rule of a group: of those that give points the highest priority, then the most points."""

    def winner(group: str) -> Part | None:
        rivals = [part for part in parts if part.rule.group == group and part.points > 0]
        return max(rivals, key=lambda part: (part.rule.priority, part.points), default=None)

    return [part for part in parts if part.rule.group is None or part is winner(part.rule.group)]
