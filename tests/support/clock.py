"""A clock for tests: it stands still until it is set."""

from __future__ import annotations

from datetime import datetime, timedelta


class Clock:
    """Called, it tells the moment it was set to.

    Args:
        now: an aware datetime.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Jump to a moment, forward or back."""
        self.now = now

    def advance(self, span: timedelta) -> None:
        """Let some time pass."""
        self.now += span
