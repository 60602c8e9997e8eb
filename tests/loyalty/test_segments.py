"""The segments of one member."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import member, spend, visits
from tests.support.stories import FEW, LATE, PROGRAMS, START, Story, accepted, day, happenings

SEGMENTS = (
    lk.Segment("buyers", spend >= 1),
    lk.Segment("locals", member.region == "Wuhan"),
    lk.Segment("silent", visits == 0),
)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_the_segments_of_a_member_are_those_that_select_it(program: lk.Program, told: list[lk.Transaction]) -> None:
    """C5: at every instant the same as `select`, by the programme in force then, in its order."""
    story = Story(program.evolve(segments=SEGMENTS))
    accepted(story.shop, told)
    story.shop.members.update(story.shop.member("m").evolve(region="Wuhan"), id="ed", actor="a")
    story.shop.programs.change(program.evolve(segments=SEGMENTS[::-1]), effective_from=LATE + timedelta(days=1))
    for when in (START, day(20), day(60), LATE, LATE + timedelta(days=2)):
        names = [segment.name for segment in (SEGMENTS if when <= LATE else SEGMENTS[::-1])]
        expected = tuple(name for name in names if "m" in story.shop.select(name, as_of=when))
        assert story.shop.members.segments("m", when) == expected
    assert story.shop.members.segments("m") == story.shop.members.segments("m", LATE)


def test_segments_of_nobody_and_of_before_the_enrolment() -> None:
    """T10: there is nothing to judge."""
    story = Story()
    assert story.shop.members.segments("m") == ()
    for member_id in ("nobody", 7):
        with pytest.raises(lk.UnknownMemberError):
            story.shop.members.segments(member_id)  # type: ignore[arg-type]
    with pytest.raises(lk.NotEnrolledError):
        story.shop.members.segments("m", START - timedelta(days=1))
