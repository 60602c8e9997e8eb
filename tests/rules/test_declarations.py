"""What is wrong with the declaration of a field, all at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.errors import InvalidValueError
from loyaltykit.rules import member, spend
from loyaltykit.rules.cases import Case
from loyaltykit.rules.fields import Field, not_for_rows


@pytest.mark.parametrize(
    ("name", "type_", "fields"),
    [
        ("", str, ["name"]),
        ("a" * 201, str, ["name"]),
        (5, str, ["name"]),
        (" tea", str, ["name"]),
        ("te\na", str, ["name"]),
        ("tea", float, ["type"]),
        ("tea", datetime, ["type"]),
        ("tea", "money", ["type"]),
        ("", float, ["name", "type"]),
    ],
)
def test_badly_declared_fields_are_refused(name: Any, type_: Any, fields: list[str]) -> None:
    """With everything that is wrong at once."""
    with pytest.raises(InvalidValueError) as caught:
        Field(name, type_)
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize(
    ("type_", "choices"),
    [
        (str, "green"),
        (str, ["green", "green"]),
        (str, ["green", 1]),
        (str, [["green"]]),
        (str, ["a" * 201]),
        (int, [True]),
        (Decimal, [Decimal("1.0"), Decimal("1.00")]),
        (int, range(1001)),
    ],
)
def test_choices_are_distinct_values_of_the_type(type_: Any, choices: Any) -> None:
    """One text is not a list of its letters."""
    with pytest.raises(InvalidValueError, match="choices"):
        Field("x", type_, choices=choices)


CHILD = Case("child", member.age < 18)


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"type": set, "choices": [1]}, ["choices"]),
        ({"pattern": "(a|b)"}, ["pattern"]),
        ({"pattern": 5}, ["pattern"]),
        ({"type": int, "pattern": "a"}, ["pattern"]),
        ({"least": 5}, ["least"]),
        ({"type": int, "least": Decimal(5)}, ["least"]),
        ({"type": int, "most": True}, ["most"]),
        ({"type": int, "least": 10**30}, ["least"]),
        ({"type": Decimal, "least": Decimal("NaN")}, ["least"]),
        ({"type": date, "least": datetime(2025, 1, 1, tzinfo=UTC)}, ["least"]),
        ({"type": int, "least": 5, "most": 4}, ["most"]),
        ({"required": 1, "retired": None}, ["required", "retired"]),
        ({"title": "", "title_zh": 5}, ["title", "title_zh"]),
        ({"was": "old"}, ["was"]),
        ({"was": [f"n{i}" for i in range(21)]}, ["was"]),
        ({"was": [" old", 5]}, ["was", "was"]),
        ({"was": ["x"]}, ["was"]),
        ({"was": ["old", "old"]}, ["was"]),
        ({"default": 5}, ["default"]),
        ({"choices": ["a"], "default": "b"}, ["default"]),
        ({"type": set, "default": [1]}, ["default"]),
        ({"derived": [CHILD], "required": True}, ["required"]),
        ({"derived": "age"}, ["derived"]),
        ({"derived": []}, ["derived"]),
        ({"derived": 5}, ["derived"]),
        ({"derived": spend}, ["derived"]),
        ({"derived": [CHILD] * 101}, ["derived"]),
        ({"derived": ["child"]}, ["derived"]),
        ({"derived": [Case("child", "young")]}, ["derived"]),  # type: ignore[arg-type]
        ({"derived": [Case(5, member.age < 18)]}, ["derived"]),
        ({"derived": [CHILD], "type": set}, ["derived"]),
        ({"derived": [CHILD], "choices": ["adult"]}, ["derived"]),
        ({"pattern": "(", "was": "x", "required": 5, "default": 5}, ["pattern", "required", "was"]),
    ],
)
def test_a_declaration_says_all_that_is_wrong_with_it(parts: Any, fields: list[str]) -> None:
    """Bad input: one error for all of it, built on sound parts only."""
    with pytest.raises(InvalidValueError) as caught:
        Field(**({"name": "x", "type": str} | parts))
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize(
    "parts",
    [
        {"required": True},
        {"default": "a"},
        {"derived": [CHILD]},
        {"was": ["old"]},
        {"retired": True},
        {"type": set},
        {},
    ],
)
def test_some_parts_are_for_members_only(parts: Any) -> None:
    """A purchase is told once, by software."""
    problem = not_for_rows(Field(**({"name": "x", "type": str} | parts)))
    assert (problem is None) == (parts == {})
