"""The records of the ledger: postings, lots, allocations; and what has become of a lot or a debt so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypeAlias

from attrs import define, field, frozen

from loyaltykit.values import Instant

PostingKind: TypeAlias = Literal["accrual", "redemption", "reversal", "clawback", "expiry", "adjustment"]
SpendKey: TypeAlias = tuple[Instant, Instant, str]


@frozen
class Lot:
    """The points of one credit, with their own life (``S3``).

    Args:
        id: made from the id of its cause.
        points: how many came.
        occurred_at: when their cause happened.
        active_from: inclusive.
        expires_at: exclusive; ``NEVER_US`` for no end.
        follows_activity: whether activity of the member puts the end off (expiry after inactivity).
    """

    id: str
    points: int
    occurred_at: Instant
    active_from: Instant
    expires_at: Instant
    follows_activity: bool = False


@frozen
class Allocation:
    """How much a debit took from a lot, or a reversal gave back (negative); stored, never worked out again (``S2``).

    Args:
        lot: the lot's id.
        points: taken; negative when given back.
        at: from when on it counts.
        repays: the debt that a lot repaid; None for an ordinary debit.
    """

    lot: str
    points: int
    at: Instant
    repays: str | None = None


@frozen
class Lapse:
    """Which lapse of a lot an expiry posting writes down, or a later reversal corrects."""

    lot: str
    at: Instant


@frozen
class Posting:
    """One immutable signed line of points, with its one cause (``S1``).

    Args:
        number: its place among the member's postings, from 0 without gaps.
        kind: why points came or went.
        points: signed, never 0.
        occurred_at: when it counts.
        cause: the id of the transaction behind it; for an expiry, of the lot.
        version: of the rules it was made with.
        multiplier: of the tier, for points that a purchase gave or a return took.
        lot: the lot that it made.
        allocations: what it took from lots, gave back to them, or what its lot repaid at once.
        owed: the part of a debit that no lot covered.
        lapse: for what writes down or corrects an expiry.
    """

    number: int
    kind: PostingKind
    points: int
    occurred_at: Instant
    cause: str
    version: int
    multiplier: Decimal | None = None
    lot: Lot | None = None
    allocations: tuple[Allocation, ...] = ()
    owed: int = 0
    lapse: Lapse | None = None


_NOTHING_WRITTEN: Mapping[Instant, int] = MappingProxyType({})


@define(eq=False)
class LotState:
    """What has become of a lot: ``left`` is what no debit took, whether it has lapsed or not.

    Args:
        lot: as it came.
        left: points that no debit took.
        expires_at: its end, as far as it was put off.
        moves: when points were taken or, negative, given back; most lots are left alone for long.
        written: lapses that postings have written down, by their date.
    """

    lot: Lot
    left: int
    expires_at: Instant
    moves: Sequence[tuple[Instant, int]] = ()
    written: Mapping[Instant, int] = _NOTHING_WRITTEN

    @property
    def key(self) -> SpendKey:
        """Its place in the spend order (``S4``)."""
        return (self.expires_at, self.lot.occurred_at, self.lot.id)

    def take(self, at: Instant, points: int) -> None:
        """A debit takes points, or a reversal gives them back (negative)."""
        self.left -= points
        self.moves = sorted((*self.moves, (at, points)))

    def write(self, at: Instant, points: int) -> None:
        """An expiry posting writes points down, or a reversal corrects one (negative)."""
        self.written = {**self.written, at: self.written.get(at, 0) + points}

    def left_at(self, at: Instant) -> int:
        """What debits dated up to an instant have left of it."""
        return self.lot.points - sum(points for when, points in self.moves if when <= at)

    def left_from(self, at: Instant) -> int:
        """What is left at an instant and at every later one: what a debit of that date can take (``S18``)."""
        if not self.moves or self.moves[-1][0] <= at:
            return self.left
        least = left = self.left_at(at)
        for when, points in self.moves:
            if when > at:
                left -= points
                least = min(least, left)
        return least

    def is_alive(self, at: Instant) -> bool:
        """Whether its points can be spent at an instant (``S3``)."""
        return self.lot.active_from <= at < self.expires_at

    def lapses(self) -> dict[Instant, int]:
        """When points of it lapse, and how many: at its end, and whenever a reversal gives some back later (``S9``).

        A lot that came after its own end (a fixed date) lapses as it comes.
        """
        found = {max(self.expires_at, self.lot.active_from): self.left_at(self.expires_at - 1)}
        for when, points in self.moves:
            if when >= self.expires_at:
                found[when] = found.get(when, 0) - points
        return found

    def lapsed_by(self, at: Instant) -> int:
        """How many points have lapsed unspent by an instant."""
        return sum(points for when, points in self.lapses().items() if when <= at)

    def unwritten(self, until: Instant) -> list[tuple[Instant, int]]:
        """The lapses up to an instant that no posting says yet; negative where too much was written."""
        lapses = self.lapses()
        for when in self.written:
            lapses.setdefault(when, 0)
        differences = ((when, points - self.written.get(when, 0)) for when, points in lapses.items() if when <= until)
        return [(when, points) for when, points in differences if points]


@define(eq=False)
class DebtState:
    """Points owed since an instant, and what is still owed."""

    id: str
    at: Instant
    points: int
    left: int
    repayments: list[tuple[Instant, int]] = field(factory=list)

    def owed_at(self, at: Instant) -> int:
        """What is owed at an instant."""
        if at < self.at:
            return 0
        return self.points - sum(points for when, points in self.repayments if when <= at)
