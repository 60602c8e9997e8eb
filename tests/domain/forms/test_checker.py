"""One set of checks for a record, an import and a form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RECORD_FIELDS, check_record, record_of
from tests.support.records import ANYTHING, CHECKER, VALUES, codes

# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"id": ""}, ["id id.missing"]),
        ({"id": "x" * 129}, ["id id.invalid"]),
        ({"id": 10**30}, ["id id.invalid"]),
        ({"id": True}, ["id id.invalid"]),
        ({"name": 5}, ["name text.type"]),
        ({"name": "x" * 1_001}, ["name text.long"]),
        ({"name": "\ud800"}, ["name text.invalid"]),
        ({"phone": "12"}, ["phone phone.invalid"]),
        ({"phone": "+8612"}, ["phone phone.invalid"]),
        ({"phone": "call me"}, ["phone phone.invalid"]),
        ({"phone": "010 8888 8888 ext. 12"}, ["phone phone.extension"]),
        ({"phone": 1.5}, ["phone text.type"]),
        ({"email": "li@"}, ["email email.invalid"]),
        ({"email": "li@localhost"}, ["email email.invalid"]),
        ({"email": 5}, ["email text.type"]),
        ({"birthday": "31/12/1990"}, ["birthday birthday.invalid"]),
        ({"birthday": "1990-02-30"}, ["birthday birthday.invalid"]),
        ({"birthday": "9999-01-01"}, ["birthday birthday.invalid"]),
        ({"birthday": "00-00"}, ["birthday birthday.invalid"]),
        ({"birthday": 5}, ["birthday birthday.invalid"]),
        ({"birthday": "unheard-of:1990-01-15"}, ["birthday birthday.calendar"]),
        ({"tags": 5}, ["tags set.type"]),
        ({"tags": [5]}, ["tags set.type"]),
        ({"tags": ["\ud800"]}, ["tags text.invalid"]),
        ({"tags": [f"t{i}" for i in range(101)]}, ["tags record.limit"]),
        ({"channel": "a\nb"}, ["channel id.invalid"]),
        ({"status": "open"}, ["status status.unknown"]),
        ({"status": 5}, ["status status.unknown"]),
        ({"external_ids": ["a"]}, ["external_ids external_ids.type"]),
        ({"external_ids": {"wechat": "a\n b"}}, ["external_ids id.invalid"]),
        ({"enrolled_at": "soon"}, ["enrolled_at moment.invalid"]),
        ({"enrolled_at": "2022-01-01 25:00"}, ["enrolled_at moment.invalid"]),
        ({"enrolled_at": "soon 09:30"}, ["enrolled_at moment.invalid"]),
        ({"enrolled_at": "0001-01-01"}, ["enrolled_at moment.invalid"]),
        ({"enrolled_at": 5}, ["enrolled_at moment.invalid"]),
        ({"review_due": "soon"}, ["review_due date.invalid"]),
        ({"review_due": datetime(2025, 1, 1, 9, tzinfo=UTC)}, ["review_due date.invalid"]),
        ({"contacts": "a"}, ["contacts contacts.type"]),
        ({"contacts": 5}, ["contacts contacts.type"]),
        ({"contacts": [5, {"kind": "fax", "value": "1"}]}, ["contacts[0] contacts.type", "contacts[1] contacts.type"]),
        ({"contacts": [{"kind": "phone", "value": "1", "colour": "red"}]}, ["contacts[0] contacts.type"]),
        ({"contacts": [{"kind": "phone", "value": ""}]}, ["contacts[0].value text.type"]),
        ({"contacts": [{"kind": "phone", "value": "12"}]}, ["contacts[0].value phone.invalid"]),
        ({"contacts": [{"kind": "address", "value": "a", "label": "\n"}]}, []),
        ({"contacts": [{"kind": "address", "value": "a", "label": "a\nb"}]}, ["contacts[0].label id.invalid"]),
        ({"contacts": [{"kind": "address", "value": "a", "verified": "yes"}]}, ["contacts[0] contacts.type"]),
        ({"contacts": [{"kind": "address", "value": str(i)} for i in range(51)]}, ["contacts record.limit"]),
        (
            {"phone": "13900139000", "contacts": [{"kind": "phone", "value": "13800138000", "preferred": True}]},
            ["phone contact.contradiction"],
        ),
        ({"colour": "red"}, ["record.colour record.unknown"]),
        ({"a\nb": "red"}, ["record record.unknown"]),
        ({"fields": ["goal"]}, ["fields fields.type"]),
        ({"fields": {"goal": "sleep"}}, ["fields.goal field.choice"]),
        ({"fields": {"goal": "health", "target": "health"}}, ["fields.target field.renamed"]),
        ({"fields": {"level": "6"}}, ["fields.level field.most"]),
        ({"fields": {"level": "0"}}, ["fields.level field.least"]),
        ({"fields": {"level": "1.5"}}, ["fields.level field.type"]),
        ({"fields": {"level": "many"}}, ["fields.level field.type"]),
        ({"fields": {"rate": Decimal("NaN")}}, ["fields.rate field.number"]),
        ({"fields": {"news": "perhaps"}}, ["fields.news field.type"]),
        ({"fields": {"wedding": "soon"}}, ["fields.wedding field.type"]),
        ({"fields": {"wedding": "2025-02-30"}}, ["fields.wedding field.type"]),
        ({"fields": {"diet": "fish"}}, ["fields.diet field.choice"]),
        ({"fields": {"diet": 5}}, ["fields.diet field.type"]),
        ({"fields": {"plate": "a"}}, ["fields.plate field.pattern"]),
        ({"fields": {"must": "\ud800"}}, ["fields.must field.text"]),
        ({"fields": {"month": 3}}, ["fields.month field.derived"]),
        ({"fields": {"shoe": 42}}, ["fields.shoe field.unknown"]),
        ({"fields": {"sh\noe": 42, 5: 5}}, ["fields field.unknown", "fields field.unknown"]),
        (
            {"id": "", "phone": "12", "tags": [f"t{i}" for i in range(101)], "fields": {"goal": "x"}},
            ["id id.missing", "phone phone.invalid", "fields.goal field.choice", "tags record.limit"],
        ),
    ],
)
def test_every_problem_of_a_record_at_once(raw: dict[Any, Any], found: list[str]) -> None:
    """R3: as data, with a code that stays the same."""
    assert codes(**{}) == []
    member_found, problems = CHECKER.check({"id": "m"} | raw)
    assert [f"{problem.field} {problem.code}" for problem in problems] == found
    assert (member_found is None) == bool(found)


@pytest.mark.parametrize("raw", [None, 5, "x", ["id"]])
def test_what_is_no_record_is_a_problem_too(raw: Any) -> None:
    """I31: data from outside is never a bare error."""
    found, (problem,) = CHECKER.check(raw)
    assert (found, problem.code) == (None, "record.type")


def test_a_check_needs_a_programme() -> None:
    """Bad input."""
    with pytest.raises(lk.InvalidValueError, match="program"):
        check_record({"id": "m"}, "Club")  # type: ignore[arg-type]


RAW = st.dictionaries(st.sampled_from(RECORD_FIELDS), ANYTHING, max_size=6)


@given(RAW, VALUES)
@example({"phone": "138xxxxx8888", "birthday": "--02-29", "email": "a@xn--fiqs8s.com"}, {"diet": "vegan"})
@example({"name": "\u202eمريم", "tags": ["a,b", "c"]}, {"rate": "１，２３４"})
def test_checking_again_changes_nothing(raw: dict[str, Any], fields: dict[str, Any]) -> None:
    """Normalisation is idempotent, through JSON as well; whatever comes is answered (I31)."""
    found, problems = CHECKER.check({"id": "m"} | raw | {"fields": fields})
    assert (found is None) == bool(problems)
    if found is not None:
        again = CHECKER.check(json.loads(json.dumps(record_of(found))))
        assert again == (found, ())


CANARY = "kanari-4711"


@given(st.sampled_from(RECORD_FIELDS), ANYTHING, VALUES)
def test_no_problem_shows_a_value(name: str, value: Any, fields: dict[str, Any]) -> None:
    """I31: codes and words are those of the table, and name only what the programme declares."""
    raw = {name: f"{value}{CANARY}", "fields": {key: f"{item}{CANARY}" for key, item in fields.items()}}
    _, problems = CHECKER.check({"id": "m"} | raw)
    assert CANARY not in repr(problems)
    assert all(CANARY not in problem.describe(language) for problem in problems for language in ("en", "zh"))
