"""What all value classes share: immutable containers, and problems reported together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.read_only import NOTHING, ReadOnly
from loyaltykit.values import Instant, check_id, check_text, to_instant

_T = TypeVar("_T")

MAX_FIELDS = 200
MAX_SEVERAL = 1_000


def as_tuple(items: Iterable[_T]) -> tuple[_T, ...]:
    """Return a tuple of what was given; what is not a collection is left for validation to refuse."""
    if type(items) is tuple:
        return items
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        return items  # type: ignore[return-value]
    return tuple(items)


def as_mapping(items: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return a read-only copy of a mapping; what is not a mapping is left for validation to refuse."""
    if items is NOTHING:
        return items
    return ReadOnly(items) if isinstance(items, Mapping) else items


def instant_or_none(moment: object) -> Instant | object:
    """Return what moments are compared by: equal instants in other zones are equal, two folds differ (``S15``)."""
    if isinstance(moment, datetime) and moment.utcoffset() is not None:
        return to_instant(moment)
    return moment


def check_fields(items: object, name: str, problems: list[Problem], *, sets: bool = False) -> None:
    """Check that custom values are texts, whole numbers, decimals, booleans or dates under printable names.

    With ``sets`` they may be several texts, too: only members have fields of many choices.
    """
    if items is NOTHING:
        return
    if not isinstance(items, Mapping):
        problems.append(Problem(name, "is not a mapping", "pass a dict of names and values"))
        return
    if len(items) > MAX_FIELDS:
        problems.append(Problem(name, f"has more than {MAX_FIELDS} entries", "pass fewer"))
    for key, value in items.items():
        check_id(key, name, problems)
        if sets and isinstance(value, tuple):
            _check_several(value, name, problems)
        else:
            _check_value(value, name, problems)


def _check_value(value: object, name: str, problems: list[Problem]) -> None:
    if isinstance(value, str):
        check_text(value, name, problems)
    elif isinstance(value, datetime) or not isinstance(value, int | Decimal | date | bool):
        problems.append(Problem(name, "has a value of another type", "use str, int, Decimal, bool or date"))
    elif isinstance(value, Decimal) and not value.is_finite():
        problems.append(Problem(name, "has a number that is not finite", "use a finite Decimal"))


def _check_several(values: tuple[object, ...], name: str, problems: list[Problem]) -> None:
    if len(values) > MAX_SEVERAL:
        problems.append(Problem(name, f"has more than {MAX_SEVERAL} values in one set", "pass fewer"))
    elif not all(isinstance(value, str) for value in values):
        problems.append(Problem(name, "has a set of other things than texts", "pass texts"))
    for value in values:
        if isinstance(value, str):
            check_text(value, name, problems)


def raise_problems(problems: list[Problem], place: str = "", name: object = None) -> None:
    """Refuse a value with everything that is wrong with it.

    Args:
        problems: what is wrong, field by field.
        place: where in a programme such values stand, such as ``"tiers"``.
        name: of the value, if it has one: ``multiplier`` of the tier gold becomes ``tiers.gold.multiplier``.
    """
    if not problems:
        return
    unnamed: list[Problem] = []
    check_id(name, "name", unnamed)
    if place and not unnamed:
        problems = [evolve(problem, field=f"{place}.{name}.{problem.field}") for problem in problems]
    raise InvalidValueError(problems)
