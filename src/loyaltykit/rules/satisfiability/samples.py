"""Sample values of a set."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from loyaltykit.rules.limits import MAX_LITERAL_LENGTH
from loyaltykit.rules.satisfiability.extents import Cut, Extent
from loyaltykit.rules.satisfiability.ranges import from_comparable
from loyaltykit.rules.value_types import FieldValue, ValueType, why_not_value

_ANY_TEXT = "other"


def samples(extent: Extent, value_type: ValueType | None) -> Iterator[FieldValue | None]:
    """Yield a value of each interval of a set, lowest first; then None, if the missing value belongs to it.

    Args:
        extent: the set.
        value_type: the type of its values; money is in minor units.

    >>> from loyaltykit.rules.satisfiability.extents import compared
    >>> next(samples(compared(">", 5), "integer")), next(samples(compared("!=", "tea", whole=False), "text"))
    (6, 'other')
    """
    for value in _candidates(extent, value_type):
        # There may be no text between two texts, and a rule cannot contain numbers beyond a limit.
        if value in extent and why_not_value(value, MAX_LITERAL_LENGTH) is None:
            yield from_comparable(value, value_type)
    if None in extent:
        yield None


def _candidates(extent: Extent, value_type: ValueType | None) -> Iterator[Any]:
    if value_type == "text":
        yield _ANY_TEXT
    between = _text_between if value_type == "text" else _number_between
    for low, high in extent.intervals():
        yield between(low, high)


def _text_between(low: Cut | None, _high: Cut | None) -> str:
    if low is None:
        return ""
    text, just_after = low
    return f"{text}+" if just_after else text


def _number_between(low: Cut | None, high: Cut | None) -> Any:
    if low is None:
        return 0 if high is None else high[0] - (not high[1])
    number, just_after = low
    if not just_after:
        return number
    return number + 1 if high is None else (Decimal(number) + high[0]) / 2
