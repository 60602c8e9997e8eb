"""The outbox: at least once, in the order written, whole with its unit of work (S21, I11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.decision import Decision
from tests.support.stories import Story, club, day


def telling() -> Story:
    story = Story(club(notices=lk.NoticePolicy(points_expiring_days=2)))
    for number in range(4):
        story.buy(f"p{number}", day(number))
    return story


def waiting(story: Story, limit: int = 100) -> list[str]:
    return [notice.id for notice in story.shop.outbox.due(limit)]


ALL = [f"points.added:p{number}" for number in range(4)]


def test_s21_at_least_once_in_the_order_written() -> None:
    """S21: asked again, the same come again, until they are acknowledged; then the rest follows."""
    story = telling()
    assert waiting(story) == waiting(story) == ALL
    assert waiting(story, 2) == ALL[:2]
    assert story.shop.outbox.acknowledge([ALL[1], ALL[0]]) == 2
    assert waiting(story) == ALL[2:]
    story.shop.settle(as_of=day(8))
    assert waiting(story)[:2] == ALL[2:]
    assert len(waiting(story)) == 3


@given(st.lists(st.lists(st.sampled_from([*ALL, "unknown"]), max_size=5), max_size=4))
def test_s21_acknowledging_is_idempotent(rounds: list[list[str]]) -> None:
    """S21: each counts once, whatever is repeated or unknown; the record keeps what was told."""
    story = telling()
    counted = sum(story.shop.outbox.acknowledge(ids) for ids in rounds)
    gone = {id for ids in rounds for id in ids} & set(ALL)
    assert counted == len(gone)
    assert waiting(story) == [id for id in ALL if id not in gone]
    assert [notice.id for notice in story.buy("p0", day(0)).notices] == ALL[:1]
    assert story.shop.storage.verify() == []


def test_s21_a_generator_of_ids_will_do() -> None:
    """Whatever gives ids one after another."""
    assert telling().shop.outbox.acknowledge(id for id in ALL) == 4


def test_i11_a_refused_transaction_leaves_no_notice() -> None:
    """I11: nothing is told of what was not written."""
    story = telling()
    with pytest.raises(lk.InsufficientPointsError):
        story.spend("x", day(5), 10_000)
    assert waiting(story) == ALL


class LostError(Exception):
    """Something outside breaks."""


def test_i11_a_broken_ingest_leaves_the_outbox_as_it_was() -> None:
    """I11: notices of an undone unit are gone."""
    story = telling()

    def broken() -> Iterator[lk.Transaction]:
        yield lk.Purchase(id="q", member_id="m", amount=1, occurred_at=day(5))
        raise LostError

    with pytest.raises(LostError):
        story.shop.ingest(broken())
    assert waiting(story) == ALL


def written_and_acknowledged(story: Story) -> None:
    """One unit that tells something, acknowledges that and more, and breaks."""
    told = story.shop.quote(lk.Purchase(id="q", member_id="m", amount=1, occurred_at=day(5))).notices
    with story.storage.unit() as unit:
        unit.add_record("m", None, None, Decision(notices=told), 0)
        assert unit.acknowledge([ALL[1], told[0].id, ALL[3]]) == 3
        assert waiting(story) == [ALL[0], ALL[2]]
        raise LostError


def test_i11_what_a_broken_unit_acknowledged_waits_again_at_its_place() -> None:
    """I11: and what it told itself does not."""
    story = telling()
    with pytest.raises(LostError):
        written_and_acknowledged(story)
    assert waiting(story) == ALL
    assert story.buy("q", day(5), 1).notices == story.shop.outbox.due()[-1:]


def test_s21_a_snapshot_of_the_past_shows_what_was_written_then() -> None:
    """What is written later does not show; what is acknowledged by now is gone."""
    story = telling()
    position = story.storage.position()
    story.buy("q", day(5))
    story.shop.outbox.acknowledge(ALL[:1])
    with story.storage.snapshot(position) as snapshot:
        assert [notice.id for notice in snapshot.notices(9)] == ALL[1:]
        assert [notice.id for notice in snapshot.notices(2)] == ALL[1:3]


@pytest.mark.parametrize("limit", [0, -1, 10_001, True, None, "5", 1.0])
def test_a_limit_is_a_number(limit: Any) -> None:
    """1 to 10,000."""
    with pytest.raises(lk.InvalidValueError) as refused:
        telling().shop.outbox.due(limit)
    assert [problem.field for problem in refused.value.problems] == ["limit"]


@pytest.mark.parametrize("ids", [None, 5, "points.added:p0", b"p", [5], [None, "x"]])
def test_ids_are_a_collection_of_texts(ids: Any) -> None:
    """A single text is no collection of ids."""
    story = telling()
    with pytest.raises(lk.InvalidValueError) as refused:
        story.shop.outbox.acknowledge(ids)
    assert [problem.field for problem in refused.value.problems] == ["ids"]
    assert waiting(story) == ALL
