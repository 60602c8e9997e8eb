"""What another programme would do, as a value (T7)."""

from __future__ import annotations

import loyaltykit as lk
from tests.support.stories import LATE


def test_what_if_counts_and_moves() -> None:
    """T7: how many go from which tier to which, and who, by id."""
    tiers = {"c": ("low", "high"), "a": ("low", "low"), "b": ("high", "low"), "d": ("low", "high")}
    whatif = lk.answers.WhatIf(as_of=LATE, tiers=tiers)
    assert whatif.counts == {("low", "high"): 2, ("low", "low"): 1, ("high", "low"): 1}
    assert whatif.moves() == [("b", "high", "low"), ("c", "low", "high"), ("d", "low", "high")]
