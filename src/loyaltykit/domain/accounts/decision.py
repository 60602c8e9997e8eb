"""Decisions: everything that one transaction or settlement writes for one account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from attrs import define, frozen

from loyaltykit.domain.accounts.receipt import Receipt, TierCorrection
from loyaltykit.domain.attributes import NOTHING, ReadOnly
from loyaltykit.domain.earning.accrual import Earned, RuleShare
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.ledger.entries import Movement, Posting
from loyaltykit.domain.ledger.vouchers import Voucher, VoucherChange
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.tiers.decisions import TierRow
from loyaltykit.domain.tiers.standing import Step
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import AchievementShare, Arrival, Purchase, Return, Transaction
from loyaltykit.values import NEVER_US, Instant


@define(eq=False)
class Decision:
    """The result of ``decide`` or ``settle``, appended as a whole or not at all.

    Args:
        postings: new lines of points.
        rows: new tier decisions.
        receipt_parts: what the receipt says beside the postings; None for a settlement.
        sale: the purchase it is about, as the ledger now holds it.
        step, timeline: the transaction in its place in the past, and of a late one the whole past with it, while they
            are at hand; they can be worked out again.
        settled_until: for a settlement, up to when checks are decided.
        movements: what changes its place before any points come or go.
        beside: what it leads to for other members, written together with it.
        voucher: what it does to one (``S24``).
        achieved: what a visit or an event counts for and gives.
        notices: what members are told of it (``S21``).
        corrections: closed tier decisions that come out differently by it (``T8``).
        restated: what it puts right of the points of later purchases.
        changed_to: for what a correction of the programme changes: its version.
    """

    postings: tuple[Posting, ...] = ()
    rows: tuple[TierRow, ...] = ()
    receipt_parts: ReceiptParts | None = None
    sale: Sale | None = None
    step: Step | None = None
    settled_until: Instant = -NEVER_US
    movements: tuple[Movement, ...] = ()
    beside: tuple[Arrival | AchievementShare, ...] = ()
    voucher: VoucherChange | None = None
    achieved: Achieved | None = None
    notices: tuple[Notice, ...] = ()
    corrections: tuple[TierCorrection, ...] = ()
    restated: tuple[Restated, ...] = ()
    timeline: Timeline | None = None
    changed_to: int | None = None

    @property
    def receipt(self) -> Receipt | None:
        """Return the caller's receipt; None for a settlement."""
        return None if self.receipt_parts is None else _receipt(self.receipt_parts, self)


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
        sale: as the ledger now holds it.
        points: that came or, negative, went.
        postings: that say so; they stand among those of the decision.
    """

    sale: Sale
    points: int
    postings: tuple[Posting, ...] = ()


def _receipt(told: ReceiptParts, decision: Decision) -> Receipt:
    transaction, postings = told.transaction, decision.postings
    assert transaction.occurred_at is not None  # resolved before anything is decided
    earned, paid = None, 0
    if isinstance(transaction, Purchase):
        assert decision.sale is not None  # a purchase always makes one
        earned, points = decision.sale.earned, decision.sale.earned.points
        paid = transaction.paid_with.points if transaction.paid_with is not None else 0
    else:
        points = sum([posting.points for posting in postings if posting.lapse is None])
        if decision.restated:
            points -= sum([restated.points for restated in decision.restated])
    if isinstance(transaction, Return):
        paid = -sum([posting.points for posting in postings if posting.kind == "reversal" and posting.lapse is None])
        points += paid
    return Receipt(
        id=transaction.id,
        kind=transaction.kind,
        member_id=told.member_id,
        occurred_at=transaction.occurred_at,
        points=points,
        breakdown=_breakdown(decision, earned),
        lines=earned.lines if earned else (),
        multiplier=told.multiplier,
        tier_before=told.tier_before,
        tier_after=told.tier_after,
        moved=told.moved,
        notices=decision.notices,
        voucher=told.voucher,
        points_paid=paid,
        corrections=decision.corrections,
        restated=_restated(decision) if decision.restated else NOTHING,
    )


def _restated(decision: Decision) -> Mapping[str, int]:
    return ReadOnly({item.sale.purchase.id: item.points for item in decision.restated})


def _breakdown(decision: Decision, earned: Earned | None) -> tuple[RuleShare, ...]:
    if earned is not None:
        return earned.shares
    return () if decision.achieved is None else decision.achieved.shares
