"""What is wrong with a predicate before it is ever asked: unknown fields, unlike types, references out of place.

A check finds everything at once. Shape and size were checked already where the nodes were made.
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
"""Where a predicate stands.

``member`` is a segment or a search, ``record`` a case of a derived field, ``tier`` the standard of a tier, ``purchase``
the ``where`` of an accrual rule, ``activity`` that of an achievement; ``line`` and ``event`` are filters of facts.
"""

Declared: TypeAlias = MemberField | PurchaseField | LineField | EventField
"""What a programme can declare fields of."""

_Kind: TypeAlias = type[Declared | Fact]

_ALLOWED: Final[Mapping[str, tuple[_Kind, ...]]] = {
    "member": (MemberField, Fact),
    "record": (MemberField,),
    "tier": (MemberField, Fact),
    "purchase": (MemberField, Fact, PurchaseField, LineField),
    "activity": (MemberField, Fact, EventField),
    "line": (PurchaseField, LineField),
    "event": (EventField,),
    "row": (PurchaseField,),  # the filter of a fact that has purchases and no lines
}
_WORDS: Final[Mapping[_Kind, str]] = {
    MemberField: "member",
    PurchaseField: "purchase",
    LineField: "line",
    EventField: "event",
}
_ITSELF: Final = {"purchase": "a purchase", "activity": "an activity"}
_NO_TIER: Final = {
    "tier": ("is what a tier's standard decides", "compare facts such as spend"),
    "record": ("is decided by history, not by the record", "write a segment instead"),
}
_OUT_OF_RANGE: Final = ("is compared with what lies outside its range", "check the number or the date")
_IMPOSSIBLE: Final[Mapping[str, tuple[str, str]]] = {
    "choice": ("is compared with what is not one of its choices", "check the spelling"),
    "pattern": ("is compared with what does not look like its pattern", "check the spelling"),
    "least": _OUT_OF_RANGE,
    "most": _OUT_OF_RANGE,
}
_NUMBERS: Final = ("integer", "decimal")
_EQUALITY: Final = ("==", "!=")


def check(predicate: Predicate, scope: Scope, context: Context, kind: str | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with a predicate at the place where it stands.

    Args:
        predicate: what to check.
        scope: what the programme declares.
        context: where the predicate stands.
        kind: the kind of event, for the contexts ``"event"`` and ``"activity"``.

    Returns:
        The problems in the order of the predicate, each once; the field of each is the reference as it is written.

    >>> from loyaltykit.rules import member
    >>> [problem.reason for problem in check(member.age == "old", Scope(), "member")]
    ['is of type integer and compared with text']
    """
    return tuple(dict.fromkeys(fold(predicate, _Checker(scope, context, kind))))


def check_or_raise(predicate: Predicate, scope: Scope, context: Context) -> None:
    """The same as ``check``, for callers who can go no further.

    Raises:
        InvalidRuleError: with all problems.
    """
    problems = check(predicate, scope, context)
    if problems:
        raise InvalidRuleError(problems)


def written(reference: Reference) -> str:
    """A reference the way it is written, to name it in a problem.

    >>> written(MemberField("favourite", custom=True)), written(Fact("events", "review"))
    ('member["favourite"]', 'events("review")')
    """
    if isinstance(reference, Fact):
        return reference.metric if reference.kind is None else f'events("{reference.kind}")'
    word = _WORDS[type(reference)]
    return f'{word}["{reference.name}"]' if _is_custom(reference) else f"{word}.{reference.name}"


