"""Matching: exact keys, likely pairs, and as many comparisons as there is something to compare."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.matching.likeness import REASONS, WEIGHTS, traits_of
from loyaltykit.domain.matching.matching import LikelyPair, MatchGroup, MatchPolicy, MatchReport, find_matches
from loyaltykit.serialization import from_wire, to_wire
from tests.support.matching import MERGE, OTHER, PHONE, crowds, person

# -- exact keys --------------------------------------------------------------------------------------------------------


def test_records_of_one_key_are_merged_or_queued() -> None:
    """Phone in E.164, e-mail without regard to capitals, id of one channel: by policy."""
    members = [
        person("a", phone=PHONE, email="li@example.com"),
        person("b", phone=PHONE),
        person("c", email="LI@example.com", external_ids={"wechat": "o1"}),
        person("d", external_ids={"wechat": "o1"}),
        person("e", external_ids={"pos": "o1"}),
    ]
    merged = find_matches(members, MERGE)
    assert merged == MatchReport(
        (MatchGroup(("a", "b", "c", "d"), ("same_email", "same_id.wechat", "same_phone")),), (), ()
    )
    queued = find_matches(members)
    assert queued.groups == ()
    assert queued.queue == (
        LikelyPair("a", "b", 100, ("same_phone",)),
        LikelyPair("a", "c", 100, ("same_email",)),
        LikelyPair("c", "d", 100, ("same_id.wechat",)),
    )


def test_what_contradicts_is_never_merged() -> None:
    """A family shares a phone: two genders, or two dates of birth, are for somebody to look at."""
    parents = [
        person("a", phone=PHONE, gender="male"),
        person("b", phone=PHONE, gender="female"),
        person("c", phone=PHONE),
    ]
    found = find_matches(parents, MERGE)
    assert found.groups == ()
    assert found.queue == (
        LikelyPair("a", "b", 100, ("same_phone", "other_gender")),
        LikelyPair("a", "c", 100, ("same_phone",)),
        LikelyPair("b", "c", 100, ("same_phone",)),
    )


def test_a_masked_or_national_number_is_no_key() -> None:
    """Requirement 17: 138****8888 is many people's."""
    members = [
        person(id, phone=phone) for id, phone in zip("abcd", ["138****8888"] * 2 + ["13800008888"] * 2, strict=True)
    ]
    assert find_matches(members, MERGE) == MatchReport((), (), ())


