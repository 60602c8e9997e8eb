"""What was known at an instant (I16): answers that never change, whatever is recorded later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days, spend
from tests.support.stories import FEW, MICROSECOND, PROGRAMS, START, Story, club, day, happenings

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=spend >= 100), valid_for=days(30))


def answers(shop: lk.Loyalty, when: datetime, known_at: datetime | None) -> list[Any]:
    """Everything that can be asked as of an instant, known at an instant."""
    asked: dict[str, Any] = {"as_of": when, "known_at": known_at}
    balance = shop.balance("m", **asked)
    return [
        (balance, balance.lots),
        shop.tier("m", **asked),
        shop.statement("m", **asked),
        shop.vouchers("m", **asked),
        shop.members.tiers("m", **asked),
        shop.member("m", **asked),
        list(shop.select(spend >= 50, **asked).facts(spend)),
        shop.programs.liability(**asked),
        shop.programs.simulate(club(tiers=LADDER), **asked).tiers,
    ]


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(max_size=6), settle=st.integers(0, 5))
def test_i16_an_answer_known_at_an_instant_never_changes(
    program: lk.Program, told: list[lk.Transaction], settle: int
) -> None:
    """I16: as of an instant, known at an instant."""
    story = Story(program)
    known = list[tuple[datetime, datetime, list[Any]]]()
    for number, transaction in enumerate(told):
        story.clock.advance(timedelta(seconds=1))
        for when in (day(20), day(50)):
            known.append((when, story.clock.now, answers(story.shop, when, None)))
        if number == settle:
            story.shop.settle(as_of=day(30))
        try:
            story.shop.record(transaction)
        except lk.RefusedError:
            continue
    story.shop.programs.change(program.evolve(name="Other"), effective_from=story.clock.now)
    for when, moment, before in known:
        assert answers(story.shop, when, moment) == before


def test_i16_known_at_is_exclusive() -> None:
    """I16: what is recorded at that very instant might be followed by more."""
    story = Story(club())
    story.clock.advance(timedelta(seconds=1))
    moment = story.clock.now
    story.buy("a", day(1))
    story.clock.advance(timedelta(seconds=1))
    assert story.shop.balance("m", as_of=day(2), known_at=moment).available == 0
    assert story.shop.balance("m", as_of=day(2), known_at=moment + MICROSECOND).available == 100
    [row] = story.shop.statement("m", as_of=day(2))
    assert row.recorded_at == moment


def test_i16_recorded_at_never_runs_back() -> None:
    """I16: a clock that is set back changes nothing that was known."""
    story = Story(club())
    story.clock.advance(timedelta(seconds=1))
    story.buy("a", day(1))
    before = story.clock.now
    story.clock.set(day(5))
    story.buy("b", day(2))
    story.clock.set(before + timedelta(days=1))
    assert {row.recorded_at for row in story.shop.statement("m", as_of=day(3))} == {before}
    assert story.shop.balance("m", as_of=day(3), known_at=before).available == 0


def test_i16_who_was_unknown_then_is_unknown() -> None:
    """I16: enrolments and programmes are known like everything else."""
    story = Story(club())
    enrolled = story.clock.now
    story.clock.advance(timedelta(seconds=1))
    with pytest.raises(lk.UnknownMemberError):
        story.shop.member("m", known_at=enrolled)
    with pytest.raises(lk.NotEnrolledError):
        story.shop.member("m", as_of=START - MICROSECOND)
    assert list(story.shop.select(spend >= 0, known_at=enrolled).ids()) == []


@pytest.mark.parametrize("wrong", [timedelta(seconds=1), "now", None])
def test_bad_moments_are_refused(wrong: Any) -> None:
    """Bad input: nobody knows what will be known."""
    story = Story(club())
    moment = story.clock.now + wrong if isinstance(wrong, timedelta) else wrong or story.clock.now.replace(tzinfo=None)
    with pytest.raises(lk.InvalidValueError) as refused:
        story.shop.balance("m", known_at=moment)
    assert [problem.field for problem in refused.value.problems] == ["known_at"]
