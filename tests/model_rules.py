"""A tiny reader of rules for the naive model: what a predicate means, straight from the rule language's definition."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    Fact,
    Has,
    IsIn,
    IsMissing,
    LineField,
    Literal,
    MemberField,
    Not,
    Predicate,
    PurchaseField,
    Reference,
)

Lookup = Callable[[Reference], object]

OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_money(reference: Reference) -> bool:
    """Money is looked up in minor units, while a constant beside it counts whole units."""
    if isinstance(reference, Fact):
        return reference.metric == "spend"
    if isinstance(reference, PurchaseField | LineField) and not reference.custom:
        return reference.name in ("amount", "discount", "tax")
    return False


def constant(literal: Literal, beside: Reference, scale: int) -> object:
    value = literal.value
    return Fraction(value) * 10**scale if is_money(beside) and isinstance(value, int | Decimal) else value


def holds(rule: Predicate | None, lookup: Lookup, scale: int) -> bool:
    """Whether a rule holds; a missing value satisfies only ``is_missing``."""
    match rule:
        case None:
            return True
        case AllOf():
            return all(holds(item, lookup, scale) for item in rule.items)
        case AnyOf():
            return any(holds(item, lookup, scale) for item in rule.items)
        case Not():
            return not holds(rule.item, lookup, scale)
        case IsMissing():
            return lookup(rule.term) is None
        case Has():
            return rule.value.value in (lookup(rule.term) or ())
        case IsIn():
            value = lookup(rule.term)
            return value is not None and value in [constant(item, rule.term, scale) for item in rule.values]
        case Compare(op=op, left=left, right=right):
            ours = lookup(left)
            theirs = constant(right, left, scale) if isinstance(right, Literal) else lookup(right)
            return ours is not None and theirs is not None and OPERATORS[op](ours, theirs)
    raise AssertionError(f"no such rule: {rule}")


def mentions(rule: Predicate | None) -> Iterator[Reference]:
    """Every field and fact a rule asks about; what a fact's own filter asks about is not among them."""
    match rule:
        case AllOf() | AnyOf():
            for item in rule.items:
                yield from mentions(item)
        case Not():
            yield from mentions(rule.item)
        case IsMissing() | Has() | IsIn():
            yield rule.term
        case Compare(left=left, right=right):
            yield left
            if not isinstance(right, Literal):
                yield right


def asks_about_lines(rule: Predicate | None) -> bool:
    return any(isinstance(reference, LineField) for reference in mentions(rule))


def asked_of_history(rule: Predicate | None) -> list[Reference]:
    """What a rule asks about the member and the past, as opposed to the purchase at hand."""
    return [reference for reference in mentions(rule) if isinstance(reference, MemberField | Fact)]
