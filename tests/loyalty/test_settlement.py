"""Writing down what is due (I8, T10, S2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.loyalty import settlement
from loyaltykit.rules import days, spend
from tests.support.digest import canonical
from tests.support.stories import FEW, LATE, MICROSECOND, PROGRAMS, START, Story, accepted, at, club, day, happenings

MOMENTS = [day(n, hour) for n in range(0, 80, 5) for hour in (0, 12)]


@FEW
@given(
    program=st.sampled_from(PROGRAMS),
    told=happenings(),
    parts=st.lists(st.sampled_from(MOMENTS), min_size=1, max_size=4),
)
def test_i8_in_parts_twice_and_in_any_order(
    program: lk.Program, told: list[lk.Transaction], parts: list[datetime]
) -> None:
    """I8: settled twice is settled once; settled in parts, in any order, is settled at the last of them."""
    once, often = Story(program), Story(program)
    for story in (once, often):
        accepted(story.shop, told)
    whole = once.shop.settle(as_of=max(parts))
    runs = [often.shop.settle(as_of=when) for when in (*parts, *parts, max(parts))]
    assert sum(run.expired_points for run in runs) == whole.expired_points
    assert sorted((change.at, change.before, change.after) for run in runs for change in run.tier_changes) == [
        (change.at, change.before, change.after) for change in whole.tier_changes
    ]
    assert (runs[-1].members, runs[-1].expired_points, runs[-1].tier_changes) == (0, 0, ())
    assert canonical(once.storage) == canonical(often.storage)
    for when in MOMENTS:
        assert once.shop.balance("m", as_of=when) == often.shop.balance("m", as_of=when)
        assert once.term(when) == often.term(when)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), when=st.sampled_from(MOMENTS))
def test_i8_a_question_has_one_answer_with_or_without_the_job(
    program: lk.Program, told: list[lk.Transaction], when: datetime
) -> None:
    """I8, I16: no answer about any instant changes by settling; only the date of writing appears."""
    story = Story(program)
    accepted(story.shop, told)
    before = [everything(story, moment) for moment in MOMENTS]
    story.shop.settle(as_of=when)
    assert [everything(story, moment) for moment in MOMENTS] == before
    assert story.shop.storage.verify() == []


def everything(story: Story, when: datetime) -> tuple[object, ...]:
    balance = story.shop.balance("m", as_of=when)
    rows = [
        (row.kind, row.points, row.occurred_at, row.cause, row.balance) for row in story.shop.statement("m", as_of=when)
    ]
    return balance, balance.lots, story.term(when), rows


def test_i7_due_at_its_instant() -> None:
    """I7, S2: one microsecond before its end nothing is due, at its end all of it."""
    story = Story()
    story.buy("a", day(0))
    end = at(2024, 1, 12)
    assert story.shop.settle(as_of=end - MICROSECOND).expired_points == 0
    assert story.shop.settle(as_of=end).expired_points == 100


def test_a_date_after_the_clock_is_refused() -> None:
    """What is not over yet cannot be settled; now can."""
    story = Story()
    story.clock.set(day(20))
    with pytest.raises(lk.InvalidValueError) as refused:
        story.shop.settle(as_of=day(20) + MICROSECOND)
    assert [problem.field for problem in refused.value.problems] == ["as_of"]
    assert story.shop.settle(as_of=day(20)) == story.shop.settle()


def test_due_order_per_member() -> None:
    """T10, S2: expiries and falls are written member by member in due order, and reported so."""
    tiers = lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(days(9)) >= 10),
        lk.Tier("high", enter=spend.over(days(9)) >= 100),
        valid_for=days(9),
    )
    story = Story(club(tiers=tiers))
    story.shop.enroll(lk.Member(id="b", enrolled_at=START))
    story.shop.enroll(lk.Member(id="nobody", enrolled_at=START))
    story.buy("a2", day(2), 100)
    story.buy("a1", day(1), 5)
    story.shop.record(lk.Purchase(id="b1", member_id="b", amount=20, occurred_at=day(0)))
    settled = story.shop.settle(as_of=day(60))
    assert (settled.as_of, settled.members, settled.expired_points, settled.notices) == (day(60), 2, 125, ())
    assert [(change.member_id, change.at, change.before, change.after) for change in settled.tier_changes] == [
        ("b", at(2024, 1, 11), "mid", "low"),
        ("m", at(2024, 1, 13), "high", "mid"),
        ("m", at(2024, 1, 22), "mid", "low"),
    ]
    written = [row for row in story.shop.statement("m", as_of=LATE) if row.kind == "expiry"]
    assert [(row.cause, row.occurred_at) for row in written] == [("a1", at(2024, 1, 13)), ("a2", at(2024, 1, 14))]


def test_progress_is_told_per_unit_of_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many members are done, and how many there are."""
    monkeypatch.setattr(settlement, "_UNIT_MEMBERS", 2)
    story = Story()
    for number in range(4):
        story.shop.enroll(lk.Member(id=f"n{number}", enrolled_at=START))
    seen: list[tuple[int, int | None]] = []
    story.shop.settle(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_t10_a_member_of_the_future_is_not_due() -> None:
    """T10: whoever is enrolled after the date has nothing due at it."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend < 1), valid_for=days(5))
    story = Story(club(tiers=tiers), enrolled=day(10))
    assert story.shop.settle(as_of=day(9)).members == 0
    assert story.shop.settle(as_of=day(10) + timedelta(days=6)).members == 1
