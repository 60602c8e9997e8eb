"""The machine can fail: each deliberately broken core is noticed within a few examples."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.broken import (  # noqa: F401 - they register themselves
    earning,
    granted,
    granting,
    late,
    merging,
    moves,
    notices,
    points,
    rewards,
    tiers,
    versions,
)
from tests.broken.registry import BROKEN_CORES, BrokenCore
from tests.broken.story import Story
from tests.machine.machine import machine_for
from tests.machine.worlds import WORLDS

# The same examples each time, and no time spent on making them smaller: a broken core is noticed or it is not.
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


STORIES = [core for core in BROKEN_CORES if core.story is not None]


def notice(core: BrokenCore) -> None:
    """Tell the core's own story, or let the machine make some up."""
    if core.story is None:
        run_state_machine_as_test(machine_for(WORLDS[core.world]), settings=PROFILE)
    else:
        core.story(Story(WORLDS[core.world]))


@pytest.mark.parametrize("core", BROKEN_CORES, ids=lambda core: core.name)
def test_broken_core_is_caught(core: BrokenCore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the machine: what would let this core pass would let a real mistake pass."""
    core.breaks(monkeypatch)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - an assertion of the pair, or whatever breaks inside
        notice(core)
    assert not isinstance(caught.value, NameError | AttributeError), "the patch itself is broken"


@pytest.mark.parametrize("core", STORIES, ids=lambda core: core.name)
def test_the_right_core_passes(core: BrokenCore) -> None:
    """A story proves something only if the right core comes through it."""
    notice(core)


def test_there_are_enough() -> None:
    """At least ten mistakes, no two of one name."""
    assert len({core.name for core in BROKEN_CORES}) == len(BROKEN_CORES) >= 60
