"""The register of deliberately broken cores: what is broken, and where it must be noticed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import frozen

from tests.broken.story import Story

Breaks = Callable[[pytest.MonkeyPatch], None]
Tells = Callable[[Story], None]


@frozen
class BrokenCore:
    """One mistake, as a patch of one function of the core.

    Args:
        name: what is broken.
        world: the small programme on which it shows.
        breaks: applies the patch.
        story: a few transactions that trip over it; None where the machine finds it soon.
    """

    name: str
    world: str
    breaks: Breaks
    story: Tells | None


BROKEN_CORES: list[BrokenCore] = []


def broken(world: str, story: Tells | None = None) -> Callable[[Breaks], Breaks]:
    """Register a patch; its name says the mistake."""

    def register(breaks: Breaks) -> Breaks:
        BROKEN_CORES.append(BrokenCore(breaks.__name__, world, breaks, story))
        return breaks

    return register
