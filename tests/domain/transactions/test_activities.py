"""Visits and events as values."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.kinds import fields_of, remade


@pytest.mark.parametrize(
    ("kind", "parts", "fields"),
    [
        ("visit", {"member_id": " "}, ["member_id"]),
        ("visit", {"channel": 5, "store": 5}, ["channel", "store"]),
        ("event", {"member_id": None, "name": "", "attributes": 5}, ["member_id", "name", "attributes"]),
    ],
)
def test_activities_say_all_that_is_wrong(kind: str, parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: members, names and places of no sense."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade(kind, **parts)
    assert fields_of(caught.value) == fields
