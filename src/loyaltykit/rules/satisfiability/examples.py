"""Examples: values of one member, purchase or line for which several predicates are true.

An example proves that rules conflict, so it must be possible: predicates that cannot be analyzed are left out, and
facts over the same history must be consistent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import reduce
from itertools import islice
from operator import and_
from typing import Final, TypeAlias, cast

from loyaltykit.rules.check import type_of
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import (
    AllOf,
    Compare,
    Fact,
    Has,
    IsMissing,
    Literal,
    MemberField,
    Not,
    Predicate,
    Reference,
    is_money,
)
from loyaltykit.rules.satisfiability.boxes import TRUE, Box, is_free
from loyaltykit.rules.satisfiability.extents import MISSING, PRESENT, Extent, compared
from loyaltykit.rules.satisfiability.plausible import ENROLMENT, UNLIMITED_DAYS, Numbers, fit_together, reach_of
from loyaltykit.rules.satisfiability.ranges import is_days_since
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.satisfiability.samples import samples
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.values import to_decimal

Example: TypeAlias = Mapping[Reference | Has, FieldValue | None]
"""Values of terms: None when missing, money in minor units; for ``Has``, whether the tags include the tag."""

Values: TypeAlias = dict[Reference | Has, FieldValue | None]
Scenario: TypeAlias = Callable[[Fact, Box], Iterator[Extent]]
"""A function that yields the preferred values of a fact in a box, most preferred first."""

_FROM_ONE: Final = compared(">=", 1)


def example(regions: Regions, *predicates: Predicate) -> Example | None:
    """Return values for which all predicates are true, or None if no example is certain.

    The predicates are true for these values, whatever the values of other terms.

    Args:
        regions: the analysis of the context of the predicates.
        predicates: any number of predicates.

    >>> from loyaltykit.rules import member, visits
    >>> list(example(Regions(Scope()), visits >= 4, member.age < 30).values())
    [4, 0]
    """
    scenarios = (_recently, _long_ago, _never)
    derived = {name for name, declared in regions.scope.member.items() if declared.derived is not None}
    boxes = (box for box in regions.boxes(*predicates) if is_free(box) and not _has_derived(derived, box))
    found = (_choose(box, scenario, regions) for box in boxes for scenario in scenarios)
    return next((values for values in found if values is not None), None)


def _has_derived(derived: Collection[str], box: Box) -> bool:
    """Return whether a derived field is among the terms: its value depends on other fields, so it cannot be chosen."""
    return any(isinstance(key, MemberField) and key.custom and key.name in derived for key in box)


def as_rule(values: Example, scope: Scope) -> Predicate:
    """Return a predicate that is true for just these values, so that the example can be described.

    >>> from loyaltykit.rules import describe, visits
    >>> describe(as_rule({visits.reference: 4}, Scope()))
    'number of visits over all time is 4'
    """
    return AllOf(tuple(_equals(key, value, scope) for key, value in values.items()))


def literal_of(term: Reference, value: FieldValue, scope: Scope) -> Literal:
    """Return a value as a literal of a rule: money in whole units.

    >>> literal_of(Fact("spend"), 2_000, Scope(scale=2)).value
    Decimal('20')
    """
    return Literal(to_decimal(value, scope.scale) if is_money(term) and isinstance(value, int) else value)


def _equals(key: Reference | Has, value: FieldValue | None, scope: Scope) -> Predicate:
    if isinstance(key, Has):
        return key if value else Not(key)
    return IsMissing(key) if value is None else Compare("==", key, literal_of(key, value, scope))


# -- three scenarios: everything happened just now, some time ago, never -----------------------------------------------


def _recently(fact: Fact, box: Box) -> Iterator[Extent]:
    if is_days_since(fact):
        yield PRESENT
        return
    # If everything happened just now, the fact has the same value in every window.
    same = [box[key] for key in box if isinstance(key, Fact) and _without_window(key) == _without_window(fact)]
    yield reduce(and_, same) & _FROM_ONE
    yield _FROM_ONE


def _without_window(fact: Fact) -> tuple[object, ...]:
    return (fact.metric, fact.kind, fact.where)


def _long_ago(fact: Fact, box: Box) -> Iterator[Extent]:
    if is_days_since(fact):
        windows = (reach_of(key.window) for key in box if isinstance(key, Fact) and not is_days_since(key))
        yield compared(">=", max((reach.beyond for reach in windows if reach.within < UNLIMITED_DAYS), default=1))


def _never(fact: Fact, _box: Box) -> Iterator[Extent]:
    if is_days_since(fact):
        yield MISSING


def _choose(box: Box, scenario: Scenario, regions: Regions) -> Example | None:
    """Return values of a box in a scenario, or None if there are none or they are not consistent."""
    values: Values = {}
    # Enrolment comes last, because it precedes everything else.
    for key in cast("list[Reference | Has]", sorted(box, key=lambda key: key == ENROLMENT)):
        extent = _preferred(key, box, scenario, values)
        values.update((key, value) for value in islice(_values(key, extent, regions), 1))
        if key not in values:
            return None
    return values if fit_together(_numbers(values), regions) else None


def _preferred(key: Reference | Has, box: Box, scenario: Scenario, values: Values) -> Extent:
    """Return the allowed values of a key, restricted to the first preference that leaves any."""
    if key == ENROLMENT:
        ago = (number or 0 for fact, number in _numbers(values).items() if is_days_since(fact))
        preferences = iter([compared(">=", max(ago, default=0))])
    else:
        preferences = scenario(key, box) if isinstance(key, Fact) else iter([PRESENT])
    found = (box[key] & extent for extent in preferences)
    return next((extent for extent in found if not extent.is_empty), box[key])


def _values(key: Reference | Has, extent: Extent, regions: Regions) -> Iterator[FieldValue | None]:
    if isinstance(key, Has):
        return iter([extent == TRUE])
    return samples(extent, type_of(key, regions.scope, regions.kind))


def _numbers(values: Values) -> Numbers:
    return {fact: cast("int | None", value) for fact, value in values.items() if isinstance(fact, Fact)}
