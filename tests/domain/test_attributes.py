"""What all values at the door share: what was passed in can change later, the value cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

import loyaltykit as lk

CARRIERS: dict[str, Callable[[Any], object]] = {
    "member": lambda fields: lk.Member(id="m", fields=fields),
    "line": lambda fields: lk.Line(amount=1, fields=fields),
    "purchase": lambda fields: lk.Purchase(id="p", member_id="m", amount=1, fields=fields),
    "event": lambda fields: lk.Event(id="e", member_id="m", name="review", attributes=fields),
}


def carried(value: Any) -> Mapping[str, object]:
    """The custom values of any carrier."""
    custom: Mapping[str, object] = value.attributes if isinstance(value, lk.Event) else value.fields
    return custom


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_value_is_its_own_copy(carrier: str) -> None:
    """Frozen values: changing the dict that was passed changes nothing, and the copy cannot be written to."""
    given: dict[str, object] = {"size": "L"}
    value = CARRIERS[carrier](given)
    given["size"] = "XL"
    assert carried(value) == {"size": "L"}
    with pytest.raises(TypeError):
        carried(value)["size"] = "XL"  # type: ignore[index]


def test_lists_become_tuples() -> None:
    """Frozen values: any collection is taken, once."""
    lines = [lk.Line(amount=1)]
    bought = lk.Purchase(id="p", member_id="m", lines=lines)
    lines.append(lk.Line(amount=2))
    assert bought.lines == (lk.Line(amount=1),)
    assert lk.Purchase(id="p", member_id="m", lines=iter([lk.Line(amount=1)])) == bought
    assert lk.Member(id="m", tags=(tag for tag in "ba")).tags == ("a", "b")


def test_values_cannot_be_changed() -> None:
    """Frozen values: every attribute is read-only."""
    values: list[Any] = [lk.Member(id="m"), lk.Line(amount=1), lk.Visit(id="v", member_id="m"), lk.PointsPolicy()]
    for value in values:
        for part in attrs.fields(type(value)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(value, part.name, None)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_custom_values_are_plain(carrier: str) -> None:
    """Custom values are texts, whole numbers, decimals, booleans and dates."""
    plain = {"a": "x", "b": 1, "c": Decimal("0.5"), "d": True, "e": date(2025, 1, 1)}
    assert carried(CARRIERS[carrier](plain)) == plain
    assert carried(CARRIERS[carrier]({})) == {}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_only_members_carry_sets(carrier: str) -> None:
    """Decision 0020: several texts are a set in a record, and no value of a purchase, a line or an event."""
    if carrier == "member":
        assert carried(CARRIERS[carrier]({"a": ["y", "x"]})) == {"a": ("x", "y")}
        return
    with pytest.raises(lk.InvalidValueError, match="has a value of another type"):
        CARRIERS[carrier]({"a": ["y", "x"]})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (None, "is not a mapping"),
        ("size", "is not a mapping"),
        ([("size", "L")], "is not a mapping"),
        ({f"f{i}": 1 for i in range(201)}, "has more than 200 entries"),
        ({5: "x"}, "is not a string"),
        ({"": "x"}, "is empty"),
        ({"\ud800": "x"}, "has unprintable characters or spaces at its ends"),
        ({"a": 0.5}, "has a value of another type"),
        ({"a": None}, "has a value of another type"),
        ({"a": {"b": {}}}, "has a value of another type"),
        ({"a": b"x"}, "has a value of another type"),
        ({"a": datetime(2025, 1, 1, tzinfo=UTC)}, "has a value of another type"),
        ({"a": Decimal("NaN")}, "has a number that is not finite"),
        ({"a": Decimal("sNaN")}, "has a number that is not finite"),
        ({"a": Decimal("Infinity")}, "has a number that is not finite"),
        ({"a": "\ud800"}, "has a lone surrogate or a NUL"),
        ({"a": "x" * 1_001}, "is longer than 1000 characters"),
    ],
)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_is_no_custom_value_says_why(carrier: str, fields: Any, reason: str) -> None:
    """Bad input: whatever carries it, and the value itself is never shown."""
    with pytest.raises(lk.InvalidValueError) as caught:
        CARRIERS[carrier](fields)
    assert [problem.reason for problem in caught.value.problems] == [reason]
    assert caught.value.field == ("attributes" if carrier == "event" else "fields")


@pytest.mark.parametrize("lines", ["ab", b"ab", 5, None, {"a": 1}])
def test_what_is_no_collection_is_refused(lines: Any) -> None:
    """Bad input: a text is not a list of its letters."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Purchase(id="p", member_id="m", amount=1, lines=lines)
    assert caught.value.field == "lines"
