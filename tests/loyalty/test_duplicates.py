"""members.match, keep_apart and quality: over the store, and what is remembered of a review (decision 0022)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from tests.support.digest import digest
from tests.support.stories import LATE, START, Story, club, day

MERGING = lk.matching.MatchPolicy(policy="merge")
BY: dict[str, Any] = {"actor": "a", "reason": "r"}


def table(**more: dict[str, Any]) -> Story:
    """Three cards of one phone, one of another, and a member without anything."""
    story = Story(club())
    cards: dict[str, dict[str, Any]] = {
        "b": {"enrolled_at": day(2), "phone": "+8613800138000"},
        "c": {"enrolled_at": day(1), "phone": "+8613800138000"},
        "a": {"enrolled_at": day(3), "email": "li@example.com", "phone": "+8613800138000"},
        "x": {"enrolled_at": day(1), "phone": "+8613900139000"},
    }
    for id, parts in (cards | more).items():
        story.shop.enroll(lk.Member(id=id, **parts))
    return story


def queued(report: lk.matching.MatchReport) -> list[tuple[str, str]]:
    return sorted((pair.left, pair.right) for pair in report.queue)


def test_nothing_is_merged_unless_somebody_does_it() -> None:
    """The report alone writes nothing."""
    story = table()
    before = digest(story.storage)
    assert [group.ids for group in story.shop.members.match(MERGING).groups] == [("a", "b", "c")]
    assert queued(story.shop.members.match()) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert queued(story.shop.members.match(merge_as="staff-1")) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert digest(story.storage) == before


def test_groups_are_merged_into_whoever_came_first() -> None:
    """And again is harmless: there is nothing left to merge."""
    story = table()
    report = story.shop.members.match(MERGING, merge_as="staff-1")
    assert [group.ids for group in report.groups] == [("a", "b", "c")]
    assert (report.queue, report.crowds) == ((), ())
    assert {story.shop.member(id).id for id in "abc"} == {"c"}
    before = digest(story.storage)
    assert story.shop.members.match(MERGING, merge_as="staff-1").groups == ()
    assert digest(story.storage) == before
    assert story.shop.storage.verify() == []


def test_an_active_record_survives_a_pending_one() -> None:
    """However early that one came; closed records are left out."""
    story = table(
        c={"enrolled_at": day(1), "phone": "+8613800138000", "status": "pending"},
        a={"enrolled_at": day(1), "phone": "+8613800138000", "status": "closed"},
    )
    assert [group.ids for group in story.shop.members.match(MERGING, merge_as="staff-1").groups] == [("b", "c")]
    assert story.shop.member("c").id == "b"


def test_two_people_after_all_stay_two() -> None:
    """Somebody said so, or took the merge back: neither merged nor queued again, not even by way of a third one."""
    story = table()
    story.shop.members.keep_apart("a", "b", id="ap", **BY)
    report = story.shop.members.match(MERGING, merge_as="staff-1")
    assert report.groups == ()
    assert queued(report) == [("a", "c"), ("b", "c")]
    story.shop.members.merge("c", "b", id="mg", **BY)
    assert queued(story.shop.members.match()) == []
    story.shop.members.unmerge("b", id="um", **BY)
    assert queued(story.shop.members.match()) == [("a", "c")]
    assert story.shop.storage.verify() == []


def test_a_merge_by_matching_that_is_taken_back_is_not_made_again() -> None:
    """The unmerge is what is remembered; of those two nobody has said anything."""
    story = table()
    story.shop.members.match(MERGING, merge_as="staff-1")
    for id in "ab":
        story.shop.members.unmerge(id, id=f"um-{id}", **BY)
    assert [group.ids for group in story.shop.members.match(MERGING, merge_as="staff-1").groups] == [("a", "b")]
    assert [story.shop.member(id).id for id in "abc"] == ["b", "b", "c"]
    assert story.shop.members.match(MERGING, merge_as="staff-1").groups == ()


def test_s15_keeping_apart_twice_is_once_and_what_cannot_be_kept_apart() -> None:
    """S15; the same person is not two."""
    story = table()
    first = story.shop.members.keep_apart("a", "b", id="ap", **BY)
    assert story.shop.members.keep_apart("a", "b", id="ap", **BY) == first
    assert (first.kind, first.points) == ("keep_apart", 0)
    with pytest.raises(lk.IdempotencyConflictError):
        story.shop.members.keep_apart("a", "c", id="ap", **BY)
    with pytest.raises(lk.UnknownMemberError, match="other"):
        story.shop.members.keep_apart("a", "nobody", id="ap-2", **BY)
    with pytest.raises(lk.UnknownMemberError, match="member_id"):
        story.shop.members.keep_apart("nobody", "a", id="ap-2", **BY)
    for bad in ({"other": "a"}, {"actor": " "}, {"reason": ""}, {"other": 7}):
        given: dict[str, Any] = {"one": "a", "other": "b", "id": "ap-2"} | BY | bad
        with pytest.raises(lk.InvalidValueError):
            story.shop.members.keep_apart(given.pop("one"), given.pop("other"), **given)
    story.shop.members.merge("a", "b", id="mg", **BY)
    with pytest.raises(lk.InvalidValueError, match="by a merge"):
        story.shop.members.keep_apart("a", "b", id="ap-2", **BY)
    with pytest.raises(lk.InvalidValueError):
        story.shop.members.match("exact")  # type: ignore[arg-type]


def test_the_quality_of_the_store_and_its_change() -> None:
    """As of any instant, by the records of that instant; a record is as old as its last version."""
    story = table(z={"enrolled_at": START, "status": "closed"})
    face, soon = story.shop.members, day(9)
    before = face.quality(soon)
    assert (before.on, before.members, before.count("missing", "name")) == (soon.date(), 5, 5)
    assert before.count("stale") == 0
    assert face.quality().count("stale") == 5
    story.clock.now = LATE + timedelta(days=1)
    face.update(story.shop.member("x").evolve(name="Li"), id="e-1", **BY)
    after = face.quality()
    assert (after.count("stale"), after.count("missing", "name")) == (4, 4)
    assert face.quality(soon) == before
    assert face.quality(known_at=LATE + timedelta(hours=1)).count("missing", "name") == 5
    changed = {(item.kind, item.field): (item.before, item.after) for item in after.since(before).issues}
    assert changed["missing", "name"] == (5, 4)
    assert face.quality(expected=["region"], stale_after_days=36_500, examples=0).issues[0].ids == ()
    checker = lk.records.RecordChecker(club())
    assert face.quality(checker=checker).members == 5
