"""The two tables that the project was given: they come in as they stand, look right, and go out equal (I28)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.cell import Cell

import loyaltykit as lk
from loyaltykit.rules import months, spend
from loyaltykit.tables import MEMBERSHIP_TABLE, REGULARS_TABLE, Layout, MemberRow, MemberTable, write_members

SHANGHAI = ZoneInfo("Asia/Shanghai")
MEMBERSHIP = """\
客户姓名,联系方式,注册时间,消费频率,消费金额,积分,等级,服务记录,营销活动参与情况
张三,138xxxxxxx,2022-01-01,频繁,10000元,500,金卡,满意,参与活动A
李四,139xxxxxxx,2022-02-01,一般,5000元,300,银卡,一般,参与活动B
王五,137xxxxxxx,2022-03-01,偶尔,2000元,100,普通,不满意,未参与
"""
REGULARS = """\
客户姓名,联系方式,最近一次购买日期,购买金额(元),客户反馈
张三,138xxxxx8888,2023-09-01,399,好评
"""
TABLES = {
    "membership": (MEMBERSHIP, MEMBERSHIP_TABLE, MemberTable(source="会员管理表格")),
    "regulars": (REGULARS, REGULARS_TABLE, MemberTable(source="老客户维护表格")),
}
CLUB = lk.Program(
    name="会员俱乐部",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[*MEMBERSHIP_TABLE.fields, *REGULARS_TABLE.fields],
    tiers=lk.TierLadder(
        lk.Tier("普通"),
        lk.Tier("银卡", enter=spend.over(months(12)) >= 5000),
        lk.Tier("金卡", enter=spend.over(months(12)) >= 10000),
    ),
)


def opened(name: str) -> lk.Loyalty:
    text, _, table = TABLES[name]
    shop = lk.Loyalty(CLUB)
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        report = shop.ingest(reading)
    assert (report.rejected, reading.summary.rejected, reading.summary.unknown_columns) == ((), 0, ())
    return shop


def shown(shop: lk.Loyalty, name: str) -> Iterator[MemberRow]:
    """What the shop knows of its members, as the layouts show it."""
    for member in shop.select(spend >= 0).members():
        bought = {} if name == "membership" else {
            "last_purchase_at": datetime(2023, 9, 1, tzinfo=SHANGHAI),
            "last_purchase_amount": next(values[0] for _, values in shop.select(spend >= 0).facts(spend)),
        }  # fmt: skip
        told: dict[str, Any] = {
            "points": shop.balance(member.id).available,
            "tier": shop.tier(member.id).name,
            **bought,
        }
        yield MemberRow(member=member, **told)


def as_displayed(cell: Cell) -> str:
    """What a spreadsheet shows in a cell, for the formats that are used here."""
    if isinstance(cell.value, datetime):
        assert cell.number_format == "yyyy-mm-dd"
        return cell.value.date().isoformat()
    if isinstance(cell.value, int):
        assert cell.number_format.startswith("0")
        unit = cell.number_format[1:].strip('"')
        return f"{cell.value}{unit}"
    assert cell.data_type == "s"
    return str(cell.value)


def test_the_membership_table_comes_in() -> None:
    """`10000元` is an amount, points are an opening balance, a masked phone is kept and identifies nobody."""
    shop = opened("membership")
    zhang = shop.member("会员管理表格:2")
    assert (zhang.name, zhang.phone, zhang.contacts[0].key) == ("张三", "138xxxxxxx", None)
    assert zhang.enrolled_at == datetime(2022, 1, 1, tzinfo=SHANGHAI)
    assert zhang.fields == {
        "frequency": "频繁",
        "amount_spent": Decimal(10000),
        "service": "满意",
        "campaigns": "参与活动A",
    }
    assert [shop.balance(f"会员管理表格:{row}").available for row in (2, 3, 4)] == [500, 300, 100]


def test_the_regulars_table_comes_in() -> None:
    """The last purchase is one, of the amount in the heading's unit."""
    shop = opened("regulars")
    [(id, (spent,))] = shop.select(spend >= 0).facts(spend)
    assert (id, spent) == ("老客户维护表格:2", Decimal("399.00"))
    assert shop.member(id).fields == {"feedback": "好评"}


@pytest.mark.parametrize("name", TABLES)
def test_i9_a_second_import_changes_nothing(name: str) -> None:
    """I9: the same file twice."""
    shop = opened(name)
    text, _, table = TABLES[name]
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        again = shop.ingest(reading)
    assert (again.enrolled, again.recorded, again.rejected) == (0, 0, ())


@pytest.mark.parametrize("name", TABLES)
def test_i28_they_go_out_as_csv_and_are_the_same_text(name: str) -> None:
    """I28: every cell as it stood."""
    text, layout, _ = TABLES[name]
    stream = io.BytesIO()
    write_members(stream, shown(opened(name), name), CLUB, layout=layout, language="zh", format="csv")
    assert stream.getvalue().decode("utf-8-sig").replace("\r\n", "\n").replace("399.00", "399") == text


@pytest.mark.parametrize("name", TABLES)
def test_i28_they_go_out_as_xlsx_look_the_same_and_come_in_equal(name: str, tmp_path: Path) -> None:
    """I28: typed cells that a spreadsheet shows as they stood; read again they give the same items."""
    text, layout, table = TABLES[name]
    path = tmp_path / "out.xlsx"
    write_members(path, shown(opened(name), name), CLUB, layout=layout, language="zh")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    seen = [[as_displayed(cell) for cell in row] for row in sheet.iter_rows()]  # type: ignore[arg-type]
    assert [[cell.removesuffix(".00") for cell in row] for row in seen] == list(csv.reader(text.splitlines()))
    with table.read(path, CLUB) as back, table.read(io.BytesIO(text.encode()), CLUB) as first:
        assert list(back) == list(first)


@pytest.mark.parametrize("layout", [MEMBERSHIP_TABLE, REGULARS_TABLE])
def test_they_have_english_headings_too(layout: Layout) -> None:
    """The same columns, and they are known when they come in."""
    stream = io.BytesIO()
    nobody = MemberRow(member=lk.Member(id="m-1", name="Li"))
    write_members(stream, [nobody], CLUB, layout=layout, format="xlsx")
    with MemberTable(source="x").read(stream, CLUB) as reading:
        assert [item.id for item in reading] == ["x:2"]
    assert reading.summary.unknown_columns == ()


def test_the_tier_is_one_given_by_hand() -> None:
    """金卡 is a floor until somebody ends it; the lowest tier needs no giving."""
    shop = opened("membership")
    assert [shop.tier(f"会员管理表格:{row}").name for row in (2, 3, 4)] == ["金卡", "银卡", "普通"]
