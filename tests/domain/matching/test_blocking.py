"""Only pairs that share something are compared, and no likely pair is lost."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from hypothesis import example, given

import loyaltykit as lk
from loyaltykit.domain.matching.blocking import blocks_of, candidates
from loyaltykit.domain.matching.likeness import WEIGHTS, reasons_of, traits_of
from loyaltykit.domain.matching.matching import LikelyPair, MatchPolicy, find_matches
from tests.support.matching import crowds, person


@given(crowds)
@example(
    [
        person("a", name="anna smith", birthday=date(1990, 2, 28)),
        person("b", name="anna smyth", birthday=date(1990, 2, 28)),
    ]
)
def test_blocks_lose_no_likely_pair(members: list[lk.Member]) -> None:
    """With the built-in weights: comparing all pairs finds no more."""
    found = {(item.left, item.right): item for item in find_matches(members).queue}
    for left, right in combinations(sorted(members, key=lambda item: item.id), 2):
        one, two = traits_of(left), traits_of(right)
        reasons = tuple(reasons_of(one, two))
        score = sum(WEIGHTS[reason] for reason in reasons)
        if set(one.keys) & set(two.keys):
            assert found[left.id, right.id].score == 100
        elif score >= 60:
            assert found[left.id, right.id] == LikelyPair(left.id, right.id, score, reasons)
        else:
            assert (left.id, right.id) not in found


def test_comparisons_grow_with_the_records_not_with_their_square() -> None:
    """A million members do not mean 10^12 pairs: every record adds at most so many."""
    for size in (500, 2_000):
        records = [
            traits_of(
                person(
                    f"m{i}",
                    name=f"name {i % 97}",
                    phone=f"+86138{i:08d}",
                    birthday=date(1990, 1 + i % 12, 1 + i % 28),
                    region="Wuhan",
                )
            )
            for i in range(size)
        ]
        pairs, _ = candidates(records, max_block=20, examples=5)
        assert len(pairs) <= size * 20 * 3


def test_an_oversized_block_is_split_and_reported() -> None:
    """One address of a dormitory: who shares a name there is compared, and the report says that others were not."""
    home = (lk.Contact("address", "1 Dormitory Road"),)
    members = [
        person(f"m{i}", contacts=home, name=f"student{i // 2}", birthday=lk.Birthday(1, 1 + i)) for i in range(8)
    ]
    report = find_matches(members, MatchPolicy(max_block=4, weights={"other_birthday": 0}))
    assert [(item.left, item.right) for item in report.queue] == [(f"m{i}", f"m{i + 1}") for i in range(0, 8, 2)]
    (crowd,) = report.crowds
    assert (crowd.trait, crowd.size, crowd.ids) == ("address", 8, ("m0", "m1", "m2", "m3", "m4"))
    bare = [person(f"m{i}", contacts=home) for i in range(8)]
    assert find_matches(bare, MatchPolicy(max_block=4)).queue == ()
    near = [person(f"m{i}", contacts=home, region="Wuhan") for i in range(8)]
    assert find_matches(near, MatchPolicy(max_block=4)).queue == ()


def test_a_record_without_traits_is_in_no_block() -> None:
    """There is nothing to compare it by."""
    assert [*blocks_of(traits_of(person("a")))] == []
    assert [*blocks_of(traits_of(person("a", phone="138****8888")))] == []
