"""Tables of members: what a row becomes, and what it does not."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import loyaltykit as lk
from loyaltykit.errors import problem_of
from loyaltykit.rules import days, spend
from loyaltykit.tables import ImportSummary, MemberTable

CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    tiers=lk.TierLadder(
        lk.Tier("普通"),
        lk.Tier("银卡", enter=spend.over(days(365)) >= 5000),
        lk.Tier("金卡", enter=spend.over(days(365)) >= 10000),
    ),
    fields=[
        lk.Field("goal", str, choices=("strength", "weight"), title="Goal", title_zh="目标", was=("target",)),
        lk.Field("height(cm)", Decimal),
        lk.Field("size", int, title_zh="尺码"),
        lk.Field("news", bool),
        lk.Field("since", date),
        lk.Field("likes tea", set, title_zh="茶类"),
        lk.Field("age group", str, derived=lk.rules.member.region),
    ],
)
TABLE = MemberTable(source="old", default_region="CN")


def items(text: str, table: MemberTable = TABLE, program: lk.Program = CLUB) -> list[Any]:
    with table.read(io.BytesIO(text.encode()), program) as reading:
        found = list(reading)
        assert reading.summary.rejected == 0, reading.summary
        return found


def member(text: str, table: MemberTable = TABLE) -> lk.Member:
    found = items(text, table)
    assert len(found) == 1
    assert isinstance(found[0], lk.Member)
    return found[0]


def rejected(text: str, table: MemberTable = TABLE) -> list[tuple[str, str]]:
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        assert list(reading) == []
    return [(problem.field, problem.reason) for problem, _ in reading.summary.reasons]


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


def test_declared_fields_by_name_title_and_place() -> None:
    """Names, titles in both languages, names of before, and ``fields.name``."""
    expected = {"goal": "weight", "size": 38, "news": True}
    for heading in ("goal", "Goal", "目标", "fields.goal", "target"):
        found = member(f"name,{heading},尺码,NEWS,height(cm),since,茶类\nx,weight,38,是,1.75,2025-01-01,绿茶、红茶\n")
        extra = {"height(cm)": Decimal("1.75"), "since": date(2025, 1, 1), "likes tea": ("红茶", "绿茶")}
        assert found.fields == expected | extra


def test_ids_are_made_of_the_source_and_the_row() -> None:
    """The number of the row as a spreadsheet counts it, the key column, or the table's own id."""
    text = "name,编号,no\nx,,a-1\n\ny,m-7,a-2\n"
    assert [item.id for item in items(text)] == ["old:2", "m-7"]
    assert [item.id for item in items(text, MemberTable(source="old", key="NO"))] == ["old:a-1", "m-7"]
    assert rejected("name,no\nx,\n", MemberTable(source="old", key="no")) == [("key", "is empty")]
    long = "x" * 125
    assert [len(item.id) for item in items(f"name,no\nx,{long}\n", MemberTable(source="old", key="no"))] == [40]


@pytest.mark.parametrize(("heading", "key"), [("no", "no"), ("会员编号", None)])
def test_a_number_that_excel_has_rounded_names_nobody(heading: str, key: str | None) -> None:
    """A card of 18 digits that was typed as a number ends in zeros, and its neighbours' are the same."""
    book, stream = openpyxl.Workbook(), io.BytesIO()
    rows = [("姓名", heading), ("张三", float(622_202_123_456_789_012)), ("李四", 622_202_123_456_789)]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(stream)
    stream.seek(0)
    with MemberTable(source="old", key=key).read(stream, CLUB) as reading:
        assert [item.id.removeprefix("old:") for item in reading] == ["622202123456789"]
    assert reading.summary.reasons == ((problem_of("id" if key is None else "key", "cell.rounded"), 1),)


@pytest.mark.parametrize("key", ["phone", "手机", "姓名", "联系方式", "E-mail", "生日", "Cell"])
def test_a_key_is_never_personal(key: str) -> None:
    """Numbers and time: ids are opaque, so no id is made of a phone, a name or a birthday."""
    with pytest.raises(lk.InvalidValueError, match="personal"):
        MemberTable(source="old", key=key, columns={"Cell": "phone"})


def test_masked_phones_are_kept_and_are_no_key() -> None:
    """As text, not verified, identifying nobody; no default region is needed for them."""
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


def test_points_become_an_opening_balance() -> None:
    """S22: none for zero; what is owed is not one."""
    as_of = datetime(2025, 1, 1, tzinfo=UTC)
    _, opening = items(
        "姓名,注册时间,积分\n张三,2022-01-01,500分\n", MemberTable(source="old", as_of=as_of, actor="staff-1")
    )
    assert opening == lk.OpeningBalance(
        id="opening:old:2",
        member_id="old:2",
        lots=[lk.OpeningLot(points=500)],
        occurred_at=as_of,
        actor="staff-1",
        reason="imported from old",
    )
    assert len(items("姓名,积分\n张三,0\n")) == 1
    assert rejected("姓名,积分\n张三,-5\n") == [("points", "is negative")]
    assert rejected(f"姓名,积分\n张三,{10**16}\n") == [("points", "is zero or beyond 10^15")]


