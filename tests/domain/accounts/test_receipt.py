"""A receipt says what its transaction led to (S1, T5)."""

from __future__ import annotations

from decimal import Decimal

import pytest

import loyaltykit as lk
from loyaltykit.rules import spend
from tests.support.stories import Story, club, day


def test_a_receipt_says_what_it_led_to() -> None:
    """S1, T5: id, kind, member, instant, points, breakdown and lines, multiplier, the tiers around it."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 50, multiplier="2"))
    story = Story(club(tiers=tiers))
    lines = [lk.Line(amount=30), lk.Line(amount=25)]
    receipt = story.shop.record(lk.Purchase(id="a", member_id="m", lines=lines, occurred_at=day(1)))
    assert receipt == lk.Receipt(
        id="a",
        kind="purchase",
        member_id="m",
        occurred_at=day(1),
        points=55,
        breakdown=(lk.answers.RuleShare("base", 55),),
        lines=(30, 25),
        multiplier=Decimal(1),
        tier_before="low",
        tier_after="high",
    )
    assert receipt.notices == ()
    with pytest.raises(AttributeError):
        receipt.points = 7  # type: ignore[misc]
