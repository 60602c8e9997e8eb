"""When a predicate can hold at all: a disjunction of boxes, each with the values that it allows every term.

It answers what is *certain* of a rule before any member is looked at: that it never holds or always does, that one rule
implies another, that two exclude each other. What this reader does not understand (a term beside another term, a tag
among tags, a rule of too many boxes) is a variable of its own that can be true or false, whatever the terms are. So an
answer of yes is proven, and a no only means that no proof was found.

The meaning is that of ``evaluate``: a missing value satisfies nothing but ``is_missing()``, and ``~`` is the plain
complement.
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
from loyaltykit.rules.satisfiability.boxes import EVERYWHERE, FALSE, Box, Sides, joined, met, only, swapped, variable
from loyaltykit.rules.satisfiability.extents import MISSING, NOTHING, Extent, among, compared
from loyaltykit.rules.satisfiability.ranges import is_distance, is_whole, on_line, range_of


class Regions:
    """The reader of the rules that stand in one context.

    Args:
        scope: the programme's.
        kind: the kind of event, where rules mention fields of events.
        tiers: the names that ``member.tier`` can be; none given stands for any.

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
        self._read: dict[Predicate, Sides] = {}

    def never(self, *predicates: Predicate) -> bool:
        """Whether some predicates certainly never hold together."""
        return next(self.boxes(*predicates), None) is None

    def always(self, predicate: Predicate) -> bool:
        """Whether a predicate certainly holds, whatever is asked about."""
        return not self._sides(predicate).fails

    def implies(self, stronger: Predicate, weaker: Predicate) -> bool:
        """Whether the second certainly holds wherever the first does."""
        return next(met(self._sides(stronger).holds, self._sides(weaker).fails), None) is None

    def boxes(self, *predicates: Predicate) -> Iterator[Box]:
        """Where some predicates hold together."""
        boxes: Iterable[Box] = EVERYWHERE
        for predicate in predicates:
            boxes = met(boxes, self._sides(predicate).holds)
        return iter(boxes)

    def reach(self, predicate: Predicate, term: Reference) -> Extent:
        """What a term can be where a predicate holds."""
        return reduce(or_, (box.get(term, self.range(term)) for box in self._sides(predicate).holds), NOTHING)

    def range(self, term: Reference) -> Extent:
        """What a term can be at all."""
        if term not in self._known:
            self._known[term] = self._range(term)
        return self._known[term]

    def rows(self, fact: Fact) -> Regions:
        """The same for the filter of a fact."""
        return Regions(self.scope, fact.kind)

    def _range(self, term: Reference) -> Extent:
        if isinstance(term, Fact) and term.where is not None and self.rows(term).never(term.where):
            return MISSING if is_distance(term) else FALSE
        return range_of(term, self.scope, self.kind)

    def _sides(self, predicate: Predicate) -> Sides:
        sides = self._read.get(predicate)
        if sides is None:
            sides = self._read[predicate] = fold(normalize(predicate), _Reader(self))
        return sides


class _Reader(Interpreter[Sides]):
    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    def compare(self, node: Compare) -> Sides:
        if not isinstance(node.right, Literal):
            return variable(node)
        place = on_line(node.right, node.left, self._regions.scope)
        return self._leaf(node.left, compared(node.op, place, whole=self._is_whole(node.left)))

    def is_in(self, node: IsIn) -> Sides:
        places = (on_line(value, node.term, self._regions.scope) for value in node.values)
        return self._leaf(node.term, among(places, whole=self._is_whole(node.term)))

    def is_missing(self, node: IsMissing) -> Sides:
        return self._leaf(node.term, MISSING)

    def has(self, node: Has) -> Sides:
        return variable(node)

    def all_of(self, node: AllOf, items: tuple[Sides, ...]) -> Sides:
        return joined(node, items)

    def any_of(self, node: AnyOf, items: tuple[Sides, ...]) -> Sides:
        return swapped(joined(node, [swapped(item) for item in items]))

    def negation(self, node: Not, item: Sides) -> Sides:
        return swapped(item)

    def _leaf(self, term: Reference, wanted: Extent) -> Sides:
        whole = self._regions.range(term)
        return Sides(only(term, wanted & whole, whole), only(term, ~wanted & whole, whole))

    def _is_whole(self, term: Reference) -> bool:
        return is_whole(term, self._regions.scope, self._regions.kind)
