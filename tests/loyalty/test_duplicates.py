"""members.match, merge_matches and quality: over the store, and what is remembered of a review (decision 0022)."""

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


def merge(story: Story) -> lk.matching.MatchReport:
    """Match, and merge what was found."""
    face = story.shop.members
    return face.merge_matches(face.match(MERGING), actor="staff-1")


def keep_apart(story: Story, one: str, other: str, /, **more: Any) -> lk.Receipt:
    return story.shop.record(lk.KeepApart(**{"id": "ap", "member_id": one, "other": other} | BY | more))


def queued(report: lk.matching.MatchReport) -> list[tuple[str, str]]:
    return sorted((pair.left, pair.right) for pair in report.queue)


def test_nothing_is_merged_unless_somebody_does_it() -> None:
    """The report alone writes nothing."""
    story = table()
    before = digest(story.storage)
    assert [group.ids for group in story.shop.members.match(MERGING).groups] == [("a", "b", "c")]
    assert queued(story.shop.members.match()) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert digest(story.storage) == before


def test_pairs_of_the_queue_are_never_merged() -> None:
    """Without the policy to merge, there is nothing to merge, and everything to review."""
    story = table()
    before = digest(story.storage)
    report = story.shop.members.match()
    assert story.shop.members.merge_matches(report, actor="staff-1") == report
    assert digest(story.storage) == before


def test_groups_are_merged_into_whoever_came_first() -> None:
    """And again is harmless: there is nothing left to merge."""
    story = table()
    report = merge(story)
    assert [group.ids for group in report.groups] == [("a", "b", "c")]
    assert (report.queue, report.crowds) == ((), ())
    assert {story.shop.member(id).id for id in "abc"} == {"c"}
    before = digest(story.storage)
    assert merge(story).groups == ()
    assert digest(story.storage) == before
    assert story.shop.storage.verify() == []


def test_an_active_record_survives_a_pending_one() -> None:
    """However early that one came; closed records are left out."""
    story = table(
        c={"enrolled_at": day(1), "phone": "+8613800138000", "status": "pending"},
        a={"enrolled_at": day(1), "phone": "+8613800138000", "status": "closed"},
    )
    assert [group.ids for group in merge(story).groups] == [("b", "c")]
    assert story.shop.member("c").id == "b"


def test_two_people_after_all_stay_two() -> None:
    """Somebody said so, or took the merge back: neither merged nor queued again, not even by way of a third one."""
    story = table()
    keep_apart(story, "a", "b")
    report = merge(story)
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
    merge(story)
    for id in "ab":
        story.shop.members.unmerge(id, id=f"um-{id}", **BY)
    assert [group.ids for group in merge(story).groups] == [("a", "b")]
    assert [story.shop.member(id).id for id in "abc"] == ["b", "b", "c"]
    assert merge(story).groups == ()


def test_a_report_is_merged_as_it_is_now_right() -> None:
    """S15: again, later, by somebody else: what became one stays one, and what was said since counts."""
    story = table(y={"enrolled_at": day(4), "phone": "+8613900139000"}, q={"enrolled_at": day(4)})
    report = story.shop.members.match(MERGING)
    assert [group.ids for group in report.groups] == [("a", "b", "c"), ("x", "y")]
    keep_apart(story, "y", "x")
    merged = story.shop.members.merge_matches(report, actor="staff-1")
    assert [group.ids for group in merged.groups] == [("a", "b", "c")]
    before = digest(story.storage)
    assert story.shop.members.merge_matches(report, actor="staff-2") == merged
    assert digest(story.storage) == before
    story.shop.members.unmerge("b", id="um", **BY)
    assert story.shop.members.merge_matches(report, actor="staff-1").groups == ()
    assert story.shop.member("b").id == "b"
    assert story.shop.storage.verify() == []


def test_a_record_that_was_closed_since_is_left_out() -> None:
    """A closed record is of nobody any more; the others of its group are merged all the same."""
    story = table(y={"enrolled_at": day(4), "phone": "+8613900139000"})
    report = story.shop.members.match(MERGING)
    for id in "axy":
        story.shop.members.update(story.shop.member(id).evolve(status="closed"), id=f"ed-{id}", **BY)
    assert story.shop.members.merge_matches(report, actor="staff-1").groups == ()
    assert [story.shop.member(id).id for id in "abcxy"] == ["a", "c", "c", "x", "y"]


def test_what_is_left_to_review_goes_by_those_who_survive() -> None:
    """Pairs of one member are gone, others bear the ids of by now, each once, and none that was kept apart."""
    story = table()
    queue = [("a", "b"), ("x", "a"), ("b", "x"), ("a", "c")]
    pairs = tuple(lk.matching.LikelyPair(left, right, 90 - n, ("r",)) for n, (left, right) in enumerate(queue))
    report = lk.matching.MatchReport((lk.matching.MatchGroup(("a", "b"), ("same_phone",)),), pairs, ())
    left = story.shop.members.merge_matches(report, actor="staff-1")
    assert [(pair.left, pair.right, pair.score) for pair in left.queue] == [("b", "x", 89), ("b", "c", 87)]
    keep_apart(story, "x", "a")
    left = story.shop.members.merge_matches(report, actor="staff-1")
    assert queued(left) == [("b", "c")]


def test_what_cannot_be_merged_is_refused() -> None:
    """I31: before anything is written."""
    story = table()
    report = story.shop.members.match(MERGING)
    strange = lk.matching.MatchReport((lk.matching.MatchGroup(("a", "stranger"), ()),), (), ())
    before = digest(story.storage)
    for bad, actor, error in (
        (report, " ", lk.InvalidValueError),
        (report, 7, lk.InvalidValueError),
        ("report", "staff-1", lk.InvalidValueError),
        (strange, "staff-1", lk.UnknownMemberError),
    ):
        with pytest.raises(error):
            story.shop.members.merge_matches(bad, actor=actor)  # type: ignore[arg-type]
    assert digest(story.storage) == before


def test_s15_keeping_apart_twice_is_once_and_what_cannot_be_kept_apart() -> None:
    """S15; the same person is not two."""
    story = table()
    first = keep_apart(story, "a", "b")
    assert keep_apart(story, "a", "b") == first
    assert (first.kind, first.points) == ("keep_apart", 0)
    with pytest.raises(lk.IdempotencyConflictError):
        keep_apart(story, "a", "c")
    with pytest.raises(lk.UnknownMemberError, match="other"):
        keep_apart(story, "a", "nobody", id="ap-2")
    with pytest.raises(lk.UnknownMemberError, match="member_id"):
        keep_apart(story, "nobody", "a", id="ap-2")
    for bad in ({"other": "a"}, {"actor": " "}, {"reason": ""}, {"other": 7}):
        with pytest.raises(lk.InvalidValueError):
            keep_apart(story, "a", "b", **{"id": "ap-2"} | bad)
    story.shop.members.merge("a", "b", id="mg", **BY)
    with pytest.raises(lk.InvalidValueError, match="by a merge"):
        keep_apart(story, "a", "b", id="ap-2")
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
