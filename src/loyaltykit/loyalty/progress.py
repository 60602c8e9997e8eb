"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with how many are done, and how many there are in all (None when nobody knows)."""


def report(progress: Progress | None, done: int, total: int | None) -> None:
    """Tell, if anybody listens."""
    if progress is not None:
        progress(done, total)
