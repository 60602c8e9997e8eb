"""Decisions: everything that one transaction or settlement writes for one account."""

from __future__ import annotations

from attrs import define

from loyaltykit.domain.accounts.receipt import Receipt, ReceiptParts, Restated, TierCorrection, make_receipt
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.ledger.entries import Movement, Posting
from loyaltykit.domain.ledger.vouchers import VoucherChange
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.tiers.decisions import TierRow
from loyaltykit.domain.tiers.standing import Step
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import AchievementShare, Arrival
from loyaltykit.values import NEVER_US, Instant


@define(eq=False)
class Decision:
    """The result of ``decide`` or ``settle``, appended as a whole or not at all.

    Args:
        postings: new lines of points.
        rows: new tier decisions.
        receipt_parts: the parts of the receipt that do not follow from postings; None for a settlement.
        sale: the purchase or the returned purchase, as the ledger keeps it from now on.
        step, timeline: the result for metrics and tiers, and the timeline that contains a late transaction; both are
            dropped when the decision is applied, and can be computed again.
        settled_until: for a settlement, until when checks are decided.
        movements: what is reserved, released or activated before any posting.
        beside: what it leads to for other members, recorded together with it.
        voucher: its change of a voucher (``S24``).
        achieved: what a visit or an event counts for and gives.
        notices: what members should be told (``S21``).
        corrections: closed tier decisions that it changes (``T8``).
        restated: corrected points of later purchases.
        changed_to: for a programme correction, the number of its version.
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
        if self.receipt_parts is None:
            return None
        return make_receipt(
            self.receipt_parts,
            self.postings,
            sale=self.sale,
            achieved=self.achieved,
            restated=self.restated,
            notices=self.notices,
            corrections=self.corrections,
        )
