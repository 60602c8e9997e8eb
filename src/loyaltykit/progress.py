"""Progress of long operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from loyaltykit.errors import InvalidValueError, Problem

Progress: TypeAlias = Callable[[int, int | None], None]
"""A function that is called with the number of items done and the total, or None if the total is unknown."""


def check_progress(progress: Progress | None) -> None:
    """Check that a progress argument is a function or None.

    Raises:
        InvalidValueError: it is not.
    """
    if progress is not None and not callable(progress):
        raise InvalidValueError([Problem("progress", "is not callable", "pass a function of two numbers")])


def report(progress: Progress | None, done: int, total: int | None) -> None:
    """Call the function, if there is one."""
    if progress is not None:
        progress(done, total)
