"""What a predicate means, straight from the rule language's definition."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from loyaltykit.rules import nodes
from loyaltykit.rules.nodes import Predicate, Reference

Lookup: TypeAlias = Callable[[Reference], object]

OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_money(reference: Reference) -> bool:
    """Say whether it is looked up in minor units, while a constant beside it counts whole units."""
    if isinstance(reference, nodes.Fact):
        return reference.metric == "spend"
    is_built_in = isinstance(reference, nodes.PurchaseField | nodes.LineField) and not reference.custom
    return is_built_in and reference.name in ("amount", "discount", "tax")


def constant(literal: nodes.Literal, beside: Reference, scale: int) -> object:
    value = literal.value
    return Fraction(value) * 10**scale if is_money(beside) and isinstance(value, int | Decimal) else value


def holds(rule: Predicate | None, lookup: Lookup, scale: int) -> bool:
    """Say whether a rule holds; a missing value satisfies only ``is_missing``."""
    match rule:
        case None:
            return True
        case nodes.AllOf():
            return all(holds(item, lookup, scale) for item in rule.items)
        case nodes.AnyOf():
            return any(holds(item, lookup, scale) for item in rule.items)
        case nodes.Not():
            return not holds(rule.item, lookup, scale)
        case nodes.Compare(op=op, left=left, right=right):
            theirs = constant(right, left, scale) if isinstance(right, nodes.Literal) else lookup(right)
            ours = lookup(left)
            return ours is not None and theirs is not None and OPERATORS[op](ours, theirs)
    return is_among(rule, lookup(rule.term), scale)


def is_among(rule: nodes.IsMissing | nodes.Has | nodes.IsIn, value: object, scale: int) -> bool:
    if isinstance(rule, nodes.IsMissing) or value is None:
        return isinstance(rule, nodes.IsMissing) and value is None
    if isinstance(rule, nodes.Has):
        return rule.value.value in value
    return value in [constant(item, rule.term, scale) for item in rule.values]


def mentions(rule: Predicate | None) -> Iterator[Reference]:
    """Yield every field and fact a rule asks about, but for what a fact's own filter asks about."""
    match rule:
        case nodes.AllOf() | nodes.AnyOf():
            for item in rule.items:
                yield from mentions(item)
        case nodes.Not():
            yield from mentions(rule.item)
        case nodes.IsMissing() | nodes.Has() | nodes.IsIn():
            yield rule.term
        case nodes.Compare(left=left, right=right):
            yield from [left] if isinstance(right, nodes.Literal) else [left, right]


def asks_about_lines(rule: Predicate | None) -> bool:
    return any(isinstance(reference, nodes.LineField) for reference in mentions(rule))


def asked_of_history(rule: Predicate | None) -> list[Reference]:
    """Return what a rule asks about the member and the past, as opposed to the purchase at hand."""
    return [reference for reference in mentions(rule) if isinstance(reference, nodes.MemberField | nodes.Fact)]
