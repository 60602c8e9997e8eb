"""All versions of a programme, and which of them holds when (``T7``)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from attrs import frozen

from loyaltykit.domain.earning.usage import Usage
from loyaltykit.domain.facts.facts import SeriesTable
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.program.migration import KEEP, Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.program.renamed_fields import NewerNames, newer_names
from loyaltykit.values import NEVER_US, Instant

BEGINNING: Instant = -NEVER_US
"""The start of version 1, which has no beginning."""

_NOTHING_COUNTED = Usage()


@frozen
class Version:
    """A programme as it was declared.

    Args:
        number: from 1, without gaps.
        program: the rules.
        effective_from: since when it holds; version 1 has no beginning.
        migration: what becomes of the tiers that members hold.
        sequence: its place among everything in the store.
        recorded_at: when it was declared.
        correction: why it was declared for the past; None for an ordinary change.
        actor: who declared it.
    """

    number: int
    program: Program
    effective_from: Instant = BEGINNING
    migration: Migration = KEEP
    sequence: int = 0
    recorded_at: Instant = BEGINNING
    correction: str | None = None
    actor: str | None = None


@frozen(eq=False)
class TierShift:
    """An instant at which tiers move to another ladder.

    Args:
        at: when, before everything else of that instant (``T12``).
        rulebook: the version that holds from then on.
        ranks: for each tier before, its rank after.
        keeps_name: for each tier before, whether it is the same tier, by name or renamed.
        migration: as declared.
    """

    at: Instant
    rulebook: Rulebook
    ranks: tuple[int, ...]
    keeps_name: tuple[bool, ...]
    migration: Migration

    @property
    def cause(self) -> str:
        """Return the cause that its tier decisions name."""
        return f"program-{self.rulebook.version}"


class ProgramHistory:
    """Every known version of a programme, compiled; the newest one declared for an instant holds there.

    Args:
        versions: in the order they were declared.
    """

    def __init__(self, versions: Sequence[Version]) -> None:
        self.versions = tuple(versions)
        table = SeriesTable()
        self._books = [
            Rulebook(version.program, version.number, table, newer)
            for version, newer in zip(self.versions, _newer_names(self.versions), strict=True)
        ]
        self._spans = _spans(self.versions)
        self._starts = [start for start, _ in self._spans]
        self.newest = self._books[-1]
        self.calendar = self.newest.calendar
        self.scale = self.newest.program.scale
        self.counts = any(book.counts for book in self._books)
        self.tells = any(version.program.notices is not None for version in self.versions)
        self.limits_arrival = any(version.program.late.limit_days is not None for version in self.versions)
        self.follows_activity = any(book.inactivity is not None for book in self._books)
        self.shifts = self._find_shifts()
        self._shift_times = [shift.at for shift in self.shifts]
        self._known: dict[int, ProgramHistory] = {}

    @classmethod
    def of(cls, program: Program) -> ProgramHistory:
        """Return the history of a programme that never changed."""
        return cls([Version(1, program)])

    def at(self, at: Instant) -> Rulebook:
        """Return the version that holds at an instant."""
        if len(self._spans) == 1:
            return self.newest
        return self._books[self._spans[bisect_right(self._starts, at) - 1][1] - 1]

    def version(self, number: int) -> Rulebook:
        """Return one version, whether it ever holds or not."""
        return self._books[number - 1]

    def shift_after(self, at: Instant) -> TierShift | None:
        """Return the first ladder change after an instant, or None."""
        place = bisect_right(self._shift_times, at)
        return self.shifts[place] if place < len(self.shifts) else None

    def known_by(self, sequence: int) -> ProgramHistory:
        """Return the versions known when ``sequence`` was the last place in the store."""
        count = sum(version.sequence <= sequence for version in self.versions)
        if count == len(self.versions):
            return self
        if count not in self._known:
            self._known[count] = ProgramHistory(self.versions[:count])
        return self._known[count]

    def before_newest(self) -> ProgramHistory:
        """Return the versions known before the newest one was declared."""
        return self.known_by(self.versions[-1].sequence - 1)

    def with_version(self, version: Version) -> ProgramHistory:
        """Return the history with one more version."""
        return ProgramHistory([*self.versions, version])

    def is_live(self, program: Program, now: Instant) -> bool:
        """Check whether a programme holds at an instant or is announced for later."""
        current = self.at(now).version
        coming = {number for start, number in self._spans if start > now}
        return any(self.versions[number - 1].program == program for number in {current, *coming})

    def new_usage(self) -> Usage:
        """Return empty usage; a shared value that is never changed if nothing is counted."""
        return Usage() if self.counts else _NOTHING_COUNTED

    def _find_shifts(self) -> tuple[TierShift, ...]:
        shifts = []
        for (_, old), (start, new) in zip(self._spans, self._spans[1:], strict=False):
            before, after = self.version(old).ladder, self.version(new).ladder
            migration = self.versions[new - 1].migration
            if before == after and migration == KEEP:
                continue
            names = {tier.name for tier in after}
            kept = tuple(migration.renamed.get(tier.name, tier.name) in names for tier in before)
            ranks = migration.ranks(before, after)
            shifts.append(TierShift(start, self.version(new), ranks, kept, migration))
        return tuple(shifts)


def _newer_names(versions: Sequence[Version]) -> list[NewerNames]:
    """Return, for each version, the names that later versions give its member fields."""
    fields = [version.program.fields for version in versions]
    return [newer_names(own, fields[place:]) for place, own in enumerate(fields, start=1)]


def _spans(versions: Sequence[Version]) -> list[tuple[Instant, int]]:
    """Return since when which version holds: at each instant the newest one effective by then."""
    spans: list[tuple[Instant, int]] = []
    for start in sorted({version.effective_from for version in versions}):
        number = max(version.number for version in versions if version.effective_from <= start)
        if not spans or spans[-1][1] != number:
            spans.append((start, number))
    return spans