def test_a_last_purchase_becomes_a_purchase() -> None:
    """The day it says; whoever bought was a customer by then; both halves or none."""
    person, bought = items("客户姓名,最近一次购买日期,购买金额(元)\n张三,2023-09-01,399\n")
    assert person.enrolled_at == bought.occurred_at == datetime(2023, 8, 31, 16, tzinfo=UTC)
    assert (bought.id, bought.amount, bought.member_id) == ("purchase:old:2", Decimal(399), "old:2")
    joined, _ = items("姓名,注册时间,最近一次购买日期,购买金额\n张三,2022-01-01,2023-09-01,399\n")
    assert joined.enrolled_at == datetime(2021, 12, 31, 16, tzinfo=UTC)
    assert rejected("姓名,最近一次购买日期\n张三,2023-09-01\n") == [("last_purchase_amount", "is missing")]
    assert rejected("姓名,购买金额\n张三,5\n") == [("last_purchase_at", "is missing")]
    assert rejected("姓名,最近一次购买日期,购买金额\n张三,2023-09-01,-5\n") == [("amount", "is negative")]


def test_units_in_headings() -> None:
    """They stand behind every number, unless one has its own."""
    _, bought = items("姓名,最近一次购买日期,购买金额（万元）\n张三,2023-09-01,1.5\n")
    assert bought.amount == Decimal(15000)
    _, bought = items("姓名,最近一次购买日期,购买金额（元）\n张三,2023-09-01,399元\n")
    assert bought.amount == Decimal(399)
    assert rejected("姓名,最近一次购买日期,购买金额(USD)\n张三,2023-09-01,5\n")[0][0] == "last_purchase_amount"
    assert member("姓名,生日(公历)\n张三,1990-01-02\n").birthday == lk.Birthday(1, 2, 1990)


def test_words_for_tiers() -> None:
    """The programme's names, or what the table says; anything else is rejected."""
    table = MemberTable(source="old", tiers={"gold card": "金卡"})
    for word in ("金卡", "gold card", "普通"):
        assert isinstance(items(f"姓名,等级\n张三,{word}\n", table)[0], lk.Member)
    assert rejected("姓名,等级\n张三,gold card\n") == [("tier", "is not a tier of the programme")]


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


def test_every_problem_of_a_row_at_once() -> None:
    """All that is wrong, in the words of the checks that every record passes."""
    text = "name,phone,email,points,等级,目标,尺码\nx,12,a@@b,many,diamond,sleep,large\n"
    assert {place for place, _ in rejected(text)} == {
        "phone", "email", "points", "tier", "fields.goal", "fields.size",
    }  # fmt: skip


def test_columns_that_mean_nothing_are_named_by_letter() -> None:
    """What nobody knows is not read, and the summary says so; a derived field is not read either."""
    with TABLE.read(io.BytesIO(b"name,shoe,,age group,skip\nx,1,2,3,4\n"), CLUB) as reading:
        assert len(list(reading)) == 1
    assert reading.summary.unknown_columns == ("B", "D", "E")
    table = MemberTable(source="old", columns={"shoe": "fields.size", "skip": "ignore", "age group": "ignore"})
    found = member("name,shoe,,age group,skip\nx,1,2,3,4\n", table)
    assert found.fields == {"size": 1}


def test_headings_below_a_title() -> None:
    """Many sheets have one; dates of export and the like too."""
    text = "会员管理表格,,\n导出于,2025-01-01,\n姓名,积分,备注\n张三,5,x\n"
    assert [item.id for item in items(text)] == ["old:4", "opening:old:4"]


@pytest.mark.parametrize(
    ("text", "settings", "reason"),
    [
        ("", {}, "has no heading that is known"),
        ("a,b\n1,2\n", {}, "has no heading that is known"),
        ("name,姓名\nx,y\n", {}, "has a second column for name"),
        ("name,goal,目标\nx,y,z\n", {}, "has a second column for fields.goal"),
        ("name\nx\n", {"key": "no"}, "lacks the column that names its rows"),
        ("name\nx\n", {"columns": {"a": "nonsense"}}, "is said to have a column of an unknown meaning"),
    ],
)
def test_headings_that_cannot_be(text: str, settings: dict[str, Any], reason: str) -> None:
    """The file is refused before any row is read."""
    with pytest.raises(lk.errors.TableError) as caught:
        MemberTable(source="old", **settings).read(io.BytesIO(text.encode()), CLUB)
    assert caught.value.reason == reason


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


def test_rejected_rows_are_mended_and_read_again(tmp_path: Path) -> None:
    """The file has the same columns, the number of the row, and the reasons; its rows keep their ids."""
    first = "姓名,手机,积分\n张三,12,5\n李四,13800138000,6\n=王五,13800138001,x\n"
    mend = tmp_path / "mend.xlsx"
    with TABLE.read(io.BytesIO(first.encode()), CLUB, rejected=mend) as reading:
        assert [item.id for item in reading] == ["old:3", "opening:old:3"]
    assert reading.summary == ImportSummary(
        rows=3,
        rejected=2,
        members=1,
        transactions=1,
        reasons=((problem_of("phone", "phone.invalid"), 1), (problem_of("points", "cell.points"), 1)),
    )
    book = openpyxl.load_workbook(mend)
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["姓名", "手机", "积分", "来源行", "退回原因"],
        ["张三", "12", "5", "2", "phone：不是有效的电话号码（请核对号码）"],
        ["=王五", "13800138001", "x", "4", "points：不是积分数（请写数字，例如500）"],
    ]
    sheet["B2"], sheet["C3"] = "13800138002", "7"
    book.save(mend)
    with TABLE.read(mend, CLUB, rejected=tmp_path / "again.csv") as reading:
        assert [item.id for item in reading] == ["old:2", "opening:old:2", "old:4", "opening:old:4"]
    assert (tmp_path / "again.csv").read_text("utf-8-sig") == "姓名,手机,积分,来源行,退回原因\n"
    sheet["D2"] = None
    book.save(mend)
    with TABLE.read(mend, CLUB) as reading:
        assert [item.id for item in reading] == ["old:4", "opening:old:4"]
    assert reading.summary.reasons == ((problem_of("source row", "key.empty"), 1),)
