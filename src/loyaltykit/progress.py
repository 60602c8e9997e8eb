"""Progress of long work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from loyaltykit.errors import InvalidValueError, Problem

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the number done so far and the total; the total is None when it is not known."""


def check_progress(progress: Progress | None) -> None:
    """Check that a progress callback can be called.

    Raises:
        InvalidValueError: it cannot.
    """
    if progress is not None and not callable(progress):
        raise InvalidValueError([Problem("progress", "is not a function", "pass a function of two numbers")])


def report(progress: Progress | None, done: int, total: int | None) -> None:
    """Call the progress callback, if there is one."""
    if progress is not None:
        progress(done, total)
