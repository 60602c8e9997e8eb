"""What a return takes back, and what it gives back of the points that paid (``S6``, ``S7``, ``S10``)."""

from __future__ import annotations

from attrs import evolve, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.postings import post_claim
from loyaltykit.domain.decide.reversals import give_back
from loyaltykit.domain.earning.sales import Sale, points_paid, take_back
from loyaltykit.domain.ledger.allocation import Claim, claim_back
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.transactions import Return
from loyaltykit.errors import ReturnExceedsPurchaseError


@frozen
class Returned:
    """The purchase after a return, by all returns recorded so far, and how its claim is met.

    ``points_back`` is what of the points that paid for it goes back.
    """

    sale: Sale
    claim: Claim
    points_back: int = 0


def price_return(account: Account, back: Return) -> Returned:
    """Price a return in the order of recording; refuses what cannot come back (``S6``)."""
    sold = account.ledger.sales[back.of]
    if back.instant < sold.purchase.instant:
        raise ReturnExceedsPurchaseError("occurred_at", "is before the purchase", "date it at or after the purchase")
    rulebook = account.rules.version(sold.version)
    sale = take_back(sold, back, rulebook.accrual, strict=True)
    points = sale.claimed - sold.claimed
    points_back = points_paid(sold, rulebook.program) - points_paid(sale, rulebook.program)
    if not points:
        return Returned(sale, Claim(), points_back)
    claim = claim_back(account.ledger, sold, back.instant, points, rulebook.program.points)
    return Returned(evolve(sale, lapsed=sale.lapsed + claim.lapsed), claim, points_back)


def claw_back(account: Account, back: Return, returned: Returned) -> tuple[Posting, ...]:
    """What a priced return writes: the claim first, then what goes back of the points that paid."""
    claimed = post_claim(account, back, "clawback", returned.claim)
    sale = returned.sale
    claimed = tuple(evolve(posting, multiplier=sale.multiplier, version=sale.version) for posting in claimed)
    # What was paid with points comes back by itself, after what is taken back (S10).
    given = give_back(account.after(claimed), back, returned.points_back) if returned.points_back else ()
    return claimed + given
