"""The types of values, and why a value is not of a type."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.rules.fields import Field
from loyaltykit.rules.value_types import type_of_value

TODAY = date(2025, 1, 1)


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


def test_plain_types_are_told_apart() -> None:
    """A boolean is not an integer, and a datetime is not a date."""
    values: list[object] = ["", True, 1, Decimal(1), TODAY, datetime(2025, 1, 1, tzinfo=UTC), 0.5]
    assert [type_of_value(value) for value in values] == ["text", "boolean", "integer", "decimal", "date", None, None]
