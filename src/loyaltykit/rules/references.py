"""What a predicate refers to."""

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
    """The distinct fields and facts of some predicates, in the order of their first mention.

    The fields inside a fact's filter belong to its rows, not to the member: ``references(fact.where)`` gives them.

    >>> from loyaltykit.rules import member, spend
    >>> [reference for reference in references((spend >= 5) & (member.age < spend))]
    [Fact(metric='spend', kind=None, where=None, window=Lifetime()), MemberField(name='age', custom=False)]
    """
    mentions = _Mentions()
    return tuple(
        dict.fromkeys(reference for predicate in predicates for reference in fold(as_predicate(predicate), mentions))
    )


class _Mentions(Interpreter[Iterable[Reference]]):
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
