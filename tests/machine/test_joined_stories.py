"""Merges and their ends: stories that told the core and the oracle apart, or that the machine would seldom make up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import loyaltykit as lk
from tests.machine.worlds import WORLDS
from tests.mutants.story import Story


def joined(story: Story, days: float) -> None:
    """Merge n into m on a day, and compare everything."""
    story.wait(days)
    story.merge("m", "n", f"g-{days}")
    story.agree()


def parted(story: Story, days: float, *, is_refused: bool = False) -> None:
    story.wait(days)
    assert story.unmerge("n", f"k-{days}") is not is_refused
    story.agree()
    story.verify()


def points_put_right_go_with_their_purchase(story: Story) -> None:
    """S23, T8: what a late fact of one side gave for a purchase of the other belongs to whoever bought it."""
    story.tell(9, lk.Purchase, "p", member_id="n", amount="100")
    joined(story, 10)
    story.buy(8, "late", "250")
    assert "late\x1fp" in {lot.id for lot in story.account("n").book().lots}
    story.wait(40)
    story.settle(story.now)
    parted(story, 41)


def a_late_release_of_a_hold_that_was_timed_out_ties_nothing(story: Story) -> None:
    """S19, S23: it takes the place of the time-out, though a lot has ended since by inactivity."""
    story.buy(0, "p", "50")
    story.tell(1, lk.Hold, "h", member_id="m", points=30, until=story.day(25))
    joined(story, 26)
    story.settle(story.now)
    story.tell(2, lk.Release, "l", of="h")
    parted(story, 27)


def shares_stand_behind_activities(story: Story) -> None:
    """S20, S23, T12: at one instant what another's activity gave stands behind one's own, for two that are one too."""
    story.tell(1, lk.Event, "a", member_id="m", name="referral", other_member_id="n")
    story.tell(1, lk.Event, "b", member_id="n", name="referral", other_member_id="m")
    joined(story, 2)


def by_rules_that_change(story: Story) -> None:
    """S23, T7: the joined history is judged by each version of its day, before the merge and behind it."""
    story.buy(1, "p1", "60")
    story.tell(2, lk.Purchase, "p2", member_id="n", amount="60")
    story.become(3, 1, lk.reevaluate("both"))
    joined(story, 5)
    story.become(9, 2, lk.keep_until_validity_ends({"mid": "high"}))
    story.wait(10)
    story.tell(10, lk.Purchase, "p3", member_id="n", amount="200")
    parted(story, 12)
    story.become(2.5, 3, lk.reevaluate("up_only"), correction="as it was meant")


def debts_are_not_repaid_across(story: Story) -> None:
    """S8, S23: a merge repays nothing; the next credit does, and then it ties."""
    story.adjust(1, "a", -20)
    story.tell(2, lk.Purchase, "p", member_id="n", amount="50")
    joined(story, 3)
    parted(story, 4)
    joined(story, 5)
    story.tell(6, lk.Purchase, "q", member_id="n", amount="5")
    parted(story, 7, is_refused=True)


STORIES = [
    (points_put_right_go_with_their_purchase, "restating"),
    (a_late_release_of_a_hold_that_was_timed_out_ties_nothing, "inactive"),
    (shares_stand_behind_activities, "achieved"),
    (by_rules_that_change, "changing"),
    (debts_are_not_repaid_across, "rolling"),
]


@pytest.mark.parametrize(("tell", "world"), STORIES, ids=lambda part: getattr(part, "__name__", part))
def test_story(tell: Callable[[Story], None], world: str) -> None:
    """What two members are told before they are one, while they are, and when they are not after all."""
    story = Story(WORLDS[world])
    story.enrol(lk.Member(id="n", enrolled_at=story.world.start))
    tell(story)
    story.agree()
    story.verify()
