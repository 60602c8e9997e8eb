"""Tables of purchases: whole ones, and those that stand line by line."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyaltykit as lk
from loyaltykit.problems import problem_of
from loyaltykit.tables import MemberTable, PurchaseTable, purchases

PARIS = ZoneInfo("Europe/Paris")
CLUB = lk.Program(
    name="Club",
    currency="EUR",
    timezone="Europe/Paris",
    purchase_fields=[lk.Field("basket", str)],
    line_fields=[lk.Field("organic", bool)],
)
TABLE = PurchaseTable(source="till", actor="staff-1")


def items(text: str, table: PurchaseTable = TABLE) -> list[Any]:
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        found = list(reading)
        assert reading.summary.rejected == 0, reading.summary
    return found


def rejected(text: str, table: PurchaseTable = TABLE) -> list[tuple[str, str]]:
    with table.read(io.BytesIO(text.encode()), CLUB) as reading:
        assert list(reading) == []
    return [(problem.field, problem.reason) for problem, _ in reading.summary.reasons]


def test_a_row_is_a_purchase() -> None:
    """With everything that is said of it; without an id it gets one that stays the same."""
    english = items(
        "order,member,date,total,channel,store,basket\n"
        "o-1,m-1,2025-03-01 10:00,12.50,web,s-1,gift\n,m-2,2025-03-02,8,,,\n"
    )
    chinese = items(
        "订单号,会员号,购买时间,实付金额,渠道,门店,basket\n"
        "o-1,m-1,2025年3月1日 10:00,12.5€,web,s-1,gift\n,m-2,2025/3/2,8,,,\n"
    )
    assert english == chinese
    assert english[0] == lk.Purchase(
        id="o-1",
        member_id="m-1",
        amount="12.50",
        channel="web",
        store="s-1",
        fields={"basket": "gift"},
        occurred_at=datetime(2025, 3, 1, 10, tzinfo=PARIS),
        actor="staff-1",
        reason="imported from till",
    )
    assert english[1].id == "till:3"


def test_rows_of_one_order_are_its_lines() -> None:
    """What is said once counts for all; the lines add up to the amount when there is one."""
    text = (
        "order,member,date,total,sku,category,qty,line amount,discount,tax,organic\n"
        "o-1,m-1,2025-03-01,20.50,a,tea,2,12.50,1,0.5,yes\n"
        "o-1,,,20.5,b,cup,,8,,,\n"
        "o-2,m-1,2025-03-01,,c,tea,,5,,,\n"
    )
    first, second = items(text)
    assert first.lines == (
        lk.Line(sku="a", category="tea", quantity=2, amount="12.50", discount=1, tax="0.5", fields={"organic": True}),
        lk.Line(sku="b", category="cup", amount=8),
    )
    assert (first.total, second.total, len(second.lines)) == (Decimal("20.50"), Decimal(5), 1)


def test_lines_without_an_amount_of_their_own_have_the_amount() -> None:
    """One column of amounts beside articles is that of the line."""
    [bought] = items("order,member,date,sku,amount\no-1,m-1,2025-03-01,a,5\no-1,m-1,2025-03-01,b,7\n")
    assert (bought.total, [line.amount for line in bought.lines]) == (Decimal(12), [Decimal(5), Decimal(7)])
    [bought] = items("order,member,date,sku,amount\no-1,m-1,2025-03-01,a,5\n")
    assert [line.amount for line in bought.lines] == [Decimal(5)]


def test_foreign_currency() -> None:
    """S14: the currency and its rate."""
    [bought] = items("order,member,date,amount,currency,rate\no-1,m-1,2025-03-01,5,USD,0.9\n")
    assert (bought.currency, bought.rate) == ("USD", Decimal("0.9"))


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ("o-1,,2025-03-01,5,,", [("member_id", "is missing")]),
        ("o-1,m-1,,5,,", [("occurred_at", "is missing")]),
        ("o-1,m-1,soon,5,,", [("occurred_at", "is not a date"), ("occurred_at", "is missing")]),
        ("o-1,m-1,2025-03-01,,,", [("amount", "is missing")]),
        ("o-1,m-1,2025-03-01,-5,,", [("amount", "is negative")]),
        ("o-1,m-1,2025-03-01,,a,", [("amount", "is missing")]),
        ("o-1,m-1,2025-03-01,,a,1\no-1,m-1,2025-03-01,,b,", [("line_amount", "is missing")]),
        ("o-1,m-1,2025-03-01,5,a,-5", [("lines.amount", "is negative")]),
        ("o-1,m-1,2025-03-01,5,a,6", [("lines", "do not add up to the amount")]),
        ("o-1,m-1,2025-03-01,5,a,5\no-1,m-2,2025-03-01,5,b,5", [("member_id", "differs within one purchase")]),
        ("o-1,m-1,2025-03-01,5", [("row", "has fewer cells than there are headings")]),
        ("o-1,m-1,2025-03-01,5,,,x", [("row", "has more cells than there are headings")]),
    ],
)
def test_what_is_rejected(rows: str, reasons: list[tuple[str, str]]) -> None:
    """A purchase with one wrong row is rejected with all its rows."""
    found = rejected(f"order,member,date,amount,sku,line amount\n{rows}\n")
    assert set(reasons) <= set(found)


def test_values_of_declared_fields_are_checked() -> None:
    """Those of purchases and those of lines."""
    club = CLUB.evolve(purchase_fields=[lk.Field("basket", str, choices=("gift",))])
    text = "order,member,date,amount,basket,organic\no-1,m-1,2025-03-01,5,other,maybe\n"
    with TABLE.read(io.BytesIO(text.encode()), club) as reading:
        assert list(reading) == []
    assert {problem.field for problem, _ in reading.summary.reasons} == {"fields.basket", "line_fields.organic"}


def test_one_id_in_every_row_is_no_purchase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A purchase with more lines than allowed is rejected in parts, so that memory is bounded."""
    monkeypatch.setattr(purchases, "MAX_LINES", 3)
    rows = "o-1,m-1,2025-03-01,a,5\n"
    with TABLE.read(io.BytesIO(f"order,member,date,sku,amount\n{rows * 10}".encode()), CLUB) as reading:
        assert list(reading) == []
    assert (reading.summary.rejected, reading.summary.reasons) == (10, ((problem_of("lines", "purchase.long"), 3),))


