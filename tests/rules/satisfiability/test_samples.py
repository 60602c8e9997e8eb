"""One value out of each part of a set."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loyaltykit.rules.fields import ValueType
from loyaltykit.rules.nodes import Fact, MemberField
from loyaltykit.rules.satisfiability.examples import literal_of
from loyaltykit.rules.satisfiability.extents import ANYTHING, MISSING, NOTHING, PRESENT, Extent, among, compared
from loyaltykit.rules.satisfiability.samples import samples
from tests.support.strategies import SCOPE


@pytest.mark.parametrize(
    ("extent", "value_type", "found"),
    [
        (among([2, 5]) | MISSING, "integer", [2, 5, None]),
        (NOTHING, "integer", []),
        (PRESENT, "decimal", [0]),
        (ANYTHING, "text", ["other", "", None]),
        (compared(">", "a", whole=False) & compared("<", "a!", whole=False), "text", []),
        (compared(">", Decimal(1), whole=False) & compared("<", Decimal(2), whole=False), "decimal", [Decimal("1.5")]),
    ],
)
def test_samples_are_one_for_each_part(extent: Extent, value_type: ValueType, found: list[object]) -> None:
    """Every sample belongs to the set."""
    assert list(samples(extent, value_type)) == found
    assert all(value in extent for value in found)


def test_a_value_as_a_rule_says_it() -> None:
    """Money in whole units, everything else as it is."""
    assert literal_of(Fact("spend"), 1_250, SCOPE).value == Decimal("12.50")
    assert literal_of(MemberField("age"), 30, SCOPE).value == 30
