"""Analysis of predicates: whether they can be true, are always true, or imply each other.

A predicate is converted to a region, that is a disjunction of boxes. A part that cannot be analyzed (a term compared
with another term, a tag, a group of too many boxes) is treated as an independent variable. So True is proven, and False
means that no proof was found.

The meaning is that of ``evaluate``: a missing value satisfies only ``is_missing()``, and ``~`` is the complement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from operator import or_

from loyaltykit.rules.fields import Scope
from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    Fact,
    Has,
    IsIn,
    IsMissing,
    Literal,
    MemberField,
    Not,
    Predicate,
    Reference,
)
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.satisfiability.boxes import (
    EVERYWHERE,
    FALSE,
    Box,
    Sides,
    complement,
    conjunction,
    intersection,
    only,
    variable,
)
from loyaltykit.rules.satisfiability.extents import MISSING, NOTHING, Extent, among, compared
from loyaltykit.rules.satisfiability.ranges import is_days_since, is_whole, range_of, to_comparable


class Regions:
    """Analysis of the predicates of one context.

    Args:
        scope: the declarations of the programme.
        kind: the kind of event, for predicates over fields of events.
        tiers: the values that ``member.tier`` can have; empty for any.

    >>> from loyaltykit.rules import spend, visits
    >>> regions = Regions(Scope())
    >>> regions.never((visits >= 3) & (visits < 3)), regions.implies(spend >= 20, spend >= 10)
    (True, True)
    """

    def __init__(self, scope: Scope, kind: str | None = None, tiers: Collection[str] = ()) -> None:
        self.scope = scope
        self.kind = kind
        self._known: dict[Reference, Extent] = {}
        if tiers:
            self._known[MemberField("tier")] = among(tiers, whole=False)
        self._cache: dict[Predicate, Sides] = {}

    def never(self, *predicates: Predicate) -> bool:
        """Return whether it is certain that the predicates are never true together."""
        return next(self.boxes(*predicates), None) is None

    def always(self, predicate: Predicate) -> bool:
        """Return whether it is certain that a predicate is always true."""
        return not self._sides(predicate).fails

    def implies(self, stronger: Predicate, weaker: Predicate) -> bool:
        """Return whether it is certain that ``weaker`` is true wherever ``stronger`` is."""
        return next(intersection(self._sides(stronger).holds, self._sides(weaker).fails), None) is None

    def boxes(self, *predicates: Predicate) -> Iterator[Box]:
        """Yield the boxes in which the predicates are true together."""
        boxes: Iterable[Box] = EVERYWHERE
        for predicate in predicates:
            boxes = intersection(boxes, self._sides(predicate).holds)
        return iter(boxes)

    def reach(self, predicate: Predicate, term: Reference) -> Extent:
        """Return the values that a term can have where a predicate is true."""
        return reduce(or_, (box.get(term, self.range(term)) for box in self._sides(predicate).holds), NOTHING)

    def range(self, term: Reference) -> Extent:
        """Return the values that a term can have."""
        if term not in self._known:
            self._known[term] = self._range(term)
        return self._known[term]

    def rows(self, fact: Fact) -> Regions:
        """Return the analysis of the predicates in the filter of a fact."""
        return Regions(self.scope, fact.kind)

    def _range(self, term: Reference) -> Extent:
        if isinstance(term, Fact) and term.where is not None and self.rows(term).never(term.where):
            return MISSING if is_days_since(term) else FALSE
        return range_of(term, self.scope, self.kind)

    def _sides(self, predicate: Predicate) -> Sides:
        sides = self._cache.get(predicate)
        if sides is None:
            sides = self._cache[predicate] = fold(normalize(predicate), _Analyzer(self))
        return sides


class _Analyzer(Interpreter[Sides]):
    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    def compare(self, node: Compare) -> Sides:
        if not isinstance(node.right, Literal):
            return variable(node)
        value = to_comparable(node.right, node.left, self._regions.scope)
        return self._leaf(node.left, compared(node.op, value, whole=self._is_whole(node.left)))

    def is_in(self, node: IsIn) -> Sides:
        values = (to_comparable(value, node.term, self._regions.scope) for value in node.values)
        return self._leaf(node.term, among(values, whole=self._is_whole(node.term)))

    def is_missing(self, node: IsMissing) -> Sides:
        return self._leaf(node.term, MISSING)

    def has(self, node: Has) -> Sides:
        return variable(node)

    def all_of(self, node: AllOf, items: tuple[Sides, ...]) -> Sides:
        return conjunction(node, items)

    def any_of(self, node: AnyOf, items: tuple[Sides, ...]) -> Sides:
        return complement(conjunction(node, [complement(item) for item in items]))

    def negation(self, node: Not, item: Sides) -> Sides:
        return complement(item)

    def _leaf(self, term: Reference, wanted: Extent) -> Sides:
        whole = self._regions.range(term)
        return Sides(only(term, wanted & whole, whole), only(term, ~wanted & whole, whole))

    def _is_whole(self, term: Reference) -> bool:
        return is_whole(term, self._regions.scope, self._regions.kind)
