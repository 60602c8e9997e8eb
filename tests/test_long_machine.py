"""The machine for as long as one has: long stories in every world, each from a seed that is printed.

Two processes share the time, so that both cores are busy. The seed also chooses the world, and a run that fails
prints it: run the test again with ``LOYALTYKIT_SEED`` set to it, and that story is the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from secrets import randbits
from time import monotonic

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine import machine_for
from tests.model_worlds import WORLDS
from tests.test_machine import MERGED, STORAGES

MINUTES = float(os.environ.get("LOYALTYKIT_MINUTES", "40"))
STEPS = 200
PROCESSES = 2
STAGES = [*WORLDS, *MERGED, "any"]
LEAST_RUNS = 1_000
"""Of all processes together, in forty minutes on two cores."""

ONE_RUN = settings(
    max_examples=1,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def run_once(storage: str, number: int) -> None:
    """One story of so many steps."""
    world = STAGES[number % len(STAGES)]
    merging = world in MERGED
    machine = machine_for(WORLDS.get(world.removesuffix(" merged")), STORAGES[storage], merging=merging)
    machine.agrees_every = 5
    run_state_machine_as_test(seed(number)(machine), settings=ONE_RUN)


@pytest.mark.long
@pytest.mark.parametrize("process", range(PROCESSES))
@pytest.mark.parametrize("storage", STORAGES)
def test_long_stories(storage: str, process: int, record_property: Callable[[str, object], None]) -> None:
    """All rules: as many stories of 200 steps as the time allows, over all worlds in turn."""
    first = int(os.environ.get("LOYALTYKIT_SEED", randbits(31)))
    until, runs = monotonic() + MINUTES * 60, 0
    for number in count(first):
        try:
            run_once(storage, number)
        except BaseException as error:
            error.add_note(f"long machine: LOYALTYKIT_SEED={number}")
            raise
        runs += 1
        if monotonic() > until:
            break
    record_property("told", f"long machine {process}: {runs} stories of {STEPS} steps on {storage}, seeds from {first}")
    assert runs >= LEAST_RUNS / PROCESSES * min(MINUTES / 40, 1)