def test_a_key_of_too_many_is_a_placeholder() -> None:
    """The shop's own number in every row: reported with examples, and nothing is merged by it."""
    members = [person(f"m{i}", phone=PHONE) for i in range(5)]
    found = find_matches(members, MatchPolicy(policy="merge", max_group=4))
    assert (found.groups, found.queue) == ((), ())
    assert [(crowd.trait, crowd.size, crowd.ids) for crowd in found.crowds] == [
        ("same_phone", 5, ("m0", "m1", "m2", "m3", "m4"))
    ]
    chained = [person(f"m{i}", external_ids={"a": str(i // 2), "b": str((i + 1) // 2)}) for i in range(6)]
    assert find_matches(chained, MatchPolicy(policy="merge", max_group=4)).groups == ()
    assert len(find_matches(chained, MERGE).groups[0].ids) == 6


def test_pairs_that_were_looked_at_stay_apart() -> None:
    """In either order; what hangs together by others still does."""
    members = [person("a", phone=PHONE), person("b", phone=PHONE), person("c", phone=PHONE, email="x@example.com")]
    assert find_matches(members, apart=[("b", "a"), ("a", "c")]).queue == (LikelyPair("b", "c", 100, ("same_phone",)),)
    alike = [person("a", name="张三", phone="138****8888"), person("b", name="张三", phone=PHONE)]
    assert len(find_matches(alike).queue) == 1
    assert find_matches(alike, apart=[("b", "a")]).queue == ()


# -- likely pairs ------------------------------------------------------------------------------------------------------

LIKELY = [
    person("a", name="张三", phone="138****8888", birthday=date(1990, 2, 28)),
    person("b", name="张三", phone=PHONE, birthday=lk.Birthday(2, 28)),
    person("c", name="张三", phone=OTHER),
]


def test_likely_pairs_come_with_score_and_reasons() -> None:
    """The likeliest first; the weights and the threshold are the shop's."""
    assert find_matches(LIKELY).queue == (LikelyPair("a", "b", 85, ("same_name", "same_day_of_birth", "phone_fits")),)
    assert find_matches(LIKELY, MatchPolicy(threshold=86)).queue == ()
    assert find_matches(LIKELY, MatchPolicy(weights={"phone_fits": 0})).queue == ()


def test_a_group_is_not_queued_again() -> None:
    """What is merged anyway is no likely pair, and its members still may be likely with others."""
    members = [
        person("a", phone=PHONE, name="张三", birthday=date(1990, 2, 28)),
        person("b", phone=PHONE, email="x@example.com", name="张三", birthday=date(1990, 2, 28)),
        person("c", email="x@example.com", name="张三", birthday=date(1990, 2, 28)),
        person("d", name="张三", birthday=date(1990, 2, 28)),
    ]
    found = find_matches(members, MERGE)
    assert [group.ids for group in found.groups] == [("a", "b", "c")]
    assert [(item.left, item.right) for item in found.queue] == [("a", "d"), ("b", "d"), ("c", "d")]


policies = st.sampled_from([MatchPolicy(), MERGE, MatchPolicy(threshold=40), MatchPolicy(policy="merge", max_group=2)])


@given(crowds, policies, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(members: list[lk.Member], matching: MatchPolicy, random: Any) -> None:
    """Deterministic, and the same for every order."""
    shuffled = random.sample(members, len(members))
    assert find_matches(shuffled, matching) == find_matches(members, matching)


@given(crowds)
def test_merged_groups_are_distinct_and_hang_together(members: list[lk.Member]) -> None:
    """Nobody is in two groups; whoever shares a key with one of a group is in it, or the whole is queued."""
    report = find_matches(members, MERGE)
    ids = [id for group in report.groups for id in group.ids]
    assert len(ids) == len(set(ids))
    queued = {(item.left, item.right) for item in report.queue if item.score == 100}
    by_id = {item.id: traits_of(item) for item in members}
    for left, right in combinations(sorted(by_id), 2):
        if set(by_id[left].keys) & set(by_id[right].keys):
            together = any({left, right} <= set(group.ids) for group in report.groups)
            assert together != ((left, right) in queued)


@given(st.text(max_size=20), st.text("0123456789xX*-+ ．１２", max_size=20))
def test_nothing_personal_is_in_a_report(name: str, phone: str) -> None:
    """I31: ids, scores and reasons alone, whatever the texts are."""
    with_canary: dict[str, Any] = {"name": f"kanari {name}", "email": "kanari@example.com", "region": "kanari"}
    with_canary = {key: value for key, value in with_canary.items() if "\0" not in value}
    if any("\ud800" <= sign <= "\udfff" for sign in name) or not phone.strip():
        return
    members = [person(id, phone=phone, **with_canary) for id in "abc"]
    report = find_matches(members, MatchPolicy(max_group=2, max_block=2))
    assert "kanari" not in repr(report)
    assert {reason for item in report.queue for reason in item.reasons} <= {*REASONS, "same_phone", "same_email"}


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"policy": "guess"}, ["policy"]),
        ({"policy": []}, ["policy"]),
        ({"weights": 5}, ["weights"]),
        ({"weights": {"colour": 5}}, ["weights"]),
        ({"weights": {"same_name": 0.5}}, ["weights"]),
        ({"weights": {"same_name": 1_001}}, ["weights"]),
        ({"threshold": 0}, ["threshold"]),
        ({"threshold": True}, ["threshold"]),
        ({"max_group": 1, "max_block": "many"}, ["max_group", "max_block"]),
    ],
)
def test_a_matching_that_cannot_be_says_all_that_is_wrong(parts: Any, fields: list[str]) -> None:
    """Bad input: all problems together."""
    with pytest.raises(lk.InvalidValueError) as caught:
        MatchPolicy(**parts)
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (([person("a"), person("a")],), "members"),
        ((["a"],), "members"),
        ((5,), "members"),
        (([], "merge"), "matching"),
        (([], None, "ab"), "apart"),
        (([], None, 5), "apart"),
        (([], None, [("a",)]), "apart"),
        (([], None, [("a", 5)]), "apart"),
        (([], None, ["ab"]), "apart"),
    ],
)
def test_matching_is_of_members(arguments: Any, field: str) -> None:
    """Bad input: each record once, pairs of ids."""
    with pytest.raises(lk.InvalidValueError, match=field):
        find_matches(*arguments)


def test_a_matching_is_a_value() -> None:
    """It can be stored, and comes back equal."""
    matching = MatchPolicy(policy="merge", weights={"same_region": 10}, threshold=70)
    assert from_wire(to_wire(matching), MatchPolicy) == matching
    assert matching.weights == {**WEIGHTS, "same_region": 10}
