"""The parts of a record, read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RECORD_FIELDS
from tests.support.records import CHINA, codes, read


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
