"""Answers are values: frozen, comparable, in the shop's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import loyaltykit as lk
from loyaltykit.rules import spend
from tests.support.stories import LATE, Story, at, club, day


def test_balance_total() -> None:
    """I1, I2: the total is what is available, held and pending, less what is owed."""
    when = datetime(2024, 1, 1, tzinfo=UTC)
    balance = lk.Balance(as_of=when, available=5, pending=3, held=2, debt=7, read_lots=lambda: ())
    assert (balance.total, balance.lots) == (3, ())
    assert lk.Balance(as_of=when, available=5, read_lots=lambda: ()).total == 5


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


def test_what_if_counts_and_moves() -> None:
    """T7: how many go from which tier to which, and who, by id."""
    tiers = {"c": ("low", "high"), "a": ("low", "low"), "b": ("high", "low"), "d": ("low", "high")}
    whatif = lk.answers.WhatIf(as_of=LATE, tiers=tiers)
    assert whatif.counts == {("low", "high"): 2, ("low", "low"): 1, ("high", "low"): 1}
    assert whatif.moves() == [("b", "high", "low"), ("c", "low", "high"), ("d", "low", "high")]
