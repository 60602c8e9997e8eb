"""The quality report: counts by kind, field and channel, a score, and the change between two reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.quality.checks import KINDS
from loyaltykit.domain.quality.issues import IssueChange, QualityIssue
from loyaltykit.domain.quality.report import QualityChange, QualityReport
from loyaltykit.domain.quality.review import quality_report
from loyaltykit.rules import member

TODAY = date(2025, 6, 1)
PHONE = "+8613800008888"
CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), was=("target",), title_zh="目标"),
        lk.Field("must", str, required=True, default="x"),
        lk.Field("size", int, required=True),
        lk.Field("old", str, required=True, retired=True),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)
SOUND: dict[str, Any] = {"name": "张三", "phone": PHONE, "birthday": date(1990, 2, 28), "fields": {"size": 5}}


def look(*members: lk.Member, **options: Any) -> QualityReport:
    return quality_report(members, CLUB, TODAY, **options)


def found(parts: dict[str, Any], **options: Any) -> list[str]:
    """Kind, field and code of everything that is found in one record."""
    report = look(lk.Member(id="m", **SOUND | parts), **options)
    assert all((issue.count, issue.ids) == (1, ("m",)) for issue in report.issues)
    return [f"{issue.kind} {issue.field} {issue.code}" for issue in report.issues]


@pytest.mark.parametrize(
    ("parts", "issues"),
    [
        ({}, []),
        ({"name": None}, ["missing name missing"]),
        ({"phone": None, "birthday": None}, ["missing birthday missing", "missing phone missing"]),
        ({"fields": {}}, ["missing fields.size missing"]),
        ({"phone": "138****8888"}, ["invalid phone masked"]),
        ({"phone": "13800008888"}, ["invalid phone phone.invalid"]),
        ({"email": "nobody"}, ["invalid email email.invalid"]),
        ({"email": "l***@example.com"}, ["invalid email masked"]),
        ({"contacts": [lk.Contact("address", "1 Tea Street")]}, []),
        ({"fields": {"size": "L"}}, ["invalid fields.size field.type"]),
        ({"fields": {"size": 5, "goal": "sleep"}}, ["invalid fields.goal field.choice"]),
        ({"fields": {"size": 5, "shoe": 1}}, ["invalid fields.shoe field.unknown"]),
        ({"fields": {"size": 5, "goal": "health", "target": "health"}}, ["contradictory fields.target field.renamed"]),
        ({"birthday": date(2025, 6, 2)}, ["contradictory birthday birthday.future"]),
        ({"birthday": date(1905, 6, 1)}, []),
        ({"birthday": date(1904, 6, 1)}, ["contradictory birthday birthday.oldest"]),
        ({"birthday": lk.Birthday(6, 2)}, []),
        (
            {"enrolled_at": datetime(1990, 2, 27, 15, 59, tzinfo=UTC)},
            ["contradictory birthday birthday.after_enrolment"],
        ),
        ({"enrolled_at": datetime(1990, 2, 27, 16, tzinfo=UTC)}, []),
        ({"enrolled_at": datetime(2025, 6, 1, 16, tzinfo=UTC)}, ["contradictory enrolled_at enrolled.future"]),
        ({"status": "pending"}, []),
        ({"status": "pending", "review_due": TODAY}, []),
        ({"status": "pending", "review_due": TODAY - timedelta(1)}, ["stale review_due review.overdue"]),
        ({"status": "active", "review_due": TODAY - timedelta(1)}, []),
        ({"external_ids": {"wechat": "o1"}}, []),
    ],
)
def test_what_is_wrong_with_one_record(parts: dict[str, Any], issues: list[str]) -> None:
    """R14: missing, invalid, stale and contradictory parts; days are the shop's (C1)."""
    assert found(parts) == issues


def test_a_record_grows_stale() -> None:
    """By its last change, else by its enrolment; a closed one may rest, and of an undated one nothing is known."""
    old = datetime(2023, 1, 1, tzinfo=UTC)
    assert found({"enrolled_at": old}) == []
    stale = ["stale record record.old"]
    assert found({"enrolled_at": old}, changed_on={}) == stale
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 2)}) == []
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 1)}) == stale
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 1)}, stale_after_days=731) == []
    assert found({"enrolled_at": old, "status": "closed"}, changed_on={}) == []
    assert found({}, changed_on={}) == []


