"""Restating: correcting the points of later purchases whose tier a late transaction changes (``T8``)."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.receipt import Restated
from loyaltykit.domain.decide.credits import earned_lot
from loyaltykit.domain.decide.postings import claim_postings
from loyaltykit.domain.earning.sales import Sale, reprice
from loyaltykit.domain.ledger.allocation import OpenDebts, meet_claim
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import Return, TierGrantEnd, Transaction
from loyaltykit.values import joined_id


def restate(account: Account, late: Transaction, decision: Decision, timeline: Timeline) -> None:
    """Add to a late transaction's decision the corrections of later purchases.

    Args:
        account: before it.
        late: the late transaction.
        decision: its own decision, which is extended.
        timeline: the member's timeline with it.
    """
    changed = _changed_sales(account, late, timeline)
    before = account.with_postings(decision.postings) if changed else account
    for sale in changed:
        multiplier = timeline.standing.history.sales[sale.purchase.id].multiplier
        now = reprice(sale, account.rules.version(sale.version).accrual, multiplier)
        points = now.points - sale.points
        if points <= 0 and isinstance(late, Return | TierGrantEnd):
            continue  # a later return must not use a lower multiplier either
        restated = (
            _add_points(before, late, now, points) if points > 0 else _take_points(before, late, sale, now, -points)
        )
        decision.restated += (restated,)
        decision.postings += restated.postings
        for posting in restated.postings:
            before.ledger.apply(posting)


def _changed_sales(account: Account, late: Transaction, timeline: Timeline) -> list[Sale]:
    """Return the purchases after a late transaction whose multiplier it changes, in order."""
    before, after = account.standing.history.sales, timeline.standing.history.sales
    found = [
        account.ledger.sales[name]
        for name, sale in before.items()
        if sale.purchase.order > late.order and after[name].multiplier != sale.multiplier
    ]
    return sorted(found, key=lambda sale: sale.purchase.order)


def _add_points(account: Account, late: Transaction, sale: Sale, points: int) -> Restated:
    """Add points: a lot of its own, valid like that of the purchase."""
    at, version, about = sale.purchase.instant, sale.version, sale.purchase.id
    lot = earned_lot(account.rules.version(version), joined_id(late.id, about), points, at)
    own = [account.ledger.lots[name] for name in (about, *sale.more_lots) if name in account.ledger.lots]
    # What activated the purchase's points activates these too.
    lot = evolve(lot, active_from=min([lot.active_from, *(state.active_from for state in own)]))
    may_repay = lot.active_from <= max(account.ledger.position, lot.occurred_at)
    repaid = OpenDebts(account.ledger).repay_from(lot) if may_repay else ()
    number = len(account.ledger.postings)
    posting = Posting(number, "accrual", points, at, late.id, version, sale.multiplier, lot, repaid, about=about)
    return Restated(evolve(sale, more_lots=(*sale.more_lots, lot.id)), points, (posting,))


def _take_points(account: Account, late: Transaction, before: Sale, sale: Sale, points: int) -> Restated:
    """Take points, as a return of the purchase would (``S7``)."""
    if not points:
        return Restated(sale, 0)
    at, policy = sale.purchase.instant, account.rules.version(sale.version).program.points
    claim = meet_claim(account.ledger, before, at, points, policy)
    number, about = len(account.ledger.postings), sale.purchase.id
    posting = Posting(number, "clawback", 0, at, late.id, sale.version, sale.multiplier, about=about)
    postings = claim_postings(account, posting, claim)
    return Restated(evolve(sale, lapsed=sale.lapsed + claim.lapsed), -claim.points, postings)
