"""Points put right where a late fact changes the multiplier of later purchases (T8, `restate`)."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, purchases, spend
from tests.support.stories import Story, club, day

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=spend >= 100, multiplier="1.5"), valid_for=days(300))
FRESH = lk.TierLadder(lk.Tier("low"), lk.Tier("fresh", enter=purchases == 0, multiplier="2"), valid_for=days(1))
"""Who has never bought anything; judged each night."""


def restating(ladder: lk.TierLadder = LADDER, **terms: Any) -> Story:
    policy = lk.PointsPolicy(**({"expire_after": days(50)} | terms))
    return Story(club(tiers=ladder, points=policy, late=lk.LatePolicy(restate=True)))


def test_t8_points_keep_their_rate_unless_the_programme_says_so() -> None:
    """T8: by default what was issued meanwhile stays; with `restate` it is what on time would have given."""
    keeping = Story(club(tiers=LADDER))
    for story, expected in ((keeping, {}), (restating(), {"a": 10, "b": 5})):
        story.buy("a", day(2), 20)
        story.buy("b", day(3), 10)
        receipt = story.buy("late", day(1), 100)
        assert (receipt.points, dict(receipt.restated)) == (100, expected)
        assert story.available(day(4)) == 130 + sum(expected.values())
        assert story.shop.storage.verify() == []


def test_t8_what_is_added_lives_as_the_purchase_lives() -> None:
    """S3, T8: a lot of its own, with the end, and the waiting, of the purchase's lot."""
    story = restating(active_after=days(5))
    story.buy("a", day(2), 20)
    story.buy("late", day(1), 100)
    assert story.places(day(4)) == (130, 0, 0, 0)
    lots = {lot.id: lot for lot in story.shop.balance("m", as_of=day(10)).lots}
    added, own = lots["late\x1fa"], lots["a"]
    assert (added.points, added.expires_at, added.active_from) == (10, own.expires_at, own.active_from)


def test_t8_what_is_added_repays_debt() -> None:
    """S8: it is a credit like any other."""
    story = restating()
    story.buy("a", day(2), 20)
    story.adjust("down", day(3), -25)
    assert story.debt(day(4)) == 5
    story.buy("late", day(1), 100)
    assert (story.debt(day(4)), story.available(day(4))) == (0, 105)
    assert story.shop.storage.verify() == []


def test_t8_a_return_of_what_was_put_right_takes_all_of_it() -> None:
    """S6: priced with the multiplier that was put right, met from all its lots."""
    story = restating()
    story.buy("a", day(2), 20)
    story.buy("late", day(1), 100)
    assert story.bring_back("r1", "a", day(3), amount="10").points == -15
    assert story.bring_back("r2", "a", day(4)).points == -15
    assert story.lots(day(5)) == [("late", 100)]
    assert story.shop.storage.verify() == []


def test_t8_a_purchase_that_gave_nothing_can_be_put_right() -> None:
    """S1: it had no lot; the one it gets is taken back like one."""
    story = restating(rounding="floor")
    story.buy("a", day(2), "0.90")
    assert dict(story.buy("late", day(1), 100).restated) == {"a": 1}
    assert story.bring_back("r", "a", day(3)).points == -1
    assert story.shop.storage.verify() == []


def test_t8_of_what_came_back_nothing_is_put_right() -> None:
    """S6: only the kept part gets points."""
    story = restating()
    story.buy("a", day(2), 20)
    story.bring_back("r", "a", day(3), amount="10")
    story.buy("b", day(4), 20)
    story.bring_back("q", "b", day(5))
    assert dict(story.buy("late", day(1), 100).restated) == {"a": 5, "b": 0}
    assert story.available(day(6)) == 115
    assert story.shop.storage.verify() == []


def test_t8_fewer_points_are_taken_back_as_a_return_would() -> None:
    """S7, T8: from the purchase's own lot."""
    story = restating(FRESH)
    assert story.buy("a", day(10), 10).points == 20
    receipt = story.buy("late", day(5), 10)
    assert (receipt.points, dict(receipt.restated)) == (20, {"a": -10})
    assert story.lots(day(11)) == [("late", 20), ("a", 10)]
    assert story.bring_back("r", "a", day(12)).points == -10
    assert story.shop.storage.verify() == []


def test_t8_a_late_return_never_lowers_points_of_others() -> None:
    """T8: it takes back its own, and no more."""
    story = restating(LADDER.evolve(on_return="immediately"))
    story.buy("a", day(1), 100)
    story.buy("b", day(5), 10)
    receipt = story.bring_back("r", "a", day(2))
    assert (receipt.points, dict(receipt.restated)) == (-100, {})
    assert [(item.before, item.after) for item in receipt.corrections] == [("mid", "low")]
    assert story.available(day(6)) == 15
    assert story.shop.storage.verify() == []


@pytest.mark.parametrize(
    ("policy", "down"), [("allow_negative", (-10, -10)), ("within_balance", (-2, 0)), ("only_pending", (0, 0))]
)
def test_s7_how_far_the_walk_goes(policy: str, down: tuple[int, int]) -> None:
    """S7, T8: the policy bounds what is taken back, and owed; several debts of one late fact stand apart."""
    story = restating(FRESH, on_return=policy)
    for number in range(2):
        story.buy(f"p{number}", day(10, number), 10)
    story.spend("x", day(11), 40)
    receipt = story.buy("late", day(5), 1)
    assert (receipt.points, dict(receipt.restated)) == (2, {"p0": down[0], "p1": down[1]})
    assert story.debt(day(12)) == max(-2 - sum(down), 0)
    assert story.shop.balance("m", as_of=day(12)).total == 2 + sum(down)
    story.adjust("up", day(13), 30)
    assert story.debt(day(14)) == 0
    assert story.shop.storage.verify() == []


def test_t8_a_merged_member_keeps_apart_whose_points_are_put_right() -> None:
    """S23: after an unmerge each side has what was put right of its own purchases."""
    story = restating()
    story.shop.enroll(lk.Member(id="n", enrolled_at=day(0)))
    story.buy("a", day(2), 20)
    story.shop.record(lk.Purchase(id="b", member_id="n", amount=20, occurred_at=day(3)))
    story.shop.members.merge("m", "n", id="mg", actor="s", reason="-", occurred_at=day(4))
    assert dict(story.buy("late", day(1), 100).restated) == {"a": 10, "b": 10}
    story.shop.members.unmerge("n", id="um", actor="s", reason="-")
    assert story.shop.balance("n", as_of=day(5)).available == 30
    assert story.available(day(5)) == 130
    assert story.shop.storage.verify() == []
