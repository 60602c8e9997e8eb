"""Receipts: the answer to one recorded transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from attrs import field, frozen

from loyaltykit.domain.attributes import as_mapping, instant_or_none
from loyaltykit.domain.earning.accrual import RuleShare
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.ledger.vouchers import Voucher
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.transactions import Purchase, Return, Transaction
from loyaltykit.read_only import NOTHING, ReadOnly
from loyaltykit.serialization import wire_name


@wire_name("tier_correction")
@frozen(kw_only=True)
class TierCorrection:
    """A period of the past in which another tier holds than the one decided then.

    Args:
        effective_from: inclusive.
        effective_until: exclusive; None if it continues beyond what was decided.
        before: the tier that was decided.
        after: the tier that holds.
        cause: the id of the late transaction, or the version of the programme.

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
    """The result of one transaction.

    Args:
        id: the transaction's.
        kind: the transaction's.
        member_id: the member's.
        occurred_at: when it happened, as recorded.
        points: credited or, negative, debited.
        moved: points that a hold reserved, a release or an activation freed, a merge brought.
        points_paid: points that paid for a purchase or, negative, that its return restored (``S25``).
        breakdown: the share of each accrual rule that gave points (``S13``).
        lines: the share of each line.
        multiplier: of the tier that a purchase earned at; of a return, that of its purchase; 1 for every other kind.
        tier_before, tier_after: the tier's name just before and just after it (``T3``, ``T5``).
        voucher: the voucher that was issued, used or cancelled, just after it (``S24``).
        notices: the notices that it causes, as in the outbox (``S21``).
        corrections: closed tier decisions that it changes, if it is late (``T8``).
        restated: corrected points by purchase, if the programme restates (``LatePolicy.restate``).
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


class ReceiptParts(NamedTuple):
    """The parts of a receipt that do not follow from postings."""

    transaction: Transaction
    member_id: str
    multiplier: Decimal
    tier_before: str
    tier_after: str
    moved: int = 0
    voucher: Voucher | None = None


@frozen
class Restated:
    """A purchase whose points a late transaction corrects (``T8``).

    Args:
        sale: as the ledger keeps it from now on.
        points: added or, negative, taken.
        postings: the postings of this correction, which are among the decision's.
    """

    sale: Sale
    points: int
    postings: tuple[Posting, ...] = ()


def make_receipt(
    parts: ReceiptParts,
    postings: Sequence[Posting],
    *,
    sale: Sale | None,
    achieved: Achieved | None,
    restated: Sequence[Restated],
    notices: tuple[Notice, ...],
    corrections: tuple[TierCorrection, ...],
) -> Receipt:
    """Return the receipt of a decision with these parts."""
    transaction = parts.transaction
    assert transaction.occurred_at is not None  # resolved before anything is decided
    earned = sale.earned if sale is not None and isinstance(transaction, Purchase) else None
    paid = _points_paid(transaction, postings)
    points = _points_of(postings, restated) if earned is None else earned.points
    return Receipt(
        id=transaction.id,
        kind=transaction.kind,
        member_id=parts.member_id,
        occurred_at=transaction.occurred_at,
        points=points + paid if isinstance(transaction, Return) else points,
        breakdown=earned.shares if earned else () if achieved is None else achieved.shares,
        lines=earned.lines if earned else (),
        multiplier=parts.multiplier,
        tier_before=parts.tier_before,
        tier_after=parts.tier_after,
        moved=parts.moved,
        notices=notices,
        voucher=parts.voucher,
        points_paid=paid,
        corrections=corrections,
        restated=ReadOnly({item.sale.purchase.id: item.points for item in restated}) if restated else NOTHING,
    )


def _points_of(postings: Sequence[Posting], restated: Sequence[Restated]) -> int:
    """Return the points of postings, without expiries and corrections of other purchases."""
    points = sum([posting.points for posting in postings if posting.lapse is None])
    return points - sum([item.points for item in restated]) if restated else points


def _points_paid(transaction: Transaction, postings: Sequence[Posting]) -> int:
    if isinstance(transaction, Purchase):
        return transaction.paid_with.points if transaction.paid_with is not None else 0
    if not isinstance(transaction, Return):
        return 0
    return -sum([posting.points for posting in postings if posting.kind == "reversal" and posting.lapse is None])
