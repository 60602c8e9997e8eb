"""The core against the naive model: one machine, every small programme, every storage (``I1`` to ``I20``, ``T10``)."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine import expected_to_fire, machine_for
from tests.model_pair import FIRED
from tests.model_worlds import SEGMENTS, WORLDS

IS_LONG = "long" in (os.environ.get("LOYALTYKIT_PROFILE"), os.environ.get("HYPOTHESIS_PROFILE"))

STORAGES = {"memory": lambda: "memory://"}
"""Every storage that is held against the model: a factory of an empty one."""

PROFILE = settings(
    max_examples=300 if IS_LONG else 25,
    stateful_step_count=60 if IS_LONG else 30,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@cache
def fired_in(world: str, storage: str) -> Counter[str]:
    """Run the machine once, and say what happened in the run."""
    before = Counter(FIRED)
    run_state_machine_as_test(machine_for(WORLDS[world], STORAGES[storage]), settings=PROFILE)
    return FIRED - before


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_core_means_what_the_model_means(world: str, storage: str) -> None:
    """S1-S18, T1-T12, C1-C5: after every step the answers agree and the invariants hold."""
    assert fired_in(world, storage)["buy"]


@pytest.mark.parametrize("storage", STORAGES)
def test_every_rule_and_every_error_fired(storage: str) -> None:
    """A rule of the machine that never did anything, or an error that was never met, would prove nothing."""
    fired = sum((fired_in(world, storage) for world in WORLDS), Counter())
    assert not expected_to_fire() - set(fired)
    assert not {f"segment {segment.name}" for segment in SEGMENTS} - set(fired)
