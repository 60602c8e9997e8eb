"""Scalars as text: one spelling for each value, and strict readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from loyaltykit.values import UnreadableDecimal, is_storable, read_decimal

Wire: TypeAlias = Any
"""What JSON can hold: dict, list, str, int, bool, None."""

SCALAR_TAGS: Final[Mapping[type, str]] = {Decimal: "decimal", date: "date", datetime: "datetime"}
"""The names that scalars carry where their text alone would not tell which one it is."""


class MisfitError(Exception):
    """Data that does not fit the type it is read as; it leaves the package as an ``InvalidValueError``."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason, way_out)
        self.reason = reason
        self.way_out = way_out


def canonical_decimal(number: Decimal) -> str:
    """Return the one text of a finite number: no exponent, no trailing zeros, no negative zero.

    >>> canonical_decimal(Decimal("1.00")), canonical_decimal(Decimal("1E+2")), canonical_decimal(Decimal("-0.0"))
    ('1', '100', '0')
    """
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def as_is(value: Any) -> Any:
    """Return a value that JSON holds itself."""
    return value


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def of_type(data: Wire, expected: type) -> Any:
    """Return the same data, if it is of exactly this type.

    Raises:
        MisfitError: it is not.
    """
    # The exact type: True is not an int here, and a subclass of str is not a wire form.
    if type(data) is not expected:
        raise MisfitError(f"is not of type {expected.__name__}", "pass what to_json wrote")
    return data


def _read_text(data: Wire) -> str:
    text: str = of_type(data, str)
    if not is_storable(text):
        raise MisfitError("has a lone surrogate or a NUL", "pass valid Unicode text")
    return text


def _read_decimal(data: Wire) -> Decimal:
    number = read_decimal(of_type(data, str))
    if isinstance(number, UnreadableDecimal):
        raise MisfitError(number.reason, 'pass a text such as "12.50"')
    return number


def _read_date(data: Wire) -> date:
    text = of_type(data, str)
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if day.isoformat() == text:
            return day
    raise MisfitError("is not a date", "pass a text such as 2025-01-31")


def _read_datetime(data: Wire) -> datetime:
    text = of_type(data, str)
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        # Any offset is accepted: browsers and tills write their own. Without one the text does not name an instant.
        if moment.utcoffset() is not None:
            return moment.astimezone(UTC)
    raise MisfitError("is not a datetime with an offset", "pass a text such as 2025-01-31T08:00:00+00:00")


SCALARS: Final[Mapping[type, tuple[Callable[[Any], Wire], Callable[[Wire], object]]]] = {
    str: (as_is, _read_text),
    bool: (as_is, lambda data: of_type(data, bool)),
    int: (as_is, lambda data: of_type(data, int)),
    type(None): (as_is, lambda data: of_type(data, type(None))),
    Decimal: (canonical_decimal, _read_decimal),
    date: (date.isoformat, _read_date),
    datetime: (_utc_text, _read_datetime),
}
