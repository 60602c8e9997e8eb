"""Examples: values of one member, purchase or line with which some predicates hold together.

An example is proof that rules are at odds, so none is given that nobody could have: what is not understood takes no
part in one, and facts that look at the same history must fit together.
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
from loyaltykit.rules.satisfiability.boxes import TRUE, Box, is_understood
from loyaltykit.rules.satisfiability.extents import MISSING, PRESENT, Extent, compared
from loyaltykit.rules.satisfiability.plausible import ENROLMENT, FOR_EVER, Numbers, fit_together, reach_of
from loyaltykit.rules.satisfiability.ranges import is_distance
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.satisfiability.samples import samples
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.values import to_decimal

Example: TypeAlias = Mapping[Reference | Has, FieldValue | None]
"""Values of terms, None for a missing one and money in minor units; of tags, whether they hold one."""

Values: TypeAlias = dict[Reference | Has, FieldValue | None]
Story: TypeAlias = Callable[[Fact, Box], Iterator[Extent]]
"""What a fact is wished to be where a box leaves the choice, the dearest wish first."""

_FROM_ONE: Final = compared(">=", 1)


def example(regions: Regions, *predicates: Predicate) -> Example | None:
    """Values with which some predicates hold together, or None where none are sure.

    With these values they hold whatever all other terms are.

    Args:
        regions: the reader of the context in which the predicates stand.
        predicates: any number.

    >>> from loyaltykit.rules import member, visits
    >>> list(example(Regions(Scope()), visits >= 4, member.age < 30).values())
    [4, 0]
    """
    stories = (_lately, _long_ago, _never)
    derived = {name for name, declared in regions.scope.member.items() if declared.derived is not None}
    boxes = (box for box in regions.boxes(*predicates) if is_understood(box) and not _asks_for(derived, box))
    told = (_told(box, story, regions) for box in boxes for story in stories)
    return next((values for values in told if values is not None), None)


def _asks_for(derived: Collection[str], box: Box) -> bool:
    """Whether a derived field is among the terms: what it can be hangs on other fields, so it cannot be chosen."""
    return any(isinstance(key, MemberField) and key.custom and key.name in derived for key in box)


def as_rule(values: Example, scope: Scope) -> Predicate:
    """An example as the rule that asks for just these values, so that it can be described.

    >>> from loyaltykit.rules import describe, visits
    >>> describe(as_rule({visits.reference: 4}, Scope()))
    'number of visits over all time is 4'
    """
    return AllOf(tuple(_asked(key, value, scope) for key, value in values.items()))


def literal_of(term: Reference, value: FieldValue, scope: Scope) -> Literal:
    """A value as a rule says it: money in whole units.

    >>> literal_of(Fact("spend"), 2_000, Scope(scale=2)).value
    Decimal('20')
    """
    return Literal(to_decimal(value, scope.scale) if is_money(term) and isinstance(value, int) else value)


def _asked(key: Reference | Has, value: FieldValue | None, scope: Scope) -> Predicate:
    if isinstance(key, Has):
        return key if value else Not(key)
    return IsMissing(key) if value is None else Compare("==", key, literal_of(key, value, scope))


# -- three stories: all of it just now, some time ago, never -----------------------------------------------------------


def _lately(fact: Fact, box: Box) -> Iterator[Extent]:
    if is_distance(fact):
        yield PRESENT
        return
    # What all happened just now is the same in every window.
    alike = [box[key] for key in box if isinstance(key, Fact) and _measure(key) == _measure(fact)]
    yield reduce(and_, alike) & _FROM_ONE
    yield _FROM_ONE


def _measure(fact: Fact) -> tuple[object, ...]:
    return (fact.metric, fact.kind, fact.where)


def _long_ago(fact: Fact, box: Box) -> Iterator[Extent]:
    if is_distance(fact):
        windows = (reach_of(key.window) for key in box if isinstance(key, Fact) and not is_distance(key))
        yield compared(">=", max((reach.beyond for reach in windows if reach.within < FOR_EVER), default=1))


def _never(fact: Fact, _box: Box) -> Iterator[Extent]:
    if is_distance(fact):
        yield MISSING


def _told(box: Box, story: Story, regions: Regions) -> Example | None:
    """The values of a box in a story, if there are any and they fit together."""
    values: Values = {}
    # Enrolment stands last, as it lies before all that happened.
    for key in cast("list[Reference | Has]", sorted(box, key=lambda key: key == ENROLMENT)):
        extent = _wished(key, box, story, values)
        values.update((key, value) for value in islice(_values(key, extent, regions), 1))
        if key not in values:
            return None
    return values if fit_together(_numbers(values), regions) else None


def _wished(key: Reference | Has, box: Box, story: Story, values: Values) -> Extent:
    """What a box allows a key, and of that what is wished, if there is any of it."""
    if key == ENROLMENT:
        ago = (number or 0 for fact, number in _numbers(values).items() if is_distance(fact))
        wishes = iter([compared(">=", max(ago, default=0))])
    else:
        wishes = story(key, box) if isinstance(key, Fact) else iter([PRESENT])
    granted = (box[key] & wish for wish in wishes)
    return next((extent for extent in granted if not extent.is_empty), box[key])


def _values(key: Reference | Has, extent: Extent, regions: Regions) -> Iterator[FieldValue | None]:
    if isinstance(key, Has):
        return iter([extent == TRUE])
    return samples(extent, type_of(key, regions.scope, regions.kind))


def _numbers(values: Values) -> Numbers:
    return {fact: cast("int | None", value) for fact, value in values.items() if isinstance(fact, Fact)}
