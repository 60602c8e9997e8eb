"""The values that the oracle answers with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen


@frozen
class Notice:
    """Something a member should be told (``S21``)."""

    id: str
    kind: str
    member_id: str
    occurred_at: datetime
    data: Mapping[str, Any]


@frozen
class Voucher:
    code: str
    reward: str
    kind: str
    value: Decimal | None
    issued_at: datetime
    valid_until: datetime | None
    status: str
    used_at: datetime | None


@frozen
class Correction:
    """A part of the past in which another tier holds than was decided."""

    since: datetime
    until: datetime | None
    before: str
    after: str
    cause: str


@frozen
class Receipt:
    id: str
    kind: str
    member_id: str
    occurred_at: datetime
    points: int
    breakdown: tuple[tuple[str, int, int], ...]
    lines: tuple[int, ...]
    multiplier: Decimal
    tier_before: str
    tier_after: str
    moved: int = 0
    points_paid: int = 0
    voucher: Voucher | None = None
    corrections: tuple[Correction, ...] = ()
    restated: Mapping[str, int] = field(factory=dict)
    notices: tuple[Notice, ...] = ()


@frozen
class Balance:
    available: int
    debt: int
    pending: int
    held: int
    lots: tuple[tuple[str, int, int, datetime, datetime | None], ...]


@frozen
class TierStatus:
    name: str
    rank: int
    since: datetime
    until: datetime | None
    multiplier: Decimal
    by_hand: str | None = None


@frozen
class Outlook:
    """Whether the tier would be kept by now, whether the next one is reached, and where it goes if nothing happens."""

    grace_until: datetime | None
    keeps: bool | None
    next: tuple[str, bool] | None
    projected: str


@frozen
class Settled:
    """What a run wrote: how many points lapsed, and what members are told."""

    expired: int
    notices: tuple[Notice, ...] = ()


@frozen
class Changed:
    """What a change of the programme comes to: who moves first when, and what is decided again."""

    moves: dict[str, tuple[datetime, str, str]] = field(factory=dict)
    corrections: list[tuple[str, Correction]] = field(factory=list)