def declared_fields(reference: Declared, scope: Scope, kind: str | None) -> Mapping[str, Field]:
    """The fields that the programme declares for what a reference belongs to.

    Args:
        reference: of a member, a purchase, a line or an event.
        scope: the programme's.
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
    """The type of a field or a fact, or None when the programme does not declare it; see ``declared_fields``.

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
        elif not _alike(left, right, node.right):
            yield _unlike(node.left, left, right)
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
            if term == "tags" or not _alike(term, value.type, value):
                yield _unlike(node.term, term, value.type)
            else:
                yield from self._constant(node.term, value, equality=True)

    def is_missing(self, node: IsMissing) -> _Problems:
        return self._reference(node.term)

    def has(self, node: Has) -> _Problems:
        yield from self._reference(node.term)
        kind = self._type(node.term)
        if kind not in ("tags", None):
            yield Problem(written(node.term), "holds no tags", "use has on tags, preferences and sets")
        if node.value.type != "text":
            yield Problem(written(node.term), "is asked for a tag that is no text", "pass a string")
        elif kind == "tags" and not isinstance(node.term, Fact):
            choices = self._choices(node.term)
            if choices and node.value.value not in choices:
                yield Problem(written(node.term), "is asked for what is not one of its choices", "check the spelling")

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
            yield Problem(written(reference), "has another name by now", f"write {now!r}")
        else:
            yield Problem(written(reference), "is not declared in the programme", suggestion(name, fields))

    def _in_use(self, reference: Reference, declared: Field) -> _Problems:
        if declared.retired:
            yield Problem(written(reference), "is retired", "leave it out, or declare it without retired=True")
        if declared.derived is not None and self._context == "record":
            yield Problem(written(reference), "is derived itself", "derive from fields that are given")

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
            reason = f"looks back to the start of a tier, which {_ITSELF[self._context]} itself can change"
            yield Problem(written(fact), reason, "use months(12) or calendar")

    def _fields(self, reference: Declared) -> Mapping[str, Field]:
        return declared_fields(reference, self._scope, self._kind)

    def _type(self, operand: Operand) -> ValueType | None:
        """The type of an operand, or None when it is unknown and already reported."""
        return operand.type if isinstance(operand, Constant) else type_of(operand, self._scope, self._kind)

    def _constant(self, term: Reference, value: Constant, *, equality: bool) -> Iterator[Problem]:
        if is_money(term):
            if isinstance(value.value, int | Decimal) and to_minor(Decimal(value.value), self._scope.scale) is None:
                yield Problem(written(term), "is compared with an amount finer than its currency", "use fewer decimals")
        elif equality and not isinstance(term, Fact) and _is_custom(term):
            misfit = self._fields(term)[term.name].misfit(value.value)
            if misfit is not None and misfit.code in _IMPOSSIBLE:
                yield Problem(written(term), *_IMPOSSIBLE[misfit.code])


def _is_custom(reference: MemberField | PurchaseField | LineField | EventField) -> bool:
    return isinstance(reference, EventField) or reference.custom


def _alike(left: ValueType, right: ValueType, right_operand: Operand) -> bool:
    # A number beside money means whole units; a field or a fact that is a number does not.
    if left == "money" and isinstance(right_operand, Constant):
        return right in _NUMBERS
    return left == right or (left in _NUMBERS and right in _NUMBERS)


def _unlike(term: Reference, left: ValueType, right: ValueType) -> Problem:
    return Problem(written(term), f"is of type {left} and compared with {right}", "compare values of one type")


def _rows(metric: Metric) -> str:
    return "row" if metric.rows == "purchase" else str(metric.rows)


def _misplaced(reference: Reference, context: str) -> Problem:
    field = written(reference)
    if context in ("line", "row", "event"):
        if isinstance(reference, MemberField | Fact):
            reason = "belongs to the member, and a filter looks at single rows"
            return Problem(field, reason, "say it outside of where(...), joined with &")
        return Problem(field, "is not part of the rows that this fact counts", "filter by a field of those rows")
    if isinstance(reference, Fact):
        return Problem(field, "belongs to the member's history, and a record has none", "write a segment instead")
    if isinstance(reference, EventField):
        return Problem(field, "belongs to one event", 'say it inside events("kind").where(...)')
    return Problem(field, "belongs to one purchase, and a member has many", "say it inside .where(...) of a fact")
