"""Who is one with whom, whatever the order of merges (S23, I22)."""

from __future__ import annotations

from itertools import permutations

import pytest

import loyaltykit as lk
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from tests.support.stories import START, day

BY_WHOM = {"occurred_at": day(1), "actor": "staff-7", "reason": "two cards"}
MEMBERS = {id: lk.Member(id=id, enrolled_at=START) for id in "abcde"}
MERGES = [lk.Merge(id=f"mg-{one}{other}", member_id=one, other=other, **BY_WHOM) for one, other in ("ab", "bc", "cd")]


@pytest.mark.parametrize("merges", list(permutations(MERGES)))
def test_i22_the_order_of_merges_does_not_matter(merges: tuple[lk.Merge, ...]) -> None:
    """I22: the same ids are one, and the same one survives; a member who was not merged stays alone."""
    joint = MergedMembers(MEMBERS, [(merge.member_id, merge, Decision()) for merge in merges])
    assert {id: (joint.survivor(id), "".join(sorted(joint.group(id)))) for id in MEMBERS} == {
        **dict.fromkeys("abcd", ("a", "abcd")),
        "e": ("e", "e"),
    }


def test_s23_an_unmerge_takes_out_all_that_came_along() -> None:
    """S23: who was merged leaves with those who had been merged into it before."""
    joint = MergedMembers(MEMBERS, [(merge.member_id, merge, Decision()) for merge in MERGES[::-1]])
    joint.add("b", lk.Unmerge(id="um", member_id="b", **BY_WHOM), Decision())
    assert [sorted(joint.group(id)) for id in "ab"] == [["a"], ["b", "c", "d"]]
    assert [joint.is_merged(id) for id in "abc"] == [False, False, True]
