"""How everything here is measured: sides take turns, the median of the rounds counts, one table shows the ratios.

Only ratios mean anything. A ratio is the median over the rounds of ours / peer, both taken in the same round, so a
noisy minute strikes both; it may differ a little from the ratio of the two medians. What builds a store is timed from a
collected and frozen heap: a side pays for the garbage that it makes, not for what other sides or the inputs keep.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import TypeAlias

from attrs import field, frozen

ROUNDS = 5

Side: TypeAlias = Callable[[], float]
"""Runs once, from fresh state, and returns seconds per item."""


def stopwatch(work: Callable[[], object]) -> float:
    """Seconds of one call that keeps nothing."""
    start = perf_counter()
    work()
    return perf_counter() - start


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call that builds something, its garbage included."""
    gc.collect()
    gc.freeze()
    try:
        return stopwatch(work)
    finally:
        gc.unfreeze()


@frozen
class Rounds:
    """What each side took in every round, in seconds per item."""

    seconds: Mapping[str, tuple[float, ...]]

    def median(self, side: str) -> float:
        """The median of one side."""
        return median(self.seconds[side])

    def ratio(self, side: str, peer: str) -> float:
        """How many times the peer's time a side took."""
        return median(a / b for a, b in zip(self.seconds[side], self.seconds[peer], strict=True))

    def fastest(self, sides: Iterable[str]) -> str:
        """The side with the lowest median."""
        return min(sides, key=self.median)


def alternate(sides: Mapping[str, Side], rounds: int = ROUNDS) -> Rounds:
    """Let the sides take turns; every other round goes backwards, so that none always follows the same one."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in names:
            seconds[name].append(sides[name]())
    return Rounds({name: tuple(values) for name, values in seconds.items()})


@frozen
class Target:
    """What a ratio must hold: at most so many times the peer, or at least so many times faster than it."""

    limit: float
    faster: bool = False

    def met(self, ratio: float) -> bool:
        """Whether a ratio of ours / peer holds it."""
        return ratio <= (1 / self.limit if self.faster else self.limit)

    def __str__(self) -> str:
        return f"≥ {self.limit:g} × faster" if self.faster else f"≤ {self.limit:g} ×"


@frozen
class Row:
    """One line of the table; a peer beside the floor, shown for scale, has no target."""

    workload: str
    ours: float
    peer: float
    ratio: float
    peer_name: str
    target: Target | None = None

    @property
    def missed(self) -> bool:
        """Whether there is a target and it does not hold."""
        return self.target is not None and not self.target.met(self.ratio)

    @property
    def cells(self) -> tuple[str, ...]:
        """What the table shows."""
        faster = self.target is not None and self.target.faster
        ratio = f"{1 / self.ratio:.2f} × faster" if faster else f"{self.ratio:.2f} ×"
        verdict = "" if self.target is None else "NOT MET" if self.missed else "met"
        target = "" if self.target is None else str(self.target)
        return (self.workload, duration(self.ours), duration(self.peer), ratio, self.peer_name, target, verdict)


def compare(rounds: Rounds, workload: str, side: str, peer: str, target: Target | None = None) -> Row:
    """The row of one side against one peer of the same rounds."""
    return Row(workload, rounds.median(side), rounds.median(peer), rounds.ratio(side, peer), peer, target)


@frozen
class Report:
    """What one workload found: rows of the table, and notes that stand below it."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())


def report_of(module: str) -> Report:
    """What the workload in a module finds, here and now."""
    report: Report = import_module(module).measure()
    return report


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best.

    >>> duration(2.04e-6), duration(0.0481)
    ('2.04 µs', '48.1 ms')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


HEADINGS = ("workload", "ours", "peer", "ratio", "the peer", "target", "")


def table(rows: Iterable[Row]) -> str:
    """The rows under their headings, in columns."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    texts = ("  ".join(map(str.ljust, cells, widths)).rstrip() for cells in (HEADINGS, rule, *lines[1:]))
    return "\n".join(texts)
