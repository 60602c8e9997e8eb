"""What the library answers: receipts, balances, statements, tiers. Frozen values with aware datetimes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from attrs import Factory, field, frozen

from loyaltykit.domain.attributes import NOTHING
from loyaltykit.domain.ledger.entries import PostingKind
from loyaltykit.domain.program.migration import Migration
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.program.rewards import RewardKind

VoucherStatus: TypeAlias = Literal["issued", "used", "expired", "cancelled"]


@frozen
class RuleShare:
    """The points that one rule or achievement gave.

    Args:
        rule: its name.
        points: its share of the total.
        asked: its share before caps (``S20``).

    >>> RuleShare("base", 40, asked=100)
    RuleShare(rule='base', points=40, asked=100)
    """

    rule: str
    points: int
    asked: int = field(default=Factory(lambda self: self.points, takes_self=True))


@frozen(kw_only=True)
class Voucher:
    """What a redemption of a reward issued, as of an instant (``S24``).

    Args:
        code: what the member shows: the redemption's id.
        reward: the reward's id.
        kind: ``"gift"``, ``"coupon"`` or ``"amount_off"``.
        value: money that it is worth, in the programme's currency; None where the reward names none.
        issued_at: when points were spent on it.
        valid_until: exclusive; None for ever.
        status: ``"issued"``, ``"used"``, ``"expired"`` or ``"cancelled"``.
        used_at: when it was spent; None while it is not.
    """

    code: str
    reward: str
    kind: RewardKind
    value: Decimal | None = None
    issued_at: datetime
    valid_until: datetime | None = None
    status: VoucherStatus = "issued"
    used_at: datetime | None = None


@frozen(kw_only=True)
class TierCorrection:
    """A part of the past in which another tier holds than the one that was decided then.

    Args:
        effective_from: inclusive.
        effective_until: exclusive; None where it goes on beyond what was decided.
        before: the tier that was decided.
        after: the tier that holds.
        cause: the id of the late fact, or the version of the programme.

    >>> moment = datetime(2025, 3, 1)
    >>> TierCorrection(effective_from=moment, effective_until=None, before="regular", after="silver", cause="o-2").after
    'silver'
    """

    effective_from: datetime
    effective_until: datetime | None
    before: str
    after: str
    cause: str


@frozen(kw_only=True)
class Receipt:
    """What a transaction led to.

    Args:
        id: the transaction's.
        kind: of transaction.
        member_id: whose.
        occurred_at: when, as it was recorded.
        points: that came or, negative, went.
        moved: points that a hold set aside, a release let go, an activation made active, a merge brought along.
        points_paid: what a purchase was paid with in points; negative, what a return gave back of it (``S25``).
        breakdown: the share of each accrual rule that gave points (``S13``).
        lines: the share of each line.
        multiplier: of the tier it earned at.
        tier_before, tier_after: the tier's name just before and just after it (``T3``, ``T5``).
        voucher: what was issued, used or cancelled, just after that (``S24``).
        events: notices that it led to, as they stand in the outbox (``S21``).
        corrections: closed tier decisions that come out differently by it, when it is late (``T8``).
        restated: by purchase, points that it puts right, when the programme says so (``LateFacts.restate``).
    """

    id: str
    kind: str
    member_id: str
    occurred_at: datetime
    points: int = 0
    moved: int = 0
    points_paid: int = 0
    breakdown: tuple[RuleShare, ...] = ()
    lines: tuple[int, ...] = ()
    multiplier: Decimal = Decimal(1)
    tier_before: str
    tier_after: str
    voucher: Voucher | None = None
    events: tuple[Notice, ...] = ()
    corrections: tuple[TierCorrection, ...] = ()
    restated: Mapping[str, int] = NOTHING


@frozen(kw_only=True)
class LotView:
    """A lot as of an instant.

    Args:
        id: the lot's.
        points: how many came.
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
        available: can be spent.
        pending: will become active.
        held: set aside.
        debt: owed.
    """

    as_of: datetime
    available: int
    pending: int = 0
    held: int = 0
    debt: int = 0
    _read_lots: Callable[[], tuple[LotView, ...]] = field(repr=False, eq=False, alias="read_lots")

    @property
    def lots(self) -> tuple[LotView, ...]:
        """The lots with something left, in spend order (``S4``); read when asked for, as they were known then."""
        return self._read_lots()

    @property
    def total(self) -> int:
        """What the statement sums up to: available, held and pending, less what is owed."""
        return self.available + self.held + self.pending - self.debt


@frozen(kw_only=True)
class StatementRow:
    """One line of a statement (``C5``).

    Args:
        kind: accrual, redemption, reversal, clawback, expiry, adjustment, transfer or opening.
        points: signed.
        balance: the running total after it.
        occurred_at: when it counts.
        recorded_at: when it was written; None for an expiry that is due and not written yet.
        cause: the id of what led to it; for an expiry, of the lot.
        actor, reason: as the transaction gave them.
    """

    kind: PostingKind
    points: int
    balance: int
    occurred_at: datetime
    recorded_at: datetime | None
    cause: str
    actor: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class TierChange:
    """A member came to another tier at a scheduled check.

    Args:
        member_id: who.
        at: when it was due.
        before, after: names of the tiers.
    """

    member_id: str
    at: datetime
    before: str
    after: str


@frozen(kw_only=True)
class Settlement:
    """What ``settle`` wrote down.

    Args:
        as_of: up to when.
        members: how many had something due.
        expired_points: points whose expiry was written.
        tier_changes: in due order per member.
        events: notices that it led to, as they stand in the outbox (``S21``).
    """

    as_of: datetime
    members: int
    expired_points: int
    tier_changes: tuple[TierChange, ...] = ()
    events: tuple[Notice, ...] = ()


@frozen(kw_only=True)
class IngestReport:
    """What ``ingest`` did.

    Args:
        enrolled: members that were new.
        recorded: transactions that were new.
        repeated: items that had been taken in before; nothing changed.
        rejected: position, id and error of each refused item.
    """

    enrolled: int
    recorded: int
    repeated: int
    rejected: tuple[tuple[int, str, Exception], ...] = ()


@frozen(kw_only=True)
class ProgramVersion:
    """A version of the programme (``T7``).

    Args:
        number: from 1.
        program: the rules.
        effective_from: from when on it holds, unless a newer one does; None for the first, which has no beginning.
        migration: what became of the tiers that members held.
        recorded_at: when it was declared.
        correction: why it was declared for the past; None for an ordinary change.
        actor: who did it.
    """

    number: int
    program: Program = field(repr=False)
    effective_from: datetime | None
    migration: Migration
    recorded_at: datetime
    correction: str | None = None
    actor: str | None = None


@frozen(kw_only=True)
class MemberMove:
    """A member whose tier differs under a new version, if nothing more happens.

    Args:
        member_id: who.
        at: the first instant at which it differs.
        before: the tier that the rules before give then.
        after: the tier that the new ones give.
    """

    member_id: str
    at: datetime
    before: str
    after: str


@frozen(kw_only=True)
class ProgramChange:
    """What a change of the programme comes to (``T7``).

    Args:
        version: as it is kept, or would be.
        moves: who moves and when, by id, up to the first check of each member after the change.
        corrections: by member id, closed tier decisions that a correction of the past takes again.
    """

    version: ProgramVersion
    moves: tuple[MemberMove, ...] = ()
    corrections: tuple[tuple[str, TierCorrection], ...] = ()


@frozen(kw_only=True)
class WhatIf:
    """Where other rules would put the members, judged by their facts at one instant (``T7``).

    Args:
        as_of: the instant.
        tiers: by member id, the tier that stands and the one the other rules give.
    """

    as_of: datetime
    tiers: Mapping[str, tuple[str, str]] = field(repr=False)

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many members go from which tier to which."""
        counts: dict[tuple[str, str], int] = {}
        for pair in self.tiers.values():
            counts[pair] = counts.get(pair, 0) + 1
        return counts

    def moves(self) -> list[tuple[str, str, str]]:
        """The members who change their tier, by id: id, tier before, tier after."""
        return [(member, *pair) for member, pair in sorted(self.tiers.items()) if pair[0] != pair[1]]
