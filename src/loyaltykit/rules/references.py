"""The fields and facts that a predicate refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    Has,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Predicate,
    Reference,
    as_predicate,
)


def references(*predicates: Predicate) -> tuple[Reference, ...]:
    """Return the distinct fields and facts of predicates, in the order of their first mention.

    Fields in the filter of a fact are not included; ``references(fact.where)`` returns them.

    Args:
        predicates: any number of predicates.

    Returns:
        Plain references: ``MemberField``, ``PurchaseField``, ``LineField``, ``EventField`` and ``Fact``.

    Raises:
        InvalidRuleError: an argument is not a predicate.

    >>> from loyaltykit.rules import member, spend
    >>> [reference for reference in references((spend >= 5) & (member.age < spend))]
    [Fact(metric='spend', kind=None, where=None, window=Lifetime()), MemberField(name='age', custom=False)]
    """
    collector = _ReferenceCollector()
    return tuple(
        dict.fromkeys(reference for predicate in predicates for reference in fold(as_predicate(predicate), collector))
    )


class _ReferenceCollector(Interpreter[Iterable[Reference]]):
    def compare(self, node: Compare) -> Iterable[Reference]:
        return (node.left,) if isinstance(node.right, Literal) else (node.left, node.right)

    def is_in(self, node: IsIn) -> Iterable[Reference]:
        return (node.term,)

    def is_missing(self, node: IsMissing) -> Iterable[Reference]:
        return (node.term,)

    def has(self, node: Has) -> Iterable[Reference]:
        return (node.term,)

    def all_of(self, node: AllOf, items: tuple[Iterable[Reference], ...]) -> Iterable[Reference]:
        return _joined(items)

    def any_of(self, node: AnyOf, items: tuple[Iterable[Reference], ...]) -> Iterable[Reference]:
        return _joined(items)

    def negation(self, node: Not, item: Iterable[Reference]) -> Iterable[Reference]:
        return item


def _joined(items: tuple[Iterable[Reference], ...]) -> Iterator[Reference]:
    return (reference for item in items for reference in item)
