"""Regions: what is certain of rules is never contradicted by a member, and an analysis with a planted fault would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any, TypeAlias

import pytest
from hypothesis import given, strategies as st

from loyaltykit.rules import line, member, purchase, references, spend, visits
from loyaltykit.rules.evaluate import evaluate
from loyaltykit.rules.nodes import Has, MemberField, Operator, Predicate
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.satisfiability import boxes, extents, ranges, regions as analysis
from loyaltykit.rules.satisfiability.examples import example
from loyaltykit.rules.satisfiability.extents import Extent
from loyaltykit.rules.satisfiability.regions import Regions
from tests.support.possible import ENTANGLED, LOOSE, possible, possible_values
from tests.support.strategies import FILTERS, SCOPE, Values, member_predicates

Pair: TypeAlias = tuple[Predicate, Predicate]
REGIONS = Regions(SCOPE)
TAGS = MemberField("tags")
WHOLE = (visits.reference, spend.reference, member.age.reference)
ENTANGLED_PAIRS: st.SearchStrategy[Pair] = st.tuples(ENTANGLED, ENTANGLED)
PAIRS = st.one_of(ENTANGLED_PAIRS, st.tuples(LOOSE, LOOSE), st.tuples(member_predicates(), member_predicates()))


def contradict(pair: Pair, values: Values, regions: Regions) -> None:
    """Hold everything that is certain of two predicates against one member, purchase or event."""
    one, other = pair
    first, second = (evaluate(rule, values.__getitem__, SCOPE) for rule in pair)
    assert not (regions.never(one) and first)
    assert not (regions.always(one) and not first)
    assert not (regions.never(one, other) and first and second)
    assert not (regions.implies(one, other) and first and not second)


def complete(pair: Pair, values: Values, regions: Regions) -> None:
    """Where everything is understood, two predicates either never hold together or have an example of it."""
    found = example(regions, *pair)
    if all(boxes.is_free(box) for box in regions.boxes(*pair)):
        assert regions.never(*pair) == (found is None)
    if found is not None:
        tags = tuple(key.value.value for key, value in found.items() if isinstance(key, Has) and value)
        held: dict[Any, object] = {**values, **found, TAGS: tags}
        assert all(isinstance(value, int | None) for key, value in found.items() if key in WHOLE)
        assert all(evaluate(normalize(rule), held.__getitem__, SCOPE) for rule in pair)


@given(st.data())
def test_what_is_certain_is_never_contradicted(data: st.DataObject) -> None:
    """Never, always, implies, never together: over random rules and members, missing values included."""
    pair = data.draw(PAIRS)
    contradict(pair, data.draw(possible_values(*pair)), Regions(SCOPE))


@pytest.mark.parametrize(("rows", "kind"), [("line", None), ("purchase", None), ("event", "review")])
@given(data=st.data())
def test_what_is_certain_of_rows_is_never_contradicted(rows: str, kind: str | None, data: st.DataObject) -> None:
    """The same for the filters of facts, which purchases, lines and events meet."""
    pair = (data.draw(FILTERS[rows]), data.draw(FILTERS[rows]))
    contradict(pair, data.draw(possible_values(*pair, kind=kind)), Regions(SCOPE, kind))


@given(st.data())
def test_what_is_free_is_decided(data: st.DataObject) -> None:
    """Never, or an example: nothing is left open where every condition compares a term with a constant."""
    pair = data.draw(ENTANGLED_PAIRS)
    complete(pair, data.draw(possible_values(*pair)), Regions(SCOPE))


# -- the guard: a planted fault is caught ------------------------------------------------------------------------------

Breaks: TypeAlias = Callable[[pytest.MonkeyPatch], None]
BROKEN: dict[str, Breaks] = {}


def broken(breaks: Breaks) -> Breaks:
    """Register a patch; its name says the mistake."""
    BROKEN[breaks.__name__] = breaks
    return breaks


@broken
def complement_forgets_missing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Extent, "__invert__", lambda self: Extent(self.cuts, not self.from_below, self.missing))


@broken
def comparisons_take_in_missing(patch: pytest.MonkeyPatch) -> None:
    right = extents.compared
    patch.setattr(analysis, "compared", lambda *given, **more: right(*given, **more) | extents.MISSING)


@broken
def nothing_is_ever_missing(patch: pytest.MonkeyPatch) -> None:
    right = ranges.range_of
    patch.setattr(analysis, "range_of", lambda *given: right(*given) & extents.PRESENT)


@broken
def open_ends_are_closed(patch: pytest.MonkeyPatch) -> None:
    right = extents.compared
    closed: dict[Operator, Operator] = {"<": "<=", ">": ">="}
    patch.setattr(analysis, "compared", lambda op, value, **more: right(closed.get(op, op), value, **more))


@broken
def closed_ends_are_open(patch: pytest.MonkeyPatch) -> None:
    right = extents.compared
    opened: dict[Operator, Operator] = {"<=": "<", ">=": ">"}
    patch.setattr(analysis, "compared", lambda op, value, **more: right(opened.get(op, op), value, **more))


@broken
def whole_numbers_are_off_by_one(patch: pytest.MonkeyPatch) -> None:
    right = extents._whole
    patch.setattr(extents, "_whole", lambda value, **_after: right(value))


@broken
def decimals_are_whole_numbers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ranges, "_DENSE", ("text",))


@broken
def whole_numbers_have_fractions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis, "is_whole", lambda *_given: False)


@broken
def money_is_whole_units(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis, "to_comparable", lambda literal, *_given: ranges._to_number(literal.value))


@broken
def a_complement_is_no_complement(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis._Analyzer, "negation", lambda _self, _node, item: item)


@broken
def any_of_is_all_of(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis._Analyzer, "any_of", analysis._Analyzer.all_of)


@broken
def a_region_that_is_too_large_is_cut_short(patch: pytest.MonkeyPatch) -> None:
    right = boxes.conjunction

    def first_boxes(node: Predicate, items: Any) -> boxes.Sides:
        sides = right(node, items)
        return boxes.Sides(sides.holds[:1], sides.fails[:1])

    patch.setattr(analysis, "conjunction", first_boxes)


@broken
def boxes_that_exclude_each_other_meet(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(boxes, "_intersect", lambda left, right: {**left, **right})


@broken
def what_is_not_understood_is_true(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis, "variable", lambda _condition: boxes.Sides(boxes.EVERYWHERE, ()))


SMALL = (
    visits >= 2,
    visits < 2,
    visits > Decimal("1.5"),
    visits != 3,
    spend > 1,
    spend <= "0.50",
    spend < member["goal"],
    member.age <= 1,
    member.age > 0,
    member.age.is_missing(),
    member["rating"] > 0,
    member["rating"] <= 0,
    member["rating"].is_in([0, Decimal("2.25")]),
    member["favourite"] != "green",
    member["press"] == True,  # noqa: E712
    member.tags.has("vip"),
)
"""Of each kind of line a few conditions that meet, miss and touch each other."""


def notice() -> None:
    """Both properties hold for all pairs of a list of predicates and for all members."""
    regions = Regions(SCOPE)
    for one, other in product(SMALL, repeat=2):
        members = [*everybody(one, other)]
        for pair in ((one, ~other), (~one | other, one & other)):
            complete(pair, members[0], regions)
            for values in members:
                contradict(pair, values, regions)


def everybody(*rules: Predicate) -> Iterator[Values]:
    """Return every member that the rules can distinguish."""
    terms = references(*rules)
    return (dict(zip(terms, values, strict=True)) for values in product(*map(possible, terms)))


@pytest.mark.parametrize("name", BROKEN)
def test_a_planted_fault_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The properties fail for an analysis with a planted fault."""
    BROKEN[name](monkeypatch)
    with pytest.raises(AssertionError):
        notice()


