"""The records of the ledger: postings, movements, lots, allocations; what has become of a lot, a debt or a hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, TypeAlias

from attrs import define, field, frozen

from loyaltykit.calendars import Span
from loyaltykit.values import NEVER_US, Instant

PostingKind: TypeAlias = Literal[
    "accrual", "redemption", "reversal", "clawback", "expiry", "adjustment", "transfer", "opening"
]
MovementKind: TypeAlias = Literal["hold", "release", "timeout", "activation", "merge"]
SpendKey: TypeAlias = tuple[Instant, Instant, str]


@define
class Lot:
    """The points of one credit, with their own life (``S3``).

    Args:
        id: made from the id of its cause.
        points: how many came.
        occurred_at: when their cause happened.
        active_from: inclusive; ``NEVER_US`` until an activation says when (``S5``).
        expires_at: exclusive; ``NEVER_US`` for no end.
        inactivity: the span without activity after which it ends, so that activity of the member puts the end off; None
            where the end is fixed.
    """

    id: str
    points: int
    occurred_at: Instant
    active_from: Instant
    expires_at: Instant
    inactivity: Span | None = None


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


@define
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
        about: the purchase whose points a late fact puts right (``T8``); None for all others.
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
    about: str | None = None

    @property
    def debt_id(self) -> str:
        """The id of what it leaves owing; a late fact may leave some for each of several purchases."""
        return self.cause if self.about is None else f"{self.cause}\x1f{self.about}"


@frozen
class Movement:
    """What changes the place of points and not their number: set aside, let go, become active (``S5``, ``S19``).

    Args:
        kind: a hold, the end of one, an activation, or a merge: what came before it is no credit for the other side.
        occurred_at: when it counts.
        cause: the id of the transaction behind it; for a time-out, of the hold; for an activation by date, of the lot.
        allocations: what a hold took from lots, what its end gave back (negative), and what that repaid at once.
        hold: the hold that it opens or ends.
        until: when a hold that it opens times out, exclusive; ``NEVER_US`` for never.
        lot: the lot that becomes active.
    """

    kind: MovementKind
    occurred_at: Instant
    cause: str
    allocations: tuple[Allocation, ...] = ()
    hold: str | None = None
    until: Instant = NEVER_US
    lot: str | None = None


_NOTHING_WRITTEN: Mapping[Instant, int] = MappingProxyType({})


@define(eq=False)
class LotState:
    """What has become of a lot: ``left`` is what no debit took, whether it has lapsed or not.

    Args:
        lot: as it came.
        left: points that no debit took.
        expires_at: its end, as far as it was put off.
        active_from: since when its points can be spent; ``NEVER_US`` while nobody knows.
        moves: when points were taken or set aside or, negative, given back; most lots are left alone for long.
        written: lapses that postings have written down, by their date.
    """

    lot: Lot
    left: int
    expires_at: Instant
    active_from: Instant
    moves: Sequence[tuple[Instant, int]] = ()
    written: Mapping[Instant, int] = _NOTHING_WRITTEN

    @property
    def key(self) -> SpendKey:
        """Its place in the spend order (``S4``)."""
        return (self.expires_at, self.lot.occurred_at, self.lot.id)

    def copy(self) -> LotState:
        """The same, to go on from."""
        return LotState(self.lot, self.left, self.expires_at, self.active_from, self.moves, self.written)

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
        return self.active_from <= at < self.expires_at

    def is_pending(self, at: Instant) -> bool:
        """Whether its points have come and cannot be spent yet (``S5``)."""
        return self.lot.occurred_at <= at < self.active_from and at < self.expires_at

    def lapses(self) -> dict[Instant, int]:
        """When points of it lapse, and how many: at its end, and whenever a reversal gives some back later (``S9``).

        A lot that came after its own end (a fixed date) lapses as it comes; one that is pending at its end lapses then.
        """
        found = {max(self.expires_at, self.lot.occurred_at): self.left_at(self.expires_at - 1)}
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

    def copy(self) -> DebtState:
        """The same, to go on from."""
        return DebtState(self.id, self.at, self.points, self.left, self.repayments.copy())

    def owed_at(self, at: Instant) -> int:
        """What is owed at an instant."""
        if at < self.at:
            return 0
        return self.points - sum(points for when, points in self.repayments if when <= at)


@define(eq=False)
class HoldState:
    """Points set aside, and until when (``S19``).

    Args:
        id: of the hold.
        at: since when.
        until: when it times out, exclusive; ``NEVER_US`` for never.
        parts: what it took from which lot, in the order taken.
        ended_at: when it was captured, released or timed out; None while it lasts.
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
        """How many it set aside."""
        return sum(part.points for part in self.parts)

    def held_at(self, at: Instant) -> int:
        """How many it holds at an instant."""
        end = self.until if self.ended_at is None else self.ended_at
        return self.points if self.at <= at < end else 0
