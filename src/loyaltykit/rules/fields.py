"""What a programme declares: fields of its own, their types, and the scope in which its rules are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.limits import MAX_LITERAL_LENGTH, MAX_VALUES
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_TEXT_LENGTH, check_text, read_decimal

ValueType: TypeAlias = Literal["text", "integer", "decimal", "boolean", "date", "money", "tags"]
"""The type of a field, a fact or a literal. ``money`` and ``tags`` belong to built-in fields and facts only."""

FieldValue: TypeAlias = str | int | Decimal | bool | date
"""A value of a custom field, or a literal in a rule."""

TYPE_NAMES: Final[Mapping[type, ValueType]] = {
    str: "text",
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    date: "date",
}


def type_of_value(value: object) -> ValueType | None:
    """The type of a plain value; ``True`` is a boolean and no integer, a datetime is nothing.

    >>> type_of_value(1), type_of_value(True), type_of_value(0.5)
    ('integer', 'boolean', None)
    """
    if isinstance(value, datetime):
        return None
    return next((name for kind, name in TYPE_NAMES.items() if isinstance(value, kind)), None)


def why_not_value(value: object, max_length: int) -> Problem | None:
    """Why something cannot be a field's value or a literal, or None when it can; the problem never shows the value."""
    value_type = type_of_value(value)
    if value_type is None:
        return _unknown_type(value)
    if value_type in ("integer", "decimal"):
        reason = getattr(read_decimal(value), "reason", None)
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
    return Problem("value", "is of no type that rules know", "pass a str, int, Decimal, bool or date")


def _type_name(given: type | str) -> ValueType:
    # Anything unknown passes through, so that the field reports all its problems together.
    return next((name for kind, name in TYPE_NAMES.items() if given is kind), given)  # type: ignore[arg-type]


def _choices(given: Iterable[FieldValue] | None) -> tuple[FieldValue, ...]:
    # One text would fall apart into its letters: what is no list stays as it is, and is reported as that mistake.
    if given is None:
        return ()
    return given if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)  # type: ignore[return-value]


@wire_name("field")
@frozen
class Field:
    """A field of the shop's own: of members, purchases, lines or events.

    Args:
        name: 1 to 200 printable characters; what ``member["name"]`` and ``Member(fields={...})`` say.
        type: ``str``, ``int``, ``Decimal``, ``bool`` or ``date``; read back it is its name, such as ``"text"``.
        choices: the only values allowed; none given means any value of the type.

    Raises:
        InvalidValueError: the name is empty, the type unknown, or a choice is not of the type or given twice.

    >>> Field("favourite", str, choices=("green", "black")).check_value("red")
    'is not one of its choices'
    """

    name: str
    type: ValueType = field(converter=_type_name)
    choices: tuple[FieldValue, ...] = field(default=(), converter=_choices)

    def __attrs_post_init__(self) -> None:
        problems = [*_name_problems(self.name), *_type_problems(self.type)]
        if not problems:
            problems += _choice_problems(self)
        if problems:
            raise InvalidValueError(problems)

    def check_value(self, value: object) -> str | None:
        """Why a value does not fit, or None; the reason never shows the value.

        Args:
            value: what a member, purchase, line or event carries; None (missing) is for the caller to judge.

        Returns:
            A reason such as ``"is not a boolean"``, or None.
        """
        given = type_of_value(value)
        if given != self.type and (given, self.type) != ("integer", "decimal"):
            return f"is not of type {self.type}"
        problem = why_not_value(value, MAX_TEXT_LENGTH)
        if problem is not None:
            return problem.reason
        return "is not one of its choices" if self.choices and value not in self.choices else None


def _name_problems(name: object) -> Iterable[Problem]:
    if not (isinstance(name, str) and 0 < len(name) <= MAX_LITERAL_LENGTH):
        yield Problem("name", "is not a short text", f"pass a string of 1 to {MAX_LITERAL_LENGTH} characters")
    elif not (name.isprintable() and name.strip() == name):
        yield Problem("name", "has unprintable characters or spaces at its ends", "rename the field")


def _type_problems(value_type: object) -> Iterable[Problem]:
    if value_type not in TYPE_NAMES.values():
        yield Problem("type", "is not a type of fields", "use str, int, Decimal, bool or date")


def _choice_problems(declared: Field) -> Iterable[Problem]:
    choices = declared.choices
    if not isinstance(choices, tuple):
        yield Problem("choices", "are one text", "pass a list of values")
    elif len(choices) > MAX_VALUES:
        yield Problem("choices", f"are more than {MAX_VALUES}", "check the value where it is entered instead")
    elif any(type_of_value(item) != declared.type or why_not_value(item, MAX_LITERAL_LENGTH) for item in choices):
        yield Problem("choices", f"are not all of type {declared.type}", "pass values of the field's type")
    elif len(set(choices)) < len(choices):
        yield Problem("choices", "name one value twice", "list each choice once")


@frozen
class Scope:
    """What rules may refer to beside the built-in fields.

    Args:
        scale: decimals of the programme's currency; money reaches rules as an ``int`` of minor units.
        member, purchase, line: the declared fields by name.
        events: the declared kinds of event, each with its fields by name.
    """

    scale: int = 2
    member: Mapping[str, Field] = Factory(dict)
    purchase: Mapping[str, Field] = Factory(dict)
    line: Mapping[str, Field] = Factory(dict)
    events: Mapping[str, Mapping[str, Field]] = Factory(dict)
