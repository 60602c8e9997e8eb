"""Wire forms: stable names, exact round trips, and one error for everything that does not fit."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

import pytest
from attrs import field, frozen
from hypothesis import given

from loyaltykit.calendars import NEVER, Days, EndOf, Inactivity, Months, Never
from loyaltykit.errors import InvalidValueError
from loyaltykit.rules import bonus, days, line, member, months, per_amount, spend, times
from loyaltykit.rules.fields import Field
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import (
    from_json,
    from_wire,
    register,
    to_json,
    to_wire,
    wire_name,
)
from tests.support.strategies import member_predicates


@wire_name("test.part")
@frozen
class Part:
    """Has no parts of its own."""

    size: int = 1

    def __attrs_post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("a constructor of another's making")


@wire_name("test.whole")
@frozen
class Whole:
    """Something of every type that travels."""

    name: str
    type: str = "x"
    flag: bool = False
    amount: Decimal = Decimal(0)
    day: date = date(2025, 1, 1)
    moment: datetime | None = None
    mode: Literal["soft", "hard"] = "soft"
    parts: tuple[Part, ...] = ()
    values: Mapping[str, object] = field(factory=dict)
    either: Months | Days | Never | date | Literal["lapse"] = NEVER
    names: tuple[str, ...] | None = None
    by_name: Mapping[str, Part] | int = 0
    hidden: int = field(init=False, default=7, eq=False)


@frozen(init=False)
class Several:
    """Takes its items one by one."""

    items: tuple[Part, ...]

    def __init__(self, *items: Part) -> None:
        whatever: Any = self
        whatever.__attrs_init__(items=items)


@frozen
class Unknown:
    """Was never registered."""

    part: Part = Part()


register(Several, "test.several")
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    "value",
    [
        Whole("plain"),
        Whole('茶"\\', flag=True, amount=Decimal("-12.50"), mode="hard", parts=(Part(), Part(2))),
        Whole("moment", moment=datetime(2025, 1, 1, 8, 0, 0, 5, tzinfo=SHANGHAI)),
        Whole("values", values=MappingProxyType({"a": 1, "b": True, "c": "1", "d": Decimal(1), "e": date(2025, 1, 1)})),
        Whole("values", values={"none": None, "moment": datetime(2025, 1, 1, tzinfo=UTC)}),
        Whole("either", either=months(12), names=("a", "b")),
        Whole("either", either=date(2025, 2, 28), names=()),
        Whole("either", either="lapse", by_name={"x": Part(3)}),
        Several(Part(), Part(2)),
        Several(),
        EndOf("year", after=days(3)),
        Inactivity(months(1)),
        NEVER,
        per_amount(points=2, every="1.50", steps=True),
        bonus(5),
        times("1.5"),
        Field("tea", Decimal, choices=[Decimal("1.5"), Decimal(2)]),
    ],
)
def test_values_come_back_equal(value: object) -> None:
    """From plain data and from text (``I28``); datetimes as the same instant."""
    assert from_wire(to_wire(value), type(value)) == value
    assert from_json(type(value), to_json(value)) == value


@given(member_predicates())
def test_predicates_come_back_exactly(predicate: Predicate) -> None:
    """The same tree, the same repr, the same text again."""
    text = to_json(predicate)
    twin = from_json(Predicate, text)
    assert twin == predicate
    assert repr(twin) == repr(predicate)
    assert to_json(twin) == text


def test_names_are_stable() -> None:
    """A stored rule of today must be readable for ever: this text may not change."""
    rule = spend.where(line.category == "tea").over(days(90)) >= 100
    assert to_json(rule) == (
        '{"left":{"kind":null,"metric":"spend","type":"fact","where":{"left":{"custom":false,"name":"category",'
        '"type":"line_field"},"op":"==","right":{"type":"literal","value":"tea"},"type":"compare"},"window":'
        '{"span":{"count":90,"type":"days"},"type":"rolling"}},"op":">=","right":{"type":"literal","value":'
        '{"type":"decimal","value":"100"}},"type":"compare"}'
    )


def test_equal_values_give_equal_text() -> None:
    """Whatever the spelling of a number, the order of keys or the zone of a moment."""
    one = Whole("x", amount=Decimal("1.0"), values={"a": 1, "b": 2}, moment=datetime(2025, 1, 1, 8, tzinfo=SHANGHAI))
    two = Whole("x", amount=Decimal("1.00"), values={"b": 2, "a": 1}, moment=datetime(2025, 1, 1, tzinfo=UTC))
    assert to_json(one) == to_json(two)


def test_an_attribute_called_type_has_its_own_key() -> None:
    """``type`` is the name of the class; what does not travel is not there."""
    data = to_wire(Whole("plain"))
    assert (data["type"], data["value_type"]) == ("test.whole", "x")
    assert "hidden" not in data


def test_missing_keys_take_their_defaults() -> None:
    """So that a class may gain an attribute."""
    assert from_wire({"type": "test.whole", "name": "x"}, Whole) == Whole("x")


def whole(**parts: Any) -> dict[str, Any]:
    """The wire form of a Whole with some parts replaced."""
    return {"type": "test.whole", "name": "x", **parts}


@pytest.mark.parametrize(
    ("data", "field_", "reason"),
    [
        (5, "Whole", "is not of type dict"),
        ([], "Whole", "is not of type dict"),
        ({}, "Whole", "does not name a type that fits here"),
        ({"type": "nonsense"}, "Whole", "does not name a type that fits here"),
        ({"type": ["x"]}, "Whole", "does not name a type that fits here"),
        ({"type": "test.part"}, "Whole", "does not name a type that fits here"),
        ({"type": "test.whole"}, "Whole.name", "is missing"),
        (whole(nonsense=1), "Whole", "has unknown keys"),
        (whole(hidden=1), "Whole", "has unknown keys"),
        (whole(name=5), "Whole.name", "is not of type str"),
        (whole(name="\ud800"), "Whole.name", "has a lone surrogate or a NUL"),
        (whole(flag=1), "Whole.flag", "is not of type bool"),
        (whole(amount=1), "Whole.amount", "is not of type str"),
        (whole(amount="1e5"), "Whole.amount", "is not a decimal number"),
        (whole(amount="NaN"), "Whole.amount", "is not a decimal number"),
        (whole(day="20250101"), "Whole.day", "is not a date"),
        (whole(day="2025-02-30"), "Whole.day", "is not a date"),
        (whole(moment="2025-01-01T00:00:00"), "Whole.moment", "is not a datetime with an offset"),
        (whole(moment="0001-01-01T00:00:00+23:00"), "Whole.moment", "is not a datetime with an offset"),
        (whole(mode="other"), "Whole.mode", "is not one of the known words"),
        (whole(mode=[]), "Whole.mode", "is not one of the known words"),
        (whole(parts="abc"), "Whole.parts", "is not of type list"),
        (
            whole(parts=[{"type": "test.part"}, {"type": "test.part", "size": True}]),
            "Whole.parts[1].size",
            "is not of type int",
        ),
        (whole(parts=[{"type": "test.part", "size": -1}]), "Whole.parts[0]", "cannot be read"),
        (whole(values=[]), "Whole.values", "is not of type dict"),
        (whole(values={"a": 0.5}), "Whole.values[a]", "does not have a type that fits here"),
        (
            whole(values={"a": {"type": "float", "value": "1"}}),
            "Whole.values[a]",
            "does not have a type that fits here",
        ),
        (whole(values={"a": {"type": "decimal", "value": 1}}), "Whole.values[a]", "is not of type str"),
        (
            whole(values={"a": {"type": ["x"], "value": 1}}),
            "Whole.values[a]",
            "does not have a type that fits here",
        ),
        (whole(either={"type": "months", "count": 0}), "Whole.either.months", "is not an integer from 1 to 1,200"),
        (whole(either={"type": "end_of", "unit": "year"}), "Whole.either", "does not name a type that fits here"),
        (whole(either=None), "Whole.either", "does not have a type that fits here"),
        (whole(either="other"), "Whole.either", "is not one of the known words"),
    ],
)
def test_what_does_not_fit_is_refused(data: Any, field_: str, reason: str) -> None:
    """With the place and the reason."""
    with pytest.raises(InvalidValueError) as caught:
        from_wire(data, Whole)
    assert [(problem.field, problem.reason) for problem in caught.value.problems] == [(field_, reason)]


def test_all_problems_come_together() -> None:
    """Wherever they are."""
    with pytest.raises(InvalidValueError) as caught:
        from_wire(whole(name=5, flag=2, parts=[{"type": "test.part", "size": "x"}], extra=1), Whole)
    assert [problem.field for problem in caught.value.problems] == [
        "Whole.name",
        "Whole.flag",
        "Whole.parts[0].size",
        "Whole",
    ]


def test_problems_show_no_values() -> None:
    """They could be personal."""
    with pytest.raises(InvalidValueError) as caught:
        from_wire(whole(mode="secret-1", day="secret-2", amount="secret-3", values={"x": {"secret-4": 1}}), Whole)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "NaN", "[" * 100_000, '{"type":"days","count":1,"count":2}', "1" * 5_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Nor what repeats a key, or nests without end."""
    with pytest.raises(InvalidValueError):
        from_json(Days, text)


