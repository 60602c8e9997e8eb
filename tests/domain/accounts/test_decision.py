"""What a decision holds."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.dispatch import decide, settle
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.values import to_instant
from tests.support.stories import START, club, day

MEMBER = lk.Member(id="m", enrolled_at=START)


def test_settling_nothing_is_no_decision() -> None:
    """I8: where nothing is due there is nothing to write."""
    account = Account(MEMBER, ProgramHistory.of(club()))
    assert settle(account, to_instant(day(90))) is None
    purchase = lk.Purchase(id="a", member_id="m", amount=10, occurred_at=day(0))
    account.apply(purchase, decide(account, purchase))
    decision = settle(account, to_instant(day(90)))
    assert decision is not None
    assert [posting.points for posting in decision.postings] == [-10]
    account.apply(None, decision)
    assert settle(account, to_instant(day(90))) is None
