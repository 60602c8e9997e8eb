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
    """The points of one credit, with their own validity (``S3``).

    Args:
        id: made from the id of its cause.
        points: how many were credited.
        occurred_at: when their cause happened.
        active_from: inclusive; ``NEVER_US`` until an activation says when (``S5``).
        expires_at: exclusive; ``NEVER_US`` for no end.
        inactivity: the span without activity after which it ends: activity of the member extends it; None for a fixed
            end.
    """

    id: str
    points: int
    occurred_at: Instant
    active_from: Instant
    expires_at: Instant
    inactivity: Span | None = None


@frozen
class Allocation:
    """How much a debit took from a lot or, negative, a reversal restored; stored, never recalculated (``S2``).

    Args:
        lot: the lot's id.
        points: taken or, negative, restored.
        at: since when it counts.
        repays: the debt that a lot repaid; None for an ordinary debit.
    """

    lot: str
    points: int
    at: Instant
    repays: str | None = None


@frozen
class Lapse:
    """The lapse that an expiry posting writes, or that a later reversal corrects."""

    lot: str
    at: Instant


@define
class Posting:
    """One immutable signed line of points, with its one cause (``S1``).

    Args:
        number: its place among the member's postings, from 0 without gaps.
        kind: why points changed.
        points: signed, never 0.
        occurred_at: when it counts.
        cause: the id of its transaction; for an expiry, of the lot.
        version: of the rules it was made with.
        multiplier: of the tier, for points of a purchase or its return.
        lot: the lot that it creates.
        allocations: what it takes from lots, restores to them, or what its lot repays at once.
        owed: the part of a debit that no lot covers.
        lapse: the lapse that it writes or corrects; None for all others.
        about: the purchase whose points a late transaction corrects (``T8``); None for all others.
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
        """Return how many points it credits or adjusts; restored points were credited before."""
        is_credit = self.kind != "reversal" and self.lot is not None
        return abs(self.points) if is_credit or self.kind == "adjustment" else 0

    @property
    def debt_id(self) -> str:
        """Return the id of the debt that it leaves; a late transaction may leave one for each of several purchases."""
        return self.cause if self.about is None else joined_id(self.cause, self.about)


@frozen
class Movement:
    """A change in what points can be used for, not in their number: reserved, released or activated (``S5``, ``S19``).

    Args:
        kind: a hold, its end, an activation, or a merge: one side's earlier credits do not repay the other's debt.
        occurred_at: when it counts.
        cause: the id of its transaction; for a time-out, of the hold; for an activation by date, of the lot.
        allocations: what a hold takes from lots, what its end restores (negative), and what that repays at once.
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
