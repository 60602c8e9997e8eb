"""Transactions: one frozen class for each kind of thing that happens, each with the caller's id.

A transaction is stored as received.
"""

from loyaltykit.domain.transactions.activities import AchievementShare, Event, Visit
from loyaltykit.domain.transactions.adjustments import Adjustment, OpeningBalance, OpeningLot
from loyaltykit.domain.transactions.holds import Activation, Capture, Hold, Release
from loyaltykit.domain.transactions.purchases import (
    MAX_QUANTITY,
    Line,
    PointsPayment,
    Purchase,
    Return,
    ReturnedLine,
)
from loyaltykit.domain.transactions.redemptions import Redemption, Reversal, VoucherUse
from loyaltykit.domain.transactions.tier_grants import GrantMode, TierGrant, TierGrantEnd
from loyaltykit.domain.transactions.transaction import (
    ACTIVITY_RANK,
    CREDIT_RANK,
    DEBIT_RANK,
    ENROLMENT_RANK,
    GRANT_END_RANK,
    GRANT_RANK,
    MAX_LINES,
    PROFILE_RANK,
    PURCHASE_RANK,
    RETURN_RANK,
    Order,
    Transaction,
)
from loyaltykit.domain.transactions.transfers import Arrival, ArrivingLot, Transfer

__all__ = [
    "ACTIVITY_RANK",
    "CREDIT_RANK",
    "DEBIT_RANK",
    "ENROLMENT_RANK",
    "GRANT_END_RANK",
    "GRANT_RANK",
    "MAX_LINES",
    "MAX_QUANTITY",
    "PROFILE_RANK",
    "PURCHASE_RANK",
    "RETURN_RANK",
    "AchievementShare",
    "Activation",
    "Adjustment",
    "Arrival",
    "ArrivingLot",
    "Capture",
    "Event",
    "GrantMode",
    "Hold",
    "Line",
    "OpeningBalance",
    "OpeningLot",
    "Order",
    "PointsPayment",
    "Purchase",
    "Redemption",
    "Release",
    "Return",
    "ReturnedLine",
    "Reversal",
    "TierGrant",
    "TierGrantEnd",
    "Transaction",
    "Transfer",
    "Visit",
    "VoucherUse",
]
