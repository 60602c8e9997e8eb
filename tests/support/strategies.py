"""Random predicates that pass their check, and random values for what they refer to, missing ones included.

Values come from small sets, so that thresholds are met, missed and hit exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from loyaltykit.calendars import Days, Months
from loyaltykit.rules.catalogue import LINE_FIELDS, MEMBER_FIELDS, METRICS, PURCHASE_FIELDS
from loyaltykit.rules.fields import Field, Scope
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
    Literal,
    MemberField,
    Not,
    Operator,
    Predicate,
    PurchaseField,
    Reference,
)
from loyaltykit.rules.references import references
from loyaltykit.rules.value_types import ValueType
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, Window

Typed: TypeAlias = tuple[Reference, ValueType]
Values: TypeAlias = Mapping[Reference, object]


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


SCOPE = Scope(
    scale=2,
    member=_fields(
        Field("favourite", str, choices=("green", "black", "绿茶")),
        Field("goal", int),
        Field("rating", Decimal),
        Field("press", bool),
        Field("wedding", date),
        Field("diet", set),
    ),
    purchase=_fields(Field("gift", bool), Field("guests", int)),
    line=_fields(Field("size", str), Field("weight", Decimal)),
    events={"review": _fields(Field("stars", int), Field("place", str)), "share": {}},
)

PLAIN: Mapping[ValueType, Sequence[Any]] = {
    "text": ("green", "black", "绿茶"),
    "integer": (-1, 0, 1, 2, 3),
    "decimal": (Decimal("-0.5"), Decimal(0), Decimal("0.50"), Decimal(1), Decimal("2.25")),
    "boolean": (True, False),
    "date": (date(2024, 2, 29), date(2025, 1, 1), date(2025, 1, 2)),
    "money": (-50, 0, 50, 100, 200, 225),
    "tags": ((), ("press",), ("press", "vip")),
}
NUMBERS: Sequence[ValueType] = ("integer", "decimal")
ORDER: Sequence[Operator] = ("==", "!=", "<", "<=", ">", ">=")
EQUALITY: Sequence[Operator] = ("==", "!=")

WINDOWS: st.SearchStrategy[Window] = st.one_of(
    st.just(Lifetime()),
    st.just(Anniversary()),
    st.builds(Rolling, st.one_of(st.builds(Months, st.integers(1, 24)), st.builds(Days, st.integers(1, 400)))),
    st.builds(CalendarWindow, st.sampled_from(["year", "half", "quarter", "month"]), st.integers(1, 12)),
)


def _declared(kind: Callable[[str], Reference], fields: Mapping[str, Field]) -> list[Typed]:
    return [(kind(name), field.type) for name, field in fields.items()]


def _custom(kind: type[MemberField | PurchaseField | LineField]) -> Callable[[str], Reference]:
    return lambda name: kind(name, custom=True)


MEMBER: list[Typed] = [
    *((MemberField(name), kind) for name, kind in MEMBER_FIELDS.items()),
    *_declared(_custom(MemberField), SCOPE.member),
]
PURCHASE: list[Typed] = [
    *((PurchaseField(name), kind) for name, kind in PURCHASE_FIELDS.items()),
    *_declared(_custom(PurchaseField), SCOPE.purchase),
]
LINE: list[Typed] = [
    *((LineField(name), kind) for name, kind in LINE_FIELDS.items()),
    *_declared(_custom(LineField), SCOPE.line),
]
EVENT: list[Typed] = _declared(EventField, SCOPE.events["review"])


@st.composite
def leaves(draw: st.DrawFn, terms: st.SearchStrategy[Typed]) -> Predicate:
    """One condition on one term."""
    term, kind = draw(terms)
    if draw(st.integers(0, 5)) == 0:
        return IsMissing(term)
    if kind == "tags":
        return Has(term, Literal(draw(st.sampled_from(["press", "vip", "other"]))))
    if draw(st.integers(0, 4)) == 0:
        return IsIn(term, tuple(draw(st.lists(literals(kind), min_size=1, max_size=3))))
    op = draw(st.sampled_from(EQUALITY if kind == "boolean" else ORDER))
    other, other_kind = draw(terms)
    right = other if other_kind == kind and draw(st.booleans()) else draw(literals(kind))
    return Compare(op, term, right)


def literals(kind: ValueType) -> st.SearchStrategy[Literal]:
    """A constant that may stand beside a term of this type; whole units beside money."""
    if kind == "money":
        return st.sampled_from([Literal(value) for value in (-1, 0, 1, Decimal("0.50"), Decimal("2.25"))])
    values = [*PLAIN["integer"], *PLAIN["decimal"]] if kind in NUMBERS else PLAIN[kind]
    return st.sampled_from(values).map(Literal)


def predicates(terms: st.SearchStrategy[Typed], max_leaves: int = 6) -> st.SearchStrategy[Predicate]:
    """Trees of conditions on these terms."""

    def groups(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
        items = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.one_of(st.builds(AllOf, items), st.builds(AnyOf, items), st.builds(Not, parts))

    return st.recursive(leaves(terms), groups, max_leaves=max_leaves)


# Strategies are slow to make and quick to use: one for each kind of rows.
FILTERS: Mapping[str, st.SearchStrategy[Predicate]] = {
    "purchase": predicates(st.sampled_from(PURCHASE), max_leaves=3),
    "line": predicates(st.sampled_from(PURCHASE + LINE), max_leaves=3),
    "event": predicates(st.sampled_from(EVENT), max_leaves=3),
}


@st.composite
def facts(draw: st.DrawFn) -> Typed:
    """A fact with its filter and window, as far as its metric takes them."""
    name = draw(st.sampled_from(sorted(METRICS)))
    metric = METRICS[name]
    where = draw(st.none() | FILTERS[metric.rows]) if metric.rows else None
    window = draw(WINDOWS) if metric.windowed else Lifetime()
    return Fact(name, "review" if name == "events" else None, where, window), metric.type


MEMBER_PREDICATES = predicates(st.one_of(st.sampled_from(MEMBER), facts()))


def member_predicates() -> st.SearchStrategy[Predicate]:
    """Predicates of segments, over fields of the member and facts."""
    return MEMBER_PREDICATES


def values_for(*rules: Predicate) -> st.SearchStrategy[Values]:
    """A value, perhaps missing, for everything that some predicates refer to."""
    kinds: dict[Reference, ValueType] = {reference: _kind_of(reference) for reference in references(*rules)}
    return st.fixed_dictionaries(
        {reference: st.none() | st.sampled_from(PLAIN[kind]) for reference, kind in kinds.items()}
    )


def _kind_of(reference: Reference) -> ValueType:
    if isinstance(reference, Fact):
        return METRICS[reference.metric].type
    return next(kind for known, kind in MEMBER if known == reference)


@st.composite
def decided(draw: st.DrawFn) -> tuple[Predicate, Values]:
    """A member's predicate with values for what it refers to."""
    predicate = draw(member_predicates())
    return predicate, draw(values_for(predicate))
