"""What rules read of a record: declared fields under all their names, defaults, derived fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.calendars import ShopCalendar, to_day
from loyaltykit.domain.facts.member_fields import MemberFieldContext, member_field_reader
from loyaltykit.rules import describe, member
from loyaltykit.rules.nodes import MemberField

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
BASE: dict[str, Any] = {"name": "Club", "currency": "CNY", "timezone": "Asia/Shanghai"}
AGES = [lk.Case("child", member.age < 18), lk.Case("adult", member.age < 60), lk.Case("senior", member.age >= 60)]
CLUB = lk.Program(
    **BASE,
    fields=[
        lk.Field("goal", str, was=("target", "aim"), default="none"),
        lk.Field("level", int, default=1),
        lk.Field("diet", set, choices=("vegan", "halal"), title="Diet", title_zh="饮食"),
        lk.Field("group", str, derived=AGES, default="unknown"),
        lk.Field("keen", bool, derived=[lk.Case(True, (member["level"] >= 3) & member["diet"].has("vegan"))]),
        lk.Field("month", int, derived=member.birthday_month),
        lk.Field("wish", str, derived=member["goal"]),
        lk.Field("birthplace", str, derived=member.region, default="?"),
        lk.Field("old", str, retired=True),
    ],
)
RULES = MemberFieldContext(CLUB, ShopCalendar(CLUB.timezone))


def read(name: str, *, custom: bool = True, on: date = date(2025, 6, 1), **parts: Any) -> object:
    return member_field_reader(MemberField(name, custom=custom), RULES)(lk.Member(id="m", **parts), to_day(on))


@pytest.mark.parametrize(
    ("fields", "goal"),
    [
        ({}, "none"),
        ({"goal": "a"}, "a"),
        ({"target": "b"}, "b"),
        ({"aim": "c"}, "c"),
        ({"aim": "c", "target": "b"}, "b"),
        ({"aim": "c", "goal": "a"}, "a"),
    ],
)
def test_values_under_an_earlier_name_are_read_under_the_present_one(fields: Any, goal: str) -> None:
    """Decision 0020: renaming a field loses nothing; the present name comes first, and a default last."""
    assert read("goal", fields=fields) == read("wish", fields=fields) == goal


@given(st.integers(0, 90))
def test_a_derived_field_is_the_first_case_that_holds(age: int) -> None:
    """Decision 0020: the cases in their order, by the age on that day."""
    born = date(2025 - age, 1, 1)
    assert read("group", birthday=born) == ("child" if age < 18 else "adult" if age < 60 else "senior")


def test_what_no_case_holds_for_is_the_default() -> None:
    """None where there is no default: a missing value satisfies only is_missing()."""
    assert read("group") == "unknown"
    assert read("keen") is None
    assert read("keen", fields={"level": 3, "diet": ["vegan"]}) is True
    assert read("level") == 1
    assert (read("month"), read("month", birthday=lk.Birthday(3, 5))) == (None, 3)
    assert (read("birthplace"), read("birthplace", region="Wuhan")) == ("?", "Wuhan")


def test_a_derived_field_counts_the_shops_days() -> None:
    """C1: the day before the birthday and the day itself."""
    born = date(2007, 6, 1)
    assert read("group", birthday=born, on=date(2025, 5, 31)) == "child"
    assert read("group", birthday=born, on=date(2025, 6, 1)) == "adult"


def test_an_unknown_field_is_read_as_it_is_kept() -> None:
    """A selection is checked against the newest programme; an older one need not know the field."""
    assert read("later", fields={"later": "x"}) == "x"
    assert read("later") is None


def test_rules_see_them_all() -> None:
    """The same through a shop: segments, and words in both languages with the titles."""
    shop = lk.Loyalty(CLUB, clock=lambda: NOW)
    shop.enroll(lk.Member(id="a", birthday=date(2015, 1, 1), fields={"diet": ["vegan"], "level": 5}))
    shop.enroll(lk.Member(id="b", fields={"target": "run", "old": "kept"}))
    assert list(shop.select(member["group"] == "child").ids()) == ["a"]
    assert list(shop.select(member["keen"] == True).ids()) == ["a"]  # noqa: E712 - a term
    assert list(shop.select(member["diet"].has("vegan")).ids()) == ["a"]
    assert list(shop.select(member["goal"] == "run").ids()) == ["b"]
    assert list(shop.select(member["goal"] == "none").ids()) == ["a"]
    assert shop.member("b").fields["old"] == "kept"
    rule = member["diet"].has("vegan") & (member["goal"] == "run")
    assert describe(rule, "en", CLUB.scope) == 'Diet include "vegan" and goal is "run"'
    assert describe(rule, "zh", CLUB.scope) == "饮食包含“vegan”且goal为“run”"
    assert describe(rule) == 'diet include "vegan" and goal is "run"'


def test_a_programme_with_such_fields_comes_back_from_json() -> None:
    """It is stored and compared like any other."""
    assert lk.Program.from_json(CLUB.to_json()) == CLUB


# -- what a shop refuses -----------------------------------------------------------------------------------------------

STRICT = lk.Program(
    **BASE,
    fields=[
        lk.Field("goal", str, was=("target",), required=True),
        lk.Field("level", Decimal, least=1, most=5, required=True, default=Decimal(1)),
        lk.Field("gone", str, required=True, retired=True),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"goal": "a"}, []),
        ({"target": "a"}, []),
        ({"goal": "a", "gone": "kept", "level": 2}, []),
        ({}, ["fields.goal: is missing (give it a value)"]),
        (
            {"goal": "a", "target": "b"},
            ["fields.target: is given under its present and under an earlier name (give it once, as goal)"],
        ),
        ({"goal": "a", "month": 3}, ["fields.month: is derived from the rest of the record (leave it out)"]),
        ({"goal": "a", "level": 6}, ["fields.level: is more than 5 (pass what the programme declares)"]),
        (
            {"goal": 5, "x": 5},
            [
                "fields.goal: is not of type text (pass what the programme declares)",
                "fields.x: is not declared (declare it with Field in the programme)",
            ],
        ),
    ],
)
def test_a_shop_holds_a_record_against_the_declarations(fields: Any, problems: list[str]) -> None:
    """All that is wrong together; an old name and a retired field are accepted, so that an old record can be kept."""
    shop = lk.Loyalty(STRICT, clock=lambda: NOW + timedelta(days=1))
    if not problems:
        shop.enroll(lk.Member(id="m", fields=fields))
        return
    with pytest.raises(lk.InvalidValueError) as caught:
        shop.enroll(lk.Member(id="m", fields=fields))
    assert [str(problem) for problem in caught.value.problems] == problems
