"""One member's account: the fold of everything that was recorded for it, kept incrementally."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from attrs import frozen

from loyaltykit.domain.answers import Receipt
from loyaltykit.domain.ledger import Ledger
from loyaltykit.domain.lots import Posting
from loyaltykit.domain.member import Member
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.sales import Sale
from loyaltykit.domain.standing import Order, Standing, Step, end_of_instant, replay
from loyaltykit.domain.tiers import TierRow
from loyaltykit.domain.transactions import Event, Purchase, Return, Reversal, Transaction, Visit
from loyaltykit.values import NEVER_US, Instant


@frozen
class Decision:
    """What ``decide`` or ``settle`` found: to be appended as a whole, or not at all.

    Args:
        postings: new lines of points.
        rows: new tier decisions.
        receipt: what the caller is told; None for a settlement.
        sale: the purchase it is about, as the ledger now holds it.
        step: the transaction in its place in the past; None for a settlement.
        settled_until: for a settlement, up to when checks are decided.
    """

    postings: tuple[Posting, ...] = ()
    rows: tuple[TierRow, ...] = ()
    receipt: Receipt | None = None
    sale: Sale | None = None
    step: Step | None = None
    settled_until: Instant = -NEVER_US


def _order(transaction: Transaction) -> Order:
    return transaction.order


class Account:
    """The fold of one member's past.

    Args:
        member: who.
        rulebook: the rules.

    ``ledger`` follows the order of recording, ``standing`` the order in which things happened; ``past`` holds the
    transactions in that order, so that a late one can be put in its place.
    """

    def __init__(self, member: Member, rulebook: Rulebook) -> None:
        self.member = member
        self.rulebook = rulebook
        self.ledger = Ledger(rulebook)
        self.standing = Standing(member, rulebook)
        self.past: list[Transaction] = []
        self.settled_until: Instant = -NEVER_US

    def is_late(self, transaction: Transaction) -> bool:
        """Whether something that comes after the transaction was taken in before it."""
        return transaction.order < self.standing.position

    def standing_before(self, transaction: Transaction) -> Standing:
        """Where the member stood just before a transaction."""
        if not self.is_late(transaction):
            return self.standing
        place = bisect_left(self.past, transaction.order, key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def standing_at(self, at: Instant) -> Standing:
        """Where the member stood after everything that happened up to an instant; checks due since are not taken in."""
        if end_of_instant(at) > self.standing.position:
            return self.standing
        place = bisect_right(self.past, end_of_instant(at), key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def apply(self, transaction: Transaction | None, decision: Decision) -> None:
        """Take a decision in."""
        for posting in decision.postings:
            self.ledger.apply(posting)
        if decision.sale is not None:
            self.ledger.sales[decision.sale.purchase.id] = decision.sale
        if transaction is None:
            self.settled_until = max(self.settled_until, decision.settled_until)
            self.standing.check(decision.rows)
            return
        if isinstance(transaction, Reversal) and decision.receipt is not None:
            given = self.ledger.given_back.get(transaction.of, 0)
            self.ledger.given_back[transaction.of] = given + decision.receipt.points
        self._put_in_place(transaction, decision)

    def _put_in_place(self, transaction: Transaction, decision: Decision) -> None:
        """Give a transaction its place in the past; what moves neither metrics nor tiers has none (``T1``)."""
        if not isinstance(transaction, Purchase | Return | Visit | Event):
            self.standing.check(decision.rows)
        elif self.is_late(transaction):
            insort(self.past, transaction, key=_order)
            self._rebuild()
        else:
            self.past.append(transaction)
            assert decision.step is not None  # every transaction has one
            self.standing.apply(decision.step)

    def _rebuild(self) -> None:
        """Fold the past again, then the checks that were settled (``T8``)."""
        self.standing = replay(self.member, self.rulebook, self.past)
        self.standing.check(self.standing.rows_due(self.settled_until))


def rebuild(member: Member, rulebook: Rulebook, recorded: Iterable[tuple[Transaction | None, Decision]]) -> Account:
    """The account of everything recorded for a member, folded from scratch.

    Args:
        member: who.
        rulebook: the rules.
        recorded: transactions with their decisions, settlements without one, in the order of recording.
    """
    account = Account(member, rulebook)
    for transaction, decision in recorded:
        account.apply(transaction, decision)
    return account
