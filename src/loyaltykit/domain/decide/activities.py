"""What caps leave of a purchase and what a visit or an event gives, decided in the order of recording (``S20``)."""

from __future__ import annotations

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.credits import new_lot
from loyaltykit.domain.earning.achievements import Achieved
from loyaltykit.domain.earning.sales import Sale, within_caps
from loyaltykit.domain.ledger.allocation import Owing
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.tiers.standing import Step
from loyaltykit.domain.transactions import AchievementShare, Event, Transaction, Visit
from loyaltykit.values import joined_id


def granted(account: Account, sale: Sale) -> Sale:
    """A purchase with what is issued for it.

    ``Standing`` gives it what is left at its place in the past; what is issued follows the order of recording, so that
    a period never gets more than its cap, whatever arrives late.
    """
    caps = account.rules.version(sale.version).caps
    assert caps is not None  # the caller looked
    return within_caps(sale, caps, account.tally)


def achieved_by(account: Account, transaction: Transaction, step: Step) -> Achieved | None:
    """What a visit or an event counts for and gives, or gives an other member; None for all else."""
    book = account.rules.at(transaction.instant).achievements
    if isinstance(transaction, AchievementShare):
        return Achieved(shares=book.shares(transaction.shares, transaction.instant, account.tally))
    if step.achieved is None:
        return None
    assert isinstance(transaction, Visit | Event)  # nothing else achieves
    return book.achieve(transaction, step.achieved.matched, account.tally)


def award(account: Account, transaction: Transaction, achieved: Achieved) -> tuple[Posting, ...]:
    """The points of achievements: a lot that lives as the policy says, active at once; it repays debt first."""
    points, at = achieved.points, transaction.instant
    if not points:
        return ()
    # The other side of an event has a lot of its own name: both may come to one member by a merge.
    name = joined_id(transaction.id, "other") if isinstance(transaction, AchievementShare) else transaction.id
    rulebook = account.rules.at(at)
    lot = new_lot(rulebook, name, points, at)
    repaid = Owing(account.ledger).repay_from(lot)
    number = len(account.ledger.postings)
    return (Posting(number, "accrual", points, at, transaction.id, rulebook.version, lot=lot, allocations=repaid),)


def shared(transaction: Transaction, achieved: Achieved) -> tuple[AchievementShare, ...]:
    """What an achievement gives the other member, written beside it."""
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
