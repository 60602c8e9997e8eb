"""Declared fields: what they may be called, what they hold, and why a value does not fit."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.rules import member
from loyaltykit.rules.cases import Case
from loyaltykit.rules.fields import Field, Scope, renamed
from loyaltykit.serialization import from_wire, to_wire

TODAY = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (str, "text"),
        (int, "integer"),
        (Decimal, "decimal"),
        (bool, "boolean"),
        (date, "date"),
        ("date", "date"),
        (set, "tags"),
        (frozenset, "tags"),
    ],
)
def test_types_are_given_as_python_types_and_stored_by_name(given: Any, stored: str) -> None:
    """A name is what a stored programme says, so it is accepted too."""
    assert Field("x", given).type == stored


def test_fields_are_values() -> None:
    """Equal when their parts are; choices may come as any iterable."""
    assert Field("tea", str, choices=["green", "black"]) == Field("tea", str, choices=("green", "black"))
    assert Field("tea", str, choices=None) == Field("tea", str)
    assert hash(Field("tea", str)) == hash(Field("tea", str))


def test_values_are_among_the_choices() -> None:
    """Where there are any."""
    field = Field("tea", str, choices=("green", "black"))
    assert field.check_value("green") is None
    assert field.check_value("red") == "is not one of 'green', 'black'"


def test_a_message_lists_up_to_ten_choices() -> None:
    """Texts in quotes, other values plain."""
    assert Field("n", int, choices=range(10)).check_value(99) == "is not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert Field("n", int, choices=range(11)).check_value(99) == "is not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …"


def test_an_empty_scope_declares_nothing() -> None:
    """Two decimals, as most currencies have."""
    assert Scope() == Scope(scale=2, member={}, purchase={}, line={}, events={})


# -- sets, patterns, ranges -------------------------------------------------------------------------------------


def test_several_choices_are_a_set_of_texts() -> None:
    """Each of them is one of the choices, where there are any."""
    diet = Field("diet", set, choices=("vegan", "halal"))
    assert [diet.check_value(value) for value in ((), ("vegan",), ("halal", "vegan"))] == [None] * 3
    assert diet.check_value(("vegan", "other")) == "is not one of 'vegan', 'halal'"
    assert diet.check_value("vegan") == diet.check_value((1,)) == diet.check_value(["vegan"]) == "is not a set of texts"
    free = Field("words", set)
    assert free.check_value(("anything",)) is None
    for value in (("\ud800",), ("a" * 1_001,), tuple(map(str, range(1_001)))):
        assert free.check_value(value) == "has more than 1,000 texts, or one that is too long or not valid Unicode"


@pytest.mark.parametrize(
    ("field", "value", "code", "reason"),
    [
        (Field("shoe", int, least=15, most=50), 14, "least", "is less than 15"),
        (Field("shoe", int, least=15, most=50), 51, "most", "is more than 50"),
        (Field("rate", Decimal, most=Decimal("0.5")), Decimal("0.6"), "most", "is more than 0.5"),
        (Field("rate", Decimal, least=1), 0, "least", "is less than 1"),
        (Field("wedding", date, most=TODAY), date(2025, 1, 2), "most", "is more than 2025-01-01"),
        (Field("car", str, pattern=r"[A-Z]{2}"), "AB-123", "pattern", "does not match its pattern"),
        (Field("car", str, pattern=r".*"), "a" * 201, "pattern", "does not match its pattern"),
        (Field("car", str), 5, "type", "is not of type text"),
        (Field("car", str), "\ud800", "text", "has a lone surrogate or a NUL"),
        (Field("car", int), 10**18, "number", "has more than 18 digits"),
        (Field("car", str, choices=("a",)), "b", "choice", "is not one of 'a'"),
        (Field("car", set), "b", "type", "is not a set of texts"),
    ],
)
def test_a_misfit_has_a_code_and_a_reason(field: Field, value: Any, code: str, reason: str) -> None:
    """Codes stay the same; reasons name what is declared, never the value."""
    assert field.misfit(value) == (code, reason)
    assert field.check_value(value) == reason


def test_what_lies_within_fits() -> None:
    """Both ends of a range are in it; a pattern describes the whole value."""
    assert [Field("shoe", int, least=15, most=50).check_value(value) for value in (15, 50)] == [None, None]
    assert Field("car", str, pattern=r"^[A-Z]{2}-\d{4}$").check_value("AB-1234") is None


# -- declarations ------------------------------------------------------------------------------------------------------

CHILD = Case("child", member.age < 18)


def test_a_field_goes_by_several_names() -> None:
    """Renaming: the present name first, then the earlier ones."""
    goal = Field("goal", str, was=["target", "aim"])
    assert goal.names == ("goal", "target", "aim")
    assert [renamed(name, {"goal": goal}) for name in ("aim", "goal", "other")] == ["goal", None, None]


def test_a_field_has_headings() -> None:
    """In a language, else in English, else its name."""
    both = Field("goal", str, title="Goal", title_zh="目标")
    assert (both.heading(), both.heading("zh")) == ("Goal", "目标")
    assert Field("goal", str, title="Goal").heading("zh") == "Goal"
    assert Field("goal", str, title_zh="目标").heading("en") == "goal"


FIELDS = [
    Field("a", set, choices=["x", "y"], default={"y", "x"}, required=True, title="A", title_zh="甲"),
    Field("b", Decimal, least=Decimal("0.5"), most=3, default=Decimal("1.5"), was=["c", "d"], retired=True),
    Field("e", date, least=TODAY, default=TODAY),
    Field("f", str, pattern=r"\d+"),
    Field("g", str, derived=[CHILD, Case("adult", member["b"] >= 2)], default="unknown"),
    Field("h", int, derived=member.birthday_month),
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: str(field.name))
def test_a_field_comes_back_from_the_wire(field: Field) -> None:
    """Every part travels, and a default that is a set has one spelling."""
    assert from_wire(to_wire(field), Field) == field
    assert hash(from_wire(to_wire(field), Field)) == hash(field)


def test_a_field_stored_before_its_new_parts_still_loads() -> None:
    """A programme of an older version of the library reads as it did."""
    old = {"type": "field", "name": "tea", "value_type": "text", "choices": ["green", "black"]}
    assert from_wire(old, Field) == Field("tea", str, choices=("green", "black"))