def test_all_rows_of_a_rejected_purchase_are_to_be_mended(tmp_path: Path) -> None:
    """All problems are reported together."""
    mend = tmp_path / "mend.csv"
    text = "order,member,date,sku,amount\no-1,m-1,2025-03-01,a,5\no-1,m-1,2025-03-01,b,x\no-2,m-1,2025-03-01,c,1\n"
    summary = TABLE.check(io.BytesIO(text.encode()), CLUB, rejected=mend)
    assert (summary.rows, summary.rejected, summary.accepted) == (3, 2, 1)
    lines = mend.read_text("utf-8-sig").splitlines()
    assert lines[0] == "order,member,date,sku,amount,Source row,Reasons"
    assert [line.partition(',"')[0] for line in lines[1:]] == ["o-1,m-1,2025-03-01,a,5,2", "o-1,m-1,2025-03-01,b,x,3"]
    mend.write_text(mend.read_text("utf-8-sig").replace(",x,", ",7,"), "utf-8")
    with TABLE.read(mend, CLUB) as reading:
        [bought] = reading
    assert isinstance(bought, lk.Purchase)
    assert bought.total == 12


def test_members_by_what_names_them_in_their_table() -> None:
    """A card number that made the ids of members makes them here too."""
    people = MemberTable(source="cards", key="card no")
    purchases = PurchaseTable(source="till", members="cards", columns={"card no": "member_id"})
    shop = lk.Loyalty(CLUB)
    with people.read(io.BytesIO(b"name,card no,enrolled\nLi,c-7,2025-01-01\n"), CLUB) as reading:
        shop.ingest(reading)
    with purchases.read(io.BytesIO(b"order,card no,date,amount\no-1,c-7,2025-03-01,5\n"), CLUB) as reading:
        assert shop.ingest(reading).recorded == 1


@pytest.mark.parametrize("name", ["member_id", "occurred_at"])
def test_columns_that_must_be_there(name: str) -> None:
    """Without whose and when, no row can mean anything."""
    left = {"member_id": "member", "occurred_at": "date"}[name]
    text = "order,member,date,amount\no-1,m-1,2025-03-01,5\n".replace(left, "other")
    with pytest.raises(lk.errors.TableError, match=f"has no column for {name}"):
        TABLE.read(io.BytesIO(text.encode()), CLUB)


@pytest.mark.parametrize("settings", [{"members": ""}, {"members": 5}, {"actor": 5}])
def test_a_table_is_checked_when_it_is_made(settings: dict[str, Any]) -> None:
    """I31: bad settings are refused with their names."""
    with pytest.raises(lk.InvalidValueError) as caught:
        PurchaseTable(**{"source": "till"} | settings)
    assert caught.value.field == next(iter(settings))
