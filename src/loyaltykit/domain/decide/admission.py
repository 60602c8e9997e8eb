"""Transactions that a pending or closed member allows (decision 0024)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.transactions import (
    AchievementShare,
    Adjustment,
    Arrival,
    Hold,
    Purchase,
    Redemption,
    Release,
    Return,
    Reversal,
    TierGrantEnd,
    Transaction,
    Transfer,
    VoucherUse,
)
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import KeepApart
from loyaltykit.errors import NotActiveError

# What undoes or corrects something.
_ALWAYS: Final = (Return, Reversal, Release, TierGrantEnd, Adjustment, MemberEdit, KeepApart)
_SPENDING: Final = (Redemption, Hold, Transfer, VoucherUse)

_ROLES: Final[Mapping[type[Transaction], str]] = {Arrival: "to", AchievementShare: "other_member_id"}
"""By which part of what the caller passed the member is named; ``member_id`` where there is none."""


def check_status(account: Account, transaction: Transaction) -> None:
    """Check that the record's status at the date of a transaction allows it.

    Raises:
        NotActiveError: a pending member would spend, or something new would be recorded for a closed one.
    """
    if isinstance(transaction, _ALWAYS):
        return
    status = account.member_at(transaction.instant).status
    if status == "closed" or (status == "pending" and _spends(transaction)):
        raise NotActiveError(_ROLES.get(type(transaction), "member_id"), status)


def _spends(transaction: Transaction) -> bool:
    if isinstance(transaction, Purchase):
        return transaction.paid_with is not None
    return isinstance(transaction, _SPENDING)
