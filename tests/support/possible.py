"""Random values that members, purchases and events can really have: what regions take for granted, said once more."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from loyaltykit.rules.check import type_of
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import Fact, LineField, MemberField, Predicate, PurchaseField, Reference
from loyaltykit.rules.references import references
from loyaltykit.rules.satisfiability.regions import Regions
from tests.support.strategies import MEMBER, PLAIN, SCOPE, Typed, Values, predicates

ALWAYS_THERE = {
    *(MemberField(name) for name in ("id", "tier", "tags", "preferences", "status", "enrolled_on")),
    *(PurchaseField(name) for name in ("amount", "weekday", "hour", "date")),
    *(LineField(name) for name in ("quantity", "amount", "discount", "tax")),
}
FROM_ONE = {MemberField("birthday_month"), PurchaseField("weekday")}
DISTANCES = ("days_since_purchase", "days_since_visit")

# Few terms, so that conditions meet: one of each kind of line, none leaning on another.
FEW: list[Typed] = [
    (Fact("visits"), "integer"),
    (Fact("spend"), "money"),
    (MemberField("age"), "integer"),
    (MemberField("rating", custom=True), "decimal"),
    (MemberField("favourite", custom=True), "text"),
    (MemberField("press", custom=True), "boolean"),
    (MemberField("tags"), "tags"),
]
ENTANGLED = predicates(st.sampled_from(FEW), max_leaves=5)
LOOSE = predicates(st.sampled_from(MEMBER), max_leaves=3)


def possible(reference: Reference, kind: str | None = None, scope: Scope = SCOPE) -> Iterator[Any]:
    """The values of the small sets that a term can have."""
    if not _always_there(reference):
        yield None
    if isinstance(reference, Fact) and _counts_nothing(reference, scope):
        yield from () if reference.metric in DISTANCES else (0,)
        return
    value_type = type_of(reference, scope, kind)
    assert value_type is not None
    least = 1 if reference in FROM_ONE else 0
    free = value_type not in ("integer", "money") or getattr(reference, "custom", False)
    yield from (value for value in PLAIN[value_type] if free or value >= least)


def _always_there(reference: Reference) -> bool:
    return reference in ALWAYS_THERE or (isinstance(reference, Fact) and reference.metric not in DISTANCES)


def _counts_nothing(fact: Fact, scope: Scope) -> bool:
    """Whether no row can pass the filter; that answer is held against all rows where filters are tested."""
    return fact.where is not None and Regions(scope, fact.kind).never(fact.where)


def possible_values(*rules: Predicate, kind: str | None = None) -> st.SearchStrategy[Values]:
    """A value that can be, for everything that some predicates refer to."""
    return st.fixed_dictionaries(
        {reference: st.sampled_from(list(possible(reference, kind))) for reference in references(*rules)}
    )
