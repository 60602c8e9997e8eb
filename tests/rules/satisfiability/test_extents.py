"""Sets of values on one line, held against plain membership."""

from __future__ import annotations

from decimal import Decimal
from operator import and_, or_
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from loyaltykit.rules.evaluate import OPERATORS
from loyaltykit.rules.nodes import Operator
from loyaltykit.rules.satisfiability.extents import ANYTHING, MISSING, NOTHING, PRESENT, Extent, among, compared

NUMBERS = (0, 1, 2, 3, Decimal("1.5"))
HALVES = tuple(Decimal(n) / 2 for n in range(-2, 9))
OPS = st.sampled_from(get_args(Operator))
EXTENTS = st.recursive(
    st.sampled_from([NOTHING, MISSING, PRESENT, ANYTHING])
    | st.builds(lambda op, value: compared(op, value, whole=False), OPS, st.sampled_from(NUMBERS)),
    lambda parts: st.builds(and_, parts, parts) | st.builds(or_, parts, parts) | st.builds(lambda one: ~one, parts),
    max_leaves=5,
)


@given(OPS, st.sampled_from(NUMBERS), st.booleans())
def test_a_comparison_means_what_python_means(op: Operator, value: Any, whole: bool) -> None:
    """Comparisons on whole numbers have equal forms; a missing value is never included."""
    extent = compared(op, value, whole=whole)
    places = range(-2, 6) if whole else HALVES
    assert [place in extent for place in places] == [OPERATORS[op](place, value) for place in places]
    assert None not in extent


@given(EXTENTS, EXTENTS)
def test_sets_are_joined_as_sets_are(one: Extent, other: Extent) -> None:
    """Both, either, and whatever is not in it, a missing value included."""
    for place in (*HALVES, None):
        assert (place in one & other) == (place in one and place in other)
        assert (place in one | other) == (place in one or place in other)
        assert (place in ~one) == (place not in one)
    assert one.is_empty == (one == NOTHING)


@given(st.lists(st.sampled_from(NUMBERS)), st.booleans())
def test_a_set_of_values_is_the_union_of_each(values: list[Any], whole: bool) -> None:
    """Adjacent whole numbers form one interval, and there are no values between them."""
    joined = NOTHING
    for value in values:
        joined |= compared("==", value, whole=whole)
    assert among(values, whole=whole) == joined


def test_equal_sets_have_equal_cuts() -> None:
    """Equal sets of values have equal cuts."""
    assert compared(">", 2) & compared("<=", 4) == among([3, 4])
    assert compared("==", Decimal("2.5")) == NOTHING
    assert ~compared("==", "b", whole=False) & PRESENT == compared("!=", "b", whole=False)


@pytest.mark.parametrize(
    ("extent", "least", "most"),
    [
        (compared(">", 2), 3, None),
        (compared("<=", 2), None, 2),
        (among([5, 1]), 1, 5),
        (PRESENT, None, None),
        (NOTHING, None, None),
    ],
)
def test_least_and_most(extent: Extent, least: int | None, most: int | None) -> None:
    """The least and the most are those of whole numbers, or None if unbounded."""
    assert (extent.least, extent.most) == (least, most)


def test_intervals_are_the_parts_without_gaps() -> None:
    """Intervals are yielded lowest first."""
    assert list(compared("!=", 3).intervals()) == [(None, (3, False)), ((4, False), None)]
    assert list(among([1, 3]).intervals()) == [((1, False), (2, False)), ((3, False), (4, False))]
    assert list(NOTHING.intervals()) == []
    assert list(PRESENT.intervals()) == [(None, None)]
