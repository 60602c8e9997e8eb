"""Merges, unmerges and pairs to keep apart, as values (S23)."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.kinds import fields_of

BY_WHOM = {"actor": "staff-7", "reason": "two cards"}


@pytest.mark.parametrize(
    ("kind", "parts", "fields"),
    [
        (lk.Merge, {"member_id": "a", "other": "a"}, ["other"]),
        (lk.Merge, {"member_id": "", "other": 5}, ["survivor", "other"]),
        (lk.Merge, {"member_id": "a", "other": "b", "actor": None, "reason": " "}, ["actor", "reason"]),
        (lk.Unmerge, {"member_id": "", "reason": None}, ["other", "reason"]),
        (lk.KeepApart, {"member_id": "a", "other": "a", "actor": ""}, ["other", "actor"]),
        (lk.KeepApart, {"member_id": 5, "other": ""}, ["one", "other"]),
    ],
)
def test_s23_two_members_an_actor_and_a_reason(kind: Any, parts: dict[str, Any], fields: list[str]) -> None:
    """S23, bad input: two different members, and who did it and why."""
    with pytest.raises(lk.InvalidValueError) as caught:
        kind(id="t", **BY_WHOM | parts)
    assert fields_of(caught.value) == fields
