"""Checkpoints of a member's past (T8, I13): a late fact costs what came after it, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
import loyaltykit.domain.tiers.timeline as module
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.values import to_instant
from tests.support.stories import FEW, PROGRAMS, START, club, day, happenings

MEMBER = lk.Member(id="m", enrolled_at=START)
MOMENTS = [to_instant(day(number, hour)) for number in range(0, 90, 15) for hour in (0, 12)]


@pytest.fixture(params=[2, 5], scope="module", autouse=True)
def every(request: pytest.FixtureRequest) -> Iterator[int]:
    """How often a copy is made: so often that small stories have some."""
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "CHECKPOINT_EVERY", request.param)
    yield request.param
    patch.undo()


def seen(timeline: Timeline) -> list[Any]:
    """What a timeline tells, now and in the past."""
    found = [(standing.row, standing.rows_due(when)) for when in MOMENTS for standing in [timeline.at(when)]]
    totals = [(series.times, series.totals) for series in timeline.standing.history.tracked]
    sales = {name: (sale.points, sale.multiplier) for name, sale in timeline.standing.history.sales.items()}
    return [found, totals, sales, timeline.standing.rows, timeline.standing.usage]


def counting(told: list[lk.Transaction]) -> list[lk.Transaction]:
    """What moves metrics, each return behind its purchase."""
    known: dict[str, lk.Transaction] = {}
    for item in told:
        is_possible = not isinstance(item, lk.Return) or (item.of in known and known[item.of].order < item.order)
        if item.moves_metrics and is_possible:
            known[item.id] = item
    return list(known.values())


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(kinds=("purchase", "purchase", "return", "visit")))
def test_i13_in_any_order_as_in_one_go(program: lk.Program, told: list[lk.Transaction]) -> None:
    """I13, T8: one by one, late or not, with copies or without, is the fold of all in order."""
    rules, told = ProgramHistory.of(program), counting(told)
    timeline = Timeline(MEMBER, rules)
    for item in told:
        if item.order < timeline.standing.position:
            before = seen(timeline)
            late, step = timeline.with_late(item)
            assert timeline.step(item).after == step.after
            assert seen(timeline) == before, "what is there is not touched"
            timeline = late
        else:
            timeline.append(item, timeline.step(item))
    ordered = sorted(timeline.past, key=lambda item: item.order)
    assert timeline.past == ordered
    assert seen(timeline) == seen(Timeline(MEMBER, rules, ordered))


def test_copies_lie_further_apart_with_each_step_back(every: int) -> None:
    """Checkpoints: so few that they cost little, and one near every place, as seen from the end."""
    timeline = Timeline(MEMBER, ProgramHistory.of(club()))
    for number in range(600):
        item = lk.Visit(id=f"v{number}", member_id="m", occurred_at=day(number))
        timeline.append(item, timeline.step(item))
    held, total = [count for count, _ in timeline._checkpoints], len(timeline.past)
    assert len(held) <= 2 * total.bit_length()
    for place in range(every, total):
        nearest = max(count for count in held if count <= place) if place >= held[0] else 0
        assert total - nearest <= 2 * (total - place) + 3 * module._spacing(total)
