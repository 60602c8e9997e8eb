"""The reference evaluation of predicates. Every other engine must give the same results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Context, Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, TypeAlias, cast

from loyaltykit.rules.fields import Scope
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
    Operand,
    Operator,
    Predicate,
    Reference,
    is_money,
)

Lookup: TypeAlias = Callable[[Reference], object]
"""A function that returns the value of a reference, None when it is missing. Money is in minor units."""

OPERATORS: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}

# The host application may have set a decimal context of few digits.
_EXACT: Final = Context(prec=80)


def evaluate(predicate: Predicate, lookup: Lookup, scope: Scope) -> bool:
    """Return whether a predicate that passed its check is true.

    A comparison with a missing operand is false, except ``is_missing()``; ``~`` is the complement.

    Args:
        predicate: what to evaluate.
        lookup: returns the value of a reference; None when it is missing.
        scope: the declarations of the programme; its scale converts amounts in rules to minor units.

    >>> from loyaltykit.rules import spend
    >>> evaluate(spend >= 20, {spend.reference: 2_000}.get, Scope(scale=2))
    True
    """
    return fold(predicate, _Evaluator(lookup, scope))


def constant(literal: Literal, beside: Reference, scope: Scope) -> object:
    """Return the value of a literal; if ``beside`` is money, in minor units.

    >>> from loyaltykit.rules import spend
    >>> constant(Literal(20), spend.reference, Scope(scale=2))
    2000
    """
    value = literal.value
    if not is_money(beside) or not isinstance(value, int | Decimal):
        return value
    minor = Decimal(value).scaleb(scope.scale, _EXACT)
    return int(minor) if minor == int(minor) else minor


class _Evaluator(Interpreter[bool]):
    def __init__(self, lookup: Lookup, scope: Scope) -> None:
        self._lookup = lookup
        self._scope = scope

    def compare(self, node: Compare) -> bool:
        left: Any = self._lookup(node.left)
        right: Any = self._value(node.right, node.left)
        return left is not None and right is not None and OPERATORS[node.op](left, right)

    def is_in(self, node: IsIn) -> bool:
        value = self._lookup(node.term)
        return any(value == constant(literal, node.term, self._scope) for literal in node.values)

    def is_missing(self, node: IsMissing) -> bool:
        return self._lookup(node.term) is None

    def has(self, node: Has) -> bool:
        tags = cast("Collection[object] | None", self._lookup(node.term))
        return tags is not None and node.value.value in tags

    def all_of(self, node: AllOf, items: tuple[bool, ...]) -> bool:
        return all(items)

    def any_of(self, node: AnyOf, items: tuple[bool, ...]) -> bool:
        return any(items)

    def negation(self, node: Not, item: bool) -> bool:
        return not item

    def _value(self, operand: Operand, beside: Reference) -> object:
        return constant(operand, beside, self._scope) if isinstance(operand, Literal) else self._lookup(operand)
