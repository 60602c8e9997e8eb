"""Late facts, changes of the programme and tiers by hand: stories that told the core and the model apart, or might."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import loyaltykit as lk
from tests.machine.worlds import WORLDS
from tests.mutants.story import Story


def ended_as_it_was_set(story: Story) -> None:
    """T6, T12: a grant that is ended at its own instant never shows, whatever the ids are."""
    story.set_tier(1, "s", "high")
    story.end_tier(1, "a", "s")
    story.buy(2, "p", "10")
    story.set_tier(3, "b", "high")
    story.end_tier(3, "c", "b")


def two_floors_of_one_tier(story: Story) -> None:
    """T6: it began with the first and ends with the last of them."""
    story.set_tier(1, "s1", "mid", until=5)
    story.set_tier(3, "s2", "mid", until=20)
    story.buy(4, "p", "100")
    story.agree([story.day(days) for days in (2, 3, 4.5, 5, 19, 20, 40)])


def fixed_below_and_above(story: Story) -> None:
    """T6: of several fixed ones the last counts, whatever is earned; floors wait beneath."""
    story.buy(1, "p1", "100")
    story.set_tier(2, "s1", "low", until=9, mode="fixed")
    story.buy(3, "p2", "100")
    story.set_tier(4, "s2", "high", until=6, mode="fixed")
    story.set_tier(4, "s3", "high")
    story.buy(5, "p3", "100")
    story.end_tier(7, "n", "s3")
    story.end_tier(7, "n2", "s3")
    story.end_tier(1, "n3", "s1")
    story.agree([story.day(days) for days in (5, 6, 7, 8, 9)])


def a_purchase_before_what_a_receipt_told(story: Story) -> None:
    """T8: a receipt of whatever kind told a tier; one that comes out differently is corrected."""
    story.adjust(0, "a", 100)
    story.redeem(9, "x", 10)
    story.buy(5, "p", "100")


def a_check_that_a_redemption_wrote(story: Story) -> None:
    """T8, T10: it stays closed when a late fact has folded the past again."""
    story.buy(0, "p1", "100")
    story.adjust(0, "a", 10, expires_at=lk.NEVER)
    story.redeem(45, "x", 10)
    story.buy(1, "p2", "1")
    story.buy(30, "p3", "100")


def put_right_at_one_instant(story: Story) -> None:
    """T8, T12: what is put right stands behind the purchase, whatever the ids are."""
    story.buy(9, "z", "100")
    story.buy(8, "a", "250")
    story.tell(9, lk.OpeningBalance, "o", member_id="m", lots=[lk.OpeningLot(points=5)])
    story.bring_back(10, "r", "z", amount="50")


def up_and_down_again(story: Story) -> None:
    """T8: a claw-back met as a return would be: from its own lots, then from others, then owed."""
    story.set_tier(5, "s1", "high", until=12)
    story.buy(9, "p", "100")
    story.redeem(10, "x", 200)
    story.set_tier(8, "s2", "low", mode="fixed")
    story.bring_back(11, "r", "p", amount="40")
    story.end_tier(8.5, "n", "s2")
    story.bring_back(12, "r2", "p")


def fewer_while_they_wait(story: Story) -> None:
    """S7, T8, I7: what is taken back of pending points is taken where they wait, as by a return."""
    story.become(0.5, 2)
    story.set_tier(5, "s1", "high", until=12)
    story.buy(9, "p", "100")
    story.set_tier(8, "s2", "low", mode="fixed")
    story.bring_back(10, "r", "p")


def a_late_return_lowers_nothing(story: Story) -> None:
    """T8: not by a point, and not by the multiplier that a later return is priced with."""
    story.buy(1, "p1", "40")
    story.buy(3, "p2", "1.20")
    story.buy(3, "p3", "10")
    story.bring_back(2, "r1", "p1")
    story.bring_back(9, "r2", "p2", amount="0.40")
    story.bring_back(9, "r3", "p3", amount="3")


def delivered_before_and_after(story: Story) -> None:
    """S5, T8: what makes the points of a purchase active makes those active that are put right."""
    story.become(0.5, 1)
    for number in range(2):
        story.buy(4, f"p{number}", "100")
    story.tell(5, lk.Activation, "d0", of="p0")
    story.buy(3, "late", "250")
    story.tell(6, lk.Activation, "d1", of="p1")
    story.redeem(7, "x", 1000)
    story.redeem(7, "x2", 500)


def kept_in_part_and_put_right(story: Story) -> None:
    """S6, T8: of what came back before nothing is given, and later returns take what was put right."""
    lines = [lk.Line(amount="33.33", quantity=3), lk.Line(amount="10.01", quantity=1)]
    story.tell(6, lk.Purchase, "p", member_id="m", lines=lines)
    story.bring_back(7, "r1", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])
    story.buy(5, "late", "250")
    for number in (2, 3):
        story.bring_back(8, f"r{number}", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])
    story.bring_back(9, "r4", "p")


def before_the_enrolment(story: Story) -> None:
    """T8: they count, earn at the lowest tier, and are judged by the enrolment; a lot may be over before it."""
    story.buy(3, "p1", "100")
    story.buy(-2, "p2", "90")
    story.buy(-2.5, "p3", "20")
    story.bring_back(-1, "r", "p2", amount="50")
    story.tell(-3, lk.Visit, "v", member_id="m")
    story.buy(-11.5, "p4", "20")
    story.set_tier(-1, "s", "mid")
    story.adjust(-1, "a", 10)


def replaced_before_it_began(story: Story) -> None:
    """T7: the version that begins at the same instant takes its place; words are for the tiers that members have."""
    story.buy(1, "p", "100")
    story.become(10, 3, lk.keep_until_validity_ends({"mid": "silver"}))
    story.become(10, 1, lk.keep_until_validity_ends({"mid": "upper"}))
    story.agree([story.day(days) for days in (9.9, 10, 11, 30)])


def an_achievement_is_taken_away(story: Story) -> None:
    """T7: a correction of the past may take away what was given for; what was given stays."""
    story.become(1, 3)
    for number in range(2):
        story.tell(2, lk.Event, f"e{number}", member_id="m", name="review", attributes={"stars": 1})
    story.become(1.5, 0, correction="nobody wanted that")
    story.tell(4, lk.Event, "e3", member_id="m", name="review", attributes={"stars": 1})


def everybody_is_judged_anew(story: Story) -> None:
    """T7: up, down or both, as seen just before; grants go along; what falls due is judged by the new ladder."""
    story.buy(1, "p1", "160")
    story.set_tier(2, "s", "high", until=40)
    story.become(12, 1, lk.reevaluate("up_only"))
    story.wait(13)
    story.become(20, 2, lk.reevaluate("both"))
    story.agree([story.day(days) for days in (12, 15, 19.99, 20, 33, 40, 60)])
    story.wait(21)
    story.buy(11, "late", "300")


def a_change_that_turns_out_wrong(story: Story) -> None:
    """T7, T8: decisions since are taken again, points stay; what is late is judged by the rules of its day as known."""
    story.buy(3, "p1", "160")
    story.buy(6, "p2", "100")
    story.become(2, 1, lk.reevaluate("both"), correction="it was meant to hold from the second day on")
    story.bring_back(8, "r1", "p2", amount="30")
    story.buy(5, "p3", "10")
    story.buy(1, "p4", "10")


def a_voucher_was_used(story: Story) -> None:
    """T7: whatever was recorded is the past, a use of a voucher too."""
    story.adjust(0, "a", 100)
    story.tell(1, lk.Redemption, "w", member_id="m", reward="cup")
    story.tell(2, lk.VoucherUse, "y", of="w")
    story.become(2, 1)
    story.become(2.00001, 1)


STORIES = [
    (ended_as_it_was_set, "rolling"),
    (two_floors_of_one_tier, "rolling"),
    (fixed_below_and_above, "rolling"),
    (a_purchase_before_what_a_receipt_told, "rolling"),
    (a_check_that_a_redemption_wrote, "rolling"),
    (put_right_at_one_instant, "restating"),
    (up_and_down_again, "restating"),
    (fewer_while_they_wait, "restating"),
    (a_late_return_lowers_nothing, "restating"),
    (delivered_before_and_after, "restating"),
    (kept_in_part_and_put_right, "restating"),
    (before_the_enrolment, "restating"),
    (before_the_enrolment, "changing"),
    (replaced_before_it_began, "changing"),
    (an_achievement_is_taken_away, "changing"),
    (everybody_is_judged_anew, "changing"),
    (a_change_that_turns_out_wrong, "changing"),
    (a_voucher_was_used, "changing"),
]


@pytest.mark.parametrize(("tell", "world"), STORIES, ids=lambda part: getattr(part, "__name__", part))
def test_story(tell: Callable[[Story], None], world: str) -> None:
    """A story that once told the core and the model apart, or that the machine would seldom make up."""
    story = Story(WORLDS[world])
    tell(story)
    story.verify()
