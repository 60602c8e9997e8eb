"""Types of the values of fields, facts and literals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias, cast

from loyaltykit.errors import Problem
from loyaltykit.values import Amount, check_text, read_decimal

ValueType: TypeAlias = Literal["text", "integer", "decimal", "boolean", "date", "money", "tags"]
"""The type of a field, a fact or a literal.

``money`` is for built-in fields and facts only; ``tags``, a set of texts, for fields of members.
"""

FieldValue: TypeAlias = str | int | Decimal | bool | date
"""A value of a custom field, or a literal in a rule."""

TYPE_NAMES: Final[Mapping[type, ValueType]] = {
    str: "text",
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    date: "date",
}

FIELD_TYPES: Final[Mapping[type, ValueType]] = {**TYPE_NAMES, set: "tags", frozenset: "tags"}
"""The types that a field may be declared with."""


def type_of_value(value: object) -> ValueType | None:
    """Return the type of a plain value, or None; ``True`` is a boolean, not an integer.

    >>> type_of_value(1), type_of_value(True), type_of_value(0.5)
    ('integer', 'boolean', None)
    """
    if isinstance(value, datetime):
        return None
    return next((name for kind, name in TYPE_NAMES.items() if isinstance(value, kind)), None)


def is_of_type(value: object, value_type: ValueType) -> bool:
    """Return whether a value has a type; a whole number is a decimal number, too.

    >>> is_of_type(1, "decimal"), is_of_type(True, "integer")
    (True, False)
    """
    found = type_of_value(value)
    return found == value_type or (found, value_type) == ("integer", "decimal")


def why_not_value(value: object, max_length: int) -> Problem | None:
    """Return why something cannot be a field's value or a literal, or None; the problem never shows the value."""
    value_type = type_of_value(value)
    if value_type is None:
        return _unknown_type(value)
    if value_type in ("integer", "decimal"):
        reason = getattr(read_decimal(cast("Amount", value)), "reason", None)
        return Problem("value", reason, "pass a finite number of at most 18 digits") if reason else None
    problems: list[Problem] = []
    if isinstance(value, str):
        if len(value) > max_length:
            return Problem("value", f"is longer than {max_length} characters", "shorten it")
        check_text(value, "value", problems)
    return problems[0] if problems else None


def _unknown_type(value: object) -> Problem:
    if isinstance(value, datetime):
        return Problem("value", "is a datetime", "pass a date")
    if isinstance(value, float):
        return Problem("value", "is a float", 'pass an int or a Decimal("0.5")')
    if value is None:
        return Problem("value", "is None", "ask with is_missing()")
    return Problem("value", "is not a str, int, Decimal, bool or date", "pass one of these")
