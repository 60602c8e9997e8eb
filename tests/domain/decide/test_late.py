"""Where closed tier decisions come out differently (T8)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.decide.late import TierLine, name_at, tier_corrections
from loyaltykit.rules import days, spend
from loyaltykit.values import to_instant
from tests.support.stories import Story, club, day

LADDER = lk.TierLadder(
    lk.Tier("low"), lk.Tier("mid", enter=spend.over(days(20)) >= 100), valid_for=days(10), on_return="immediately"
)
LINES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), min_size=1).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


@given(before=LINES, after=LINES)
def test_t8_the_rows_say_all_that_differs_and_nothing_else(before: TierLine, after: TierLine) -> None:
    """T8: at each instant either both lines agree, or exactly one row tells both."""
    rows = tier_corrections(before, after, ZoneInfo("UTC"), "late")
    for at in range(10):
        moment = datetime.fromtimestamp(at / 1_000_000, UTC)
        told = [
            (row.before, row.after)
            for row in rows
            if row.effective_from <= moment and (row.effective_until is None or moment < row.effective_until)
        ]
        was, now = name_at(before, at), name_at(after, at)
        assert told == ([] if was is None or now is None or was == now else [(was, now)])
    assert {row.cause for row in rows} <= {"late"}


def test_t8_only_what_was_decided_is_corrected() -> None:
    """T8: what falls due later was never told."""
    story = Story(club(tiers=LADDER))
    story.buy("a", day(10), 10)
    receipt = story.buy("late", day(2), 100)
    [row] = receipt.corrections
    assert (row.before, row.after, row.effective_from, row.effective_until) == ("low", "mid", day(2), None)
    story.clock.set(day(60))
    assert story.tier(day(40)) == "low"


def test_t8_a_settlement_closes_what_it_wrote() -> None:
    """T8, I24: a fall that was written is corrected; its own rows stay as they were written."""
    story = Story(club(tiers=LADDER))
    story.clock.set(day(60))
    story.buy("a", day(1), 100)
    story.shop.settle(as_of=day(50))
    receipt = story.buy("late", day(20), 100)
    assert [(row.before, row.after) for row in receipt.corrections] == [("low", "mid")]
    assert (story.tier(day(21)), story.tier(day(49))) == ("mid", "low")
    assert story.shop.storage.verify() == []


def test_t8_a_late_return_corrects_too() -> None:
    """T8, T9: where the tier follows a return at once."""
    story = Story(club(tiers=LADDER))
    story.buy("a", day(1), 100)
    story.buy("b", day(8), 1)
    receipt = story.bring_back("r", "a", day(3))
    assert [(row.before, row.after, row.effective_from) for row in receipt.corrections] == [("mid", "low", day(3))]
    history = story.shop.members.tiers("m", as_of=day(9))
    assert [correction for _, correction in history.corrections] == list(receipt.corrections)
    assert [decision.name for decision in history.decisions] == ["low", "mid", "low"]
    assert history.decisions[1].until == day(12, 0)


def test_t8_in_time_there_is_nothing_to_correct() -> None:
    """T8: rows of its own are no corrections."""
    story = Story(club(tiers=LADDER))
    assert story.buy("a", day(1), 100).corrections == ()
    assert story.shop.members.tiers("m").corrections == ()
    assert name_at([(to_instant(day(2)), "low")], to_instant(day(1))) is None
