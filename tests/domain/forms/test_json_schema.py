"""The JSON Schema of the member form, held against the checks by the reference implementation of the standard."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RECORD_FIELDS, RecordChecker, record_of
from loyaltykit.domain.forms.json_schema import member_schema
from loyaltykit.rules import member

CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), title="Goal", title_zh="目标", default="health"),
        lk.Field("level", int, least=1, most=5),
        lk.Field("points", int),
        lk.Field("rate", Decimal, least=Decimal("0.5"), most=3),
        lk.Field("size", Decimal, choices=(Decimal("1.50"), Decimal(2))),
        lk.Field("news", bool),
        lk.Field("wedding", date),
        lk.Field("season", date, choices=(date(2025, 1, 1), date(2025, 7, 1))),
        lk.Field("diet", set, choices=("vegan", "halal"), required=True),
        lk.Field("words", set),
        lk.Field("plate", str, pattern=r"[A-Z]\d+"),
        lk.Field("note", str, retired=True),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)
SCHEMA = member_schema(CLUB)
FORM = Draft202012Validator(SCHEMA)
CHECKER = RecordChecker(CLUB, "CN")
FULL: dict[str, Any] = {
    "id": "m-1",
    "name": "张三",
    "phone": "+8613800138000",
    "email": "li@example.com",
    "address": "1 Tea Street",
    "gender": "female",
    "birthday": "--02-29",
    "region": "Wuhan",
    "tags": ["a", "b"],
    "enrolled_at": "2022-01-01T00:00:00+08:00",
    "contacts": [{"kind": "address", "value": "a", "label": "home", "verified": True}],
    "preferences": ["tea"],
    "channel": "wechat",
    "store": "s1",
    "external_ids": {"wechat": "o1"},
    "status": "pending",
    "reviewer": "staff-7",
    "review_due": "2025-01-31",
    "fields": {
        "goal": "weight",
        "level": 3,
        "points": -7,
        "rate": "1.25",
        "size": "1.5",
        "news": False,
        "wedding": "2020-05-20",
        "season": "2025-07-01",
        "diet": ["vegan"],
        "words": ["any"],
        "plate": "A12",
        "note": "old",
    },
}


def both(raw: dict[str, Any]) -> tuple[bool, bool]:
    """What the form says, and what the checks say."""
    return FORM.is_valid(raw), CHECKER.check(raw)[1] == ()


def changed(path: str, value: object) -> dict[str, Any]:
    """The full record with one part put in another's place; `fields.x` for a declared one."""
    raw: dict[str, Any] = json.loads(json.dumps(FULL))
    place, _, name = path.partition(".")
    (raw["fields"] if name else raw)[name or place] = value
    return raw


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_schema_is_one(language: Any) -> None:
    """Of draft 2020-12, as plain JSON, with a title on every part."""
    schema = member_schema(CLUB, language)
    Draft202012Validator.check_schema(json.loads(json.dumps(schema)))
    parts = schema["properties"]
    assert set(parts) == set(RECORD_FIELDS)
    own = parts["fields"]["properties"]
    assert set(own) == {item.name for item in CLUB.fields if item.derived is None}
    assert all(part["title"] for part in [*parts.values(), *own.values()])
    assert own["goal"]["title"] == {"en": "Goal", "zh": "目标"}[language]
    assert parts["phone"]["title"] == {"en": "Phone", "zh": "电话"}[language]
    assert own["goal"]["default"] == "health"
    assert [name for name, part in own.items() if part.get("deprecated")] == ["note"]
    assert parts["fields"]["required"] == ["diet"]
    assert schema["required"] == ["id", "fields"]


def test_a_programme_without_fields_has_a_form() -> None:
    """Only the id is asked for."""
    bare = member_schema(CLUB.evolve(fields=()))
    assert bare["required"] == ["id"]
    assert Draft202012Validator(bare).is_valid({"id": "m"})


def test_the_full_record_is_valid() -> None:
    """Both ways, and written again."""
    assert both(FULL) == (True, True)
    found = CHECKER.check(FULL)[0]
    assert found is not None
    assert both(json.loads(json.dumps(record_of(found)))) == (True, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", ""),
        ("id", "x" * 129),
        ("name", "x" * 1_001),
        ("name", 5),
        ("birthday", "31/12/1990"),
        ("tags", 5),
        ("tags", ["x" * 129]),
        ("enrolled_at", "soon"),
        ("contacts", "a"),
        ("contacts", [{"kind": "fax", "value": "1"}]),
        ("contacts", [{"kind": "address"}]),
        ("contacts", [{"kind": "address", "value": "a", "colour": "red"}]),
        ("contacts", [{"kind": "address", "value": str(i)} for i in range(51)]),
        ("external_ids", ["a"]),
        ("external_ids", {str(i): "a" for i in range(51)}),
        ("status", "open"),
        ("review_due", "soon"),
        ("fields", {}),
        ("fields", ["diet"]),
        ("colour", "red"),
        ("fields.goal", "sleep"),
        ("fields.level", 0),
        ("fields.level", 6),
        ("fields.level", 1.5),
        ("fields.points", 10**18),
        ("fields.rate", 4),
        ("fields.rate", "many"),
        ("fields.rate", 0.75),
        ("fields.size", "1.25"),
        ("fields.news", "perhaps"),
        ("fields.wedding", "soon"),
        ("fields.season", "2025-04-01"),
        ("fields.diet", ["fish"]),
        ("fields.diet", 5),
        ("fields.words", [str(i) for i in range(1_001)]),
        ("fields.plate", "a"),
        ("fields.plate", "A" + "1" * 200),
        ("fields.month", 3),
        ("fields.shoe", 42),
    ],
)
def test_what_one_refuses_the_other_refuses(path: str, value: object) -> None:
    """R3: the form in the browser and the checks behind it agree, wherever JSON Schema can say it."""
    assert both(changed(path, value)) == (False, False)


VALUES = {
    "name": st.text(max_size=5),
    "tags": st.lists(st.sampled_from(["a", "b", "c d"]), unique=True),
    "status": st.sampled_from(["pending", "active", "closed"]),
    "birthday": st.dates(date(1900, 1, 1), date(2020, 1, 1)).map(str),
    "fields.level": st.integers(-1, 7),
    "fields.points": st.integers(),
    "fields.diet": st.lists(st.sampled_from(["vegan", "halal", "fish"]), unique=True),
    "fields.plate": st.text("AB12", max_size=4),
    "fields.goal": st.sampled_from(["weight", "sleep"]),
    "fields.size": st.sampled_from(["1.5", "2", "3"]),
}


@given(st.data())
def test_form_and_checks_agree(data: st.DataObject) -> None:
    """On random parts in their normal form; a blank one is missing, and a form does not send it."""
    path = data.draw(st.sampled_from(sorted(VALUES)))
    value = data.draw(VALUES[path])
    if isinstance(value, str) and not value.strip():
        return
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        return  # a schema knows nothing of lone surrogates
    form, checks = both(changed(path, value))
    assert form == checks


def test_a_form_is_of_a_programme_in_a_language() -> None:
    """Bad input."""
    with pytest.raises(lk.InvalidValueError, match="program"):
        member_schema("Club")  # type: ignore[arg-type]
    with pytest.raises(lk.errors.InvalidRuleError, match="language"):
        member_schema(CLUB, "tlh")  # type: ignore[arg-type]
