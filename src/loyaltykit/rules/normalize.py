"""Simplification of predicates: nested groups of one kind, groups of one item, double negation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from attrs import evolve

from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    Fact,
    Has,
    IsIn,
    IsMissing,
    Not,
    Operand,
    Predicate,
    Reference,
    as_predicate,
)

OperandT = TypeVar("OperandT", bound="Reference | Operand")


def normalize(predicate: Predicate) -> Predicate:
    """Return a simpler predicate of the same meaning, in the order written.

    It flattens nested groups and removes groups of one item and double negation, in filters of facts too.

    Args:
        predicate: what to simplify.

    Raises:
        InvalidRuleError: the argument is not a predicate.

    >>> from loyaltykit.rules import member
    >>> young, east, tea = member.age < 30, member.region == "east", member["favourite"] == "tea"
    >>> normalize(~~(young & east & tea)) == AllOf((young, east, tea))
    True
    """
    return fold(as_predicate(predicate), _Normalizer())


class _Normalizer(Interpreter[Predicate]):
    def compare(self, node: Compare) -> Predicate:
        return Compare(node.op, _normalize_filter(node.left), _normalize_filter(node.right))

    def is_in(self, node: IsIn) -> Predicate:
        return IsIn(_normalize_filter(node.term), node.values)

    def is_missing(self, node: IsMissing) -> Predicate:
        return IsMissing(_normalize_filter(node.term))

    def has(self, node: Has) -> Predicate:
        return Has(_normalize_filter(node.term), node.value)

    def all_of(self, node: AllOf, items: tuple[Predicate, ...]) -> Predicate:
        return items[0] if len(items) == 1 else AllOf(tuple(_flat(AllOf, items)))

    def any_of(self, node: AnyOf, items: tuple[Predicate, ...]) -> Predicate:
        return items[0] if len(items) == 1 else AnyOf(tuple(_flat(AnyOf, items)))

    def negation(self, node: Not, item: Predicate) -> Predicate:
        return item.item if isinstance(item, Not) else Not(item)


def _flat(group: type[AllOf | AnyOf], items: tuple[Predicate, ...]) -> Iterator[Predicate]:
    for item in items:
        if isinstance(item, group):
            yield from item.items
        else:
            yield item


def _normalize_filter(operand: OperandT) -> OperandT:
    if isinstance(operand, Fact) and operand.where is not None:
        return evolve(operand, where=normalize(operand.where))
    return operand
