"""The entries of the ledger: lots, postings, movements and allocations."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

from attrs import define, frozen

from loyaltykit.calendars import Span
from loyaltykit.values import NEVER_US, Instant, joined_id

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
    def given(self) -> int:
        """How many points came, or were taken by hand; what goes back to its lots had come before."""
        came = self.kind != "reversal" and self.lot is not None
        return abs(self.points) if came or self.kind == "adjustment" else 0

    @property
    def debt_id(self) -> str:
        """The id of what it leaves owing; a late fact may leave some for each of several purchases."""
        return self.cause if self.about is None else joined_id(self.cause, self.about)


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
