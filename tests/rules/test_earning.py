"""Ways to earn: positive whole points, exact positive amounts, all problems at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.errors import InvalidRuleError
from loyaltykit.rules import bonus, per_amount, per_purchase, per_unit, times
from loyaltykit.rules.earning import Bonus, Earn, PerAmount, PerPurchase, PerUnit, Times


def test_words_make_values() -> None:
    """Amounts are read exactly, as strings, ints or Decimals."""
    assert per_amount() == PerAmount(points=1, every=Decimal(1), steps=False)
    assert per_amount(points=3, every=10, steps=True) == PerAmount(3, Decimal(10), True)
    assert per_purchase(5) == PerPurchase(5)
    assert per_unit(2) == PerUnit(2)
    assert times("1.5") == Times(Decimal("1.50"))
    assert bonus(50) == Bonus(50)


def test_kinds_of_fixed_points_differ() -> None:
    """A bonus is not multiplied, so it is not the same as points for a purchase."""
    ways: set[Earn] = {bonus(5), per_purchase(5), per_unit(5)}
    assert len(ways) == 3


@pytest.mark.parametrize("word", [per_amount, per_purchase, per_unit, bonus])
@pytest.mark.parametrize("points", [0, -1, True, 1.5, "1", None, 10**16])
def test_points_are_positive_whole_numbers(word: Callable[[Any], object], points: Any) -> None:
    """No zero, no sign, no fraction, no bool."""
    with pytest.raises(InvalidRuleError, match="points"):
        word(points)


@pytest.mark.parametrize("amount", [0, "-1", 0.5, "NaN", Decimal("Infinity"), "1" * 19, "a", True])
def test_amounts_and_factors_are_positive_and_exact(amount: Any) -> None:
    """Floats, signs, and what is no number of at most 18 digits are refused."""
    with pytest.raises(InvalidRuleError, match="every"):
        per_amount(every=amount)
    with pytest.raises(InvalidRuleError, match="factor"):
        times(amount)


def test_all_problems_come_together() -> None:
    """One attempt shows everything that is wrong."""
    steps: Any = "yes"
    with pytest.raises(InvalidRuleError) as caught:
        per_amount(points=0, every=0.5, steps=steps)  # type: ignore[arg-type]
    assert [problem.field for problem in caught.value.problems] == ["points", "every", "steps"]
