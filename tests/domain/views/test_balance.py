"""Balances add up and are told in the shop's own time (I1, C1)."""

from __future__ import annotations

from datetime import UTC, datetime

import loyaltykit as lk
from tests.support.stories import Story, at, day


def test_balance_total() -> None:
    """I1, I2: the total is what is available, held and pending, less what is owed."""
    when = datetime(2024, 1, 1, tzinfo=UTC)
    balance = lk.Balance(as_of=when, available=5, pending=3, held=2, debt=7, lots=())
    assert (balance.total, balance.lots) == (3, ())
    assert lk.Balance(as_of=when, available=5, lots=()).total == 5


def test_answers_are_in_the_shops_own_time() -> None:
    """C1: whatever zone a question was asked in, moments are told in the programme's."""
    story = Story()
    story.buy("a", day(1))
    asked = at(2024, 1, 3).astimezone(UTC)
    balance, status = story.shop.balance("m", as_of=asked), story.shop.tier("m", as_of=asked)
    rows = story.shop.statement("m", as_of=asked)
    settlement = story.shop.settle(as_of=asked)
    told = [balance.as_of, balance.lots[0].active_from, status.as_of, status.since, rows[0].occurred_at]
    assert {str(moment.tzinfo) for moment in [*told, rows[0].recorded_at, settlement.as_of] if moment} == {
        "Europe/Berlin"
    }
