"""Descriptions of rules in English or Chinese."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import assert_never, cast

from loyaltykit.rules.catalogue import METRICS
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    EventField,
    Fact,
    Group,
    Has,
    IsIn,
    IsMissing,
    LineField,
    Literal,
    MemberField,
    Not,
    Operand,
    Predicate,
    PurchaseField,
    Reference,
    is_money,
)
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.terms import Term
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.rules.words.languages import wording
from loyaltykit.rules.words.wording import AnyWindow, Language, Wording
from loyaltykit.serialization import canonical_decimal


def describe(rule: Predicate | Term, language: Language = "en", scope: Scope | None = None) -> str:
    """Return a description of a predicate or a term in words.

    Args:
        rule: a predicate, or a term such as ``spend.over(months(12))``.
        language: ``"en"`` or ``"zh"``.
        scope: ``program.scope``, for the decimals of the currency and the titles of declared fields; None for neither.

    Returns:
        One line of text.

    Raises:
        InvalidRuleError: the language is another one.

    >>> from loyaltykit.rules import months, spend
    >>> describe(spend.over(months(12)) >= 2000)
    'spend in the last 12 months is at least 2000'
    >>> describe(spend.over(months(12)) >= 2000, "zh")
    '最近12个月消费金额不少于2000'
    """
    describer = Describer(wording(language), scope)
    return describer.reference(rule.reference) if isinstance(rule, Term) else fold(normalize(rule), describer)


def describe_reference(reference: Reference, language: Language = "en", scope: Scope | None = None) -> str:
    """Return a description of a field or a fact; see ``describe``.

    >>> describe_reference(Fact("visits"))
    'number of visits over all time'
    """
    return Describer(wording(language), scope).reference(reference)


class Describer(Interpreter[str]):
    """An interpreter that describes predicates, references and values in one language."""

    def __init__(self, words: Wording, scope: Scope | None) -> None:
        self.words = words
        self._decimals = None if scope is None else scope.scale
        self._scope = scope or Scope()

    def compare(self, node: Compare) -> str:
        right = self._operand(node.right, node.left)
        numbers = not isinstance(node.right, Literal) or node.right.type in ("integer", "decimal")
        return self.words.compare(node.op, self.reference(node.left), right, numbers=numbers)

    def is_in(self, node: IsIn) -> str:
        values = [self._operand(value, node.term) for value in node.values]
        return self.words.is_in(self.reference(node.term), values)

    def is_missing(self, node: IsMissing) -> str:
        return self.words.is_missing(self.reference(node.term))

    def has(self, node: Has) -> str:
        return self.words.has(self.reference(node.term), self._operand(node.value, node.term))

    def all_of(self, node: AllOf, items: tuple[str, ...]) -> str:
        return self.words.conjunctions[0].join(self._parts(node, items))

    def any_of(self, node: AnyOf, items: tuple[str, ...]) -> str:
        return self.words.conjunctions[1].join(self._parts(node, items))

    def negation(self, node: Not, item: str) -> str:
        return self.words.negation(item)

    def reference(self, reference: Reference) -> str:
        """Describe a field or a fact; a declared field by its title or its name."""
        match reference:
            case Fact():
                return self._fact(reference)
            case EventField():
                return reference.name
            case MemberField():
                names, declared = self.words.member, self._scope.member
            case PurchaseField():
                names, declared = self.words.purchase, self._scope.purchase
            case LineField():
                names, declared = self.words.line, self._scope.line
            case _:
                assert_never(reference)
        if not reference.custom:
            return names[reference.name]
        own = declared.get(reference.name)
        return reference.name if own is None else own.heading(self.words.language)

    def value(self, value: FieldValue, *, money: bool) -> str:
        """Describe a constant or a value of a member; money in whole units."""
        if isinstance(value, str):
            return self.words.quoted(value)
        if isinstance(value, bool):
            return self.words.booleans[value]
        if isinstance(value, date):
            return value.isoformat()
        text = canonical_decimal(Decimal(value))
        return _with_decimals(text, self._decimals) if money and self._decimals is not None else text

    def member_value(self, value: object, *, money: bool) -> str:
        """Describe the value of a member: one value, tags, or none."""
        if isinstance(value, Collection) and not isinstance(value, str):
            return self.words.separator.join(self.words.quoted(str(tag)) for tag in sorted(value)) or self.words.nothing
        return self.words.nothing if value is None else self.value(cast("FieldValue", value), money=money)

    def _fact(self, fact: Fact) -> str:
        window = self.words.window(cast("AnyWindow", fact.window)) if METRICS[fact.metric].windowed else ""
        where = None if fact.where is None else fold(fact.where, self)
        return self.words.fact(fact.metric, fact.kind, window, where)

    def _operand(self, operand: Operand, beside: Reference) -> str:
        if isinstance(operand, Literal):
            return self.value(operand.value, money=is_money(beside))
        return self.reference(operand)

    def _parts(self, node: Group, items: tuple[str, ...]) -> Iterable[str]:
        for item, text in zip(node.items, items, strict=True):
            yield self.words.grouped(text) if isinstance(item, Group) else text


def _with_decimals(text: str, scale: int) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(scale, '0')}" if scale or fraction else whole
