"""What a programme says of facts that arrive late (T8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, spend
from tests.support.stories import MICROSECOND, START, Story, at, club, day

MID = lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=spend >= 100, multiplier="2"), valid_for=days(30))


def late_club(**terms: Any) -> lk.Program:
    return club(tiers=MID, late=lk.LatePolicy(**terms))


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_days": -1},
        {"limit_days": True},
        {"limit_days": 36_501},
        {"before_enrolment_days": "3"},
        {"before_enrolment_days": None},
        {"restate": 1},
    ],
)
def test_bad_late_facts_are_refused(wrong: dict[str, Any]) -> None:
    """Bad input: whole days within a lifetime, and a yes or no."""
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.LatePolicy(**wrong)
    assert [problem.field for problem in refused.value.problems] == list(wrong)
    with pytest.raises(lk.errors.InvalidProgramError):
        club(late=30)


class TestLimit:
    """`limit_days` is judged at the door, as something arrives."""

    def test_t8_so_many_days_of_the_shop_and_no_more(self) -> None:
        """T8: the day counts, not the hour."""
        story = Story(late_club(limit_days=10))
        story.clock.set(day(20, 23))
        with pytest.raises(lk.errors.TooLateError) as refused:
            story.buy("a", day(10, 0) - MICROSECOND)
        assert refused.value.limit_days == 10
        assert story.buy("a", day(10, 0)).points == 100

    def test_t8_for_every_kind_and_nothing_is_written(self) -> None:
        """T8, S15: a refusal leaves the id free."""
        story = Story(late_club(limit_days=10))
        story.clock.set(day(20))
        with pytest.raises(lk.errors.TooLateError):
            story.adjust("a", day(1), 10)
        story.clock.set(day(11))
        assert story.adjust("a", day(1), 10).points == 10

    def test_s15_what_is_known_already_is_never_too_late(self) -> None:
        """S15: sent again years later, it returns the first receipt."""
        story = Story(late_club(limit_days=10))
        story.clock.set(day(5))
        first = story.buy("a", day(1))
        story.clock.set(day(500))
        assert story.buy("a", day(1)) == first

    def test_t7_the_version_that_holds_on_arrival_says_it(self) -> None:
        """T7, T8: a limit counts from the day it holds."""
        story = Story(late_club())
        story.clock.set(day(20))
        story.shop.programs.change(late_club(limit_days=10), effective_from=day(30))
        story.buy("a", day(1))
        story.clock.set(day(30))
        with pytest.raises(lk.errors.TooLateError):
            story.buy("b", day(1))


class TestBeforeEnrolment:
    """Facts that are older than the membership."""

    def test_t8_refused_unless_the_programme_says_so(self) -> None:
        """T8: by default nothing lies before the enrolment."""
        with pytest.raises(lk.NotEnrolledError):
            Story().buy("a", START - MICROSECOND)

    def test_t8_they_count_and_the_enrolment_judges_them(self) -> None:
        """T8: at the lowest tier, in every metric; the first tier is decided with them."""
        story = Story(late_club(before_enrolment_days=3))
        receipt = story.buy("a", START - timedelta(days=3), 150)
        assert (receipt.points, receipt.tier_before, receipt.tier_after) == (150, "low", "low")
        assert story.term(START) == ("mid", START, at(2024, 2, 1))
        assert [correction.after for correction in receipt.corrections] == ["mid"]
        assert story.buy("b", day(1)).points == 200
        assert story.rows(day(2)) == [("accrual", 150), ("accrual", 200)]
        with pytest.raises(lk.NotEnrolledError):
            story.available(START - MICROSECOND)
        assert story.shop.storage.verify() == []

    def test_t8_so_many_days_and_only_what_counts(self) -> None:
        """T8: days of the shop; points cannot be spent or adjusted before there was a member."""
        story = Story(late_club(before_enrolment_days=3))
        with pytest.raises(lk.NotEnrolledError):
            story.buy("a", START - timedelta(days=3, microseconds=1))
        with pytest.raises(lk.NotEnrolledError):
            story.adjust("a", START - MICROSECOND, 5)
        story.visit("v", START - MICROSECOND)
        story.buy("a", START - timedelta(days=2))
        story.bring_back("r", "a", START - timedelta(days=1))
        assert story.available(START) == 0
        assert story.shop.storage.verify() == []

    def test_t8_the_order_of_arrival_does_not_matter(self) -> None:
        """I23: older facts may come last, or first, one after the other."""
        one, other = Story(late_club(before_enrolment_days=9)), Story(late_club(before_enrolment_days=9))
        told = [("a", START - timedelta(days=4), 60), ("b", START - timedelta(days=2), 60), ("c", day(1), 10)]
        for purchase in told:
            one.buy(*purchase)
        for purchase in reversed(told):
            other.buy(*purchase)
        for when in (START, day(1), day(40)):
            assert one.term(when) == other.term(when)
        assert one.term(START)[0] == "mid"


def test_s15_a_return_before_its_purchase_comes_again_after_it() -> None:
    """S6: it is a `LookupError`, and says what to do."""
    story = Story()
    with pytest.raises(LookupError) as refused:
        story.bring_back("r", "a", day(2))
    assert "record the purchase first, then send this again" in str(refused.value)
    story.buy("a", day(1))
    assert story.bring_back("r", "a", day(2)).points == -100
