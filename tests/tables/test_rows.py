"""Rows: ids that stay the same, and reasons for rejection."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

import loyaltykit as lk
from loyaltykit.problems import problem_of
from loyaltykit.tables import ImportSummary, MemberTable
from tests.support.member_tables import CLUB, TABLE, items, rejected


def test_ids_are_made_of_the_source_and_the_row() -> None:
    """An id is made of the number of the row or of its key, unless the table has an id."""
    text = "name,编号,no\nx,,a-1\n\ny,m-7,a-2\n"
    assert [item.id for item in items(text)] == ["old:2", "m-7"]
    assert [item.id for item in items(text, MemberTable(source="old", key="NO"))] == ["old:a-1", "m-7"]
    assert rejected("name,no\nx,\n", MemberTable(source="old", key="no")) == [("key", "is empty")]
    long = "x" * 125
    assert [len(item.id) for item in items(f"name,no\nx,{long}\n", MemberTable(source="old", key="no"))] == [40]


@pytest.mark.parametrize(("heading", "key"), [("no", "no"), ("会员编号", None)])
def test_a_number_that_excel_has_rounded_is_not_an_id(heading: str, key: str | None) -> None:
    """A card number of 18 digits, typed as a number, ends in zeros and may equal its neighbour."""
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


def test_every_problem_of_a_row_at_once() -> None:
    """All problems of a row are reported, with the words of ``RecordChecker``."""
    text = "name,phone,email,points,等级,目标,尺码\nx,12,a@@b,many,diamond,sleep,large\n"
    assert {place for place, _ in rejected(text)} == {
        "phone", "email", "points", "tier", "fields.goal", "fields.size",
    }  # fmt: skip


def test_rejected_rows_are_corrected_and_read_again(tmp_path: Path) -> None:
    """The file of rejected rows has the number of each row and the reasons; corrected rows keep their ids."""
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
