"""Balances add up and are told in the shop's own time (I1, C1)."""

from __future__ import annotations

import pickle
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


def test_the_lots_of_a_balance_are_a_tuple_to_whoever_looks() -> None:
    """S4: made when they are looked at, equal to the tuple of them, with its hash; nothing recorded later shows."""
    story = Story()
    story.buy("a", day(1), 10)
    story.buy("b", day(2), 20)
    balance, again = (story.shop.balance("m", as_of=day(3)) for _ in range(2))
    story.buy("c", day(3), 30)
    lots = tuple(balance.lots)
    assert [(lot.id, lot.remaining) for lot in balance.lots] == [("a", 10), ("b", 20)]
    assert (balance.lots, hash(balance.lots), repr(balance.lots)) == (lots, hash(lots), repr(lots))
    assert (len(balance.lots), balance.lots[0], balance.lots[1:]) == (2, lots[0], lots[1:])
    assert balance.lots == again.lots != story.shop.balance("m", as_of=day(3)).lots
    assert type(pickle.loads(pickle.dumps(balance)).lots) is tuple
    assert pickle.loads(pickle.dumps(balance)) == balance == again
