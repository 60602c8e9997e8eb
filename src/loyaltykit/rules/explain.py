"""Explanations why a predicate is true or false for one member: values, thresholds and shortfalls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, TypeAlias, cast

from attrs import frozen

from loyaltykit.read_only import NOTHING, ReadOnly
from loyaltykit.rules.evaluate import Lookup, constant, evaluate
from loyaltykit.rules.fields import Field, Scope
from loyaltykit.rules.fold import Interpreter, fold
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
    is_money,
)
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.references import references
from loyaltykit.rules.words.describe import Describer
from loyaltykit.rules.words.languages import wording
from loyaltykit.rules.words.wording import Language
from loyaltykit.serialization import wire_name
from loyaltykit.values import to_decimal

Number: TypeAlias = int | Decimal
"""The value of a fact: money as a ``Decimal`` of whole units, other facts as an ``int``."""

_KINDS_OF_FIELD: Final = (MemberField, PurchaseField, LineField)
_GROUPS: Final[Mapping[type[Predicate], int]] = {AllOf: 0, AnyOf: 1, Not: 2}


@wire_name("explanation")
@frozen
class Explanation:
    """A predicate and its outcome for one member.

    Args:
        predicate: the predicate.
        outcome: whether it is true.
        children: the explanations of its parts, in order.
        value: for a comparison, the member's value, None when missing. Money is a ``Decimal`` of whole units.
        needed: for a fact compared by ``>=`` or ``>``, the smallest value for which the comparison is true.
        shortfall: the difference between needed and value, 0 if the comparison is true; None if the value is missing.
        scope: the decimals of money and the declared fields that the predicate names, for ``describe``.
    """

    predicate: Predicate
    outcome: bool
    children: tuple[Explanation, ...]
    value: object
    needed: Number | None
    shortfall: Number | None
    scope: Scope

    def describe(self, language: Language = "en") -> str:
        """Return the explanation as indented lines.

        Args:
            language: ``"en"`` or ``"zh"``.

        Raises:
            InvalidRuleError: the language is another one.

        >>> from loyaltykit.rules import spend
        >>> print(explain(spend >= 20, {spend.reference: 1_500}.get, Scope(scale=2)).describe())
        [not met] spend over all time is at least 20.00: 15.00 now, 5.00 to go
        """
        describer = Describer(wording(language), self.scope)
        return "\n".join(_lines(self, describer, indent=""))


def explain(predicate: Predicate, lookup: Lookup, scope: Scope) -> Explanation:
    """Explain the outcome of a predicate that passed its check, after ``normalize``.

    Args:
        predicate: what to explain.
        lookup: returns the member's value of a reference, None when missing; money in minor units.
        scope: the declarations of the programme.

    >>> from loyaltykit.rules import spend
    >>> explain(spend >= 20, {spend.reference: 1_500}.get, Scope(scale=2)).shortfall
    Decimal('5.00')
    """
    return fold(normalize(predicate), _Explainer(lookup, scope, _mentioned(predicate, scope)))


def _mentioned(predicate: Predicate, scope: Scope) -> Scope:
    """Return the part of a scope that the words of a predicate need, so that an explanation stays small."""
    found = [*references(predicate)]
    for reference in found:  # grows while it is read: the filter of a fact mentions fields too
        if isinstance(reference, Fact) and reference.where is not None:
            found += references(reference.where)
    names = {kind: {item.name for item in found if isinstance(item, kind)} for kind in _KINDS_OF_FIELD}
    return Scope(
        scale=scope.scale,
        member=_named(scope.member, names[MemberField]),
        purchase=_named(scope.purchase, names[PurchaseField]),
        line=_named(scope.line, names[LineField]),
        events=NOTHING,
    )


def _named(declared: Mapping[str, Field], names: set[str]) -> Mapping[str, Field]:
    return ReadOnly({name: item for name, item in declared.items() if name in names})


class _Explainer(Interpreter[Explanation]):
    def __init__(self, lookup: Lookup, scope: Scope, mentioned: Scope) -> None:
        self._lookup = lookup
        self._scope = scope
        self._mentioned = mentioned

    def compare(self, node: Compare) -> Explanation:
        needed = self._needed(node)
        if needed is None:
            return self._leaf(node, node.left)
        value = cast("int | None", self._lookup(node.left))
        shortfall = None if value is None else self._in_units(node.left, max(needed - value, 0))
        return self._leaf(node, node.left, self._in_units(node.left, needed), shortfall)

    def is_in(self, node: IsIn) -> Explanation:
        return self._leaf(node, node.term)

    def is_missing(self, node: IsMissing) -> Explanation:
        return self._leaf(node, node.term)

    def has(self, node: Has) -> Explanation:
        return self._leaf(node, node.term)

    def all_of(self, node: AllOf, items: tuple[Explanation, ...]) -> Explanation:
        return self._group(node, all(item.outcome for item in items), items)

    def any_of(self, node: AnyOf, items: tuple[Explanation, ...]) -> Explanation:
        return self._group(node, any(item.outcome for item in items), items)

    def negation(self, node: Not, item: Explanation) -> Explanation:
        return self._group(node, not item.outcome, (item,))

    def _leaf(
        self, node: Predicate, term: Reference, needed: Number | None = None, shortfall: Number | None = None
    ) -> Explanation:
        outcome = evaluate(node, self._lookup, self._scope)
        value = self._in_units(term, self._lookup(term))
        return Explanation(node, outcome, (), value, needed, shortfall, self._mentioned)

    def _group(self, node: Predicate, outcome: bool, items: tuple[Explanation, ...]) -> Explanation:
        return Explanation(node, outcome, items, None, None, None, self._mentioned)

    def _needed(self, node: Compare) -> int | None:
        """Return the smallest value of a fact for which a comparison is true; money in minor units."""
        if not isinstance(node.left, Fact) or node.op not in (">=", ">"):
            return None
        threshold: Any = (
            constant(node.right, node.left, self._scope)
            if isinstance(node.right, Literal)
            else self._lookup(node.right)
        )
        if threshold is None:
            return None
        exact = Decimal(threshold)
        if node.op == ">=":
            return int(exact.to_integral_value(ROUND_CEILING))
        return int(exact.to_integral_value(ROUND_FLOOR)) + 1

    def _in_units(self, term: Reference, value: Any) -> Any:
        return to_decimal(value, self._scope.scale) if value is not None and is_money(term) else value


def _lines(explanation: Explanation, describer: Describer, indent: str) -> Iterator[str]:
    group = _GROUPS.get(type(explanation.predicate))
    if group is None:
        yield indent + _leaf_line(explanation, describer)
        return
    heading = describer.words.groups[group]
    yield indent + describer.words.outcome(heading, met=explanation.outcome, value=None, shortfall=None)
    for child in explanation.children:
        yield from _lines(child, describer, indent + "  ")


def _leaf_line(explanation: Explanation, describer: Describer) -> str:
    money = is_money(references(explanation.predicate)[0])
    missing = explanation.shortfall
    return describer.words.outcome(
        fold(explanation.predicate, describer),
        met=explanation.outcome,
        value=describer.member_value(explanation.value, money=money),
        shortfall=describer.value(missing, money=money) if missing else None,
    )
