"""Values of declared member fields: read from what was written, and held against their declarations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from attrs import evolve

from loyaltykit.domain.forms.text import read_boolean, read_date, read_number, read_texts
from loyaltykit.domain.members.member import Member
from loyaltykit.errors import Problem
from loyaltykit.problems import problem_of
from loyaltykit.rules.fields import Field, renamed
from loyaltykit.rules.limits import MAX_LITERAL_LENGTH
from loyaltykit.rules.value_types import ValueType
from loyaltykit.serialization import canonical_decimal
from loyaltykit.values import MAX_DIGITS, to_nfc


def member_problems(member: Member, declared: Mapping[str, Field]) -> list[Problem]:
    """Return what is wrong with a record's custom values, as an error lists it.

    Args:
        member: the record.
        declared: the programme's member fields by name.

    >>> member = Member(id="m-1", fields={"goal": 5})
    >>> [problem.field for problem in member_problems(member, {"goal": Field("goal", str)})]
    ['fields.goal']
    """
    return [*value_problems(member.fields, declared)]


def value_problems(values: Mapping[str, object], declared: Mapping[str, Field]) -> Iterator[Problem]:
    """Yield everything that is wrong with custom values: each of them, then what is missing."""
    for name, value in values.items():
        present = name if name in declared else renamed(name, declared)
        if present is None:
            yield problem_of(place_of(name, "fields"), "field.unknown")
        elif present != name and any(known in values for known in declared[present].names if known != name):
            yield problem_of(f"fields.{name}", "field.renamed", name=present)
        else:
            yield from _problems_of(name, value, declared[present])
    for item in declared.values():
        if is_required(item) and not any(name in values for name in item.names):
            yield problem_of(f"fields.{item.name}", "field.missing")


def place_of(name: object, above: str) -> str:
    """Return the place of a value whose name is not declared, as far as the name can be shown."""
    is_name = isinstance(name, str) and name.isprintable() and len(name) <= MAX_LITERAL_LENGTH
    return f"{above}.{name}" if is_name else above


def _problems_of(name: str, value: object, declared: Field) -> Iterator[Problem]:
    place = f"fields.{name}"
    misfit = declared.misfit(value)
    if declared.derived is not None:
        yield problem_of(place, "field.derived")
    elif misfit is not None:
        bounds = {name: bound for name in ("least", "most") if (bound := getattr(declared, name)) is not None}
        yield evolve(problem_of(place, f"field.{misfit.code}", **bounds), reason=misfit.reason)


def is_required(declared: Field) -> bool:
    """Return whether a record must have a value: not if there is a default, or the field is retired."""
    return declared.required and declared.default is None and not declared.retired


def read_values(given: Mapping[str, object], declared: Mapping[str, Field]) -> dict[str, object]:
    """Return custom values read from text, under the present names of their fields.

    What cannot be read stays as it is, for ``value_problems`` to name.

    >>> read_values({"target": "7", "news": ""}, {"goal": Field("goal", int, was=("target",))})
    {'goal': 7}
    """
    found: dict[str, object] = {}
    for name, value in given.items():
        if is_blank(value):
            continue
        present = name if name in declared else renamed(name, declared)
        if present is None:
            found[name] = value
        else:
            found[name if present in found or present in given else present] = read_value(value, declared[present].type)
    return found


def is_blank(value: object) -> bool:
    """Return whether a value is None or a text without a visible character."""
    return value is None or (isinstance(value, str) and not value.strip())


def number_text(value: object) -> object:
    """Return a whole number as text, as spreadsheets lose the text of ids and phones; anything else as it is.

    >>> number_text(13800138000), number_text(True)
    ('13800138000', True)
    """
    is_short = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_DIGITS
    return str(value) if is_short else value


def read_value(value: object, kind: ValueType) -> object:
    """Return a value of a type, read from a text or a spreadsheet's value; what cannot be read stays as it is.

    >>> read_value("１２", "integer"), read_value("是", "boolean"), read_value("soon", "date")
    (12, True, 'soon')
    """
    if isinstance(value, str):
        read = _FROM_TEXT[kind](value)
        return value if read is None else read
    if kind == "date" and isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if kind == "text":
        return number_text(value)
    if kind == "tags" and isinstance(value, Collection):
        return tuple(value)
    return value


def _read_integer(text: str) -> int | None:
    number = read_number(text)
    return None if number is None or number != int(number) else int(number)


def _read_set(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(read_texts(text))))


def _read_plain(text: str) -> str:
    return to_nfc(text.strip())


_FROM_TEXT: Final[Mapping[ValueType, Callable[[str], object]]] = {
    "text": _read_plain,
    "integer": _read_integer,
    "decimal": read_number,
    "boolean": read_boolean,
    "date": read_date,
    "tags": _read_set,
}


def plain_value(value: object) -> object:
    """Return a custom value as JSON holds it, which ``read_value`` reads back.

    >>> plain_value(Decimal("1.50")), plain_value(date(2025, 1, 31)), plain_value(("a", "b"))
    ('1.5', '2025-01-31', ['a', 'b'])
    """
    if isinstance(value, Decimal):
        return canonical_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
