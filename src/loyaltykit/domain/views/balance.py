"""Balances and their lots as of an instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen


@frozen(kw_only=True)
class LotView:
    """A lot as of an instant.

    Args:
        id: the lot's.
        points: how many were credited.
        remaining: how many are left.
        active_from: inclusive.
        expires_at: exclusive; None for never.
    """

    id: str
    points: int
    remaining: int
    active_from: datetime
    expires_at: datetime | None


@frozen(kw_only=True)
class Balance:
    """A member's points as of an instant (``S2``).

    Args:
        as_of: the instant.
        available: points that can be spent.
        pending: points that will become active.
        held: points that holds reserve.
        debt: points owed.
    """

    as_of: datetime
    available: int
    pending: int = 0
    held: int = 0
    debt: int = 0
    _read_lots: Callable[[], tuple[LotView, ...]] = field(repr=False, eq=False, alias="read_lots")

    @property
    def lots(self) -> tuple[LotView, ...]:
        """Return the lots with points left, in spend order (``S4``), as they were known when the balance was read."""
        return self._read_lots()

    @property
    def total(self) -> int:
        """Return what the statement sums to: available, held and pending, less debt."""
        return self.available + self.held + self.pending - self.debt
