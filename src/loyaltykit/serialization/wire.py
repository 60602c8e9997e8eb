"""Values as plain data and JSON text, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.serialization.converter import shared_converter
from loyaltykit.serialization.scalars import MisfitError, Wire

T = TypeVar("T")

MAX_DEPTH: Final = 120
MAX_PARTS: Final = 200_000
MAX_TEXT_LENGTH: Final = 10_000_000


def to_wire(value: object) -> Wire:
    """Return a registered value as plain data that JSON can hold.

    Raises:
        InvalidValueError: it holds something without a wire form.

    >>> from loyaltykit.calendars import EndOf, Months
    >>> to_wire(EndOf("year", after=Months(12)))
    {'type': 'end_of', 'unit': 'year', 'after': {'type': 'months', 'count': 12}}
    """
    return shared_converter().unstructure(value)


def from_wire(data: Wire, kind: type[T]) -> T:
    """Return the value of plain data.

    Args:
        data: what ``to_wire`` gave, or what came from outside.
        kind: the class to read it as, or a class above it.

    Raises:
        InvalidValueError: every place at which the data does not fit; values are never shown.

    >>> from loyaltykit.calendars import Months
    >>> from_wire({"type": "months", "count": 12}, Months)
    Months(count=12)
    """
    _check_size(data)
    try:
        return shared_converter().structure(data, kind)
    except Exception as error:
        raise InvalidValueError(_problems(error, _name(kind))) from None


def to_json(value: object) -> str:
    """Return a transaction, an answer, an error, a member or a programme as JSON text. Equal values give equal text.

    Args:
        value: such a value, or a tuple or list of them.

    Raises:
        InvalidValueError: it holds something without a wire form.

    >>> from loyaltykit.calendars import Days
    >>> to_json(Days(90))
    '{"count":90,"type":"days"}'
    """
    import json

    return json.dumps(to_wire(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(cls: type[T], data: Any) -> T:
    """Return the value that ``to_json`` wrote: ``from_json(type(x), to_json(x)) == x``.

    Args:
        cls: the class to read it as, or a base class such as ``Transaction``: the key ``"type"`` tells which.
        data: JSON text, its bytes in UTF-8, or data that was parsed already.

    Raises:
        InvalidValueError: it is not JSON, or does not fit; all problems at once, and values are never shown.

    >>> from loyaltykit.calendars import Days
    >>> from_json(Days, '{"count":90,"type":"days"}')
    Days(count=90)
    """
    return from_wire(_parsed(data, _name(cls)) if isinstance(data, str | bytes | bytearray) else data, cls)


def _parsed(text: str | bytes | bytearray, name: str) -> Wire:
    import json

    if len(text) > MAX_TEXT_LENGTH:
        raise _refusal(name, f"is longer than {MAX_TEXT_LENGTH} characters", "split it")
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError):
        raise _refusal(name, "is not JSON, or nested too deeply", "pass text that to_json gave") from None


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _unique_keys(pairs: list[tuple[str, Wire]]) -> dict[str, Wire]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refusal(field: str, reason: str, way_out: str) -> InvalidValueError:
    return InvalidValueError([Problem(field, reason, way_out)])


def _check_size(data: Wire) -> None:
    # With its own stack: hostile nesting must not exhaust Python's, here or in the readers that follow.
    pending = [(data, 1)]
    count = 0
    while pending:
        item, depth = pending.pop()
        count += 1
        if depth > MAX_DEPTH or count + len(pending) > MAX_PARTS:
            raise _refusal("data", f"is nested deeper than {MAX_DEPTH} or has over {MAX_PARTS} parts", "send less")
        if isinstance(item, dict):
            pending.extend((part, depth + 1) for part in item.values())
        elif isinstance(item, list):
            pending.extend((part, depth + 1) for part in item)


def _problems(error: Exception, path: str) -> Iterator[Problem]:
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

    match error:
        case ClassValidationError():
            named, unnamed = error.group_exceptions()
            for part, note in named:
                yield from _problems(part, f"{path}.{note.name}")
            for part in unnamed:
                yield from _problems(part, path)
        case IterableValidationError():
            for part, at in error.group_exceptions()[0]:
                yield from _problems(part, f"{path}[{at.index}]")
        case InvalidValueError():
            yield from (evolve(item, field=f"{path}.{item.field}") for item in error.problems)
        case MisfitError():
            yield Problem(path, error.reason, error.way_out)
        case ForbiddenExtraKeysError():
            yield Problem(path, "has unknown keys", "remove them, or read it with a newer loyaltykit")
        case KeyError():
            yield Problem(path, "is missing", "add it")
        case _:
            yield Problem(path, "cannot be read", "pass what to_json wrote")
