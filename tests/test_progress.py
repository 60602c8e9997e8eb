"""How long work tells how far it is."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.stories import Story, day


def test_everything_long_tells_its_progress_or_nobody() -> None:
    """`ingest`, `settle` and `verify` take a function of two numbers, or none."""
    story = Story()
    seen: list[tuple[int, int | None]] = []
    for progress in (None, lambda done, total: seen.append((done, total))):
        story.shop.ingest([lk.Visit(id="v", member_id="m", occurred_at=day(1))], progress=progress)
        story.shop.settle(progress=progress)
        story.shop.storage.verify(progress=progress)
    assert seen == [(1, 1), (1, 1), (1, 1)]


@pytest.mark.parametrize("progress", [5, "bar", []])
def test_what_cannot_be_called_is_refused(progress: Any) -> None:
    """I31: refused before anything is written."""
    story = Story()
    for call in (
        lambda: story.shop.ingest([lk.Visit(id="v", member_id="m")], progress=progress),
        lambda: story.shop.settle(progress=progress),
        lambda: story.shop.storage.verify(progress=progress),
    ):
        with pytest.raises(lk.InvalidValueError):
            call()
    with story.storage.snapshot() as snapshot:
        assert snapshot.find_record("v") is None


def test_an_error_of_the_listener_is_the_callers() -> None:
    """I11: what a progress function raises reaches the caller; what was taken in before stays."""
    story = Story()

    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        story.shop.ingest([lk.Visit(id="v", member_id="m", occurred_at=day(1))], progress=stop)
    with story.storage.snapshot() as snapshot:
        assert snapshot.find_record("v") is not None
