"""The states of lots, debts and holds: values that are replaced, so that a copy of a ledger shares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from attrs import frozen

from loyaltykit.domain.ledger.entries import Allocation, Lot, SpendKey
from loyaltykit.values import Instant

_NOTHING_WRITTEN: Mapping[Instant, int] = MappingProxyType({})


@frozen(eq=False)
class LotState:
    """The state of a lot: ``left`` is what no debit took, lapsed or not.

    Args:
        lot: as it was credited.
        left: points that no debit took.
        expires_at: its end, extended by activity.
        active_from: since when its points can be spent; ``NEVER_US`` until an activation.
        moves: when points were taken or reserved or, negative, restored.
        written: lapses that postings write, by their date.
    """

    lot: Lot
    left: int
    expires_at: Instant
    active_from: Instant
    moves: Sequence[tuple[Instant, int]] = ()
    written: Mapping[Instant, int] = _NOTHING_WRITTEN

    @property
    def key(self) -> SpendKey:
        """Return its place in the spend order (``S4``)."""
        return (self.expires_at, self.lot.occurred_at, self.lot.id)

    def after_move(self, at: Instant, points: int) -> LotState:
        """Return the state after points are taken for a debit or, negative, restored."""
        moves = tuple(sorted((*self.moves, (at, points))))
        return LotState(self.lot, self.left - points, self.expires_at, self.active_from, moves, self.written)

    def after_lapse(self, at: Instant, points: int) -> LotState:
        """Return the state after a posting writes a lapse or, negative, corrects one."""
        written = {**self.written, at: self.written.get(at, 0) + points}
        return LotState(self.lot, self.left, self.expires_at, self.active_from, self.moves, written)

    def between(self, active_from: Instant, expires_at: Instant) -> LotState:
        """Return the state with another beginning or end."""
        return LotState(self.lot, self.left, expires_at, active_from, self.moves, self.written)

    def left_at(self, at: Instant) -> int:
        """Return what debits dated up to an instant leave."""
        return self.lot.points - sum(points for when, points in self.moves if when <= at)

    def left_from(self, at: Instant) -> int:
        """Return what is left at an instant and at every later one: what a debit of that date can take (``S18``)."""
        if not self.moves or self.moves[-1][0] <= at:
            return self.left
        least = left = self.left_at(at)
        for when, points in self.moves:
            if when > at:
                left -= points
                least = min(least, left)
        return least

    def is_alive(self, at: Instant) -> bool:
        """Check whether its points can be spent at an instant (``S3``)."""
        return self.active_from <= at < self.expires_at

    def is_pending(self, at: Instant) -> bool:
        """Check whether its points are credited and cannot be spent yet (``S5``)."""
        return self.lot.occurred_at <= at < self.active_from and at < self.expires_at

    def lapses(self) -> dict[Instant, int]:
        """Return when points lapse, and how many: at its end, and when a reversal restores some later (``S9``).

        A lot credited after its own end (a fixed date) lapses at once; one that is pending at its end lapses then.
        """
        found = {max(self.expires_at, self.lot.occurred_at): self.left_at(self.expires_at - 1)}
        for when, points in self.moves:
            if when >= self.expires_at:
                found[when] = found.get(when, 0) - points
        return found

    def lapsed_by(self, at: Instant) -> int:
        """Return how many points have lapsed unspent by an instant."""
        return sum(points for when, points in self.lapses().items() if when <= at)

    def unwritten(self, until: Instant) -> list[tuple[Instant, int]]:
        """Return the lapses up to an instant that no posting writes; negative where too much is written."""
        lapses = self.lapses()
        for when in self.written:
            lapses.setdefault(when, 0)
        differences = ((when, points - self.written.get(when, 0)) for when, points in lapses.items() if when <= until)
        return [(when, points) for when, points in differences if points]


@frozen(eq=False)
class DebtState:
    """Points owed since an instant, and what is still owed."""

    id: str
    at: Instant
    points: int
    left: int
    repayments: tuple[tuple[Instant, int], ...] = ()

    def after_repayment(self, at: Instant, points: int) -> DebtState:
        """Return the state after a lot repays some of it."""
        return DebtState(self.id, self.at, self.points, self.left - points, (*self.repayments, (at, points)))

    def owed_at(self, at: Instant) -> int:
        """Return what is owed at an instant."""
        if at < self.at:
            return 0
        return self.points - sum(points for when, points in self.repayments if when <= at)


@frozen(eq=False)
class HoldState:
    """A hold: the points it reserves, and until when (``S19``).

    Args:
        id: of the hold.
        at: since when.
        until: when it times out, exclusive; ``NEVER_US`` for never.
        parts: what it takes from each lot, in order.
        ended_at: when it was captured, released or timed out; None while it is open.
        timed_out: whether a time-out ended it.
    """

    id: str
    at: Instant
    until: Instant
    parts: tuple[Allocation, ...]
    ended_at: Instant | None = None
    timed_out: bool = False

    @property
    def points(self) -> int:
        """Return how many points it reserves."""
        return sum(part.points for part in self.parts)

    def held_at(self, at: Instant) -> int:
        """Return how many points it reserves at an instant."""
        end = self.until if self.ended_at is None else self.ended_at
        return self.points if self.at <= at < end else 0
