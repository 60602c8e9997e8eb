"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from loyaltykit.errors import InvalidValueError, Problem

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with how many are done, and how many there are in all (None when nobody knows)."""


def check_progress(progress: Progress | None) -> None:
    """Whoever wants to be told can be called.

    Raises:
        InvalidValueError: it cannot.
    """
    if progress is not None and not callable(progress):
        raise InvalidValueError([Problem("progress", "cannot be called", "pass a function of two numbers")])


def report(progress: Progress | None, done: int, total: int | None) -> None:
    """Tell, if anybody listens."""
    if progress is not None:
        progress(done, total)
