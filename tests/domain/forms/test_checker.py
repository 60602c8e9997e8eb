"""One set of checks for a record, an import and a form."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RECORD_FIELDS, RecordChecker, check_record, record_of
from loyaltykit.domain.forms.emails import email_rules
from loyaltykit.domain.forms.phones import phone_rules
from loyaltykit.rules import member

CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), was=("target",)),
        lk.Field("level", int, least=1, most=5, default=1),
        lk.Field("rate", Decimal),
        lk.Field("news", bool),
        lk.Field("wedding", date),
        lk.Field("diet", set, choices=("vegan", "halal")),
        lk.Field("plate", str, pattern=r"[A-Z]\d+"),
        lk.Field("must", str, required=True, default="x"),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)
CHECKER = RecordChecker(CLUB, "CN")
CHINA = CHECKER._calendar.zone


def read(**raw: Any) -> lk.Member:
    found, problems = CHECKER.check({"id": "m"} | raw)
    assert problems == ()
    assert found is not None
    return found


def codes(**raw: Any) -> list[str]:
    found, problems = CHECKER.check({"id": "m"} | raw)
    assert (found is None) == bool(problems)
    return [f"{problem.field} {problem.code}" for problem in problems]


# -- what is read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("id", " m-1 ", "m-1"),
        ("id", 42, "42"),
        ("name", "  Zoe\u0308 ", "Zoë"),
        ("phone", "138 0013 8000", "+8613800138000"),
        ("phone", "１３８００１３８０００", "+8613800138000"),
        ("phone", "\u202d138-0013-8000\u202c", "+8613800138000"),
        ("phone", 13800138000, "+8613800138000"),
        ("phone", "0044 20 7946 0958", "+442079460958"),
        ("phone", "+1 650-253-0000", "+16502530000"),
        ("phone", "138xxxxx8888", "138xxxxx8888"),
        ("phone", "138****8888", "138****8888"),
        ("phone", " 138xxxxxxx ", "138xxxxxxx"),
        ("email", " Li@EXAMPLE.com", "Li@example.com"),
        ("email", "ｌｉ＠example．com", "li@example.com"),
        ("email", "l***@example.com", "l***@example.com"),
        ("address", "1 Tea Street\nHangzhou", "1 Tea Street\nHangzhou"),
        ("gender", "女", "female"),
        ("gender", "M", "male"),
        ("gender", "divers", "divers"),
        ("birthday", "1990-02-28", lk.Birthday(2, 28, 1990)),
        ("birthday", "1990年2月28日", lk.Birthday(2, 28, 1990)),
        ("birthday", "19900228", lk.Birthday(2, 28, 1990)),
        ("birthday", "2000/2/29", lk.Birthday(2, 29, 2000)),
        ("birthday", "--02-29", lk.Birthday(2, 29)),
        ("birthday", "2月29日", lk.Birthday(2, 29)),
        ("birthday", date(1990, 2, 28), lk.Birthday(2, 28, 1990)),
        ("birthday", datetime(1990, 2, 28), lk.Birthday(2, 28, 1990)),  # noqa: DTZ001 - as spreadsheets hold dates
        ("birthday", lk.Birthday(2, 29), lk.Birthday(2, 29)),
        ("tags", "vip、press, vip", ("press", "vip")),
        ("tags", ["vip", " ", "press"], ("press", "vip")),
        ("preferences", '["tea, green"]', ("tea, green",)),
        ("preferences", "[1, 2]", ("2]", "[1")),
        ("channel", "wechat", "wechat"),
        ("store", 7, "7"),
        ("external_ids", {"wechat": "o1", "pos": 12, "web": ""}, {"wechat": "o1", "pos": "12"}),
        ("status", "待审核", "pending"),
        ("status", "Closed", "closed"),
        ("reviewer", "staff-7", "staff-7"),
        ("review_due", "2025.2.1", date(2025, 2, 1)),
        ("enrolled_at", "2022-01-01", datetime(2022, 1, 1, tzinfo=CHINA)),
        ("enrolled_at", date(2022, 1, 1), datetime(2022, 1, 1, tzinfo=CHINA)),
        ("enrolled_at", "2022/1/1 9:30", datetime(2022, 1, 1, 9, 30, tzinfo=CHINA)),
        ("enrolled_at", "2022-01-01T09:30:00Z", datetime(2022, 1, 1, 9, 30, tzinfo=UTC)),
        ("enrolled_at", datetime(2022, 1, 1, 9), datetime(2022, 1, 1, 9, tzinfo=CHINA)),  # noqa: DTZ001 - the same
        ("enrolled_at", datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_part_is_read_as_people_write_it(name: str, raw: object, value: object) -> None:
    """R3: width, marks, spellings and the types of spreadsheets do no harm."""
    assert getattr(read(**{name: raw}), name) == value


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"goal": " weight "}, {"goal": "weight"}),
        ({"target": "weight"}, {"goal": "weight"}),
        ({"level": "３"}, {"level": 3}),
        ({"level": ""}, {}),
        ({"rate": "1,234.50"}, {"rate": Decimal("1234.50")}),
        ({"rate": 5}, {"rate": 5}),
        ({"news": "是"}, {"news": True}),
        ({"news": False}, {"news": False}),
        ({"wedding": "2020年5月20日"}, {"wedding": date(2020, 5, 20)}),
        ({"wedding": datetime(2020, 5, 20)}, {"wedding": date(2020, 5, 20)}),  # noqa: DTZ001 - as spreadsheets do
        ({"diet": "vegan；halal"}, {"diet": ("halal", "vegan")}),
        ({"diet": ["vegan", "vegan"]}, {"diet": ("vegan",)}),
        ({"plate": "A1"}, {"plate": "A1"}),
        ({"must": 7}, {"must": "7"}),
    ],
)
def test_declared_fields_are_read_by_their_types(fields: Any, kept: dict[str, object]) -> None:
    """R2: out of texts, under the present name; a default is not written."""
    assert dict(read(fields=fields).fields) == kept


def test_blank_is_missing() -> None:
    """An empty cell says nothing."""
    assert read(**dict.fromkeys(set(RECORD_FIELDS) - {"id"})) == lk.Member(id="m")
    assert read(name="", phone="  ", tags="", fields={}) == lk.Member(id="m")


def test_contacts_come_in_every_way() -> None:
    """As mappings, as values and the short way; two spellings of one number are one contact."""
    given_contacts = [
        {"kind": "phone", "value": "138 0013 8000", "label": "work"},
        lk.Contact("phone", "+8613800138000", verified=True),
        {"kind": "email", "value": "li@EXAMPLE.com", "preferred": True},
    ]
    found = read(contacts=given_contacts, email="li@example.com", address="1 Tea Street", phone="139 0013 9000")
    assert found.contacts == (
        lk.Contact("phone", "+8613900139000"),
        lk.Contact("phone", "+8613800138000", "work", verified=True),
        lk.Contact("email", "li@example.com", preferred=True),
        lk.Contact("address", "1 Tea Street"),
    )
    assert found.phone == "+8613900139000"


def test_a_masked_phone_is_kept_and_is_no_key() -> None:
    """R17: unverified text, whatever else is known."""
    (contact,) = read(phone="138xxxxx8888").contacts
    assert (contact.verified, contact.key) == (False, None)


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


def test_a_national_number_needs_a_country() -> None:
    """Without a default region only numbers with a country code are known."""
    assert [problem.code for problem in check_record({"id": "m", "phone": "13800138000"}, CLUB)[1]] == ["phone.region"]
    assert check_record({"id": "m", "phone": "+8613800138000"}, CLUB)[1] == ()
    assert [problem.code for problem in check_record({"id": "m", "phone": "+86"}, CLUB)[1]] == ["phone.invalid"]


def test_a_required_field_is_missing() -> None:
    """Unless it has a default."""
    strict = CLUB.evolve(fields=[lk.Field("goal", str, required=True)])
    (problem,) = check_record({"id": "m"}, strict)[1]
    assert (problem.field, problem.code) == ("fields.goal", "field.missing")


class NoLeapMonths:
    """A calendar of birthdays."""

    def observed(self, year: int, month: int, day: int) -> date:
        """A day near the solar one."""
        return date(year, min(month, 12), 1) + timedelta(days=day)


def test_lunar_birthdays_are_read_once_the_calendar_is_registered() -> None:
    """C4: with and without the year; the text of a birthday reads back."""
    lk.register_calendar("lunar", NoLeapMonths())
    for text, born in (
        ("农历1990-01-15", (1, 15, 1990)),
        ("农历1月15日", (1, 15, None)),
        ("lunar:--12-30", (12, 30, None)),
    ):
        found = read(birthday=text).birthday
        assert found == lk.Birthday(*born, "lunar")
        assert read(birthday=found.to_text()).birthday == found
    assert codes(birthday="lunar:1990-14-15") == ["birthday birthday.invalid"]


@pytest.mark.parametrize("raw", [None, 5, "x", ["id"]])
def test_what_is_no_record_is_a_problem_too(raw: Any) -> None:
    """I31: data from outside is never a bare error."""
    found, (problem,) = CHECKER.check(raw)
    assert (found, problem.code) == (None, "record.type")


@pytest.mark.parametrize("region", ["cn", "XX", "China", 5, ""])
def test_a_region_is_a_country(region: Any) -> None:
    """Bad input: a mistake in the call, told before any record is read."""
    with pytest.raises(lk.InvalidValueError, match="default_region"):
        check_record({"id": "m"}, CLUB, region)


def test_a_check_needs_a_programme() -> None:
    """Bad input."""
    with pytest.raises(lk.InvalidValueError, match="program"):
        check_record({"id": "m"}, "Club")  # type: ignore[arg-type]


# -- properties --------------------------------------------------------------------------------------------------------

HOSTILE = st.text(
    st.characters() | st.sampled_from("\u202e\u200b\u0301\ud800\0１２＠．x*+-;=,，、;年月日 \n[]\"'"), max_size=30
)
WRITTEN = st.sampled_from(
    [
        "138 0013 8000",
        "１３８００１３８０００",
        "138****8888",
        "+1 650-253-0000",
        "Li@EXAMPLE.com",
        "李@例子.公司",
        "1990-02-28",
    ]
)
ANYTHING = st.one_of(
    HOSTILE, WRITTEN, st.none(), st.booleans(), st.integers(), st.lists(HOSTILE, max_size=3), st.dates()
)
RAW = st.dictionaries(st.sampled_from(RECORD_FIELDS), ANYTHING, max_size=6)
VALUES = st.dictionaries(st.sampled_from([item.name for item in CLUB.fields]), ANYTHING, max_size=4)


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


# -- extras ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which neither package is installed."""
    phone_rules.cache_clear()
    email_rules.cache_clear()
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    monkeypatch.setitem(sys.modules, "email_validator", None)
    yield
    phone_rules.cache_clear()
    email_rules.cache_clear()


@pytest.mark.usefixtures("without_extras")
def test_a_missing_extra_names_itself() -> None:
    """Only when it is used: masked values and everything else need none."""
    assert check_record({"id": "m", "phone": "138****8888", "email": "l**@x.com", "tags": "a"}, CLUB, "CN")[1] == ()
    with pytest.raises(lk.errors.MissingExtraError, match=r"pip install 'loyaltykit\[phone\]'"):
        check_record({"id": "m", "phone": "13800138000"}, CLUB, "CN")
    with pytest.raises(lk.errors.MissingExtraError, match=r"pip install 'loyaltykit\[email\]'"):
        check_record({"id": "m", "email": "li@example.com"}, CLUB)
    with pytest.raises(lk.InvalidValueError, match="default_region"):
        check_record({"id": "m"}, CLUB, "china")
