"""Tables of members: what a row becomes, and what it does not."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

import loyaltykit as lk
from loyaltykit.tables import MemberTable
from tests.support.member_tables import CLUB, TABLE, items, member, rejected


def test_a_whole_record() -> None:
    """Every built-in column, in English and in Chinese."""
    english = member(
        "id,name,phone,email,address,gender,birthday,region,preferences,tags,channel,store,external ids,"
        "status,reviewer,review due,enrolled at\n"
        'm-1,张三,138 0013 8000,Zhang@Example.com,1 Road,male,1990-02-28,East,"tea, cake",vip,wechat,s-1,'
        '"{""wechat"": ""w-1""}",pending,staff-1,2025-02-01,2025-01-01\n'
    )
    chinese = member(
        "会员编号,姓名,手机号,邮箱,地址,性别,出生日期,地区,偏好,标签,"
        "注册渠道,注册门店,外部编号,状态,审核人,审核期限,注册日期\n"
        "m-1,张三,+86 13800138000,Zhang@example.com,1 Road,男,1990年2月28日,East,cake、tea,vip,wechat,s-1,"
        '"{""wechat"": ""w-1""}",待审核,staff-1,2025/2/1,2025年1月1日\n'
    )
    assert (
        english
        == chinese
        == lk.Member(
            id="m-1",
            name="张三",
            contacts=[
                lk.Contact("phone", "+8613800138000"),
                lk.Contact("email", "Zhang@example.com"),
                lk.Contact("address", "1 Road"),
            ],
            gender="male",
            birthday=date(1990, 2, 28),
            region="East",
            preferences=["tea", "cake"],
            tags=["vip"],
            channel="wechat",
            store="s-1",
            external_ids={"wechat": "w-1"},
            status="pending",
            reviewer="staff-1",
            review_due=date(2025, 2, 1),
            enrolled_at=datetime(2024, 12, 31, 16, tzinfo=UTC),
        )
    )


def test_masked_phones_are_kept_and_are_no_key() -> None:
    """An address is a text, is not verified, and needs no default region."""
    found = member("姓名,联系方式\n张三,138xxxxx8888\n", MemberTable(source="old"))
    assert found.phone == "138xxxxx8888"
    [contact] = found.contacts
    assert (contact.is_masked, contact.verified, contact.key) == (True, False, None)


def test_contacts_of_several_columns() -> None:
    """The first of a kind is the preferred one; 联系方式 may hold an e-mail; exported contacts are read with them."""
    found = member("name,phone,手机,联系方式\nx,13800138000,13900139000,li@example.com\n")
    assert [(item.kind, item.value) for item in found.contacts] == [
        ("phone", "+8613800138000"),
        ("phone", "+8613900139000"),
        ("email", "li@example.com"),
    ]
    listed = '"[{""kind"": ""phone"", ""value"": ""+8613900139000"", ""label"": ""work""}]"'
    found = member(f"name,phone,全部联系方式\nx,13800138000,{listed}\n")
    assert [(item.value, item.label) for item in found.contacts] == [
        ("+8613800138000", None),
        ("+8613900139000", "work"),
    ]
    assert rejected('name,全部联系方式\nx,"[1"\n') == [("contacts", "is not what was exported")]
    assert rejected("name,外部编号\nx,[]\n") == [("external_ids", "is not what was exported")]


def test_birthdays() -> None:
    """As in every record; where dates begin with the day, as the table says."""
    table = MemberTable(source="old", dates="dmy")
    assert member("name,birthday\nx,2.1.1990\n", table).birthday == lk.Birthday(1, 2, 1990)
    assert member("name,birthday\nx,--02-29\n", table).birthday == lk.Birthday(2, 29)
    assert member("name,birthday\nx,--02-29\n").birthday == lk.Birthday(2, 29)
    assert rejected("name,birthday\nx,soon\n")[0][0] == "birthday"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "birthday", "phone"])
    sheet.append(["x", datetime.fromisoformat("1990-01-02"), 13800138000])
    sheet.append(["y", 0.5, 13800138000])
    stream = io.BytesIO()
    book.save(stream)
    with TABLE.read(stream, CLUB) as reading:
        [found] = reading
    assert isinstance(found, lk.Member)
    assert (found.birthday, found.phone) == (lk.Birthday(1, 2, 1990), "+8613800138000")
    assert [(problem.field, problem.code, count) for problem, count in reading.summary.reasons] == [
        ("birthday", "cell.date", 1)
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"source": ""},
        {"source": 5},
        {"columns": 5},
        {"columns": {"a": 5}},
        {"columns": 5, "key": "a"},
        {"key": 5},
        {"dates": "ydm"},
        {"dates": []},
        {"decimal_point": ""},
        {"default_region": "China"},
        {"tiers": 5},
        {"as_of": date(2025, 1, 1)},
        {"actor": 5},
        {"actor": None},
    ],
)
def test_a_table_is_checked_when_it_is_made(settings: dict[str, Any]) -> None:
    """I31: bad settings are refused with their names."""
    with pytest.raises(lk.InvalidValueError) as caught:
        MemberTable(**{"source": "old"} | settings)
    assert caught.value.field == next(iter(settings))


def test_reading_again_changes_nothing() -> None:
    """I9: the same file gives the same items; a shop takes them in once."""
    text = "姓名,注册时间,积分,最近一次购买日期,购买金额\n张三,2022-01-01,500,2023-09-01,399\n李四,2022-02-01,300,,\n"
    shop = lk.Loyalty(CLUB)
    assert shop.ingest(items(text)) == lk.IngestReport(enrolled=2, recorded=3, repeated=0)
    assert shop.ingest(items(text)) == lk.IngestReport(enrolled=0, recorded=0, repeated=5)
    assert shop.balance("old:2").available == 500
