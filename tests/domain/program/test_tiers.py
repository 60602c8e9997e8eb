"""Ladders of tiers: lowest first, no two alike, none out of order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import all_of, any_of, calendar, days, end_of, member, months, purchases, spend, visits

MEMBER = lk.Tier("member")
SILVER = lk.Tier("silver", enter=spend >= 1000, multiplier="1.2")
GOLD = lk.Tier("gold", enter=spend >= 5000, keep=spend >= 4000, multiplier="1.5")
LADDER = lk.TierLadder(MEMBER, SILVER, GOLD, valid_for=months(12), grace_days=7, downgrade="requalify")


def refused(*tiers: Any, **terms: Any) -> list[tuple[str, str]]:
    """Field and reason of everything that is wrong with a ladder."""
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        lk.TierLadder(*tiers, **terms)
    assert all(problem.way_out for problem in caught.value.problems)
    return [(problem.field, problem.reason) for problem in caught.value.problems]


# -- one tier ----------------------------------------------------------------------------------------------------------


def test_a_tier_is_kept_by_its_own_rule_or_the_one_to_enter() -> None:
    """T4: keep is by default enter; the lowest has neither."""
    assert GOLD.kept_by == (spend >= 4000)
    assert SILVER.kept_by == (spend >= 1000)
    assert MEMBER.kept_by is None


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"enter": 5}, ["enter"]),
        ({"enter": spend}, ["enter"]),
        ({"keep": "always"}, ["keep"]),
        ({"multiplier": 0}, ["multiplier"]),
        ({"multiplier": "-1"}, ["multiplier"]),
        ({"multiplier": 1.2}, ["multiplier"]),
        ({"multiplier": None}, ["multiplier"]),
        ({"multiplier": Decimal("NaN")}, ["multiplier"]),
        ({"multiplier": "1000.1"}, ["multiplier"]),
        ({"name": 5, "enter": 5, "keep": 5, "multiplier": 0.5}, ["name", "enter", "keep", "multiplier"]),
    ],
)
def test_a_tier_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: a multiplier is exact, above zero and at most 1,000; errors name the tier."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Tier(**({"name": "gold"} | parts))
    places = fields if "name" in fields else [f"tiers.gold.{field}" for field in fields]
    assert [problem.field for problem in caught.value.problems] == places
    assert lk.Tier("gold", multiplier=1000).multiplier == 1000


# -- ladders -----------------------------------------------------------------------------------------------------------


def test_a_ladder_is_a_list_of_tiers() -> None:
    """Words: rank 0 is the lowest; tiers are found by name."""
    assert list(LADDER) == [MEMBER, SILVER, GOLD]
    assert len(LADDER) == 3
    assert [LADDER.rank(tier.name) for tier in LADDER] == [0, 1, 2]
    assert LADDER["gold"] is GOLD


@pytest.mark.parametrize("name", ["bronze", "", None, 5, [], {}])
def test_a_tier_that_is_not_there_is_refused(name: Any) -> None:
    """I31: by rank, by item and by replace; the way out names those that are."""
    for ask in (LADDER.rank, LADDER.__getitem__, LADDER.replace):
        with pytest.raises(lk.errors.InvalidProgramError, match="use one of member, silver, gold"):
            ask(name)


def test_a_ladder_changes_by_making_another() -> None:
    """Frozen values: one tier replaced, or other terms; everything else stays."""
    other = LADDER.replace("silver", multiplier="1.3")
    assert other["silver"].multiplier == Decimal("1.3")
    assert (other["gold"], other.valid_for, other.grace_days) == (GOLD, months(12), 7)
    assert other.replace("silver", multiplier="1.2") == LADDER
    assert [tier.name for tier in LADDER.replace("silver", name="pewter")] == [
        "pewter" if tier.name == "silver" else tier.name for tier in LADDER
    ]
    assert LADDER.evolve(grace_days=0).grace_days == 0
    assert LADDER.evolve(tiers=(MEMBER,)) == lk.TierLadder(
        MEMBER, valid_for=months(12), grace_days=7, downgrade="requalify"
    )


@pytest.mark.parametrize("tiers", [None, 5, "member", [5], [None], (), {}])
def test_a_ladder_changes_to_tiers_only(tiers: Any) -> None:
    """I31: what is no list of tiers is refused here too."""
    with pytest.raises(lk.errors.InvalidProgramError):
        LADDER.evolve(tiers=tiers)


@pytest.mark.parametrize("validity", [months(1), days(1), end_of("year"), end_of("month", after=months(1)), lk.NEVER])
def test_a_tier_is_valid_for_a_span_to_an_end_or_for_ever(validity: Any) -> None:
    """T3, S3: all modes but inactivity."""
    assert lk.TierLadder(MEMBER, valid_for=validity).valid_for == validity


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        ({"valid_for": 12}, ["valid_for"]),
        ({"valid_for": None}, ["valid_for"]),
        ({"valid_for": lk.inactivity(months(1))}, ["valid_for"]),
        ({"downgrade": "two_down"}, ["downgrade"]),
        ({"on_return": []}, ["on_return"]),
        ({"grace_days": -1}, ["grace_days"]),
        ({"grace_days": 3_651}, ["grace_days"]),
        ({"grace_days": 1.5}, ["grace_days"]),
        ({"grace_days": None}, ["grace_days"]),
        (
            {"valid_for": 5, "downgrade": 5, "on_return": 5, "grace_days": "x"},
            ["valid_for", "downgrade", "on_return", "grace_days"],
        ),
    ],
)
def test_the_terms_of_a_ladder_are_checked_together(terms: dict[str, Any], fields: list[str]) -> None:
    """Bad input: all problems at once."""
    assert [field for field, _ in refused(MEMBER, **terms)] == fields


def test_a_ladder_has_a_tier_for_everyone() -> None:
    """Bad input: one to fifty tiers, the lowest without a rule, every other with one, each name once."""
    assert refused() == [("tiers", "is empty")]
    many = [lk.Tier(f"t{i}", enter=spend >= i) for i in range(1, 51)]
    assert refused(MEMBER, *many) == [("tiers", "has more than 50 tiers")]
    assert lk.TierLadder(MEMBER, *many[:-1])
    assert refused(SILVER) == [("tiers.silver", "is the lowest and has a rule")]
    assert refused(lk.Tier("member", keep=spend >= 1)) == [("tiers.member", "is the lowest and has a rule")]
    assert refused(MEMBER, lk.Tier("silver")) == [("tiers.silver", "has no rule to enter")]
    assert refused(MEMBER, lk.Tier("member", enter=spend >= 1)) == [("tiers", "has two tiers of one name")]
    for stranger in (None, "gold", 5, spend >= 1):
        assert refused(MEMBER, stranger) == [("tiers", "has something that is not a Tier")]


def test_two_entries_alike_are_refused() -> None:
    """Bad input: nobody could ever be in the lower one."""
    assert refused(MEMBER, SILVER, lk.Tier("gold", enter=spend >= 1000)) == [
        ("tiers.gold", "is entered like silver"),
    ]
    as_decimal = lk.Tier("gold", enter=spend >= Decimal("1000.00"))
    assert refused(MEMBER, SILVER, as_decimal) == [("tiers.gold", "is entered like silver")]


BOTH = (spend >= 1000) & (visits >= 5)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (spend >= 5000, spend >= 1000),
        (spend >= Decimal("1000.01"), spend >= 1000),
        (purchases >= 10, purchases >= 9),
        (BOTH, spend >= 1000),
        (BOTH, visits >= 4),
        (all_of(BOTH, purchases >= 1), all_of(spend >= 900, visits >= 5)),
    ],
)
def test_ladders_out_of_order_are_refused(lower: Any, upper: Any) -> None:
    """Bad input: whoever meets the lower rule meets the upper one."""
    found = refused(MEMBER, lk.Tier("silver", enter=lower), lk.Tier("gold", enter=upper))
    assert [field for field, _ in found] == ["tiers.gold"]
    assert "out of order" in found[0][1] or "alike" in found[0][1]
    assert lk.TierLadder(MEMBER, lk.Tier("silver", enter=upper), lk.Tier("gold", enter=lower))


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (spend >= 5000, visits >= 5),
        (spend.over(months(12)) >= 5000, spend.over(calendar("year")) >= 1000),
        (spend >= 1000, BOTH),
        (spend >= 1000, spend > 900),
        (spend > 5000, spend >= 1000),
        (any_of(spend >= 5000, visits >= 5), spend >= 1000),
        (all_of(spend >= 5000, any_of(visits >= 5, visits >= 6)), spend >= 1000),
        (member.gender == "f", spend >= 1000),
        (member.region >= "a", spend >= 1000),
        (spend >= purchases, spend >= 1000),
        (spend >= 5000, member.region >= "b"),
    ],
)
def test_what_cannot_be_compared_plainly_is_left_to_the_shop(lower: Any, upper: Any) -> None:
    """Bad input: only what is surely out of order is refused."""
    assert lk.TierLadder(MEMBER, lk.Tier("silver", enter=lower), lk.Tier("gold", enter=upper))


def test_all_problems_of_a_ladder_come_together() -> None:
    """Bad input: shape and terms in one error."""
    found = refused(SILVER, lk.Tier("gold"), lk.Tier("gold", enter=spend >= 1), grace_days=-1)
    assert [field for field, _ in found] == ["grace_days", "tiers.silver", "tiers", "tiers.gold"]
