"""Redemptions and reversals as values."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.kinds import fields_of, remade


@pytest.mark.parametrize(
    ("kind", "parts", "fields"),
    [
        ("redemption", {"member_id": "", "points": 0}, ["member_id", "points"]),
        ("redemption", {"points": -5}, ["points"]),
        ("redemption", {"points": 5.0}, ["points"]),
        ("redemption", {"points": True}, ["points"]),
        ("redemption", {"points": None}, ["points"]),
        ("redemption", {"points": 10**15 + 1}, ["points"]),
        ("reversal", {"of": 5, "points": -1}, ["of", "points"]),
        ("reversal", {"points": 0}, ["points"]),
        ("reversal", {"points": "5"}, ["points"]),
    ],
)
def test_redemptions_say_all_that_is_wrong(kind: str, parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: points of no sense."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade(kind, **parts)
    assert fields_of(caught.value) == fields


def test_s24_a_redemption_names_points_or_a_reward() -> None:
    """S24: exactly one of them."""
    for parts in ({}, {"points": 5, "reward": "x"}):
        with pytest.raises(lk.InvalidValueError) as caught:
            lk.Redemption(id="x", member_id="m", **parts)
        assert [problem.field for problem in caught.value.problems] == ["points"]
    assert lk.Redemption(id="x", member_id="m", reward="pot").points is None