def test_records_can_be_checked_again() -> None:
    """The same set of checks as for an import: numbers that nobody has, addresses that cannot be."""
    parts = {"email": "li@localhost", "phone": "+8612121212", "fields": {"size": "L"}}
    assert found(parts) == ["invalid fields.size field.type"]
    assert found(parts, checker=RecordChecker(CLUB, "CN")) == [
        "invalid email email.invalid",
        "invalid fields.size field.type",
        "invalid phone phone.invalid",
    ]
    assert found({}, checker=RecordChecker(CLUB)) == []
    assert found({"tags": [str(i) for i in range(100)], "phone": "12"}, checker=RecordChecker(CLUB)) == [
        "invalid phone phone.invalid",
        "invalid phone phone.region",
    ]


def test_what_is_expected_is_the_shops_choice() -> None:
    """Required fields always are; a default stands in for a value."""
    assert found({}, expected=()) == []
    assert found({"fields": {}}, expected=[]) == ["missing fields.size missing"]
    assert found({}, expected=["region", "fields.goal", "fields.must"]) == [
        "missing fields.goal missing",
        "missing region missing",
    ]
    assert found({"fields": {"size": 5, "target": "health"}}, expected=["fields.goal"]) == []


# -- counting ----------------------------------------------------------------------------------------------------------


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


def test_the_score_is_the_share_of_sound_parts() -> None:
    """Rounded down; by channel as well; of nothing it is 100."""
    assert look().score == 100
    assert look(lk.Member(id="a", **SOUND)).score == 100
    report = look(lk.Member(id="a", **SOUND, channel="pos"), lk.Member(id="b", name="x", phone="138****8888"))
    # a: name, phone, birthday, channel, size, must; b: name, phone, birthday, size, must, of which three are bad
    assert report.score == Decimal("72.7")
    assert [(item.channel, item.members, item.score) for item in report.channels] == [
        ("pos", 1, Decimal(100)),
        (None, 1, Decimal(40)),
    ]
    assert look(lk.Member(id="a"), changed_on={"a": date(2000, 1, 1)}, expected=["name"]).score == Decimal("25.0")


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


# -- change and words --------------------------------------------------------------------------------------------------

BEFORE = look(
    lk.Member(id="a", name="x", phone=PHONE, fields={"size": "L", "goal": "y"}, channel="pos"),
    lk.Member(id="b", phone=PHONE, birthday=date(2030, 1, 1)),
    lk.Member(id="c", **SOUND | {"phone": "138****8888"}, external_ids={"wechat": "o1"}),
    lk.Member(id="d", **SOUND | {"phone": "12"}, external_ids={"wechat": "o1"}),
    changed_on={"a": date(2000, 1, 1)},
)
AFTER = quality_report([lk.Member(id="a", **SOUND)], CLUB, date(2025, 7, 1))


def test_a_report_in_english() -> None:
    """One line for each issue over all channels, then the channels."""
    assert str(BEFORE) == (
        "4 member records on 2025-06-01: score 48.0\n"
        "missing\n"
        "  Birthday: 1 (25.0 %) for example a\n"
        "  size: 1 (25.0 %) for example b\n"
        "  Name: 1 (25.0 %) for example b\n"
        "invalid\n"
        "  goal: 1 (25.0 %) does not fit its declaration; for example a\n"
        "  size: 1 (25.0 %) does not fit its declaration; for example a\n"
        "  Phone: 1 (25.0 %) is masked; for example c\n"
        "  Phone: 1 (25.0 %) is not a valid phone number; for example d\n"
        "stale\n"
        "  Record: 1 (25.0 %) has not changed for long; for example a\n"
        "contradictory\n"
        "  Birthday: 1 (25.0 %) is in the future; for example b\n"
        "duplicate\n"
        "  External ids wechat: 2 (50.0 %) for example c, d\n"
        "  Phone: 2 (50.0 %) for example a, b\n"
        "by channel\n"
        "  pos: 1, score 37.5\n"
        "  unknown: 3, score 52.9"
    )


