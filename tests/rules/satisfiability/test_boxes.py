"""Regions joined as sets are, until there are too many boxes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from loyaltykit.rules import all_of, any_of, days, days_since_purchase, event, events, line, member, spend, visits
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.satisfiability import boxes
from loyaltykit.rules.satisfiability.examples import example
from loyaltykit.rules.satisfiability.regions import Regions
from tests.support.strategies import SCOPE

REGIONS = Regions(SCOPE)
TEA, WARE = line.category == "tea", line.category == "ware"
FAVOURITE = member["favourite"]


@pytest.mark.parametrize(
    "rule",
    [
        (visits >= 3) & (visits < 3),
        (visits > 2) & (visits < 3),
        spend < 0,
        (spend > "19.99") & (spend < 20),
        visits.is_missing(),
        member.age < 0,
        (member.age >= 18) & member.age.is_missing(),
        member["goal"] == Decimal("2.5"),
        (member["rating"] > 1) & (member["rating"] < 1),
        (FAVOURITE == "green") & (FAVOURITE == "black"),
        ~FAVOURITE.is_in(["green", "black", "绿茶"]) & ~FAVOURITE.is_missing(),
        (member["press"] != True) & (member["press"] != False),  # noqa: E712
        (member["wedding"] > date(2025, 1, 1)) & (member["wedding"] < date(2025, 1, 2)),
        member.tags.has("vip") & ~member.tags.has("vip"),
        (spend < member["goal"]) & ~(spend < member["goal"]),
        spend.where(TEA & WARE) > 0,
        days_since_purchase.where(TEA & WARE) >= 0,
        events("review").where((event["stars"] > 4) & (event["stars"] < 4)) == 1,
    ],
    ids=str,
)
def test_what_never_holds(rule: Predicate) -> None:
    """Gaps between whole numbers, values that cannot be, filters that nothing passes; the complement always holds."""
    assert REGIONS.never(rule)
    assert REGIONS.always(~rule)


@pytest.mark.parametrize(
    "rule",
    [
        (member["rating"] > 1) & (member["rating"] < 2),
        ~(member.age >= 18),
        member.age.is_missing(),
        member["goal"] < 0,
        spend < member["goal"],
        member.tags.has("vip") & ~member.tags.has("press"),
        member.tier == "any name",
        days_since_purchase.is_missing(),
        spend.over(days(90)) < spend.over(days(30)),  # relations between windows are not understood
    ],
    ids=str,
)
def test_what_may_hold_or_not(rule: Predicate) -> None:
    """Nothing is certain of it."""
    assert not REGIONS.never(rule)
    assert not REGIONS.always(rule)


def test_what_needs_too_many_boxes_is_left_open() -> None:
    """Both ways, and only as a whole: its own complement still excludes it."""
    many = [member[name] for name in ("goal", "rating")]
    ways = any_of(*((many[0] == n) & (many[1] == n) for n in range(boxes.MAX_BOXES + 1)))
    sums = [any_of(spend.over(days(n)) > 1, visits.over(days(n)) > 1) for n in range(1, 8)]
    points = any_of(*(many[0] == n for n in range(boxes.MAX_BOXES + 1)))
    for rule in (ways, points, all_of(*sums)):
        assert not REGIONS.never(rule)
        assert not REGIONS.never(rule, many[0] == -1)
        assert REGIONS.never(rule, ~rule)
        assert example(REGIONS, rule) is None
    assert not REGIONS.never(all_of(*sums[:6]))
    assert example(REGIONS, all_of(*sums[:6])) is not None
