"""The same predicate without what adds nothing: nested groups of one kind, groups of one, double negation."""

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
    """A predicate of the same meaning: flat, in the order written, filters of facts included.

    >>> from loyaltykit.rules import member
    >>> young, east, tea = member.age < 30, member.region == "east", member["favourite"] == "tea"
    >>> normalize(~~(young & east & tea)) == AllOf((young, east, tea))
    True
    """
    return fold(as_predicate(predicate), _Normalizer())


class _Normalizer(Interpreter[Predicate]):
    def compare(self, node: Compare) -> Predicate:
        return Compare(node.op, _inside(node.left), _inside(node.right))

    def is_in(self, node: IsIn) -> Predicate:
        return IsIn(_inside(node.term), node.values)

    def is_missing(self, node: IsMissing) -> Predicate:
        return IsMissing(_inside(node.term))

    def has(self, node: Has) -> Predicate:
        return Has(_inside(node.term), node.value)

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


def _inside(operand: OperandT) -> OperandT:
    if isinstance(operand, Fact) and operand.where is not None:
        return evolve(operand, where=normalize(operand.where))
    return operand
