"""Examples: values of one member with which rules hold together, and none that nobody could have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import loyaltykit as lk
from loyaltykit.rules import (
    Predicate,
    Term,
    anniversary,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    describe,
    event,
    events,
    line,
    member,
    months,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import Fact, MemberField
from loyaltykit.rules.satisfiability.examples import as_rule, example, literal_of
from loyaltykit.rules.satisfiability.extents import ANYTHING, MISSING, NOTHING, PRESENT, Extent, among, compared
from loyaltykit.rules.satisfiability.plausible import Reach, fit_together, reach_of
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.satisfiability.samples import samples
from loyaltykit.rules.value_types import ValueType
from tests.rules.strategies import SCOPE

REGIONS = Regions(SCOPE)
LATELY, IN_A_YEAR = days(30), months(12)
TEA, WARE = line.category == "tea", line.category == "ware"
GREEN_TEA = TEA & (line.sku == "green")
AGO = days_since_purchase


def told(*rules: Predicate) -> str | None:
    """The example in words."""
    found = example(REGIONS, *rules)
    return None if found is None else describe(as_rule(found, SCOPE), "en", SCOPE)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([visits >= 4, member.age < 30], "number of visits over all time is 4 and age is 0"),
        ([spend > 20], "spend over all time is 20.01"),
        ([member["rating"] > 2, member["rating"] < 3], "rating is 2.5"),
        ([member["rating"] > 2], "rating is 3"),
        ([member["rating"] < 2], "rating is 1"),
        ([member["rating"] <= 2], "rating is 2"),
        ([~member["rating"].is_missing()], "rating is 0"),
        ([member["goal"] < 3], "goal is 2"),
        ([member["press"] != True], "press is no"),  # noqa: E712
        ([member["wedding"] > date(2025, 1, 1)], "wedding is 2025-01-02"),
        ([~(member.age >= 18) & ~(member.age < 18)], "age is missing"),
        ([member.region != "east"], 'region is "other"'),
        ([member.region > "zebra"], 'region is "zebra+"'),
        ([member.region < "east"], 'region is ""'),
        ([member.tags.has("vip"), ~member.tags.has("press")], 'tags include "vip" and not (tags include "press")'),
        ([(spend < member["goal"]) | (visits == 3)], "number of visits over all time is 3"),
    ],
)
def test_an_example_in_words(rules: list[Predicate], words: str) -> None:
    """The lowest value that does, of every type."""
    assert told(*rules) == words


def test_no_example() -> None:
    """What never holds has none, and what is not understood gives none."""
    assert example(REGIONS, visits < 0) is None
    assert example(REGIONS, spend < member["goal"]) is None
    assert example(REGIONS, visits >= 1, spend < member["goal"]) is None
    # There is a number and a text beyond, but none that a rule can name.
    assert example(REGIONS, member["goal"] > 10**18 - 1) is None
    assert example(REGIONS, member.region > "z" * 200) is None


def test_everybody_is_no_example_of_anything() -> None:
    """What always holds asks for no value at all."""
    assert example(REGIONS, visits >= 0) == {}


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
    """Lately, long ago, or never: whichever story the rules leave room for."""
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
    """Or it is not sure that anybody could: no example is given."""
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
    """Surely within and surely beyond, whatever the hour and the date; nothing is before all of history."""
    assert reach_of(calendar("quarter")) == Reach(0, 93)
    assert reach_of(spend.reference.window).within > 36_500


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
    """And all of them belong to the set."""
    assert list(samples(extent, value_type)) == found
    assert all(value in extent for value in found)


def test_a_value_as_a_rule_says_it() -> None:
    """Money in whole units, everything else as it is."""
    assert literal_of(Fact("spend"), 1_250, SCOPE).value == Decimal("12.50")
    assert literal_of(MemberField("age"), 30, SCOPE).value == 30


def test_no_example_is_given_for_a_derived_field() -> None:
    """What it can be hangs on other fields: nobody could have just any value of it."""
    grown = lk.Field("grown", bool, derived=[lk.Case(True, member.age >= 18)])
    regions = Regions(Scope(member={"grown": grown, "level": lk.Field("level", int, default=1)}))
    assert example(regions, member["grown"] == True, member.age < 18) is None  # noqa: E712
    assert example(regions, member["level"] > 1) is not None


def test_a_default_stands_in_for_a_missing_value() -> None:
    """Nothing is ever missing then; a set of texts can be."""
    fields = {"level": lk.Field("level", int, choices=[1, 2], default=1), "diet": lk.Field("diet", set, choices=["a"])}
    regions = Regions(Scope(member=fields))
    assert regions.never(member["level"].is_missing())
    assert not regions.never(member["diet"].is_missing())
