"""What a predicate means, straight from the rule language's definition: a reader of a hundred lines."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

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

Lookup: TypeAlias = Callable[[Reference], object]

OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_money(reference: Reference) -> bool:
    """Say whether it is looked up in minor units, while a constant beside it counts whole units."""
    if isinstance(reference, Fact):
        return reference.metric == "spend"
    if isinstance(reference, PurchaseField | LineField) and not reference.custom:
        return reference.name in ("amount", "discount", "tax")
    return False


def constant(literal: Literal, beside: Reference, scale: int) -> object:
    value = literal.value
    return Fraction(value) * 10**scale if is_money(beside) and isinstance(value, int | Decimal) else value


def holds(rule: Predicate | None, lookup: Lookup, scale: int) -> bool:
    """Say whether a rule holds; a missing value satisfies only ``is_missing``."""
    match rule:
        case None:
            return True
        case AllOf():
            return all(holds(item, lookup, scale) for item in rule.items)
        case AnyOf():
            return any(holds(item, lookup, scale) for item in rule.items)
        case Not():
            return not holds(rule.item, lookup, scale)
        case Compare(op=op, left=left, right=right):
            return compares(op, lookup(left), other_side(right, left, lookup, scale))
    return is_among(rule, lookup, scale)


def is_among(rule: Predicate, lookup: Lookup, scale: int) -> bool:
    match rule:
        case IsMissing(term=term):
            return lookup(term) is None
        case Has(term=term):
            return rule.value.value in (lookup(term) or ())
        case IsIn(term=term):
            value = lookup(term)
            return value is not None and value in [constant(item, term, scale) for item in rule.values]
    raise AssertionError(f"no such rule: {rule}")


def other_side(right: object, left: Reference, lookup: Lookup, scale: int) -> object:
    return constant(right, left, scale) if isinstance(right, Literal) else lookup(right)


def compares(op: str, ours: object, theirs: object) -> bool:
    return ours is not None and theirs is not None and bool(OPERATORS[op](ours, theirs))


def mentions(rule: Predicate | None) -> Iterator[Reference]:
    """Yield every field and fact a rule asks about, but for what a fact's own filter asks about."""
    match rule:
        case AllOf() | AnyOf():
            for item in rule.items:
                yield from mentions(item)
        case Not():
            yield from mentions(rule.item)
        case IsMissing() | Has() | IsIn():
            yield rule.term
        case Compare(left=left, right=right):
            yield from [left] if isinstance(right, Literal) else [left, right]


def asks_about_lines(rule: Predicate | None) -> bool:
    return any(isinstance(reference, LineField) for reference in mentions(rule))


def asked_of_history(rule: Predicate | None) -> list[Reference]:
    """Return what a rule asks about the member and the past, as opposed to the purchase at hand."""
    return [reference for reference in mentions(rule) if isinstance(reference, MemberField | Fact)]
