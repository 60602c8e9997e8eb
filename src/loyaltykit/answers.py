"""The parts of answers: what balances, receipts, statements and reports consist of."""

from loyaltykit.domain.accounts.receipt import TierCorrection
from loyaltykit.domain.earning.accrual import RuleShare
from loyaltykit.domain.views.balance import LotView
from loyaltykit.domain.views.holds import OpenHold
from loyaltykit.domain.views.liability import Liability
from loyaltykit.domain.views.reconciliation import Reconciliation
from loyaltykit.domain.views.statement import Statement, StatementRow
from loyaltykit.domain.views.tier_history import TierDecision, TierHistory
from loyaltykit.domain.views.tier_status import SetByHand
from loyaltykit.domain.views.verification import Finding
from loyaltykit.loyalty.change import MemberMove, ProgramChange, ProgramVersion
from loyaltykit.loyalty.programs import WhatIf
from loyaltykit.loyalty.selection import MemberPage
from loyaltykit.loyalty.settlement import TierChange
from loyaltykit.loyalty.transactions import RecordedTransaction, TransactionPage

__all__ = [
    "Finding",
    "Liability",
    "LotView",
    "MemberMove",
    "MemberPage",
    "OpenHold",
    "ProgramChange",
    "ProgramVersion",
    "Reconciliation",
    "RecordedTransaction",
    "RuleShare",
    "SetByHand",
    "Statement",
    "StatementRow",
    "TierChange",
    "TierCorrection",
    "TierDecision",
    "TierHistory",
    "TransactionPage",
    "WhatIf",
]
