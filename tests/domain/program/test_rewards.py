"""Rewards as parts of a programme (S24)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, line, member, months, spend
from tests.stories import BERLIN, club, day

GIFT = lk.Reward("pot", 60)


# -- a plain value -----------------------------------------------------------------------------------------------------

FULL = lk.Reward(
    "tea",
    100,
    name="茶",
    kind="amount_off",
    value="5.00",
    where=(spend.over(months(3)) >= 100) & (member.tier != "low"),
    per_member=2,
    stock=10,
    valid_for=months(3),
    available_from=datetime(2025, 1, 1, tzinfo=UTC),
    available_until=datetime(2026, 1, 1, tzinfo=BERLIN),
)


@pytest.mark.parametrize("reward", [GIFT, FULL, lk.Reward("c", 1, kind="coupon", value=5, valid_for=days(1))])
def test_s24_a_reward_goes_through_json_and_back(reward: lk.Reward) -> None:
    """S24, I28: a reward is a part of the programme like any other; the order of rewards is kept."""
    program = club(rewards=[reward, lk.Reward("other", 1)])
    again = lk.Program.from_json(program.to_json())
    assert again == program
    assert again.rewards == (reward, lk.Reward("other", 1))
    assert club().difference(program) == ("rewards",)


def test_s15_equal_content_is_equal() -> None:
    """S15: equal instants in other zones and equal amounts are one reward."""
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    assert lk.Reward("x", 1, kind="coupon", value="1.00", available_from=moment) == lk.Reward(
        "x", 1, kind="coupon", value=Decimal(1), available_from=moment.astimezone(BERLIN)
    )


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"id": " "}, ["id"]),
    ({"name": 5}, ["name"]),
    ({"points": 0}, ["points"]),
    ({"points": -5}, ["points"]),
    ({"points": 1.5}, ["points"]),
    ({"points": True}, ["points"]),
    ({"kind": "car"}, ["kind"]),
    ({"kind": ["gift"]}, ["kind"]),
    ({"kind": "amount_off"}, ["value"]),
    ({"value": 1}, ["value"]),
    ({"kind": "coupon", "value": 0}, ["value"]),
    ({"kind": "coupon", "value": "-1"}, ["value"]),
    ({"kind": "coupon", "value": 0.5}, ["value"]),
    ({"kind": "coupon", "value": "0.00001"}, ["value"]),
    ({"where": spend}, ["where"]),
    ({"per_member": 0}, ["per_member"]),
    ({"per_member": True}, ["per_member"]),
    ({"stock": -1}, ["stock"]),
    ({"stock": 10**9 + 1}, ["stock"]),
    ({"stock": "5"}, ["stock"]),
    ({"valid_for": 5}, ["valid_for"]),
    ({"valid_for": lk.NEVER}, ["valid_for"]),
    ({"available_from": date(2025, 1, 1)}, ["available_from"]),
    ({"available_until": datetime(2025, 1, 1)}, ["available_until"]),  # noqa: DTZ001 - what is refused
    ({"available_from": day(1), "available_until": day(1)}, ["available_until"]),
    (
        {"id": "", "points": 0, "kind": "amount_off", "per_member": -1, "available_from": 5},
        ["id", "points", "value", "per_member", "available_from"],
    ),
]


@pytest.mark.parametrize(("parts", "fields"), WRONG)
def test_everything_wrong_with_a_reward_is_said_at_once(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: the fields of the reward by its id, each with its reason and the way out."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Reward(**({"id": "x", "points": 1} | parts))
    places = fields if "id" in fields else [f"rewards.x.{field}" for field in fields]
    assert [problem.field for problem in caught.value.problems] == places
    assert all(problem.reason and problem.way_out for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("rewards", "fields"),
    [
        ([lk.Reward("x", 1), lk.Reward("x", 2)], ["rewards"]),
        ([lk.Reward("x", 1), "y"], ["rewards"]),
        ("x", ["rewards"]),
        ([lk.Reward("x", 1, where=line.category == "tea")], ["rewards.x: line.category"]),
        ([lk.Reward("x", 1, where=member["shoe"] >= 5)], ['rewards.x: member["shoe"]']),
        ([lk.Reward("x", 1, kind="coupon", value="0.001")], ["rewards.x"]),
    ],
)
def test_a_programme_refuses_rewards_that_do_not_fit(rewards: Any, fields: list[str]) -> None:
    """S24: ids are unique, a rule is about members, money has the currency's scale."""
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        club(rewards=rewards)
    assert [problem.field for problem in caught.value.problems] == fields
