"""Limits and cursors of pages. A cursor is an opaque text of positions, ids and instants, without personal values."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeAlias

from attrs import frozen

from loyaltykit.errors import InvalidValueError
from loyaltykit.problems import problem_of
from loyaltykit.values import Instant

MAX_PAGE = 10_000

Part: TypeAlias = str | int


@frozen
class Window:
    """A half-open range of business time that rows are chosen from.

    Args:
        since: inclusive; None for no bound.
        until: exclusive; None for no bound.
    """

    since: Instant | None
    until: Instant | None

    def __contains__(self, at: object) -> bool:
        assert isinstance(at, int)  # an instant
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


def check_limit(limit: object) -> int:
    """Return the length of a page.

    Raises:
        InvalidValueError: the limit is not an integer from 1 to 10,000.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_PAGE:
        raise InvalidValueError([problem_of("limit", "limit.range", least=1, most=MAX_PAGE)])
    return limit


def encode_cursor(*parts: Part) -> str:
    """Return a cursor of some parts; it can stand in a URL as it is.

    >>> decode_cursor(encode_cursor(7, "m-1"), int, str)
    (7, 'm-1')
    """
    import json

    return urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: object, *kinds: type[Part]) -> tuple[Part, ...]:
    """Return the parts of a cursor.

    Args:
        cursor: as ``encode_cursor`` returned it.
        kinds: the type of each part.

    Raises:
        InvalidValueError: it is not a cursor with such parts.
    """
    parts = _decoded(cursor)
    if [type(part) for part in parts] != list(kinds):
        raise unreadable()
    return tuple(parts)


def check_positions(newest: int, *positions: int) -> None:
    """Check the positions of the store that a cursor holds.

    Args:
        newest: the position of the store by now.
        positions: each no less than the one before.

    Raises:
        InvalidValueError: the store has no such positions: the cursor is of another one.
    """
    if [0, *positions, newest] != sorted([0, *positions, newest]):
        raise unreadable()


def unreadable() -> InvalidValueError:
    """Return the error for a text that is not a cursor of the pages asked for."""
    return InvalidValueError([problem_of("after", "cursor.invalid")])


def _decoded(cursor: object) -> list[Part]:
    import json

    if not isinstance(cursor, str):
        raise unreadable()
    try:
        parts = json.loads(urlsafe_b64decode(cursor.encode() + b"=="))
    except (ValueError, RecursionError):
        raise unreadable() from None
    return parts if isinstance(parts, list) else []
