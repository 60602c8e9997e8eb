"""The clock of a shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import signature
from typing import TypeAlias, cast

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.values import check_moment

Clock: TypeAlias = Callable[[], datetime]


def system_clock() -> datetime:
    """Return now."""
    return datetime.now(UTC)


def clock_of(clock: object) -> Clock:
    """Return the clock that a caller passed; None for the system's.

    Raises:
        InvalidValueError: it is not a function without arguments.
    """
    if clock is None:
        return system_clock
    if callable(clock) and _takes_nothing(clock):
        return cast("Clock", clock)
    raise InvalidValueError([Problem("clock", "cannot be called", "pass a function that returns an aware datetime")])


def read_clock(clock: Clock) -> datetime:
    """Return the moment of a clock.

    Raises:
        InvalidValueError: it does not return an aware datetime.
    """
    problems: list[Problem] = []
    moment = clock()
    check_moment(moment, "clock", problems)
    if problems:
        raise InvalidValueError(problems)
    return moment


def _takes_nothing(clock: Callable[..., object]) -> bool:
    try:
        signature(clock).bind()
    except TypeError:
        return False
    except ValueError:
        return True  # some functions written in C have no signature
    return True
