"""What is wrong with the declaration of a field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from loyaltykit.errors import Problem
from loyaltykit.rules.cases import Case
from loyaltykit.rules.limits import MAX_LITERAL_LENGTH, MAX_VALUES
from loyaltykit.rules.nodes import MemberField, Predicate
from loyaltykit.rules.patterns import why_not_pattern
from loyaltykit.rules.value_types import FIELD_TYPES, type_of_value, why_not_value
from loyaltykit.values import check_id

if TYPE_CHECKING:
    from loyaltykit.rules.fields import Field

MAX_CASES = 100
MAX_OLD_NAMES = 20
_ORDERED = ("integer", "decimal", "date")


def declaration_problems(declared: Field) -> Iterator[Problem]:
    """Everything that is wrong with a field, each part once; parts that build on a broken one are not looked at."""
    problems = [*_name_problems("name", declared.name), *_type_problems(declared.type)]
    if not problems:
        problems += [*_choice_problems(declared), *_limit_problems(declared), *_word_problems(declared)]
    # A default and the values of cases are held against choices and limits that are sound themselves.
    return iter(problems or [*_value_problems(declared)])


def _name_problems(place: str, name: object) -> Iterable[Problem]:
    if not (isinstance(name, str) and 0 < len(name) <= MAX_LITERAL_LENGTH):
        yield Problem(place, "is not a short text", f"pass a string of 1 to {MAX_LITERAL_LENGTH} characters")
    elif not (name.isprintable() and name.strip() == name):
        yield Problem(place, "has unprintable characters or spaces at its ends", "rename the field")


def _type_problems(value_type: object) -> Iterable[Problem]:
    if value_type not in FIELD_TYPES.values():
        yield Problem("type", "is not a type of fields", "use str, int, Decimal, bool, date or set")


def _choice_problems(declared: Field) -> Iterable[Problem]:
    choices = declared.choices
    kind = "text" if declared.type == "tags" else declared.type
    if not isinstance(choices, tuple):
        yield Problem("choices", "are one text", "pass a list of values")
    elif len(choices) > MAX_VALUES:
        yield Problem("choices", f"are more than {MAX_VALUES}", "check the value where it is entered instead")
    elif any(type_of_value(item) != kind or why_not_value(item, MAX_LITERAL_LENGTH) for item in choices):
        yield Problem("choices", f"are not all of type {kind}", "pass values of the field's type")
    elif len(set(choices)) < len(choices):
        yield Problem("choices", "name one value twice", "list each choice once")


def _limit_problems(declared: Field) -> Iterable[Problem]:
    if declared.pattern is not None:
        reason = "is for texts only" if declared.type != "text" else why_not_pattern(declared.pattern)
        if reason is not None:
            yield Problem("pattern", reason, "use characters, classes and repetitions, such as [A-Z]{2}[0-9]{4}")
    bounds = [(name, bound) for name in ("least", "most") if (bound := getattr(declared, name)) is not None]
    for name, bound in bounds:
        if declared.type not in _ORDERED or not _is_of(bound, declared.type):
            yield Problem(name, "is no bound of the field's type", "pass a number or a date, of the field's type")
            return
    if len(bounds) == 2 and bounds[0][1] > bounds[1][1]:
        yield Problem("most", "is below the least value", "exchange them")


def _is_of(bound: object, kind: str) -> bool:
    given = type_of_value(bound)
    return (given == kind or (given, kind) == ("integer", "decimal")) and not why_not_value(bound, MAX_LITERAL_LENGTH)


def _word_problems(declared: Field) -> Iterable[Problem]:
    for name in ("required", "retired"):
        if not isinstance(getattr(declared, name), bool):
            yield Problem(name, "is not a boolean", "pass True or False")
    for name in ("title", "title_zh"):
        title, found = getattr(declared, name), list[Problem]()
        if title is not None:
            check_id(title, name, found)
        yield from found
    was = declared.was
    if not isinstance(was, tuple) or len(was) > MAX_OLD_NAMES:
        yield Problem("was", f"is not a list of up to {MAX_OLD_NAMES} names", "pass a list of names")
        return
    for name in was:
        yield from _name_problems("was", name)
    if len({declared.name, *map(str, was)}) <= len(was):
        yield Problem("was", "names one field twice", "list each earlier name once")


def _value_problems(declared: Field) -> Iterable[Problem]:
    default = declared.default
    if default is not None and (reason := declared.check_value(default)) is not None:
        yield Problem("default", reason, "pass a value that the field allows")
    if declared.derived is None:
        return
    if declared.required:
        yield Problem("required", "is said of a derived field, which nobody gives", "leave one of the two out")
    yield from _derived_problems(declared, declared.derived)


def _derived_problems(declared: Field, derived: object) -> Iterable[Problem]:
    if isinstance(derived, MemberField):
        return
    if not isinstance(derived, tuple) or not 0 < len(derived) <= MAX_CASES:
        yield Problem("derived", "is no field of a member and no list of cases", "pass member.age, or a list of Case")
        return
    for item in derived:
        if not isinstance(item, Case) or not isinstance(item.where, Predicate):
            yield Problem("derived", "has something else than a Case", 'write Case("child", member.age < 18)')
            return
        if declared.type == "tags" or declared.check_value(item.value) is not None:
            yield Problem("derived", "has a value that the field does not allow", "pass values of the field's type")
            return
