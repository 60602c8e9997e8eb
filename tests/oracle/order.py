"""What happened, when, and what comes first at one instant (``T12``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

import loyaltykit as lk


@frozen
class Merge:
    """Two members are one person; ``other`` becomes a part of ``member_id``."""

    id: str
    member_id: str
    other: str
    occurred_at: datetime
    kind: str = "merge"


@frozen
class Unmerge:
    """They are not, after all."""

    id: str
    member_id: str
    occurred_at: datetime
    kind: str = "unmerge"


@frozen
class Edit:
    """Parts of a record are different from a moment on; ``number`` is that of the version it makes."""

    id: str
    member_id: str
    occurred_at: datetime
    number: int
    parts: Mapping[str, Any]
    actor: str | None = None
    reason: str | None = None
    kind: str = field(default="profile")


Happening: TypeAlias = lk.Transaction | Merge | Unmerge | Edit
Place: TypeAlias = tuple[datetime, int, str]

CREDIT, DEBIT = 7, 8
EXPIRY, BEHIND = -1, 99
"""Before and behind everything else of an instant."""

RANKS: list[tuple[int, tuple[type, ...]]] = [
    (0, (Merge, Unmerge)),
    (1, (Edit,)),
    (2, (lk.TierGrant,)),
    (3, (lk.TierGrantEnd,)),
    (4, (lk.Visit, lk.Event)),
    (5, (lk.Purchase,)),
    (6, (lk.Return,)),
    (CREDIT, (lk.Reversal, lk.Release, lk.Activation, lk.OpeningBalance)),
    (DEBIT, (lk.Redemption, lk.Hold, lk.Capture, lk.Transfer, lk.VoucherUse)),
]


def moment_of(item: Happening) -> datetime:
    """Return when it happened: the shop has resolved it."""
    assert item.occurred_at is not None
    return item.occurred_at


def rank_of(item: Happening) -> int:
    if isinstance(item, lk.Adjustment):
        return CREDIT if item.points > 0 else DEBIT
    return next(rank for rank, kinds in RANKS if isinstance(item, kinds))


def place_of(item: Happening) -> Place:
    """Return its place among all that happened; of two edits at one instant the later version comes last."""
    name = f"{item.number:010d} {item.id}" if isinstance(item, Edit) else item.id
    return (moment_of(item), rank_of(item), name)
