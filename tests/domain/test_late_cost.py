"""What a late fact costs: what came after it, and not the whole past (T8, I13)."""

from collections import Counter
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain import timeline
from loyaltykit.domain.ledger import Ledger
from loyaltykit.domain.standing import Standing
from loyaltykit.rules import days, spend
from tests.stories import LATE, Story, club, day

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend.over(days(40)) >= 250, multiplier="2"))


def bought(story: Story, count: int) -> None:
    for number in range(count):
        story.buy(f"p{number:03}", day(number), 10)


def test_t8_the_ledger_is_not_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """T8: a late purchase touches no other lot, written expiries or not: nothing is folded to find that out."""
    story = Story(club(tiers=LADDER))
    bought(story, 30)
    story.shop.settle()
    monkeypatch.setattr(Ledger, "refold", lambda _ledger: pytest.fail("the ledger was folded again"))
    story.buy("late", day(3), 10)
    assert story.available(day(3)) == 50


@pytest.mark.parametrize("back", [1, 5, 20, 60, 119])
def test_t8_i13_folded_from_the_last_copy(monkeypatch: pytest.MonkeyPatch, back: int) -> None:
    """T8, I13: a late fact costs about twice as many steps as came after it, and gives what folding all gives."""
    monkeypatch.setattr(timeline, "COPY_EVERY", 8)
    story, steps = Story(club(tiers=LADDER)), Counter[str]()
    bought(story, 120)
    right = Standing.step

    def counted(standing: Standing, transaction: Any) -> Any:
        steps["taken"] += 1
        return right(standing, transaction)

    monkeypatch.setattr(Standing, "step", counted)
    story.buy("late", day(119 - back, 13), 240)
    assert steps["taken"] <= 2 * back + 2 * 8
    fresh = Story(club(tiers=LADDER))
    for number in range(120):
        fresh.buy(f"p{number:03}", day(number), 10)
        if number == 119 - back:
            fresh.buy("late", day(number, 13), 240)
    assert [story.term(day(n)) for n in range(0, 160, 5)] == [fresh.term(day(n)) for n in range(0, 160, 5)]


def test_t8_restated_points_see_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """T8, S8: points put right for several purchases are numbered in a row, and repay a debt once, oldest first."""
    program = club(tiers=LADDER, late=lk.LateFacts(restate=True), points=lk.PointsPolicy())
    story = Story(program)
    for number in (2, 3, 4):
        story.buy(f"p{number}", day(number), 60)
    story.adjust("out", day(5), -200)
    folded = Counter[str]()
    right = Ledger.refold

    def counted(ledger: Ledger) -> Ledger:
        folded["times"] += 1
        return right(ledger)

    monkeypatch.setattr(Ledger, "refold", counted)
    receipt = story.buy("late", day(1), 250)
    assert receipt.restated == {"p2": 60, "p3": 60, "p4": 60}
    assert folded["times"] <= 2
    assert (story.debt(LATE), story.available(LATE)) == (0, 250 - 20 + 180)
    assert story.shop.storage.verify() == []
