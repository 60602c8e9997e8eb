"""Numbers that can be those of one member."""

from __future__ import annotations

import pytest

from loyaltykit.rules import (
    Predicate,
    Term,
    anniversary,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    event,
    events,
    line,
    months,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from loyaltykit.rules.nodes import Fact
from loyaltykit.rules.satisfiability.examples import example
from loyaltykit.rules.satisfiability.plausible import Reach, fit_together, reach_of
from loyaltykit.rules.satisfiability.regions import Regions
from tests.support.strategies import SCOPE

REGIONS = Regions(SCOPE)
LATELY, IN_A_YEAR = days(30), months(12)
TEA, WARE = line.category == "tea", line.category == "ware"
GREEN_TEA = TEA & (line.sku == "green")
AGO = days_since_purchase


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        ([AGO < 30, purchases.over(IN_A_YEAR) >= 4, spend.over(IN_A_YEAR) < 100], [0, 4, 1]),
        ([AGO >= 90, purchases.over(IN_A_YEAR) >= 4], [90, 4]),
        ([AGO >= 90, purchases.over(LATELY) == 0, purchases.over(IN_A_YEAR) > 0], [90, 0, 1]),
        ([AGO <= 60, purchases.over(LATELY) == 0], [31, 0]),
        ([AGO.is_missing() | (AGO > 9), spend == 0], [None, 0]),
        ([spend.over(LATELY) >= 100, spend.over(days(90)) < 500], [10_000, 10_000]),
        ([spend.over(LATELY) < 100, spend.over(days(90)) >= 500], [1, 50_000]),
        ([days_since_enrolment < 30, AGO >= 10], [10, 10]),
        ([days_since_enrolment < 30, AGO.is_missing()], [None, 0]),
        ([spend.where(TEA) >= 100, spend.where(WARE) >= 200], [10_000, 20_000]),
        ([spend.where(TEA) < 100, spend >= 200], [1, 20_000]),
        ([purchases >= 3, events("share") == 0, visits >= 1], [3, 0, 1]),
    ],
)
def test_facts_of_an_example_fit_together(rules: list[Predicate], values: list[int | None]) -> None:
    """An example uses the scenario that the rules allow: recently, long ago or never."""
    found = example(REGIONS, *rules)
    assert found is not None
    assert sorted(map(str, found.values())) == sorted(map(str, values))


@pytest.mark.parametrize(
    "rules",
    [
        [AGO <= 20, purchases.over(LATELY) == 0],
        [AGO >= 90, purchases.over(LATELY) > 0],
        [AGO.is_missing(), spend > 0],
        [purchases == 0, spend > 0],
        [spend.over(LATELY) >= 500, spend.over(days(90)) < 100],
        [spend.where(TEA) >= 500, spend < 100],
        [spend.where(TEA) < 100, spend.where(GREEN_TEA) >= 500],
        [days_since_enrolment < 30, AGO >= 90],
        [AGO >= 10, AGO.where(TEA) < 5],
        [purchases.over(calendar("year")) == 0, purchases.over(LATELY) > 0],
    ],
)
def test_nobody_could_have_these(rules: list[Predicate]) -> None:
    """No example is given if it is not certain to be possible."""
    assert example(REGIONS, *rules) is None
    assert not REGIONS.never(*rules)


@pytest.mark.parametrize(
    ("numbers", "fit"),
    [
        ([(visits, 2), (days_since_visit, 0)], True),
        ([(visits, 2), (days_since_visit, None)], False),
        ([(visits, 0), (AGO, 5)], True),
        ([(AGO, 5), (AGO.where(TEA), 5)], True),
        ([(AGO.where(TEA), 50), (purchases.over(LATELY), 3)], True),
        ([(AGO, 5), (spend.where(TEA).over(LATELY), 0)], True),
        ([(AGO.where(TEA), 5), (spend.over(LATELY), 0)], False),
        ([(units, 3), (spend, 0)], False),
        ([(units, 3), (spend, 1)], True),
        ([(points_accrued.over(anniversary()), 0), (points_accrued, 9)], True),
        ([(spend.over(since_tier()), 0), (spend.over(LATELY), 9)], True),
        ([(spend.over(LATELY), 0), (spend.over(since_tier()), 9)], False),
        ([(purchases.where(TEA), 0), (purchases.where(WARE), 2)], True),
        ([(purchases.where(GREEN_TEA), 3), (purchases.where(TEA), 2)], False),
        ([(purchases.where(TEA), 3), (purchases.where(GREEN_TEA), 2)], True),
        ([(spend.where(purchase.amount < line.amount), 1), (spend, 2)], False),
        ([(events("review"), 1), (events("share"), 0)], True),
        ([(events("review").where(event["stars"] > 3), 0), (events("review"), 2)], True),
        ([(days_since_enrolment, 9), (AGO, 10)], False),
        ([(days_since_enrolment, 9), (AGO, 9)], True),
    ],
)
def test_numbers_that_fit_together(numbers: list[tuple[Term, int | None]], fit: bool) -> None:
    """Windows within windows, rows among rows, and the time since something last was."""
    facts = ((term.reference, number) for term, number in numbers)
    assert fit_together({fact: number for fact, number in facts if isinstance(fact, Fact)}, REGIONS) is fit


def test_how_far_windows_reach() -> None:
    """The length of a window is certain at any hour and date; all history is unlimited."""
    assert reach_of(calendar("quarter")) == Reach(0, 93)
    assert reach_of(spend.reference.window).within > 36_500
