"""One member's account: the fold of everything that was recorded for it, kept incrementally."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from attrs import define

from loyaltykit.domain.answers import Receipt, RuleShare
from loyaltykit.domain.facts import History, View
from loyaltykit.domain.ledger import Ledger
from loyaltykit.domain.lots import Posting
from loyaltykit.domain.member import Member
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.sales import Sale
from loyaltykit.domain.standing import Standing, Step, end_of_instant, replay
from loyaltykit.domain.tiers import TierRow
from loyaltykit.domain.transactions import Order, Purchase, Reversal, Transaction
from loyaltykit.values import NEVER_US, Instant


@define(eq=False)
class Decision:
    """What ``decide`` or ``settle`` found: to be appended as a whole, or not at all.

    Args:
        postings: new lines of points.
        rows: new tier decisions.
        told: what the receipt says beside the postings; None for a settlement.
        sale: the purchase it is about, as the ledger now holds it.
        step: the transaction in its place in the past, while it is at hand; it can be worked out again.
        settled_until: for a settlement, up to when checks are decided.
    """

    postings: tuple[Posting, ...] = ()
    rows: tuple[TierRow, ...] = ()
    told: Told | None = None
    sale: Sale | None = None
    step: Step | None = None
    settled_until: Instant = -NEVER_US

    @property
    def receipt(self) -> Receipt | None:
        """What the caller is told; None for a settlement."""
        return None if self.told is None else _receipt(self.told, self)


class Told(NamedTuple):
    """What a receipt says beside the postings."""

    transaction: Transaction
    member_id: str
    multiplier: Decimal
    tier_before: str
    tier_after: str


def _receipt(told: Told, decision: Decision) -> Receipt:
    transaction, points = told.transaction, decision.postings[0].points if decision.postings else 0
    assert transaction.occurred_at is not None  # resolved before anything is decided
    earned = decision.sale.earned if decision.sale is not None and isinstance(transaction, Purchase) else None
    return Receipt(
        id=transaction.id,
        kind=transaction.kind,
        member_id=told.member_id,
        occurred_at=transaction.occurred_at,
        points=points,
        breakdown=tuple([RuleShare(rule, points) for rule, points in earned.shares]) if earned else (),
        lines=earned.lines if earned else (),
        multiplier=told.multiplier,
        tier_before=told.tier_before,
        tier_after=told.tier_after,
    )


@define
class Outlook:
    """A member as seen at an instant.

    Args:
        history: what is asked.
        row: the tier decision in force.
        view: from where facts are looked at.
    """

    history: History
    row: TierRow
    view: View


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

    def standing_before(self, transaction: Transaction) -> Standing:
        """Where the member stood just before a late transaction."""
        place = bisect_left(self.past, transaction.order, key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def standing_at(self, at: Instant) -> Standing:
        """Where the member stood after everything that happened up to an instant; checks due since are not taken in."""
        if end_of_instant(at) > self.standing.position:
            return self.standing
        place = bisect_right(self.past, end_of_instant(at), key=_order)
        return replay(self.member, self.rulebook, self.past[:place])

    def outlook(self, at: Instant) -> Outlook:
        """How the member is seen at an instant: by what had happened up to it."""
        standing = self.standing
        if end_of_instant(at) <= standing.position and standing.last_return > at:
            # What came back later must not show: only folding again up to the instant leaves it out.
            standing = self.standing_at(at)
        if end_of_instant(at) <= standing.position:
            row = standing.row_at(at)
        else:
            row = (standing.rows_due(at) or [standing.row])[-1]
        view = View(at, self.rulebook.calendar.day_of(at), row.since, self.rulebook.names[row.rank], until=at)
        return Outlook(standing.history, row, view)

    def apply(self, transaction: Transaction | None, decision: Decision) -> None:
        """Take a decision in."""
        for posting in decision.postings:
            self.ledger.apply(posting)
        if decision.sale is not None:
            self.ledger.sales[decision.sale.purchase.id] = decision.sale
        if transaction is None:
            self.settled_until = max(self.settled_until, decision.settled_until)
            self.standing.check(decision.rows)
        elif transaction.moves_metrics:
            self._put_in_place(transaction, decision)
        else:
            # What moves neither metrics nor tiers has no place in the past (T1); checks due before it may have come.
            self.standing.check(decision.rows)
            if isinstance(transaction, Reversal):
                given = self.ledger.given_back.get(transaction.of, 0)
                self.ledger.given_back[transaction.of] = given + decision.postings[0].points

    def _put_in_place(self, transaction: Transaction, decision: Decision) -> None:
        """Give a transaction its place in the past."""
        if transaction.order < self.standing.position:
            insort(self.past, transaction, key=_order)
            self._rebuild()
            return
        self.past.append(transaction)
        self.standing.apply(decision.step or self.standing.step(transaction))
        decision.step = None

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
