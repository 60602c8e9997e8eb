"""Achievements as parts of a programme (S20)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

import loyaltykit as lk
from loyaltykit.rules import event, line, since_tier, spend
from tests.stories import club
from tests.support.achievements import REFERRAL, REVIEW, achievements


def test_nobody_refers_himself() -> None:
    """I31: refused at the door."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Event(id="e", member_id="m", name="referral", other_member_id="m")
    assert [problem.field for problem in caught.value.problems] == ["other_member_id"]
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Event(id="e", member_id="m", name="referral", other_member_id=5)  # type: ignore[arg-type]
    assert [problem.field for problem in caught.value.problems] == ["other_member_id"]


# -- the parts ---------------------------------------------------------------------------------------------------------

IT: dict[str, Any] = {"name": "it", "points": 5, "on": "review"}


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"on": None}, ["on"]),
        ({"points": 0}, ["points"]),
        ({"points": 10**15 + 1}, ["points"]),
        ({"points": "5"}, ["points"]),
        ({"where": True}, ["where"]),
        ({"count": 0}, ["count"]),
        ({"count": 10_001}, ["count"]),
        ({"count": True}, ["count"]),
        ({"streak": "year"}, ["streak"]),
        ({"streak": []}, ["streak"]),
        ({"once": 1}, ["once"]),
        ({"other_points": -1}, ["other_points"]),
        ({"other_points": 1, "on": "visit"}, ["other_points"]),
        ({"other_points": 1, "once": False, "count": 2}, ["other_points"]),
        ({"other_points": 1, "once": False, "streak": "day"}, ["other_points"]),
        ({"name": 5, "points": -1, "on": 5, "count": 0, "once": None}, ["name", "on", "points", "count", "once"]),
    ],
)
def test_bad_achievements_are_told_at_the_door(parts: dict[str, Any], fields: list[str]) -> None:
    """I31: all problems at once, each with the name of the achievement."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Achievement(**(IT | parts))
    places = fields if "name" in fields else [f"achievements.{IT['name']}.{field}" for field in fields]
    assert [problem.field for problem in caught.value.problems] == places


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"achievements": 5}, "is not a list of Achievement"),
        ({"achievements": [lk.Achievement("a", 1, on="visit")] * 2}, "has two entries of one name"),
        ({"achievements": [lk.Achievement("base", 1, on="visit")]}, "has the name of an accrual rule"),
        ({"achievements": [lk.Achievement("a", 1, on="share")]}, "is on a kind of event that is not declared"),
        (
            {"achievements": [lk.Achievement("a", 1, on="visit")], "events": [lk.EventType("visit")]},
            "could be on visits, or on events of that name",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="visit", where=event["stars"] > 1)]},
            "is not declared in the programme",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=event["moons"] > 1)]},
            "is not declared in the programme",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=line.category == "tea")]},
            "belongs to one purchase, and a member has many",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=spend.over(since_tier()) > 1)]},
            "is measured since the start of a tier, which an activity can change",
        ),
    ],
)
def test_a_programme_checks_its_achievements(changes: dict[str, Any], reason: str) -> None:
    """I31: what they are on, and what their filters mention."""
    plain = {"events": [REVIEW]}
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        club(**(plain | changes))
    assert reason in [problem.reason for problem in caught.value.problems]


@given(achievements())
def test_an_achievement_is_a_value(item: lk.Achievement) -> None:
    """I28: it comes back from the wire."""
    program = club(events=[REVIEW, REFERRAL], achievements=[item])
    assert lk.Program.from_json(program.to_json()) == program
