"""Matching: exact keys, likely pairs, and as many comparisons as there is something to compare."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.matching.blocking import blocks_of, candidates
from loyaltykit.domain.matching.likeness import REASONS, WEIGHTS, reasons_of, traits_of
from loyaltykit.domain.matching.matching import LikelyPair, MatchGroup, MatchPolicy, MatchReport, find_matches
from loyaltykit.serialization import from_wire, to_wire

PHONE, OTHER = "+8613800008888", "+8613900009999"
MERGE = MatchPolicy(policy="merge")


def person(id: str, **parts: Any) -> lk.Member:
    return lk.Member(id=id, **parts)


def pair(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """The reasons for and against two records."""
    found = [*reasons_of(traits_of(person("a", **left)), traits_of(person("b", **right)))]
    assert found == [*reasons_of(traits_of(person("b", **right)), traits_of(person("a", **left)))]
    return [str(reason) for reason in found]


# -- reasons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "reasons"),
    [
        ({"name": "张三"}, {"name": " 张三 "}, ["same_name"]),
        ({"name": "张　三"}, {"name": "张·三"}, ["same_name"]),
        ({"name": "张三"}, {"name": "三张"}, []),
        ({"name": "Anna SMITH"}, {"name": "Smith, Anna"}, ["same_name"]),
        ({"name": "ＡＮＮＡ"}, {"name": "anna"}, ["same_name"]),
        ({"name": "Johannes Smith"}, {"name": "Johanes Smith"}, ["similar_name"]),
        ({"name": "张三"}, {"name": "张四"}, []),
        ({"name": "x" * 101}, {"name": "x" * 102}, []),
        ({"name": "..."}, {"name": "..."}, []),
        ({"birthday": date(1990, 2, 28)}, {"birthday": date(1990, 2, 28)}, ["same_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": lk.Birthday(2, 28)}, ["same_day_of_birth"]),
        ({"birthday": lk.Birthday(2, 28)}, {"birthday": lk.Birthday(2, 28)}, ["same_day_of_birth"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": date(1991, 2, 28)}, ["other_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": lk.Birthday(3, 28)}, ["other_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {}, []),
        ({"phone": "13800008888"}, {"phone": PHONE}, ["phone_agrees"]),
        ({"phone": "0138 0000 8888"}, {"phone": PHONE}, ["phone_agrees"]),
        ({"phone": "8888"}, {"phone": "8888"}, []),
        ({"phone": "138****8888"}, {"phone": PHONE}, ["phone_fits"]),
        ({"phone": "138xxxxx8888"}, {"phone": "13800008888"}, ["phone_fits"]),
        ({"phone": "138xxxxx8888"}, {"phone": "138xxxxx8888"}, ["phone_fits"]),
        ({"phone": "138****8888"}, {"phone": "139****8888"}, []),
        ({"phone": "138xxxxxxx"}, {"phone": PHONE}, []),
        ({"phone": "138****8888"}, {"phone": "+8613900008888"}, []),
        ({"region": "Wuhan"}, {"region": "wuhan"}, ["same_region"]),
        ({"gender": "male"}, {"gender": "female"}, ["other_gender"]),
        ({"gender": "male"}, {}, []),
        ({"email": "li.na@example.com"}, {"email": "Li.Na@example.org"}, ["same_email_name"]),
        ({"email": "l***@example.com"}, {"email": "l***@example.org"}, []),
        (
            {"contacts": [lk.Contact("address", "1 Tea Street, Wuhan")]},
            {"contacts": [lk.Contact("address", "Wuhan; 1 tea street")]},
            ["same_address"],
        ),
    ],
)
def test_what_speaks_for_one_person_and_what_against(left: Any, right: Any, reasons: list[str]) -> None:
    """In either order."""
    assert pair(left, right) == reasons


def test_a_birthday_of_another_calendar_says_nothing() -> None:
    """C4: the day of one is not the day of the other."""

    class Later:
        def observed(self, year: int, month: int, day: int) -> date:
            return date(year, min(month, 12), min(day, 28))

    lk.register_calendar("tests.later", Later())
    assert pair({"birthday": lk.Birthday(2, 3, 1990)}, {"birthday": lk.Birthday(2, 3, 1990, "tests.later")}) == []


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


NAMES = ["", "anna smith", "anna smyth", "smith anna", "张三", "张三丰", "johannes smith", "johanes smith"]
PHONES = [None, PHONE, "13800008888", "138****8888", "139xxxxx9999", OTHER, "+8613900008888"]
people = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "phone": st.sampled_from(PHONES),
        "email": st.sampled_from([None, "li@example.com", "li@example.org", "wang@example.com"]),
        "birthday": st.sampled_from([None, date(1990, 2, 28), lk.Birthday(2, 28), date(1991, 2, 28)]),
        "gender": st.sampled_from([None, "male", "female"]),
        "region": st.sampled_from([None, "Wuhan"]),
        "contacts": st.sampled_from([(), (lk.Contact("address", "1 Tea Street"),)]),
        "external_ids": st.sampled_from([{}, {"wechat": "o1"}, {"wechat": "o2"}]),
    }
)
crowds = st.lists(people, max_size=8).map(lambda parts: [person(f"m{i}", **given) for i, given in enumerate(parts)])
policies = st.sampled_from([MatchPolicy(), MERGE, MatchPolicy(threshold=40), MatchPolicy(policy="merge", max_group=2)])


@given(crowds, policies, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(members: list[lk.Member], matching: MatchPolicy, random: Any) -> None:
    """Deterministic, and the same for every order."""
    shuffled = random.sample(members, len(members))
    assert find_matches(shuffled, matching) == find_matches(members, matching)


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
