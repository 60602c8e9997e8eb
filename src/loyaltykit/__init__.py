"""loyaltykit: run a membership programme from your own shop software.

Start with ``Loyalty`` and ``Program``. Words for rules are in ``loyaltykit.rules``, tables in ``loyaltykit.tables``,
record checks in ``loyaltykit.records``, duplicates in ``loyaltykit.matching``, the quality report in
``loyaltykit.quality``, the parts of answers in ``loyaltykit.answers`` and every error in ``loyaltykit.errors``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltykit.calendars import NEVER, BirthdayCalendar, inactivity, register_calendar
    from loyaltykit.domain.accounts.receipt import Receipt
    from loyaltykit.domain.decide.checks import check_transaction
    from loyaltykit.domain.forms.checker import check_record
    from loyaltykit.domain.ledger.vouchers import Voucher
    from loyaltykit.domain.members.birthday import Birthday
    from loyaltykit.domain.members.contacts import Contact
    from loyaltykit.domain.members.member import Member
    from loyaltykit.domain.program.achievements import Achievement
    from loyaltykit.domain.program.caps import Cap
    from loyaltykit.domain.program.late import LatePolicy
    from loyaltykit.domain.program.migration import Migration, keep_until_validity_ends, reevaluate
    from loyaltykit.domain.program.notices import Notice, NoticePolicy
    from loyaltykit.domain.program.points import AccrualRule, EarningPolicy, PointsPolicy, extend
    from loyaltykit.domain.program.program import EventType, Program, Segment
    from loyaltykit.domain.program.rewards import Reward
    from loyaltykit.domain.program.tiers import Tier, TierLadder
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
    from loyaltykit.domain.transactions.edits import MemberEdit
    from loyaltykit.domain.transactions.merges import KeepApart, Merge, Unmerge
    from loyaltykit.domain.views.balance import Balance
    from loyaltykit.domain.views.tier_status import TierStatus
    from loyaltykit.errors import (
        ConflictError,
        IdempotencyConflictError,
        InsufficientPointsError,
        InvalidValueError,
        LoyaltyError,
        NotEnrolledError,
        OutcomeUnknownError,
        Problem,
        RefusedError,
        UnknownMemberError,
    )
    from loyaltykit.loyalty import Loyalty
    from loyaltykit.loyalty.cloud_events import to_cloud_event
    from loyaltykit.loyalty.intake import IngestReport
    from loyaltykit.loyalty.settlement import Settlement
    from loyaltykit.rules.cases import Case
    from loyaltykit.rules.fields import Field
    from loyaltykit.wire import from_json, schema, to_json
else:
    import sys as _sys
    from importlib import import_module as _import_module
    from threading import RLock as _RLock

    # Python can break off an import when two threads load a package and its modules in different orders.
    _one_at_a_time = _RLock()

    # Out of sight of type checkers: with a __getattr__ in view, they would let every misspelled name pass.
    def __getattr__(name: str) -> object:
        # A name is kept once it is found, so this runs once for each; see docs/decisions/0013.
        if name not in _HOMES and name not in _PACKAGES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        with _one_at_a_time:
            if name in _PACKAGES:
                return _import_module(f"{__name__}.{name}")
            globals()[name] = found = getattr(_import_module(_HOMES[name]), name)
            return found

    class _Package(type(_sys)):
        """The package as a module that does not take private subpackages as attributes when Python imports them."""

        def __setattr__(self, name: str, value: object) -> None:
            if name in _PACKAGES or not isinstance(value, type(_sys)):
                super().__setattr__(name, value)

    _sys.modules[__name__].__class__ = _Package

del TYPE_CHECKING  # only the library's own names are attributes

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
    "Case",
    "ConflictError",
    "Contact",
    "EarningPolicy",
    "Event",
    "EventType",
    "Field",
    "Hold",
    "IdempotencyConflictError",
    "IngestReport",
    "InsufficientPointsError",
    "InvalidValueError",
    "KeepApart",
    "LatePolicy",
    "Line",
    "Loyalty",
    "LoyaltyError",
    "Member",
    "MemberEdit",
    "Merge",
    "Migration",
    "NotEnrolledError",
    "Notice",
    "NoticePolicy",
    "OpeningBalance",
    "OpeningLot",
    "OutcomeUnknownError",
    "PointsPayment",
    "PointsPolicy",
    "Problem",
    "Program",
    "Purchase",
    "Receipt",
    "Redemption",
    "RefusedError",
    "Release",
    "Return",
    "ReturnedLine",
    "Reversal",
    "Reward",
    "Segment",
    "Settlement",
    "Tier",
    "TierGrant",
    "TierGrantEnd",
    "TierLadder",
    "TierStatus",
    "Transaction",
    "Transfer",
    "UnknownMemberError",
    "Unmerge",
    "Visit",
    "Voucher",
    "VoucherUse",
    "check_record",
    "check_transaction",
    "extend",
    "from_json",
    "inactivity",
    "keep_until_validity_ends",
    "reevaluate",
    "register_calendar",
    "schema",
    "to_cloud_event",
    "to_json",
]

# Where the names are defined; tests/test_door.py compares this table with the imports above and with __all__.
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
    "Case": "loyaltykit.rules.cases",
    "ConflictError": "loyaltykit.errors",
    "Contact": "loyaltykit.domain.members.contacts",
    "EarningPolicy": "loyaltykit.domain.program.points",
    "Event": "loyaltykit.domain.transactions",
    "EventType": "loyaltykit.domain.program.program",
    "Field": "loyaltykit.rules.fields",
    "Hold": "loyaltykit.domain.transactions",
    "IdempotencyConflictError": "loyaltykit.errors",
    "IngestReport": "loyaltykit.loyalty.intake",
    "InsufficientPointsError": "loyaltykit.errors",
    "InvalidValueError": "loyaltykit.errors",
    "KeepApart": "loyaltykit.domain.transactions.merges",
    "LatePolicy": "loyaltykit.domain.program.late",
    "Line": "loyaltykit.domain.transactions",
    "Loyalty": "loyaltykit.loyalty",
    "LoyaltyError": "loyaltykit.errors",
    "Member": "loyaltykit.domain.members.member",
    "MemberEdit": "loyaltykit.domain.transactions.edits",
    "Merge": "loyaltykit.domain.transactions.merges",
    "Migration": "loyaltykit.domain.program.migration",
    "NotEnrolledError": "loyaltykit.errors",
    "Notice": "loyaltykit.domain.program.notices",
    "NoticePolicy": "loyaltykit.domain.program.notices",
    "OpeningBalance": "loyaltykit.domain.transactions",
    "OpeningLot": "loyaltykit.domain.transactions",
    "OutcomeUnknownError": "loyaltykit.errors",
    "PointsPayment": "loyaltykit.domain.transactions",
    "PointsPolicy": "loyaltykit.domain.program.points",
    "Problem": "loyaltykit.errors",
    "Program": "loyaltykit.domain.program.program",
    "Purchase": "loyaltykit.domain.transactions",
    "Receipt": "loyaltykit.domain.accounts.receipt",
    "Redemption": "loyaltykit.domain.transactions",
    "RefusedError": "loyaltykit.errors",
    "Release": "loyaltykit.domain.transactions",
    "Return": "loyaltykit.domain.transactions",
    "ReturnedLine": "loyaltykit.domain.transactions",
    "Reversal": "loyaltykit.domain.transactions",
    "Reward": "loyaltykit.domain.program.rewards",
    "Segment": "loyaltykit.domain.program.program",
    "Settlement": "loyaltykit.loyalty.settlement",
    "Tier": "loyaltykit.domain.program.tiers",
    "TierGrant": "loyaltykit.domain.transactions",
    "TierGrantEnd": "loyaltykit.domain.transactions",
    "TierLadder": "loyaltykit.domain.program.tiers",
    "TierStatus": "loyaltykit.domain.views.tier_status",
    "Transaction": "loyaltykit.domain.transactions",
    "Transfer": "loyaltykit.domain.transactions",
    "UnknownMemberError": "loyaltykit.errors",
    "Unmerge": "loyaltykit.domain.transactions.merges",
    "Visit": "loyaltykit.domain.transactions",
    "Voucher": "loyaltykit.domain.ledger.vouchers",
    "VoucherUse": "loyaltykit.domain.transactions",
    "check_record": "loyaltykit.domain.forms.checker",
    "check_transaction": "loyaltykit.domain.decide.checks",
    "extend": "loyaltykit.domain.program.points",
    "from_json": "loyaltykit.wire",
    "inactivity": "loyaltykit.calendars",
    "keep_until_validity_ends": "loyaltykit.domain.program.migration",
    "reevaluate": "loyaltykit.domain.program.migration",
    "register_calendar": "loyaltykit.calendars",
    "schema": "loyaltykit.wire",
    "to_cloud_event": "loyaltykit.loyalty.cloud_events",
    "to_json": "loyaltykit.wire",
}

# Public modules: ``loyaltykit.errors`` works without an import of its own.
_PACKAGES = ("answers", "errors", "matching", "ports", "quality", "records", "rules", "storage", "tables")


def __dir__() -> list[str]:
    return sorted({*__all__, *_PACKAGES, "__version__", "__doc__"})
