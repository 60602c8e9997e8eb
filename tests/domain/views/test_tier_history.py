"""The tier decisions of a member up to an instant (T8, T10)."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.rules import days, spend
from tests.support.stories import LATE, Story, club, day

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend.over(days(9)) >= 100), valid_for=days(20))


def test_t10_due_checks_are_decisions_too() -> None:
    """T10: decisions come oldest first, a check that is due included, and nothing after the instant is shown."""
    story = Story(club(tiers=LADDER))
    story.buy("a", day(5), 100)
    decisions = [[item.name for item in story.shop.members.tiers("m", when).decisions] for when in (day(4), day(6))]
    assert decisions == [["low"], ["low", "high"]]
    last = story.shop.members.tiers("m", LATE).decisions
    assert [(item.name, item.cause) for item in last] == [("low", "enrolment"), ("high", "a"), ("low", "check")]
    assert last[1].until == last[2].at == last[2].since
    assert sorted(item.at for item in last) == [item.at for item in last]


def test_t8_what_was_taken_again_is_a_correction() -> None:
    """T8: with the instant of its recording and its cause; the decision itself is that of the date of the fact."""
    story = Story(club(tiers=LADDER))
    story.buy("a", day(5), 50)
    story.buy("late", day(4), 50)
    history = story.shop.members.tiers("m", day(6))
    assert [(item.name, item.at) for item in history.decisions[1:]] == [("high", day(5))]
    [(recorded, correction)] = history.corrections
    assert recorded >= day(6)
    assert (correction.before, correction.after) == ("low", "high")
