"""loyaltykit: run a membership programme from your own shop software.

The words for rules are in ``loyaltykit.rules``; everything else a shop needs is here.
"""

from loyaltykit.calendars import NEVER, BirthdayCalendar, inactivity, register_calendar
from loyaltykit.domain.answers import (
    Balance,
    IngestReport,
    LotView,
    Receipt,
    RuleShare,
    Settlement,
    StatementRow,
    TierChange,
    WhatIf,
)
from loyaltykit.domain.ladder import Tier, TierLadder
from loyaltykit.domain.member import Birthday, Member
from loyaltykit.domain.policy import AccrualRule, Earns, PointsPolicy, extend
from loyaltykit.domain.program import EventType, Program, Segment
from loyaltykit.domain.status import TierStatus
from loyaltykit.domain.transactions import (
    Adjustment,
    Event,
    Line,
    Purchase,
    Redemption,
    Return,
    ReturnedLine,
    Reversal,
    Transaction,
    Visit,
)
from loyaltykit.domain.verification import Finding
from loyaltykit.errors import (
    ClosedError,
    ConflictError,
    IdempotencyConflictError,
    InsufficientPointsError,
    InvalidProgramError,
    InvalidRuleError,
    InvalidValueError,
    LoyaltyError,
    MissingExtraError,
    NotEnrolledError,
    OutcomeUnknownError,
    Problem,
    ProgramChangedError,
    RefusedError,
    ReturnExceedsPurchaseError,
    ReversalExceedsRedemptionError,
    UnknownMemberError,
    UnknownTransactionError,
)
from loyaltykit.loyalty import Loyalty
from loyaltykit.rules.fields import Field

__version__ = "0.1.0"

__all__ = [
    "NEVER",
    "AccrualRule",
    "Adjustment",
    "Balance",
    "Birthday",
    "BirthdayCalendar",
    "ClosedError",
    "ConflictError",
    "Earns",
    "Event",
    "EventType",
    "Field",
    "Finding",
    "IdempotencyConflictError",
    "IngestReport",
    "InsufficientPointsError",
    "InvalidProgramError",
    "InvalidRuleError",
    "InvalidValueError",
    "Line",
    "LotView",
    "Loyalty",
    "LoyaltyError",
    "Member",
    "MissingExtraError",
    "NotEnrolledError",
    "OutcomeUnknownError",
    "PointsPolicy",
    "Problem",
    "Program",
    "ProgramChangedError",
    "Purchase",
    "Receipt",
    "Redemption",
    "RefusedError",
    "Return",
    "ReturnExceedsPurchaseError",
    "ReturnedLine",
    "Reversal",
    "ReversalExceedsRedemptionError",
    "RuleShare",
    "Segment",
    "Settlement",
    "StatementRow",
    "Tier",
    "TierChange",
    "TierLadder",
    "TierStatus",
    "Transaction",
    "UnknownMemberError",
    "UnknownTransactionError",
    "Visit",
    "WhatIf",
    "extend",
    "inactivity",
    "register_calendar",
]
