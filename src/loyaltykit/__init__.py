"""loyaltykit: run a membership programme from your own shop software.

The words for rules are in ``loyaltykit.rules``; everything else a shop needs is here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltykit.calendars import NEVER, BirthdayCalendar, inactivity, register_calendar
    from loyaltykit.domain.accounts.receipt import Receipt, TierCorrection
    from loyaltykit.domain.earning.accrual import RuleShare
    from loyaltykit.domain.forms.checker import RecordChecker, check_record, record_of
    from loyaltykit.domain.forms.json_schema import member_schema
    from loyaltykit.domain.forms.problems import RecordProblem
    from loyaltykit.domain.ledger.vouchers import Voucher
    from loyaltykit.domain.lint import LintFinding
    from loyaltykit.domain.matching.blocking import Crowd
    from loyaltykit.domain.matching.matching import LikelyPair, MatchGroup, Matching, MatchReport, find_matches
    from loyaltykit.domain.members.birthday import Birthday
    from loyaltykit.domain.members.contacts import Contact
    from loyaltykit.domain.members.diff import FieldChange, difference
    from loyaltykit.domain.members.member import Member
    from loyaltykit.domain.program.achievements import Achievement
    from loyaltykit.domain.program.caps import Cap
    from loyaltykit.domain.program.late import LateFacts
    from loyaltykit.domain.program.migration import Migration, keep_until_validity_ends, reevaluate
    from loyaltykit.domain.program.notices import Notice, Notices
    from loyaltykit.domain.program.points import AccrualRule, Earns, PointsPolicy, extend
    from loyaltykit.domain.program.program import EventType, Program, Segment
    from loyaltykit.domain.program.rewards import Reward
    from loyaltykit.domain.program.tiers import Tier, TierLadder
    from loyaltykit.domain.quality.report import ChannelQuality, IssueChange, QualityChange, QualityIssue, QualityReport
    from loyaltykit.domain.quality.review import quality_report
    from loyaltykit.domain.transactions import (
        Activation,
        Adjustment,
        Capture,
        Event,
        Hold,
        Line,
        OpeningBalance,
        OpeningLot,
        PointsPayment,
        Purchase,
        Redemption,
        Release,
        Return,
        ReturnedLine,
        Reversal,
        TierGrant,
        TierGrantEnd,
        Transaction,
        Transfer,
        Visit,
        VoucherUse,
    )
    from loyaltykit.domain.views.balance import Balance, LotView
    from loyaltykit.domain.views.liability import Liability
    from loyaltykit.domain.views.reconciliation import Reconciliation
    from loyaltykit.domain.views.record_versions import RecordVersion
    from loyaltykit.domain.views.statement import StatementRow
    from loyaltykit.domain.views.tier_history import TierDecision, TierHistory
    from loyaltykit.domain.views.tier_status import SetByHand, TierStatus
    from loyaltykit.domain.views.verification import Finding
    from loyaltykit.errors import (
        CaptureExceedsHoldError,
        ChangeInThePastError,
        ClosedError,
        ConflictError,
        HoldEndedError,
        IdempotencyConflictError,
        InsufficientPointsError,
        InvalidProgramError,
        InvalidRuleError,
        InvalidValueError,
        LoyaltyError,
        MissingExtraError,
        NotActiveError,
        NotEnrolledError,
        OutcomeUnknownError,
        Problem,
        ProgramChangedError,
        RefusedError,
        ReturnExceedsPurchaseError,
        ReversalExceedsRedemptionError,
        RewardUnavailableError,
        StaleEditError,
        TableError,
        TierGrantEndedError,
        TooLateError,
        UnknownMemberError,
        UnknownTransactionError,
        UnmergeRefusedError,
        VoucherNotUsableError,
    )
    from loyaltykit.loyalty import Loyalty
    from loyaltykit.loyalty.change import MemberMove, ProgramChange, ProgramVersion
    from loyaltykit.loyalty.cloud_events import to_cloud_event
    from loyaltykit.loyalty.intake import IngestReport
    from loyaltykit.loyalty.programs import WhatIf
    from loyaltykit.loyalty.settlement import Settlement, TierChange
    from loyaltykit.rules.cases import Case
    from loyaltykit.rules.fields import Field
else:
    from importlib import import_module as _import_module
    from threading import RLock as _RLock

    # Python can break off an import when two threads load a package and its modules in different orders.
    _one_at_a_time = _RLock()

    # Out of sight of type checkers: with a __getattr__ in view, they would let every misspelled name pass.
    def __getattr__(name: str) -> object:
        # A name is kept once it is found, so this runs once for each; see docs/decisions/0013.
        if name not in _HOMES and name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        with _one_at_a_time:
            if name in _ROOMS:
                return _import_module(f"{__name__}.{name}")
            globals()[name] = found = getattr(_import_module(_HOMES[name]), name)
            return found


del TYPE_CHECKING  # the door shows the library's own names only

__version__ = "0.1.0"

__all__ = [
    "NEVER",
    "AccrualRule",
    "Achievement",
    "Activation",
    "Adjustment",
    "Balance",
    "Birthday",
    "BirthdayCalendar",
    "Cap",
    "Capture",
    "CaptureExceedsHoldError",
    "Case",
    "ChangeInThePastError",
    "ChannelQuality",
    "ClosedError",
    "ConflictError",
    "Contact",
    "Crowd",
    "Earns",
    "Event",
    "EventType",
    "Field",
    "FieldChange",
    "Finding",
    "Hold",
    "HoldEndedError",
    "IdempotencyConflictError",
    "IngestReport",
    "InsufficientPointsError",
    "InvalidProgramError",
    "InvalidRuleError",
    "InvalidValueError",
    "IssueChange",
    "LateFacts",
    "Liability",
    "LikelyPair",
    "Line",
    "LintFinding",
    "LotView",
    "Loyalty",
    "LoyaltyError",
    "MatchGroup",
    "MatchReport",
    "Matching",
    "Member",
    "MemberMove",
    "Migration",
    "MissingExtraError",
    "NotActiveError",
    "NotEnrolledError",
    "Notice",
    "Notices",
    "OpeningBalance",
    "OpeningLot",
    "OutcomeUnknownError",
    "PointsPayment",
    "PointsPolicy",
    "Problem",
    "Program",
    "ProgramChange",
    "ProgramChangedError",
    "ProgramVersion",
    "Purchase",
    "QualityChange",
    "QualityIssue",
    "QualityReport",
    "Receipt",
    "Reconciliation",
    "RecordChecker",
    "RecordProblem",
    "RecordVersion",
    "Redemption",
    "RefusedError",
    "Release",
    "Return",
    "ReturnExceedsPurchaseError",
    "ReturnedLine",
    "Reversal",
    "ReversalExceedsRedemptionError",
    "Reward",
    "RewardUnavailableError",
    "RuleShare",
    "Segment",
    "SetByHand",
    "Settlement",
    "StaleEditError",
    "StatementRow",
    "TableError",
    "Tier",
    "TierChange",
    "TierCorrection",
    "TierDecision",
    "TierGrant",
    "TierGrantEnd",
    "TierGrantEndedError",
    "TierHistory",
    "TierLadder",
    "TierStatus",
    "TooLateError",
    "Transaction",
    "Transfer",
    "UnknownMemberError",
    "UnknownTransactionError",
    "UnmergeRefusedError",
    "Visit",
    "Voucher",
    "VoucherNotUsableError",
    "VoucherUse",
    "WhatIf",
    "check_record",
    "difference",
    "extend",
    "find_matches",
    "inactivity",
    "keep_until_validity_ends",
    "member_schema",
    "quality_report",
    "record_of",
    "reevaluate",
    "register_calendar",
    "to_cloud_event",
]

# Where the names live; tests/test_door.py compares this table with the imports above and with __all__.
_HOMES = {
    "NEVER": "loyaltykit.calendars",
    "AccrualRule": "loyaltykit.domain.program.points",
    "Achievement": "loyaltykit.domain.program.achievements",
    "Activation": "loyaltykit.domain.transactions",
    "Adjustment": "loyaltykit.domain.transactions",
    "Balance": "loyaltykit.domain.views.balance",
    "Birthday": "loyaltykit.domain.members.birthday",
    "BirthdayCalendar": "loyaltykit.calendars",
    "Cap": "loyaltykit.domain.program.caps",
    "Capture": "loyaltykit.domain.transactions",
    "CaptureExceedsHoldError": "loyaltykit.errors",
    "Case": "loyaltykit.rules.cases",
    "ChangeInThePastError": "loyaltykit.errors",
    "ChannelQuality": "loyaltykit.domain.quality.report",
    "ClosedError": "loyaltykit.errors",
    "ConflictError": "loyaltykit.errors",
    "Contact": "loyaltykit.domain.members.contacts",
    "Crowd": "loyaltykit.domain.matching.blocking",
    "Earns": "loyaltykit.domain.program.points",
    "Event": "loyaltykit.domain.transactions",
    "EventType": "loyaltykit.domain.program.program",
    "Field": "loyaltykit.rules.fields",
    "FieldChange": "loyaltykit.domain.members.diff",
    "Finding": "loyaltykit.domain.views.verification",
    "Hold": "loyaltykit.domain.transactions",
    "HoldEndedError": "loyaltykit.errors",
    "IdempotencyConflictError": "loyaltykit.errors",
    "IngestReport": "loyaltykit.loyalty.intake",
    "InsufficientPointsError": "loyaltykit.errors",
    "InvalidProgramError": "loyaltykit.errors",
    "InvalidRuleError": "loyaltykit.errors",
    "InvalidValueError": "loyaltykit.errors",
    "IssueChange": "loyaltykit.domain.quality.report",
    "LateFacts": "loyaltykit.domain.program.late",
    "Liability": "loyaltykit.domain.views.liability",
    "LikelyPair": "loyaltykit.domain.matching.matching",
    "Line": "loyaltykit.domain.transactions",
    "LintFinding": "loyaltykit.domain.lint",
    "LotView": "loyaltykit.domain.views.balance",
    "Loyalty": "loyaltykit.loyalty",
    "LoyaltyError": "loyaltykit.errors",
    "MatchGroup": "loyaltykit.domain.matching.matching",
    "MatchReport": "loyaltykit.domain.matching.matching",
    "Matching": "loyaltykit.domain.matching.matching",
    "Member": "loyaltykit.domain.members.member",
    "MemberMove": "loyaltykit.loyalty.change",
    "Migration": "loyaltykit.domain.program.migration",
    "MissingExtraError": "loyaltykit.errors",
    "NotActiveError": "loyaltykit.errors",
    "NotEnrolledError": "loyaltykit.errors",
    "Notice": "loyaltykit.domain.program.notices",
    "Notices": "loyaltykit.domain.program.notices",
    "OpeningBalance": "loyaltykit.domain.transactions",
    "OpeningLot": "loyaltykit.domain.transactions",
    "OutcomeUnknownError": "loyaltykit.errors",
    "PointsPayment": "loyaltykit.domain.transactions",
    "PointsPolicy": "loyaltykit.domain.program.points",
    "Problem": "loyaltykit.errors",
    "Program": "loyaltykit.domain.program.program",
    "ProgramChange": "loyaltykit.loyalty.change",
    "ProgramChangedError": "loyaltykit.errors",
    "ProgramVersion": "loyaltykit.loyalty.change",
    "Purchase": "loyaltykit.domain.transactions",
    "QualityChange": "loyaltykit.domain.quality.report",
    "QualityIssue": "loyaltykit.domain.quality.report",
    "QualityReport": "loyaltykit.domain.quality.report",
    "Receipt": "loyaltykit.domain.accounts.receipt",
    "Reconciliation": "loyaltykit.domain.views.reconciliation",
    "RecordChecker": "loyaltykit.domain.forms.checker",
    "RecordProblem": "loyaltykit.domain.forms.problems",
    "RecordVersion": "loyaltykit.domain.views.record_versions",
    "Redemption": "loyaltykit.domain.transactions",
    "RefusedError": "loyaltykit.errors",
    "Release": "loyaltykit.domain.transactions",
    "Return": "loyaltykit.domain.transactions",
    "ReturnExceedsPurchaseError": "loyaltykit.errors",
    "ReturnedLine": "loyaltykit.domain.transactions",
    "Reversal": "loyaltykit.domain.transactions",
    "ReversalExceedsRedemptionError": "loyaltykit.errors",
    "Reward": "loyaltykit.domain.program.rewards",
    "RewardUnavailableError": "loyaltykit.errors",
    "RuleShare": "loyaltykit.domain.earning.accrual",
    "Segment": "loyaltykit.domain.program.program",
    "SetByHand": "loyaltykit.domain.views.tier_status",
    "Settlement": "loyaltykit.loyalty.settlement",
    "StaleEditError": "loyaltykit.errors",
    "StatementRow": "loyaltykit.domain.views.statement",
    "TableError": "loyaltykit.errors",
    "Tier": "loyaltykit.domain.program.tiers",
    "TierChange": "loyaltykit.loyalty.settlement",
    "TierCorrection": "loyaltykit.domain.accounts.receipt",
    "TierDecision": "loyaltykit.domain.views.tier_history",
    "TierGrant": "loyaltykit.domain.transactions",
    "TierGrantEnd": "loyaltykit.domain.transactions",
    "TierGrantEndedError": "loyaltykit.errors",
    "TierHistory": "loyaltykit.domain.views.tier_history",
    "TierLadder": "loyaltykit.domain.program.tiers",
    "TierStatus": "loyaltykit.domain.views.tier_status",
    "TooLateError": "loyaltykit.errors",
    "Transaction": "loyaltykit.domain.transactions",
    "Transfer": "loyaltykit.domain.transactions",
    "UnknownMemberError": "loyaltykit.errors",
    "UnknownTransactionError": "loyaltykit.errors",
    "UnmergeRefusedError": "loyaltykit.errors",
    "Visit": "loyaltykit.domain.transactions",
    "Voucher": "loyaltykit.domain.ledger.vouchers",
    "VoucherNotUsableError": "loyaltykit.errors",
    "VoucherUse": "loyaltykit.domain.transactions",
    "WhatIf": "loyaltykit.loyalty.programs",
    "check_record": "loyaltykit.domain.forms.checker",
    "difference": "loyaltykit.domain.members.diff",
    "extend": "loyaltykit.domain.program.points",
    "find_matches": "loyaltykit.domain.matching.matching",
    "inactivity": "loyaltykit.calendars",
    "keep_until_validity_ends": "loyaltykit.domain.program.migration",
    "member_schema": "loyaltykit.domain.forms.json_schema",
    "quality_report": "loyaltykit.domain.quality.review",
    "record_of": "loyaltykit.domain.forms.checker",
    "reevaluate": "loyaltykit.domain.program.migration",
    "register_calendar": "loyaltykit.calendars",
    "to_cloud_event": "loyaltykit.loyalty.cloud_events",
}

# What lies one dot below the library, as `loyaltykit.errors`, without an import of its own.
_ROOMS = ("calendars", "domain", "errors", "loyalty", "ports", "rules", "serialization", "storage", "values")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_ROOMS})
