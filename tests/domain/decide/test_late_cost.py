"""What a late fact costs: what came after it, and not the whole past (T8, I13)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.tiers import timeline
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.rules import days, spend
from tests.support.stories import LATE, Story, club, day

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend.over(days(40)) >= 250, multiplier="2"))


def bought(story: Story, count: int) -> None:
    for number in range(count):
        story.buy(f"p{number:03}", day(number), 10)


def counting(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count from now on how many steps are folded, and how many purchases are priced."""
    steps = Counter[str]()
    step, price = Standing.step, Standing._price

    def counted_step(standing: Standing, transaction: Any) -> Any:
        steps["taken"] += 1
        return step(standing, transaction)

    def counted_price(*arguments: Any) -> Any:
        steps["priced"] += 1
        return price(*arguments)

    monkeypatch.setattr(Standing, "step", counted_step)
    monkeypatch.setattr(Standing, "_price", counted_price)
    return steps


def test_t8_the_ledger_is_not_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """T8: a late purchase touches no other lot, written expiries or not: nothing is folded to find that out."""
    story = Story(club(tiers=LADDER))
    bought(story, 30)
    story.shop.settle()
    monkeypatch.setattr(Ledger, "copy", lambda _ledger: pytest.fail("the ledger was copied"))
    story.buy("late", day(3), 10)
    assert story.available(day(3)) == 50


@pytest.mark.parametrize("back", [1, 5, 20, 60, 119])
def test_t8_i13_folded_from_the_last_copy(monkeypatch: pytest.MonkeyPatch, back: int) -> None:
    """T8, I13: a late fact costs about twice as many steps as came after it, and gives what folding all gives."""
    monkeypatch.setattr(timeline, "CHECKPOINT_EVERY", 4)
    story = Story(club(tiers=LADDER))
    bought(story, 120)
    steps = counting(monkeypatch)
    story.buy("late", day(119 - back, 13), 240)
    assert steps["taken"] <= 2 * back + 2 * 120 // 4
    fresh = Story(club(tiers=LADDER))
    for number in range(120):
        fresh.buy(f"p{number:03}", day(number), 10)
        if number == 119 - back:
            fresh.buy("late", day(number, 13), 240)
    assert [story.term(day(n)) for n in range(0, 160, 5)] == [fresh.term(day(n)) for n in range(0, 160, 5)]


def test_t8_what_was_priced_so_before_is_not_priced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """T8: of late facts one after the other, each prices itself, and what comes to another multiplier by it."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    bought(story, 30)
    story.buy("late 1", day(2, 13), 1)
    steps = counting(monkeypatch)
    story.buy("late 2", day(2, 14), 1)
    assert steps["priced"] == 1
    story.buy("late 3", day(2, 15), 100)
    assert steps["priced"] < steps["taken"]
    assert story.shop.storage.verify() == []


def test_c2_t8_a_quoted_late_purchase_leaves_no_price() -> None:
    """C2, T8: a preview of a late purchase is forgotten, though another one is recorded under its id."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    bought(story, 30)
    asked = lk.Purchase(id="late", member_id="m", amount=70, occurred_at=day(2))
    assert story.shop.quote(asked).points == 70
    assert story.buy("late", day(2), 30).points == 30
    assert story.buy("later", day(1), 30).points == 30
    assert story.shop.tier("m", as_of=day(29)).metrics == {"spend in the last 40 days": 360}


def test_i16_t8_what_was_known_is_folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """I16, T8: a question about what was known does not take every late fact in again, one after the other."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    for number in range(40, 0, -1):
        story.buy(f"p{number:03}", day(number), 10)
    story.buy("last", day(41), 10)
    told, known = story.term(day(41)), story.clock()
    story.clock.set(known + timedelta(days=1))
    story.buy("late", day(3), 500)
    steps = counting(monkeypatch)
    status = story.shop.tier("m", as_of=day(41), known_at=known + timedelta(hours=1))
    assert (status.name, status.since, status.until) == told
    assert steps["taken"] <= 2 * 41


def test_t8_restated_points_see_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """T8, S8: points put right for several purchases are numbered in a row, and repay a debt once, oldest first."""
    program = club(tiers=LADDER, late=lk.LatePolicy(restate=True), points=lk.PointsPolicy())
    story = Story(program)
    for number in (2, 3, 4):
        story.buy(f"p{number}", day(number), 60)
    story.adjust("out", day(5), -200)
    copied = Counter[str]()
    right = Ledger.copy

    def counted(ledger: Ledger) -> Ledger:
        copied["times"] += 1
        return right(ledger)

    monkeypatch.setattr(Ledger, "copy", counted)
    receipt = story.buy("late", day(1), 250)
    assert receipt.restated == {"p2": 60, "p3": 60, "p4": 60}
    assert 0 < copied["times"] <= 2
    assert (story.debt(LATE), story.available(LATE)) == (0, 250 - 20 + 180)
    assert story.shop.storage.verify() == []


def test_t8_s7_pending_points_are_put_right_too() -> None:
    """T8, S7: a late tier by hand that is fixed takes back the difference, of points that are pending as well."""
    pending = lk.PointsPolicy(active_after=days(3))
    story = Story(club(tiers=LADDER, late=lk.LatePolicy(restate=True), points=pending))
    story.buy("p1", day(1), 250)
    story.buy("p2", day(4), 60)
    by_whom = {"actor": "staff-7", "reason": "under review"}
    fixed = lk.TierGrant(id="g", member_id="m", tier="low", mode="fixed", occurred_at=day(3), **by_whom)
    assert story.shop.record(fixed).restated == {"p2": -60}
    assert story.places(day(4)) == (310, 0, 0, 0)
    assert story.shop.storage.verify() == []
