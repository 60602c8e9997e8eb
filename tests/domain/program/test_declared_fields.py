"""Declared fields, taken together."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import line, member, spend

BASE: dict[str, Any] = {"name": "Club", "currency": "CNY", "timezone": "Asia/Shanghai"}


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"fields": [lk.Field("a", str), lk.Field("b", str, was=("a",))]}, ["fields"]),
        ({"fields": [lk.Field("a", str, was=("c",)), lk.Field("b", str, was=("c",))]}, ["fields"]),
        ({"purchase_fields": [lk.Field("a", set)]}, ["purchase_fields.a"]),
        ({"line_fields": [lk.Field("a", str, required=True, default="x")]}, ["line_fields.a"]),
        ({"fields": [lk.Field("a", str, derived=member["b"])]}, ['fields.a.derived: member["b"]']),
        ({"fields": [lk.Field("a", int, derived=member.gender)]}, ["fields.a.derived"]),
        ({"fields": [lk.Field("a", str, derived=member.tier)]}, ["fields.a.derived: member.tier"]),
        (
            {"fields": [lk.Field("a", str, derived=member["b"]), lk.Field("b", str, derived=member.name)]},
            ['fields.a.derived: member["b"]'],
        ),
        ({"fields": [lk.Field("a", str, derived=[lk.Case("x", spend >= 5)])]}, ["fields.a.derived: spend"]),
        ({"fields": [lk.Field("a", str, derived=[lk.Case("x", member.age == "x")])]}, ["fields.a.derived: member.age"]),
        (
            {"fields": [lk.Field("a", str, derived=[lk.Case("x", line.category == "x")])]},
            ["fields.a.derived: line.category"],
        ),
    ],
)
def test_a_programme_checks_its_fields_together(parts: Any, fields: list[str]) -> None:
    """Names are used once; rows have no parts that are for members; a derived field looks at the record alone."""
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        lk.Program(**BASE, **parts)
    assert [problem.field for problem in caught.value.problems] == fields


def test_an_event_has_no_fields_that_are_for_members() -> None:
    """Decision 0020."""
    with pytest.raises(lk.InvalidValueError, match=r"fields\.a: is default, which only fields of members can be"):
        lk.EventType("review", fields=[lk.Field("a", str, default="x")])
