"""Tiers set by hand (T6): what lies on top, what lies beneath, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, member, months, since_tier, spend
from tests.support.stories import MICROSECOND, START, Story, club, day

LADDER = lk.TierLadder(
    lk.Tier("low"),
    lk.Tier("mid", enter=spend.over(days(30)) >= 100, multiplier="2"),
    lk.Tier("high", enter=spend.over(days(30)) >= 1000, multiplier="3"),
    valid_for=days(20),
)
CLUB = club(tiers=LADDER, points=lk.PointsPolicy())


def grant(story: Story, tier: str, when: datetime, id: str = "g", **more: Any) -> lk.Receipt:
    return story.shop.record(
        lk.TierGrant(id=id, member_id="m", tier=tier, occurred_at=when, actor="staff-7", reason="our fault", **more)
    )


def end(story: Story, when: datetime, of: str = "g", id: str = "e") -> lk.Receipt:
    return story.shop.record(lk.TierGrantEnd(id=id, of=of, occurred_at=when, actor="staff-7", reason="as agreed"))


def test_t6_a_floor_lies_beneath_what_is_earned() -> None:
    """T6: the member stands on it, may rise above it, and falls back on it."""
    story = Story(CLUB)
    receipt = grant(story, "mid", day(1))
    assert (receipt.points, receipt.tier_before, receipt.tier_after) == (0, "low", "mid")
    assert story.term(day(2)) == ("mid", day(1), None)
    assert story.buy("a", day(3), 1000).points == 2000
    assert story.term(day(4)) == ("high", day(3), day(24, 0))
    assert story.tier(day(44, 0) - MICROSECOND) == "high"
    assert story.term(day(64, 0)) == ("mid", day(1), None)
    assert story.shop.storage.verify() == []


def test_t6_a_fixed_tier_is_this_and_no_other() -> None:
    """T6: lower than what is earned, or higher; the earned one goes on beneath it."""
    story = Story(CLUB)
    story.buy("a", day(1), 1000)
    grant(story, "mid", day(2), mode="fixed", until=day(5))
    assert story.term(day(3)) == ("mid", day(2), day(5))
    assert story.buy("b", day(3), 10).points == 20
    assert story.term(day(5)) == ("high", day(1), day(22, 0))
    assert story.tier(day(5) - MICROSECOND) == "mid"


def test_t6_it_changes_no_metric_and_no_validity() -> None:
    """T6, T1: what is earned is judged as if there were no grant."""
    ladder = LADDER.replace("high", enter=spend.over(since_tier()) >= 150)
    one, other = Story(club(tiers=ladder)), Story(club(tiers=ladder))
    grant(one, "high", day(2), until=day(3))
    for story in (one, other):
        for number, when in enumerate((day(1), day(4), day(6))):
            story.buy(f"p{number}", when, 100)
    assert [one.term(day(n)) for n in (5, 7, 40)] == [other.term(day(n)) for n in (5, 7, 40)]


def test_t6_since_the_earlier_until_the_later_where_both_are_the_same() -> None:
    """T6: a floor and the earned tier of one rank show as one."""
    story = Story(CLUB)
    grant(story, "mid", day(1), until=day(60))
    story.buy("a", day(3), 100)
    assert story.term(day(4)) == ("mid", day(1), day(60))


def test_t6_of_several_the_highest_floor_and_the_last_fixed_one() -> None:
    """T6: floors are bounds; of what is fixed the last word counts, ties by id."""
    story = Story(CLUB)
    grant(story, "high", day(1), id="g1", until=day(9))
    grant(story, "mid", day(2), id="g2")
    assert (story.tier(day(3)), story.tier(day(9))) == ("high", "mid")
    grant(story, "low", day(4), id="g3", mode="fixed", until=day(7))
    grant(story, "mid", day(4), id="g4", mode="fixed", until=day(6))
    assert [story.tier(day(n)) for n in (3, 5, 6, 7)] == ["high", "mid", "low", "high"]


def test_t6_an_end_by_a_word_and_an_end_by_date() -> None:
    """T6: both are decisions of their own; what has ended cannot end again."""
    story = Story(CLUB)
    grant(story, "mid", day(1), until=day(30))
    assert end(story, day(4)).tier_after == "low"
    assert [story.tier(day(n)) for n in (3, 4)] == ["mid", "low"]
    with pytest.raises(lk.errors.TierGrantEndedError):
        end(story, day(5), id="e2")
    grant(story, "mid", day(6), id="g2", until=day(8))
    with pytest.raises(lk.errors.TierGrantEndedError):
        end(story, day(8), of="g2", id="e2")
    with pytest.raises(lk.errors.TierGrantEndedError):
        end(story, day(6) - MICROSECOND, of="g2", id="e2")
    end(story, day(6), of="g2", id="e2")
    causes = [decision.cause for decision in story.shop.members.tiers("m").decisions]
    assert causes == ["enrolment", "g", "e", "g2", "e2"]


def test_t6_a_member_is_seen_with_the_tier_that_shows() -> None:
    """T6: segments, accrual rules and multipliers go by it."""
    rule = lk.AccrualRule("mid only", lk.AccrualRule("x", club().accrual[0].earn).earn, where=member.tier == "mid")
    story = Story(CLUB.evolve(accrual=[*CLUB.accrual, rule], segments=[lk.Segment("mids", member.tier == "mid")]))
    grant(story, "mid", day(1), until=day(5))
    assert story.buy("a", day(2), 10).points == 40
    assert [list(story.shop.select("mids", as_of=day(n)).ids()) for n in (1, 5)] == [["m"], []]


def test_t6_t11_the_answer_says_who_and_why() -> None:
    """T6, T11: what was set by hand, by whom, for what reason, and what lies beneath."""
    story = Story(CLUB)
    grant(story, "mid", day(1), until=day(30))
    status = story.shop.tier("m", as_of=day(2))
    assert status.by_hand == lk.answers.SetByHand(
        id="g", mode="floor", actor="staff-7", reason="our fault", earned="low"
    )
    assert (status.keep, status.projected, status.next and status.next.name) == (None, "low", "high")
    assert "Set by hand by staff-7: our fault" in status.explain()
    assert "由 staff-7 手动设定：our fault" in status.explain("zh")
    grant(story, "high", day(3), id="g2", mode="fixed")
    status = story.shop.tier("m", as_of=day(4))
    assert (status.next, status.projected, status.until) == (None, "high", None)
    assert "no higher tier" not in status.explain()
    story.buy("a", day(5), 10)
    assert story.shop.tier("m", as_of=day(1) - MICROSECOND).by_hand is None


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"tier": "gold"}, "tier"),
        ({"until": day(1)}, "until"),
        ({"mode": "roof"}, "mode"),
        ({"actor": " "}, "actor"),
        ({"reason": None}, "reason"),
        ({"until": "tomorrow"}, "until"),
    ],
)
def test_bad_grants_are_refused(parts: dict[str, Any], field: str) -> None:
    """Bad input, S1: a tier of the ladder, an end behind the beginning, and who and why."""
    given = {"tier": "mid", "actor": "staff-7", "reason": "-", "occurred_at": day(1)} | parts
    with pytest.raises(lk.InvalidValueError) as refused:
        Story(CLUB).shop.record(lk.TierGrant(id="g", member_id="m", **given))
    assert [problem.field for problem in refused.value.problems] == [field]


def test_an_end_says_who_and_why() -> None:
    """Bad input: so does the end of one, and it names a grant."""
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.TierGrantEnd(id="e", of="g")
    assert [problem.field for problem in refused.value.problems] == ["actor", "reason"]
    with pytest.raises(lk.errors.UnknownTransactionError):
        end(Story(CLUB), day(1))


def test_t12_before_everything_else_of_its_instant_but_checks() -> None:
    """T12: a purchase of the same instant is made at the tier that was set."""
    story = Story(CLUB)
    grant(story, "mid", day(1))
    assert story.buy("a", day(1), 10).points == 20
    end(story, day(2), id="z")
    assert story.buy("b", day(2), 10).points == 10


def test_t8_a_late_one_corrects_what_was_decided() -> None:
    """T8: the tier since then, and with `restate` the points too; its late end takes no points back."""
    story = Story(CLUB.evolve(late=lk.LatePolicy(restate=True)))
    story.buy("a", day(3), 10)
    receipt = grant(story, "mid", day(1), until=day(9))
    assert (receipt.points, dict(receipt.restated), story.available(day(4))) == (0, {"a": 10}, 20)
    [correction] = receipt.corrections
    assert (correction.before, correction.after, correction.effective_from) == ("low", "mid", day(1))
    late_end = end(story, day(2))
    assert (dict(late_end.restated), story.available(day(4))) == ({}, 20)
    assert [(item.before, item.after) for item in late_end.corrections] == [("mid", "low")]
    assert story.shop.storage.verify() == []


def test_t7_a_grant_is_carried_over_with_the_ladder() -> None:
    """T7: it means the tier of the same name, or the one that its word names."""
    story = Story(CLUB)
    story.clock.set(day(5))
    grant(story, "high", day(1))
    grant(story, "mid", day(2), id="g2", mode="fixed", until=day(20))
    two = lk.TierLadder(lk.Tier("low"), lk.Tier("gold", enter=spend.over(months(1)) >= 1000), valid_for=days(20))
    story.shop.programs.change(
        CLUB.evolve(tiers=two), effective_from=day(10), migration=lk.keep_until_validity_ends({"high": "gold"})
    )
    assert [story.tier(day(n)) for n in (9, 10, 20)] == ["mid", "low", "gold"]
    story.clock.set(day(40))
    story.shop.programs.change(club(), effective_from=START - timedelta(days=1), correction="never was a ladder")
    assert story.tier(day(9)) == "member"
    assert story.shop.storage.verify() == []