def test_a_report_in_chinese() -> None:
    """With the titles of the programme's fields."""
    lines = BEFORE.describe("zh", CLUB).splitlines()
    assert lines[:2] == ["2025-06-01共4条会员资料：得分48.0", "缺失"]
    assert "  目标：1条（25.0%）不在可选项之中；例如a" in lines
    assert "  电话：2条（50.0%）例如a、b" in lines
    assert "  外部编号 wechat：2条（50.0%）例如c、d" in lines
    assert lines[-1] == "  未知：3条，得分52.9"
    assert str(look(lk.Member(id="m", **SOUND))) == "1 member record on 2025-06-01: score 100.0"
    assert str(look(lk.Member(id="m", **SOUND | {"name": None}), examples=0)).endswith("Name: 1 (100.0 %)")
    unknown = look(lk.Member(id="m", **SOUND | {"fields": {"size": 5, "shoe": 1}}))
    assert "  shoe: 1 (100.0 %) is not declared; for example m" in str(unknown)


def test_a_change_between_two_reports() -> None:
    """R14: as data and in words; what stayed is left out."""
    change = AFTER.since(BEFORE)
    assert (change.members, change.score) == (-3, Decimal("52.0"))
    assert IssueChange("duplicate", "phone", "duplicate", 2, 0) in change.issues
    assert [item.kind for item in change.issues] == sorted((item.kind for item in change.issues), key=KINDS.index)
    assert BEFORE.since(AFTER).issues == tuple(
        IssueChange(item.kind, item.field, item.code, item.after, item.before) for item in change.issues
    )
    assert str(change).startswith(
        "2025-06-01 to 2025-07-01: -3 member records, score +52.0\n  missing, Birthday: 1 -> 0\n"
    )
    assert "  invalid, Phone: 1 -> 0 (is masked)" in str(change)
    assert change.describe("zh").startswith("2025-06-01至2025-07-01：会员资料-3条，得分+52.0\n  缺失，生日：1 → 0\n")
    assert "  无效，电话：1 → 0（经过遮掩）" in change.describe("zh")
    assert AFTER.since(AFTER) == QualityChange(AFTER.on, AFTER.on, 0, Decimal(0), ())


@given(st.text(max_size=10))
def test_nothing_personal_is_in_a_report(text: str) -> None:
    """I31: ids, counts and words of the programme alone."""
    name = "".join(sign for sign in text if sign.isprintable())
    parts: dict[str, Any] = {"name": f"kanari {name}", "phone": "kanari", "email": "kanari", "region": "kanari"}
    given_members = [lk.Member(id=id, **parts, fields={"size": "kanari", "goal": "kanari"}) for id in "ab"]
    report = look(*given_members, checker=RecordChecker(CLUB, "CN"))
    assert "kanari" not in "".join([repr(report), report.describe("en"), report.describe("zh", CLUB)])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"members": 5}, "members"),
        ({"members": [5]}, "members"),
        ({"program": "Club"}, "program"),
        ({"on": datetime(2025, 1, 1, tzinfo=UTC)}, "on"),
        ({"on": date.max}, "on"),
        ({"expected": "name"}, "expected"),
        ({"expected": 5}, "expected"),
        ({"expected": ["colour"]}, "expected"),
        ({"expected": ["fields.month"]}, "expected"),
        ({"expected": [5]}, "expected"),
        ({"changed_on": ["m"]}, "changed_on"),
        ({"changed_on": {"m": "soon"}}, "changed_on"),
        ({"checker": "CN"}, "checker"),
        ({"stale_after_days": 0}, "stale_after_days"),
        ({"examples": True}, "examples"),
    ],
)
def test_a_report_of_something_else_is_refused(options: dict[str, Any], field: str) -> None:
    """Bad input."""
    arguments = {"members": [lk.Member(id="m")], "program": CLUB, "on": TODAY} | options
    with pytest.raises(lk.InvalidValueError) as caught:
        quality_report(**arguments)
    assert caught.value.field == field


def test_a_report_speaks_two_languages_and_follows_another() -> None:
    """Bad input."""
    for describe in (BEFORE.describe, AFTER.since(BEFORE).describe):
        with pytest.raises(lk.errors.InvalidRuleError, match="language"):
            describe("tlh")  # type: ignore[arg-type]
    with pytest.raises(lk.InvalidValueError, match="program"):
        BEFORE.describe("en", "Club")  # type: ignore[arg-type]
    with pytest.raises(lk.InvalidValueError, match="earlier"):
        AFTER.since("yesterday")  # type: ignore[arg-type]
