"""Receipts: what the caller is told of a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from loyaltykit.domain.attributes import as_mapping, instant_or_none
from loyaltykit.domain.earning.accrual import RuleShare
from loyaltykit.domain.ledger.vouchers import Voucher
from loyaltykit.domain.program.notices import Notice
from loyaltykit.read_only import NOTHING
from loyaltykit.serialization import wire_name


@wire_name("tier_correction")
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

    effective_from: datetime = field(eq=instant_or_none)
    effective_until: datetime | None = field(eq=instant_or_none)
    before: str
    after: str
    cause: str


@wire_name("receipt")
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
        multiplier: of the tier that a purchase earned at; of a return, that of its purchase; 1 for every other kind.
        tier_before, tier_after: the tier's name just before and just after it (``T3``, ``T5``).
        voucher: what was issued, used or cancelled, just after that (``S24``).
        notices: that it led to, as they stand in the outbox (``S21``).
        corrections: closed tier decisions that come out differently by it, when it is late (``T8``).
        restated: by purchase, points that it puts right, when the programme says so (``LatePolicy.restate``).
    """

    id: str
    kind: str
    member_id: str
    occurred_at: datetime = field(eq=instant_or_none)
    points: int = 0
    moved: int = 0
    points_paid: int = 0
    breakdown: tuple[RuleShare, ...] = ()
    lines: tuple[int, ...] = ()
    multiplier: Decimal = Decimal(1)
    tier_before: str
    tier_after: str
    voucher: Voucher | None = None
    notices: tuple[Notice, ...] = ()
    corrections: tuple[TierCorrection, ...] = ()
    restated: Mapping[str, int] = field(default=NOTHING, converter=as_mapping)
