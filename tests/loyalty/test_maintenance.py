"""The face `storage`: verify (what it finds is in tests/domain/test_verification.py)."""

from __future__ import annotations

from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.digest import canonical
from tests.support.stories import PROGRAMS, START, Story, accepted, day, happenings


@given(program=st.sampled_from(PROGRAMS), told=happenings(), settled=st.integers(0, 70))
def test_verify_finds_nothing_in_any_story(program: lk.Program, told: list[lk.Transaction], settled: int) -> None:
    """I1, I2, I3, I7, I8, I12, I13, I17, I20: whatever is told, all that is stored follows from what was recorded."""
    story = Story(program)
    half = len(told) // 2
    accepted(story.shop, told[:half])
    story.shop.settle(as_of=day(settled))
    accepted(story.shop, told[half:])
    before = canonical(story.storage)
    assert story.shop.storage.verify() == []
    assert canonical(story.storage) == before


def test_verify_tells_how_far_it_is() -> None:
    """Progress is told member by member; an empty store has nothing to check."""
    with lk.Loyalty(PROGRAMS[0]) as empty:
        assert empty.storage.verify() == []
    story = Story()
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    seen: list[tuple[int, int | None]] = []
    story.shop.storage.verify(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
