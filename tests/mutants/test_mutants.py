"""Planted faults: each is noticed by its story or by the machine, and the right core passes every story."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import machine_for
from tests.machine.worlds import WORLDS
from tests.mutants import earning, late, moves, points, rewards, tiers
from tests.mutants.fault import Fault, plant
from tests.mutants.story import Story

FAULTS = [fault for part in (points, moves, earning, tiers, late, rewards) for fault in part.FAULTS]

# The same examples each time, and no time spent on making them smaller: a fault is noticed or it is not.
PROFILE = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def notice(fault: Fault) -> None:
    """Tell the fault's own story, or let the machine make some up."""
    if not fault.story:
        run_state_machine_as_test(machine_for(WORLDS[fault.world]), settings=PROFILE)
        return
    story = Story(WORLDS[fault.world])
    for step in fault.story:
        step(story)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_noticed(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would let this fault pass would let a real mistake pass."""
    plant(fault, monkeypatch)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - an assertion of the pair, or whatever breaks inside
        notice(fault)
    assert not isinstance(caught.value, NameError | AttributeError | TypeError), "the fault itself is broken"


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.story], ids=lambda fault: fault.name)
def test_the_right_core_passes(fault: Fault) -> None:
    """A story proves something only if the right core comes through it."""
    notice(fault)


def test_every_rule_has_a_fault() -> None:
    """One at least for each rule of points, tiers and calendar; no two faults have one name."""
    rules = {f"{letter}{number}" for letter, last in (("S", 25), ("T", 12), ("C", 5)) for number in range(1, last + 1)}
    assert sorted(rules.difference(*(fault.rules.split() for fault in FAULTS))) == []
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
