"""Checks of the parts of a ``Field`` declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from loyaltykit.errors import Problem
from loyaltykit.rules.cases import Case
from loyaltykit.rules.limits import MAX_LITERAL_LENGTH, MAX_VALUES
from loyaltykit.rules.nodes import MemberField, Predicate
from loyaltykit.rules.patterns import why_not_pattern
from loyaltykit.rules.value_types import FIELD_TYPES, FieldValue, ValueType, is_of_type, type_of_value, why_not_value
from loyaltykit.values import check_id

MAX_CASES = 100
MAX_OLD_NAMES = 20
_ORDERED = ("integer", "decimal", "date")

Problems: TypeAlias = Iterable[Problem]


def name_problems(place: str, name: object) -> Problems:
    """Check the name of a field; ``place`` is the argument that holds it."""
    if not (isinstance(name, str) and 0 < len(name) <= MAX_LITERAL_LENGTH):
        yield Problem(
            place,
            f"is not a string of 1 to {MAX_LITERAL_LENGTH} characters",
            f"pass a string of 1 to {MAX_LITERAL_LENGTH} characters",
        )
    elif not (name.isprintable() and name.strip() == name):
        yield Problem(place, "has unprintable characters or spaces at its ends", "remove them")


def type_problems(value_type: object) -> Problems:
    """Check the type of a field."""
    if value_type not in FIELD_TYPES.values():
        yield Problem("type", "is not a type of fields", "use str, int, Decimal, bool, date or set")


def choice_problems(choices: object, value_type: ValueType) -> Problems:
    """Check the choices of a field of this type."""
    item_type = "text" if value_type == "tags" else value_type
    if not isinstance(choices, tuple):
        yield Problem("choices", "is not a list of values", "pass a list of values")
    elif len(choices) > MAX_VALUES:
        yield Problem("choices", f"has more than {MAX_VALUES:,} values", "check the value where it is entered instead")
    elif any(type_of_value(item) != item_type or why_not_value(item, MAX_LITERAL_LENGTH) for item in choices):
        yield Problem("choices", f"has a value that is not of type {item_type}", "pass values of the field's type")
    elif len(set(choices)) < len(choices):
        yield Problem("choices", "has a value twice", "list each choice once")


def pattern_problems(pattern: object, value_type: ValueType) -> Problems:
    """Check the pattern of a field of this type."""
    if pattern is not None:
        reason = "is for texts only" if value_type != "text" else why_not_pattern(pattern)
        if reason is not None:
            yield Problem("pattern", reason, "use characters, classes and repetitions, such as [A-Z]{2}[0-9]{4}")


def bound_problems(least: Any, most: Any, value_type: ValueType) -> Problems:
    """Check the bounds of a field of this type."""
    for name, bound in (("least", least), ("most", most)):
        if bound is None:
            continue
        if value_type not in _ORDERED or not is_of_type(bound, value_type) or why_not_value(bound, MAX_LITERAL_LENGTH):
            yield Problem(name, "is not a number or a date of the field's type", "pass one, or declare another type")
            return
    if least is not None and most is not None and least > most:
        yield Problem("most", "is less than least", "exchange the two")


def boolean_problems(name: str, value: object) -> Problems:
    """Check an argument that is True or False."""
    if not isinstance(value, bool):
        yield Problem(name, "is not a boolean", "pass True or False")


def title_problems(name: str, title: str | None) -> Problems:
    """Check a title, which may be None."""
    found: list[Problem] = []
    if title is not None:
        check_id(title, name, found)
    return found


def earlier_name_problems(name: str, was: object) -> Problems:
    """Check the earlier names of a field that is called ``name`` now."""
    if not isinstance(was, tuple) or len(was) > MAX_OLD_NAMES:
        yield Problem("was", f"is not a list of up to {MAX_OLD_NAMES} names", "pass a list of names")
        return
    for earlier in was:
        yield from name_problems("was", earlier)
    if len({name, *map(str, was)}) <= len(was):
        yield Problem("was", "has a name twice, or the present name", "list each earlier name once")


def derived_problems(derived: object, allows: Callable[[FieldValue], bool]) -> Problems:
    """Check where the value of a derived field comes from.

    Args:
        derived: a field of the member, or cases.
        allows: whether the field can have a value.
    """
    if isinstance(derived, MemberField):
        return
    if not isinstance(derived, tuple) or not 0 < len(derived) <= MAX_CASES:
        reason = f"is neither a field of a member nor a list of 1 to {MAX_CASES} cases"
        yield Problem("derived", reason, "pass a term such as member.age, or a list of Case")
        return
    for item in derived:
        if not isinstance(item, Case) or not isinstance(item.where, Predicate):
            yield Problem("derived", "has an item that is not a Case", 'write Case("child", member.age < 18)')
            return
        if not allows(item.value):
            yield Problem("derived", "has a value that the field does not allow", "pass values of the field's type")
            return
