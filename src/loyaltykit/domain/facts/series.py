"""Running totals over time: one metric of one member under one row filter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from loyaltykit.rules.nodes import Fact, Predicate
from loyaltykit.values import NEVER_US, Instant

ALL_TIME: Final[Instant] = -NEVER_US

# Two facts of the same rows share one series.
SERIES_OF_DISTANCE: Final[Mapping[str, str]] = {"days_since_purchase": "purchases", "days_since_visit": "visits"}


@frozen
class SeriesKey:
    """The metric and the rows that a series sums."""

    metric: str
    kind: str | None = None
    where: Predicate | None = None

    @classmethod
    def of(cls, fact: Fact) -> SeriesKey:
        """Return the key of the series that a fact reads."""
        return cls(SERIES_OF_DISTANCE.get(fact.metric, fact.metric), fact.kind, fact.where)


class Series:
    """Running totals by time, oldest first."""

    __slots__ = ("times", "totals")

    def __init__(self) -> None:
        self.times: list[Instant] = []
        self.totals: list[int] = []

    def copy(self) -> Series:
        """Return a copy."""
        again = Series()
        again.times, again.totals = self.times.copy(), self.totals.copy()
        return again

    def add(self, at: Instant, value: int) -> None:
        """Append a value; times never decrease."""
        self.totals.append(self.totals[-1] + value if self.totals else value)
        self.times.append(at)

    def amend(self, at: Instant, change: int) -> None:
        """Change the value of an instant, as a return changes its purchase (``T9``)."""
        for i in range(bisect_left(self.times, at), len(self.times)):
            self.totals[i] += change

    def since(self, start: Instant, until: Instant = NEVER_US) -> int:
        """Return the sum from one instant to another, both inclusive."""
        times = self.times
        end = len(times) if not times or times[-1] <= until else bisect_right(times, until)
        if not end:
            return 0
        if start <= times[0]:
            return self.totals[end - 1]
        return self.totals[end - 1] - self.totals[bisect_left(times, start, 0, end) - 1]

    def latest(self, until: Instant = NEVER_US, at: Instant = ALL_TIME, change: int = 0) -> Instant | None:
        """Return when the latest value that still counts was added.

        Args:
            until: later values do not count.
            at: an instant whose value is read as if it were already changed.
            change: by how much.
        """
        for i in range(bisect_right(self.times, until) - 1, -1, -1):
            value = self.totals[i] - (self.totals[i - 1] if i else 0)
            if change and value and self.times[i] == at:
                value, change = value + change, 0
            if value:
                return self.times[i]
        return None
