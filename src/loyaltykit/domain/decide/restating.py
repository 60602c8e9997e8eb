"""Points of later purchases put right, where a late fact changes the tier they were made at (``T8``)."""

from __future__ import annotations

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision, Restated
from loyaltykit.domain.decide.credits import earned_lot
from loyaltykit.domain.decide.postings import claimed
from loyaltykit.domain.earning.sales import Sale, repriced
from loyaltykit.domain.ledger.allocation import Owing, claim_back
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import Return, TierGrantEnd, Transaction
from loyaltykit.values import joined_id


def restate(account: Account, late: Transaction, decision: Decision, timeline: Timeline) -> None:
    """Add to a late fact's decision what it changes of the points of later purchases.

    Args:
        account: before it.
        late: what arrived.
        decision: what it leads to by itself; grows.
        timeline: the member's past with it.
    """
    changed = _changed(account, late, timeline)
    before = account.after(decision.postings) if changed else account
    for sale in changed:
        multiplier = timeline.standing.history.sales[sale.purchase.id].multiplier
        now = repriced(sale, account.rules.version(sale.version).accrual, multiplier)
        points = now.points - sale.points
        if points <= 0 and isinstance(late, Return | TierGrantEnd):
            continue  # nor may a lower multiplier show when the purchase comes back
        restated = _added(before, late, now, points) if points > 0 else _taken(before, late, sale, now, -points)
        decision.restated += (restated,)
        decision.postings += restated.postings
        for posting in restated.postings:
            before.ledger.apply(posting)


def _changed(account: Account, late: Transaction, timeline: Timeline) -> list[Sale]:
    """The purchases behind a late fact whose multiplier comes out differently by it, in order."""
    before, after = account.standing.history.sales, timeline.standing.history.sales
    found = [
        account.ledger.sales[name]
        for name, sale in before.items()
        if sale.purchase.order > late.order and after[name].multiplier != sale.multiplier
    ]
    return sorted(found, key=lambda sale: sale.purchase.order)


def _added(account: Account, late: Transaction, sale: Sale, points: int) -> Restated:
    """More points: a lot of its own, which lives as that of the purchase was given to live."""
    at, version, about = sale.purchase.instant, sale.version, sale.purchase.id
    lot = earned_lot(account.rules.version(version), joined_id(late.id, about), points, at)
    own = [account.ledger.lots[name] for name in (about, *sale.more_lots) if name in account.ledger.lots]
    # What has made the purchase's points active makes these active too.
    lot = evolve(lot, active_from=min([lot.active_from, *(state.active_from for state in own)]))
    may_repay = lot.active_from <= max(account.ledger.position, lot.occurred_at)
    repaid = Owing(account.ledger).repay_from(lot) if may_repay else ()
    number = len(account.ledger.postings)
    posting = Posting(number, "accrual", points, at, late.id, version, sale.multiplier, lot, repaid, about=about)
    return Restated(evolve(sale, more_lots=(*sale.more_lots, lot.id)), points, (posting,))


def _taken(account: Account, late: Transaction, before: Sale, sale: Sale, points: int) -> Restated:
    """Fewer points: taken back as a return of the purchase would be (``S7``)."""
    if not points:
        return Restated(sale, 0)
    at, policy = sale.purchase.instant, account.rules.version(sale.version).program.points
    claim = claim_back(account.ledger, before, at, points, policy)
    number, about = len(account.ledger.postings), sale.purchase.id
    posting = Posting(number, "clawback", 0, at, late.id, sale.version, sale.multiplier, about=about)
    postings = claimed(account, posting, claim)
    return Restated(evolve(sale, lapsed=sale.lapsed + claim.lapsed), -claim.points, postings)