def test_the_correct_analysis_passes() -> None:
    """The correct analysis passes on every pair."""
    notice()


# -- what is known -----------------------------------------------------------------------------------------------------

TEA, WARE = line.category == "tea", line.category == "ware"
FAVOURITE = member["favourite"]


def test_what_implies_what() -> None:
    """Thresholds, missing values and choices; a tier is one of the ladder's, where the ladder is known."""
    assert REGIONS.implies(spend >= 20, spend >= 10)
    assert not REGIONS.implies(spend >= 10, spend >= 20)
    assert REGIONS.implies(member.age < 30, ~member.age.is_missing())
    assert not REGIONS.implies(~(member.age >= 30), member.age < 30)
    assert REGIONS.implies(FAVOURITE != "green", FAVOURITE.is_in(["black", "绿茶"]))
    ladder = Regions(SCOPE, tiers=("regular", "gold"))
    assert ladder.never(member.tier == "glod")
    assert ladder.implies(member.tier != "gold", member.tier == "regular")
    assert Regions(SCOPE).never(purchase.weekday > 7)


def test_filters_are_read_in_their_normal_form() -> None:
    """Two spellings of one fact are one term."""
    assert REGIONS.implies(spend.where(~~TEA) >= 2, spend.where(TEA) >= 1)
