"""Counting issues and duplicates, in any order of records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.quality.report import QualityIssue
from tests.support.quality import PHONE, SOUND, look


def test_duplicates_are_counted_by_member() -> None:
    """Everybody who shares a key, once for each part, whoever came first."""
    members = [
        lk.Member(id="a", **SOUND, email="x@example.com", channel="pos"),
        lk.Member(id="b", **SOUND, external_ids={"wechat": "o1"}),
        lk.Member(id="c", **SOUND | {"phone": "+8613900009999"}, email="X@example.com"),
        lk.Member(id="d", **SOUND | {"phone": "+8613900009999"}, external_ids={"wechat": "o1"}, channel="pos"),
        lk.Member(id="e", **SOUND | {"phone": "138****8888"}),
        lk.Member(id="f", **SOUND | {"phone": "138****8888"}),
    ]
    report = look(*members)
    assert [issue for issue in report.issues if issue.kind == "duplicate"] == [
        QualityIssue("duplicate", "email", "duplicate", "pos", 1, ("a",)),
        QualityIssue("duplicate", "email", "duplicate", None, 1, ("c",)),
        QualityIssue("duplicate", "external_ids.wechat", "duplicate", "pos", 1, ("d",)),
        QualityIssue("duplicate", "external_ids.wechat", "duplicate", None, 1, ("b",)),
        QualityIssue("duplicate", "phone", "duplicate", "pos", 2, ("a", "d")),
        QualityIssue("duplicate", "phone", "duplicate", None, 2, ("b", "c")),
    ]
    assert (report.count("duplicate"), report.count("duplicate", "phone"), report.count(field="phone")) == (8, 4, 6)
    assert report.count() == 10


def test_two_shared_phones_count_once() -> None:
    """An issue is about a member's part, not about each number."""
    both = [lk.Contact("phone", PHONE), lk.Contact("phone", "+8613900009999")]
    members = [
        lk.Member(id="a", **SOUND | {"phone": None}, contacts=both),
        lk.Member(id="b", **SOUND),
        lk.Member(id="c", **SOUND | {"phone": "+8613900009999"}),
    ]
    (issue,) = look(*members).issues
    assert (issue.count, issue.ids) == (3, ("a", "b", "c"))


def test_a_part_is_bad_once() -> None:
    """Two issues of one part lower the score once."""
    masked, national = lk.Contact("phone", "138****8888"), lk.Contact("phone", "13800008888")
    once = look(lk.Member(id="a", **SOUND | {"phone": None}, contacts=[masked]))
    twice = look(lk.Member(id="a", **SOUND | {"phone": None}, contacts=[masked, national]))
    assert (once.count(), twice.count()) == (1, 2)
    assert once.score == twice.score == Decimal("80.0")


people = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "张三"]),
        "phone": st.sampled_from([None, PHONE, "+8613900009999", "138****8888", "12"]),
        "email": st.sampled_from([None, "li@example.com", "LI@example.com"]),
        "birthday": st.sampled_from([None, date(1990, 2, 28), date(2030, 1, 1), lk.Birthday(2, 28)]),
        "channel": st.sampled_from([None, "pos", "wechat"]),
        "external_ids": st.sampled_from([{}, {"wechat": "o1"}, {"pos": "o1"}]),
        "fields": st.sampled_from([{}, {"size": 5}, {"size": "L", "shoe": 1}]),
    }
)
crowds = st.lists(people, max_size=8).map(lambda given: [lk.Member(id=f"m{i}", **one) for i, one in enumerate(given)])


@given(crowds, st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_of_records_does_not_matter(members: list[lk.Member], random: Any, examples: int) -> None:
    """One pass, in any order: counts, examples and scores are the same."""
    report = look(*members, examples=examples)
    assert look(*random.sample(members, len(members)), examples=examples) == report
    assert 0 <= report.score <= 100
    assert (report.score == 100) == (report.issues == ())
    assert all(len(issue.ids) == min(issue.count, examples) for issue in report.issues)
    assert sum(item.members for item in report.channels) == report.members == len(members)


@given(crowds)
def test_duplicates_are_those_that_share_a_key(members: list[lk.Member]) -> None:
    """Comparing all with all finds no others."""
    report = look(*members, examples=100)
    for kind in ("phone", "email"):
        keys = {item.id: {c.key for c in item.contacts if c.kind == kind and c.key} for item in members}
        shared = {a for a in keys for b in keys if a != b and keys[a] & keys[b]}
        told = {id for issue in report.issues if (issue.kind, issue.field) == ("duplicate", kind) for id in issue.ids}
        assert told == shared
