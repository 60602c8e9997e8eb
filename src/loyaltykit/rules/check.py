"""Checks of predicates against a programme: unknown fields, types that do not match, misplaced references.

A check reports every problem. Shape and size were checked when the nodes were built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final, Literal, TypeAlias, assert_never

from loyaltykit.arguments import suggestion
from loyaltykit.errors import InvalidRuleError, Problem
from loyaltykit.rules.catalogue import METRICS, Metric
from loyaltykit.rules.fields import Field, Scope, renamed
from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    EventField,
    Fact,
    Has,
    IsIn,
    IsMissing,
    LineField,
    Literal as Constant,
    MemberField,
    Not,
    Operand,
    OwnField,
    Predicate,
    PurchaseField,
    Reference,
    is_money,
)
from loyaltykit.rules.value_types import FieldValue, ValueType
from loyaltykit.rules.windows import SinceTier
from loyaltykit.values import to_minor

Context: TypeAlias = Literal["member", "record", "tier", "purchase", "activity", "line", "event"]
"""The place of a predicate in a programme.

``member`` is a segment or a search, ``record`` a case of a derived field, ``tier`` the standard of a tier, ``purchase``
the ``where`` of an accrual rule, ``activity`` that of an achievement; ``line`` and ``event`` are filters of facts.
"""

Declared: TypeAlias = MemberField | PurchaseField | LineField | EventField
"""References to fields that a programme can declare."""

_Kind: TypeAlias = type[Declared | Fact]

_ALLOWED: Final[Mapping[str, tuple[_Kind, ...]]] = {
    "member": (MemberField, Fact),
    "record": (MemberField,),
    "tier": (MemberField, Fact),
    "purchase": (MemberField, Fact, PurchaseField, LineField),
    "activity": (MemberField, Fact, EventField),
    "line": (PurchaseField, LineField),
    "event": (EventField,),
    "row": (PurchaseField,),  # the filter of a fact that counts purchases without their lines
}
_PREFIXES: Final[Mapping[_Kind, str]] = {
    MemberField: "member",
    PurchaseField: "purchase",
    LineField: "line",
    EventField: "event",
}
_CHANGES_TIER: Final = {"purchase": "a purchase", "activity": "an activity"}
_NO_TIER: Final = {
    "tier": ("is decided by the standard of the tier", "compare facts such as spend"),
    "record": ("depends on the member's history, not on the record", "write a segment instead"),
}
_OUT_OF_RANGE: Final = ("is compared with a value outside its range", "check the number or the date")
_IMPOSSIBLE: Final[Mapping[str, tuple[str, str]]] = {
    "choice": ("is compared with a value that is not one of its choices", "check the spelling"),
    "pattern": ("is compared with a value that does not match its pattern", "check the spelling"),
    "least": _OUT_OF_RANGE,
    "most": _OUT_OF_RANGE,
}
_NUMBERS: Final = ("integer", "decimal")
_EQUALITY: Final = ("==", "!=")


def check(predicate: Predicate, scope: Scope, context: Context, kind: str | None = None) -> tuple[Problem, ...]:
    """Return every problem of a predicate at its place in a programme.

    Args:
        predicate: what to check.
        scope: the declarations of the programme.
        context: the place of the predicate.
        kind: the kind of event, for the contexts ``"event"`` and ``"activity"``.

    Returns:
        The problems in the order of the predicate, each once. The field of a problem is the reference as it is written.

    >>> from loyaltykit.rules import member
    >>> [problem.reason for problem in check(member.age == "old", Scope(), "member")]
    ['is of type integer and compared with text']
    """
    return tuple(dict.fromkeys(fold(predicate, _Checker(scope, context, kind))))


def check_or_raise(predicate: Predicate, scope: Scope, context: Context) -> None:
    """Raise an error with every problem that ``check`` finds.

    Raises:
        InvalidRuleError: there are problems.
    """
    problems = check(predicate, scope, context)
    if problems:
        raise InvalidRuleError(problems)


def written(reference: Reference) -> str:
    """Return a reference as it is written in a rule.

    >>> written(MemberField("favourite", custom=True)), written(Fact("events", "review"))
    ('member["favourite"]', 'events("review")')
    """
    if isinstance(reference, Fact):
        return reference.metric if reference.kind is None else f'events("{reference.kind}")'
    prefix = _PREFIXES[type(reference)]
    return f'{prefix}["{reference.name}"]' if _is_custom(reference) else f"{prefix}.{reference.name}"


def declared_fields(reference: Declared, scope: Scope, kind: str | None) -> Mapping[str, Field]:
    """Return the declared fields among which a reference is looked up.

    Args:
        reference: of a member, a purchase, a line or an event.
        scope: the declarations of the programme.
        kind: the kind of event, for fields of events.
    """
    match reference:
        case MemberField():
            return scope.member
        case PurchaseField():
            return scope.purchase
        case LineField():
            return scope.line
        case EventField():
            return scope.events.get(kind or "", {})
        case _:
            assert_never(reference)


def type_of(reference: Reference, scope: Scope, kind: str | None = None) -> ValueType | None:
    """Return the type of a field or a fact, or None if the programme does not declare it.

    >>> type_of(MemberField("age"), Scope()), type_of(MemberField("shoe", custom=True), Scope())
    ('integer', None)
    """
    if isinstance(reference, Fact):
        return METRICS[reference.metric].type
    if isinstance(reference, OwnField) and not reference.custom:
        return reference.built_in[reference.name]
    declared = declared_fields(reference, scope, kind).get(reference.name)
    return None if declared is None else declared.type


_Problems: TypeAlias = Iterable[Problem]


class _Checker(Interpreter[_Problems]):
    def __init__(self, scope: Scope, context: str, kind: str | None) -> None:
        self._scope = scope
        self._context = context
        self._kind = kind

    def compare(self, node: Compare) -> _Problems:
        yield from self._reference(node.left)
        if not isinstance(node.right, Constant):
            yield from self._reference(node.right)
        left, right = self._type(node.left), self._type(node.right)
        if left is None or right is None:
            return
        if left == "tags" or right == "tags":
            tags = node.left if left == "tags" or isinstance(node.right, Constant) else node.right
            yield Problem(
                written(tags), "is a set of tags, and cannot be compared", f'write {written(tags)}.has("tag")'
            )
        elif not _comparable(left, right, node.right):
            yield _type_mismatch(node.left, left, right)
        elif left == "boolean" and node.op not in _EQUALITY:
            yield Problem(written(node.left), "is a boolean, which has no order", "use == or !=")
        elif isinstance(node.right, Constant):
            yield from self._constant(node.left, node.right, equality=node.op in _EQUALITY)

    def is_in(self, node: IsIn) -> _Problems:
        yield from self._reference(node.term)
        term = self._type(node.term)
        if term is None:
            return
        for value in node.values:
            if term == "tags" or not _comparable(term, value.type, value):
                yield _type_mismatch(node.term, term, value.type)
            else:
                yield from self._constant(node.term, value, equality=True)

    def is_missing(self, node: IsMissing) -> _Problems:
        return self._reference(node.term)

    def has(self, node: Has) -> _Problems:
        yield from self._reference(node.term)
        kind = self._type(node.term)
        if kind not in ("tags", None):
            yield Problem(written(node.term), "is not a set of tags", "use has on tags, preferences and sets")
        if node.value.type != "text":
            yield Problem(written(node.term), "is asked for a tag that is not a string", "pass a string")
        elif kind == "tags" and not isinstance(node.term, Fact):
            choices = self._choices(node.term)
            if choices and node.value.value not in choices:
                yield Problem(
                    written(node.term), "is asked for a tag that is not one of its choices", "check the spelling"
                )

    def all_of(self, node: AllOf, items: tuple[_Problems, ...]) -> _Problems:
        return chain.from_iterable(items)

    def any_of(self, node: AnyOf, items: tuple[_Problems, ...]) -> _Problems:
        return chain.from_iterable(items)

    def negation(self, node: Not, item: _Problems) -> _Problems:
        return item

    def _reference(self, reference: Reference) -> _Problems:
        if not isinstance(reference, _ALLOWED[self._context]):
            yield _misplaced(reference, self._context)
        elif isinstance(reference, Fact):
            yield from self._fact(reference)
        elif _is_custom(reference):
            yield from self._declared(reference)
        elif reference == MemberField("tier") and self._context in _NO_TIER:
            yield Problem("member.tier", *_NO_TIER[self._context])

    def _declared(self, reference: Declared) -> _Problems:
        fields, name = self._fields(reference), reference.name
        now = renamed(name, fields)
        if name in fields:
            yield from self._in_use(reference, fields[name])
        elif now is not None:
            yield Problem(written(reference), f"is called {now!r} now", f"write {now!r}")
        else:
            yield Problem(written(reference), "is not declared in the programme", suggestion(name, fields))

    def _in_use(self, reference: Reference, declared: Field) -> _Problems:
        if declared.retired:
            yield Problem(written(reference), "is retired", "leave it out, or declare it without retired=True")
        if declared.derived is not None and self._context == "record":
            yield Problem(written(reference), "is a derived field itself", "derive from fields that are entered")

    def _choices(self, reference: Declared) -> tuple[FieldValue, ...]:
        declared = self._fields(reference).get(reference.name) if _is_custom(reference) else None
        return () if declared is None else declared.choices

    def _fact(self, fact: Fact) -> _Problems:
        if fact.kind is not None and fact.kind not in self._scope.events:
            way_out = suggestion(fact.kind, self._scope.events)
            yield Problem(written(fact), "is of a kind that the programme does not declare", way_out)
        elif fact.where is not None:
            yield from fold(fact.where, _Checker(self._scope, _rows(METRICS[fact.metric]), fact.kind))
        if isinstance(fact.window, SinceTier) and self._context in ("purchase", "activity"):
            reason = f"is measured since the start of a tier, which {_CHANGES_TIER[self._context]} can change"
            yield Problem(written(fact), reason, 'use months(12) or calendar("year")')

    def _fields(self, reference: Declared) -> Mapping[str, Field]:
        return declared_fields(reference, self._scope, self._kind)

    def _type(self, operand: Operand) -> ValueType | None:
        """Return the type of an operand, or None if it is unknown, which was reported already."""
        return operand.type if isinstance(operand, Constant) else type_of(operand, self._scope, self._kind)

    def _constant(self, term: Reference, value: Constant, *, equality: bool) -> Iterator[Problem]:
        if is_money(term):
            if isinstance(value.value, int | Decimal) and to_minor(Decimal(value.value), self._scope.scale) is None:
                yield Problem(
                    written(term),
                    "is compared with an amount of more decimals than the currency has",
                    "use fewer decimals",
                )
        elif equality and not isinstance(term, Fact) and _is_custom(term):
            misfit = self._fields(term)[term.name].misfit(value.value)
            if misfit is not None and misfit.code in _IMPOSSIBLE:
                yield Problem(written(term), *_IMPOSSIBLE[misfit.code])


def _is_custom(reference: MemberField | PurchaseField | LineField | EventField) -> bool:
    return isinstance(reference, EventField) or reference.custom


def _comparable(left: ValueType, right: ValueType, right_operand: Operand) -> bool:
    # A constant compared with money means whole units; a numeric field or fact does not.
    if left == "money" and isinstance(right_operand, Constant):
        return right in _NUMBERS
    return left == right or (left in _NUMBERS and right in _NUMBERS)


def _type_mismatch(term: Reference, left: ValueType, right: ValueType) -> Problem:
    return Problem(written(term), f"is of type {left} and compared with {right}", "compare values of one type")


def _rows(metric: Metric) -> str:
    return "row" if metric.rows == "purchase" else str(metric.rows)


def _misplaced(reference: Reference, context: str) -> Problem:
    field = written(reference)
    if context in ("line", "row", "event"):
        if isinstance(reference, MemberField | Fact):
            reason = "belongs to the member, and a filter sees single rows"
            return Problem(field, reason, "write it outside of where(...), joined with &")
        return Problem(field, "does not belong to the rows that this fact counts", "filter by a field of those rows")
    if isinstance(reference, Fact):
        return Problem(field, "depends on the member's history, not on the record", "write a segment instead")
    if isinstance(reference, EventField):
        return Problem(field, "belongs to one event", 'write it inside events("kind").where(...)')
    return Problem(field, "belongs to one purchase, and a member has many", "write it inside .where(...) of a fact")