def test_limits_hold_before_anything_is_read() -> None:
    """Length, depth and number of parts."""
    with pytest.raises(InvalidValueError, match="is longer than"):
        from_json(Days, " " * 10_000_001)
    deep: Any = {"type": "test.part"}
    for _ in range(200):
        deep = {"type": "not", "item": deep}
    for data in (deep, [0] * 200_001):
        with pytest.raises(InvalidValueError, match="is nested deeper than 120 or has over 200000 parts"):
            from_wire(data, Predicate)


def test_the_deepest_predicate_travels() -> None:
    """What can be made can be stored."""
    rule: Predicate = member.age >= 18
    for _ in range(19):
        rule = ~(rule & rule) if rule.nodes < 100 else ~~rule
    assert from_json(Predicate, to_json(rule)) == rule


@pytest.mark.parametrize(
    "value", [Unknown(), {1, 2}, 0.5, b"x", Whole("x", values={"x": {1}}), Whole("x", values={"x": Part()})]
)
def test_what_has_no_wire_form_is_refused(value: object) -> None:
    """Unregistered classes, floats, sets."""
    with pytest.raises(InvalidValueError, match="has no wire form"):
        to_wire(value)


def test_unregistered_classes_are_not_read() -> None:
    """Not even by name."""
    with pytest.raises(InvalidValueError, match="does not name a type that fits here"):
        from_wire({"type": "Unknown"}, Unknown)


def test_cattrs_loads_only_when_used() -> None:
    """Importing the rule language stays light (``P8``)."""
    program = "import sys, loyaltykit.rules; print(sorted({'cattrs', 'difflib'} & set(sys.modules)))"
    path = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=path, capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
