"""Returns: points taken back, and points paid that are restored (``S6``, ``S7``, ``S10``)."""

from __future__ import annotations

from attrs import evolve, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.postings import post_claim
from loyaltykit.domain.decide.reversals import restore_points
from loyaltykit.domain.earning.sales import Sale, apply_return, points_paid
from loyaltykit.domain.ledger.allocation import Claim, meet_claim
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.transactions import Return
from loyaltykit.errors import ReturnExceedsPurchaseError


@frozen
class PricedReturn:
    """A purchase after a return, and how its claim is met.

    ``points_back`` is how many of the points that paid for it are restored.
    """

    sale: Sale
    claim: Claim
    points_back: int = 0


def price_return(account: Account, back: Return) -> PricedReturn:
    """Price a return in recording order; refuse what cannot be returned (``S6``)."""
    sold = account.ledger.sales[back.of]
    if back.instant < sold.purchase.instant:
        raise ReturnExceedsPurchaseError("occurred_at", "is before the purchase", "date it at or after the purchase")
    rulebook = account.rules.version(sold.version)
    sale = apply_return(sold, back, rulebook.accrual, strict=True)
    points = sale.claimed - sold.claimed
    points_back = points_paid(sold, rulebook.program) - points_paid(sale, rulebook.program)
    if not points:
        return PricedReturn(sale, Claim(), points_back)
    claim = meet_claim(account.ledger, sold, back.instant, points, rulebook.program.points)
    return PricedReturn(evolve(sale, lapsed=sale.lapsed + claim.lapsed), claim, points_back)


def claw_back(account: Account, back: Return, returned: PricedReturn) -> tuple[Posting, ...]:
    """Post a priced return: the claim first, then the restored part of the points paid."""
    claimed = post_claim(account, back, "clawback", returned.claim)
    sale = returned.sale
    claimed = tuple(evolve(posting, multiplier=sale.multiplier, version=sale.version) for posting in claimed)
    # Points that paid are restored separately, after the claim (S10).
    given = restore_points(account.with_postings(claimed), back, returned.points_back) if returned.points_back else ()
    return claimed + given
