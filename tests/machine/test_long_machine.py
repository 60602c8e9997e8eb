"""A thousand long stories in every world in turn, each from a seed that is printed.

Two processes share them, so that both cores are busy. The seed also chooses the world, and a story that fails prints
it: run the test again with ``LOYALTYKIT_SEED`` set to it, and that story is the first. ``LOYALTYKIT_STORIES`` tells
fewer, or more.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable
from itertools import count
from secrets import randbits
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, assume, seed, settings, stateful, strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.machine.base import MachineBase
from tests.machine.machine import expected_to_fire, machine_for
from tests.machine.pair import FIRED
from tests.machine.test_machine import STAGES, STORAGES, stage

ALL_STORIES = 1_000
STORIES = int(os.environ.get("LOYALTYKIT_STORIES", ALL_STORIES))
STEPS = 200
PROCESSES = 2

ROOM = 16 * engine.BUFFER_SIZE
"""For the draws of a long story: with Hypothesis' own every fourth would be cut off."""

ONE_RUN = settings(
    max_examples=1,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


class LongMachine(MachineBase):
    """Laid over a machine: no story is the plainest one, which Hypothesis would tell first, and here alone."""

    told: ClassVar[Counter[int]] = Counter()

    @initialize(is_plain=st.sampled_from([True, False]))
    def begin(self, is_plain: bool) -> None:
        assume(not is_plain)

    def teardown(self) -> None:
        self.told[self.steps] += 1
        super().teardown()


def tell(storage: str, number: int, steps: int = STEPS) -> Counter[str]:
    """One story of so many steps, and what happened in it."""
    world, merging = stage(STAGES[number % len(STAGES)])
    plain = machine_for(world, STORAGES[storage], merging=merging)
    machine = type("Machine", (LongMachine, plain), {"told": Counter[int](), "length": steps})
    before, with_opening = Counter(FIRED), settings(ONE_RUN, stateful_step_count=steps + 2)
    for attempt in count():  # a story may end at once, as Hypothesis likes to see too
        run_state_machine_as_test(seed(f"{number}.{attempt}")(machine), settings=with_opening)
        if max(machine.told) > steps:
            break
    return FIRED - before


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for the draws."""
    for module in (engine, stateful):
        monkeypatch.setattr(module, "BUFFER_SIZE", ROOM)


@pytest.mark.parametrize("storage", STORAGES)
def test_stories_are_whole_and_differ(storage: str) -> None:
    """A long run that told the same plain story each time, or broke off, would prove nothing."""
    stories = [tell(storage, number * len(STAGES), 30) for number in range(3)]
    assert all(len(fired) > 5 for fired in stories)
    assert stories[0] != stories[1] != stories[2]


@pytest.mark.long
@pytest.mark.parametrize("process", range(PROCESSES))
@pytest.mark.parametrize("storage", STORAGES)
def test_long_stories(storage: str, process: int, record_property: Callable[[str, object], None]) -> None:
    """All rules, over all worlds in turn: receipts at every step, all answers at five of them and at the end."""
    gc.freeze()  # what is loaded by now stays, and need not be looked through again and again
    first, share = int(os.environ.get("LOYALTYKIT_SEED", randbits(31))), -(-STORIES // PROCESSES)
    fired = Counter[str]()
    for number in range(first, first + share):
        try:
            fired += tell(storage, number)
        except BaseException as error:
            error.add_note(f"long machine: LOYALTYKIT_SEED={number}")
            raise
    told = f"long machine {process}: {share} stories of {STEPS} steps on {storage}, seeds from {first}"
    record_property("told", told)
    assert STORIES < ALL_STORIES or not expected_to_fire() - set(fired)
