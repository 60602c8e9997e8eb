"""Declared fields: what they may be called, what they hold, and why a value does not fit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.errors import InvalidValueError
from loyaltykit.rules.fields import Field, Scope, type_of_value

TODAY = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("given", "stored"),
    [(str, "text"), (int, "integer"), (Decimal, "decimal"), (bool, "boolean"), (date, "date"), ("date", "date")],
)
def test_types_are_given_as_python_types_and_stored_by_name(given: Any, stored: str) -> None:
    """A name is what a stored programme says, so it is accepted too."""
    assert Field("x", given).type == stored


def test_fields_are_values() -> None:
    """Equal when their parts are; choices may come as any iterable."""
    assert Field("tea", str, choices=["green", "black"]) == Field("tea", str, choices=("green", "black"))
    assert Field("tea", str, choices=None) == Field("tea", str)
    assert hash(Field("tea", str)) == hash(Field("tea", str))


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


@pytest.mark.parametrize(
    ("type_", "value"),
    [(str, ""), (str, "a" * 1000), (int, -5), (Decimal, Decimal("0.5")), (Decimal, 5), (bool, False), (date, TODAY)],
)
def test_values_of_the_type_fit(type_: Any, value: object) -> None:
    """A whole number is a decimal number, too."""
    assert Field("x", type_).check_value(value) is None


@pytest.mark.parametrize(
    ("type_", "value", "reason"),
    [
        (int, True, "is not of type integer"),
        (bool, 1, "is not of type boolean"),
        (Decimal, "0.5", "is not of type decimal"),
        (Decimal, 0.5, "is not of type decimal"),
        (Decimal, Decimal("NaN"), "is not a finite number"),
        (int, 10**18, "has more than 18 digits"),
        (date, datetime(2025, 1, 1, tzinfo=UTC), "is not of type date"),
        (str, "a" * 1001, "is longer than 1000 characters"),
        (str, "\udfff", "has a lone surrogate or a NUL"),
    ],
)
def test_other_values_do_not_fit(type_: Any, value: object, reason: str) -> None:
    """The reason never shows the value."""
    assert Field("x", type_).check_value(value) == reason


def test_values_are_among_the_choices() -> None:
    """Where there are any."""
    field = Field("tea", str, choices=("green", "black"))
    assert field.check_value("green") is None
    assert field.check_value("red") == "is not one of its choices"


def test_plain_types_are_told_apart() -> None:
    """A boolean is no integer, a datetime is no date."""
    values: list[object] = ["", True, 1, Decimal(1), TODAY, datetime(2025, 1, 1, tzinfo=UTC), 0.5]
    assert [type_of_value(value) for value in values] == ["text", "boolean", "integer", "decimal", "date", None, None]


def test_an_empty_scope_declares_nothing() -> None:
    """Two decimals, as most currencies have."""
    assert Scope() == Scope(scale=2, member={}, purchase={}, line={}, events={})
