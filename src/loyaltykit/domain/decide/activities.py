"""Caps on purchases, and points for visits and events, in recording order (``S20``)."""

from __future__ import annotations

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.credits import new_lot
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.sales import Sale, limit_to_caps
from loyaltykit.domain.ledger.allocation import OpenDebts
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.tiers.standing import Step
from loyaltykit.domain.transactions import AchievementShare, Event, Transaction, Visit
from loyaltykit.values import joined_id


def apply_caps(account: Account, sale: Sale) -> Sale:
    """Return a sale with the points that are issued for it.

    ``Standing`` prices it at its place in the past. What is issued follows recording order, so that late transactions
    never give a period more than its cap.
    """
    caps = account.rules.version(sale.version).caps
    assert caps is not None  # checked by the caller
    return limit_to_caps(sale, caps, account.usage)


def find_achieved(account: Account, transaction: Transaction, step: Step) -> Achieved | None:
    """Return what a visit or an event counts for and gives; None without an achievement."""
    book = account.rules.at(transaction.instant).achievements
    if isinstance(transaction, AchievementShare):
        return Achieved(shares=book.shares(transaction.shares, transaction.instant, account.usage))
    if step.achieved is None:
        return None
    assert isinstance(transaction, Visit | Event)  # nothing else achieves
    return book.achieve(transaction, step.achieved.matched, account.usage)


def award_points(account: Account, transaction: Transaction, achieved: Achieved) -> tuple[Posting, ...]:
    """Post the points of achievements: an active lot that repays debt first."""
    points, at = achieved.points, transaction.instant
    if not points:
        return ()
    # The lot of an event's other side has its own id: a merge may bring both to one member.
    name = joined_id(transaction.id, "other") if isinstance(transaction, AchievementShare) else transaction.id
    rulebook = account.rules.at(at)
    lot = new_lot(rulebook, name, points, at)
    repaid = OpenDebts(account.ledger).repay_from(lot)
    number = len(account.ledger.postings)
    return (Posting(number, "accrual", points, at, transaction.id, rulebook.version, lot=lot, allocations=repaid),)


def other_side_shares(transaction: Transaction, achieved: Achieved) -> tuple[AchievementShare, ...]:
    """Return what an achievement gives the other member, recorded together with it."""
    if not achieved.beside:
        return ()
    assert isinstance(transaction, Event)  # only events name an other member
    assert transaction.other_member_id is not None  # or there would be nothing to share
    return (
        AchievementShare(
            id=transaction.id,
            member_id=transaction.other_member_id,
            shares=achieved.beside,
            occurred_at=transaction.occurred_at,
            actor=transaction.actor,
            reason=transaction.reason,
        ),
    )
