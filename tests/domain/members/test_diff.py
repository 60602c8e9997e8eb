"""Differences between two states of a record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.members.diff import FieldChange, difference

PARTS: dict[str, list[Any]] = {
    "name": [None, "张三", "李四"],
    "gender": [None, "female"],
    "birthday": [None, date(1990, 2, 28), lk.Birthday(2, 28)],
    "region": [None, "Wuhan"],
    "tags": [(), ("a",), ("a", "b")],
    "preferences": [(), ("tea",)],
    "phone": [None, "+8613800138000"],
    "email": [None, "li@example.com"],
    "channel": [None, "wechat"],
    "store": [None, "s1"],
    "status": ["pending", "active"],
    "reviewer": [None, "staff-7"],
    "review_due": [None, date(2025, 1, 1)],
    "enrolled_at": [None, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))],
    "external_ids": [{}, {"wechat": "o1"}, {"wechat": "o2", "pos": "1"}],
    "fields": [{}, {"goal": "weight"}, {"goal": "health", "diet": ("vegan",)}],
}
members = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PARTS.items()}).map(
    lambda parts: lk.Member(id="m", **parts)
)


@given(members, members)
def test_what_differs_is_all_that_differs(old: lk.Member, new: lk.Member) -> None:
    """Nothing for equal records, and put into the old record the changes give the new one."""
    changes = difference(old, new)
    assert (changes == ()) == (old == new)
    parts: dict[str, Any] = {name: getattr(old, name) for name in PARTS if name not in ("phone", "email")}
    parts["contacts"] = list(old.contacts)
    for change in changes:
        place, _, name = change.field.partition(".")
        if place == "contacts":
            parts[place] = [item for item in parts[place] if item.kind != name] + list(change.new)  # type: ignore[call-overload]
        elif name:
            parts[place] = {key: value for key, value in parts[place].items() if key != name}
            parts[place] |= {} if change.new is None else {name: change.new}
        else:
            parts[place] = change.new
    assert lk.Member(id="m", **parts) == new
    assert difference(new, old) == tuple(FieldChange(change.field, change.new, change.old) for change in changes)


def test_a_change_shows_nothing_personal() -> None:
    """I31: the field alone."""
    old, new = lk.Member(id="m", name="kanari-1"), lk.Member(id="m", name="kanari-2", fields={"goal": "kanari-3"})
    assert repr(difference(old, new)) == "(FieldChange(field='name'), FieldChange(field='fields.goal'))"


@pytest.mark.parametrize("odd", [None, 5, "m", []])
def test_records_are_compared_with_records(odd: Any) -> None:
    """Bad input."""
    known = lk.Member(id="m")
    for pair in ((odd, known), (known, odd)):
        with pytest.raises(lk.InvalidValueError, match="is not a Member"):
            difference(*pair)
