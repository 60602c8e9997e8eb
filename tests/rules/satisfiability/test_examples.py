"""Examples: values of one member with which rules hold together, and none that nobody could have."""

from __future__ import annotations

from datetime import date

import pytest

import loyaltykit as lk
from loyaltykit.rules import Predicate, describe, member, spend, visits
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.satisfiability.examples import as_rule, example
from loyaltykit.rules.satisfiability.regions import Regions
from tests.support.strategies import SCOPE

REGIONS = Regions(SCOPE)


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
