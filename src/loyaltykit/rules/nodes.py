"""Nodes of predicates: plain values with structural equality.

Operands are literals and references (fields, facts); predicates compare operands and combine comparisons. Nodes are
checked when they are built, and never simplified. They do not refer to ``terms``, whose ``==`` builds a predicate, so
``Program == Program`` works.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar, Literal as OneOf, TypeAlias

from attrs import field, frozen

from loyaltykit.arguments import suggestion
from loyaltykit.errors import InvalidRuleError, Problem
from loyaltykit.rules.catalogue import LINE_FIELDS, MEMBER_FIELDS, METRICS, PURCHASE_FIELDS
from loyaltykit.rules.limits import MAX_DEPTH, MAX_LITERAL_LENGTH, MAX_NODES, MAX_VALUES
from loyaltykit.rules.refusals import UnknownFieldError, no_truth, refuse
from loyaltykit.rules.value_types import FieldValue, ValueType, type_of_value, why_not_value
from loyaltykit.rules.windows import LIFETIME, Window
from loyaltykit.serialization import canonical_decimal, wire_name

Operator: TypeAlias = OneOf["==", "!=", "<", "<=", ">", ">="]


@frozen
class Predicate:
    """A condition that is true or false, never unknown. Combine predicates with ``&``, ``|`` and ``~``.

    ``depth`` and ``nodes`` measure the tree, including filters of facts. Both are limited when a tree is built, so no
    interpreter overflows the stack.
    """

    depth: int = field(init=False, eq=False, repr=False)
    nodes: int = field(init=False, eq=False, repr=False)

    def __and__(self, other: Predicate) -> AllOf:
        return AllOf((self, other))

    def __or__(self, other: Predicate) -> AnyOf:
        return AnyOf((self, other))

    def __invert__(self) -> Not:
        return Not(self)

    def __bool__(self) -> bool:
        raise no_truth("predicate")


def _set_size(predicate: Predicate, parts: Sequence[Predicate]) -> None:
    depth = 1 + max((part.depth for part in parts), default=0)
    nodes = 1 + sum(part.nodes for part in parts)
    if depth > MAX_DEPTH:
        raise refuse(
            "predicate", f"is deeper than {MAX_DEPTH} levels", "join long chains with all_of(...) or any_of(...)"
        )
    if nodes > MAX_NODES:
        raise refuse("predicate", f"has more than {MAX_NODES} nodes", "use is_in([...]), or split the rule")
    object.__setattr__(predicate, "depth", depth)
    object.__setattr__(predicate, "nodes", nodes)


def _plain(value: FieldValue) -> FieldValue:
    # Subclasses (an IntEnum, a StrEnum) would not survive serialization, so a literal holds the plain value.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal) and value.is_finite():
        return Decimal(canonical_decimal(value))
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


@wire_name("literal")
@frozen
class Literal:
    """A constant with its type: ``True`` and ``1`` differ, ``Decimal("1.0")`` and ``Decimal("1.00")`` do not."""

    value: FieldValue = field(converter=_plain)
    type: ValueType = field(init=False)

    def __attrs_post_init__(self) -> None:
        problem = why_not_value(self.value, MAX_LITERAL_LENGTH)
        if problem is not None:
            raise InvalidRuleError([problem])
        object.__setattr__(self, "type", type_of_value(self.value))


@frozen
class OwnField:
    """A field of a member, a purchase or a line: built in, or declared in the programme (``custom``)."""

    built_in: ClassVar[Mapping[str, ValueType]] = {}

    name: str
    custom: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.custom and self.name not in self.built_in:
            raise UnknownFieldError(
                [Problem(self.name, "is not a built-in field", suggestion(self.name, self.built_in))]
            )


@wire_name("member_field")
class MemberField(OwnField):
    """A field of the member."""

    __slots__ = ()
    built_in = MEMBER_FIELDS


@wire_name("purchase_field")
class PurchaseField(OwnField):
    """A field of a purchase."""

    __slots__ = ()
    built_in = PURCHASE_FIELDS


@wire_name("line_field")
class LineField(OwnField):
    """A field of a line of a purchase."""

    __slots__ = ()
    built_in = LINE_FIELDS


@wire_name("event_field")
@frozen
class EventField:
    """A declared attribute of an event."""

    name: str


@wire_name("fact")
@frozen
class Fact:
    """A number measured over the history of a member.

    Args:
        metric: its name in the catalogue.
        kind: the kind of event, for the metric ``events`` only.
        where: which rows count; None for all.
        window: the part of history.
    """

    metric: str
    kind: str | None = None
    where: Predicate | None = None
    window: Window = LIFETIME

    def __attrs_post_init__(self) -> None:
        problems = list(_fact_problems(self))
        if problems:
            raise InvalidRuleError(problems)


def _fact_problems(fact: Fact) -> Iterator[Problem]:
    metric = METRICS.get(fact.metric)
    if metric is None:
        yield Problem(fact.metric, "is not a fact", suggestion(fact.metric, METRICS))
        return
    if metric.rows == "event" and not (isinstance(fact.kind, str) and fact.kind):
        yield Problem(fact.metric, "needs a kind of event", 'write events("kind")')
    if metric.rows != "event" and fact.kind is not None:
        yield Problem(fact.metric, "takes no kind of event", "leave it out")
    if fact.where is not None and metric.rows is None:
        yield Problem(fact.metric, "takes no filter", "leave out .where(...)")
    if not metric.windowed and fact.window != LIFETIME:
        yield Problem(fact.metric, "takes no window", "leave out .over(...)")


Reference: TypeAlias = MemberField | PurchaseField | LineField | EventField | Fact
"""A field or a fact. Values are looked up by reference when a rule is evaluated."""

Operand: TypeAlias = Reference | Literal


@wire_name("compare")
@frozen
class Compare(Predicate):
    """A comparison of two operands; false when one is missing."""

    op: Operator
    left: Reference
    right: Operand

    def __attrs_post_init__(self) -> None:
        _set_size(self, [*_filters(self.left), *_filters(self.right)])


@wire_name("is_in")
@frozen
class IsIn(Predicate):
    """The test whether a term is one of several constants; false when it is missing."""

    term: Reference
    values: tuple[Literal, ...]

    def __attrs_post_init__(self) -> None:
        if not 0 < len(self.values) <= MAX_VALUES:
            raise refuse("is_in", f"does not have 1 to {MAX_VALUES:,} values", "pass a list of that length")
        _set_size(self, _filters(self.term))


@wire_name("is_missing")
@frozen
class IsMissing(Predicate):
    """The test whether a term has no value. No other comparison is true for a missing value."""

    term: Reference

    def __attrs_post_init__(self) -> None:
        _set_size(self, _filters(self.term))


@wire_name("has")
@frozen
class Has(Predicate):
    """The test whether tags include one tag; false when the tags are missing."""

    term: Reference
    value: Literal

    def __attrs_post_init__(self) -> None:
        _set_size(self, _filters(self.term))


@frozen
class Group(Predicate):
    """Several predicates in one: ``AllOf`` or ``AnyOf``."""

    items: tuple[Predicate, ...]

    def __attrs_post_init__(self) -> None:
        if not self.items:
            raise refuse("predicate", "has no conditions to join", "pass at least one")
        _set_size(self, [as_predicate(item) for item in self.items])


@wire_name("all_of")
class AllOf(Group):
    """The conjunction: every item is true."""

    __slots__ = ()


@wire_name("any_of")
class AnyOf(Group):
    """The disjunction: at least one item is true."""

    __slots__ = ()


@wire_name("not")
@frozen
class Not(Predicate):
    """The complement: true wherever the item is false, including for missing values."""

    item: Predicate

    def __attrs_post_init__(self) -> None:
        _set_size(self, [as_predicate(self.item)])


Node: TypeAlias = Compare | IsIn | IsMissing | Has | AllOf | AnyOf | Not
"""Every kind of predicate; ``fold`` has one case for each."""


def as_predicate(given: object) -> Predicate:
    """Return the argument if it is a predicate.

    Raises:
        InvalidRuleError: it is something else, such as the value of ``spend >= 5 & visits``.
    """
    if isinstance(given, Predicate):
        return given
    raise refuse("predicate", "is not a Predicate", "compare a term with a value, each comparison in parentheses")


def is_money(operand: Operand) -> bool:
    """Return whether an operand is an amount of money; its values are ``int`` minor units.

    >>> is_money(Fact("spend")), is_money(Fact("visits"))
    (True, False)
    """
    if isinstance(operand, Fact):
        return METRICS[operand.metric].type == "money"
    return isinstance(operand, OwnField) and not operand.custom and operand.built_in[operand.name] == "money"


def _filters(operand: Operand) -> list[Predicate]:
    return [operand.where] if isinstance(operand, Fact) and operand.where is not None else []
