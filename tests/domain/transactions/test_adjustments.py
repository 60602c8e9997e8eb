"""Points put right by hand, as values (S17)."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.kinds import BARE, BERLIN, NOON, fields_of, remade


@pytest.mark.parametrize(
    ("kind", "parts", "fields"),
    [
        ("adjustment", {"member_id": "", "points": 0}, ["member_id", "points"]),
        ("adjustment", {"points": None}, ["points"]),
        ("adjustment", {"expires_at": BARE}, ["expires_at"]),
        ("adjustment", {"expires_at": "never"}, ["expires_at"]),
        ("adjustment", {"expires_at": NOON, "points": -5}, ["expires_at"]),
        ("adjustment", {"expires_at": NOON, "points": "5"}, ["points"]),
        ("adjustment", {"actor": None, "reason": None}, ["actor", "reason"]),
        ("adjustment", {"actor": "", "reason": ""}, ["actor", "reason"]),
    ],
)
def test_adjustments_say_all_that_is_wrong(kind: str, parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input, S17: points of no sense, and adjustments by nobody."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade(kind, **parts)
    assert fields_of(caught.value) == fields


def test_an_adjustment_may_name_its_end() -> None:
    """S17: a moment or NEVER for points given."""
    assert remade("adjustment", expires_at=NOON) == remade("adjustment", expires_at=NOON.astimezone(BERLIN))
    assert remade("adjustment", expires_at=lk.NEVER) != remade("adjustment")
