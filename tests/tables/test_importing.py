"""Reading a table as it goes: progress, dry runs, rejected rows, and nothing personal in any message."""

from __future__ import annotations

import io
import logging
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import loyaltykit as lk
from loyaltykit.problems import problem_of
from loyaltykit.tables import ImportSummary, MemberTable, Table, importing, summary
from tests.support.member_tables import CLUB

TABLE = MemberTable(source="old", default_region="CN")
CANARY = "kanari-4711"


def file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def test_a_dry_run_counts_and_takes_nothing_in() -> None:
    """The same summary as a real one."""
    text = "姓名,积分,等级\n张三,5,金卡\n李四,x,\n"
    summary = TABLE.check(file(text), CLUB)
    with TABLE.read(file(text), CLUB) as reading:
        list(reading)
    assert summary == reading.summary
    assert (summary.rows, summary.accepted, summary.rejected, summary.members) == (2, 1, 1, 1)


def test_the_summary_in_words() -> None:
    """In both languages, without a value; the most frequent reason first."""
    summary = TABLE.check(file("姓名,积分,鞋\n张三,5,\n李四,x,\n王五,y,\n赵六,-1,\n"), CLUB)
    assert str(summary).splitlines() == [
        "4 rows: 1 accepted, 3 rejected; 1 members, 1 transactions",
        "points: is not a number of points: 2",
        "points: is negative: 1",
        "columns not read: C",
    ]
    assert summary.describe("zh").splitlines() == [
        "共 4 行：接受 1 行，退回 3 行；会员 1 名，交易 1 笔",
        "points：不是积分数：2",
        "points：是负数：1",
        "未读取的列：C",
    ]
    with pytest.raises(lk.InvalidValueError):
        summary.describe("fr")  # type: ignore[arg-type]


def test_reasons_that_never_repeat_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of reasons that are kept is limited."""
    monkeypatch.setattr(summary, "_MAX_REASONS", 1)
    found = TABLE.check(file("姓名,积分\n张三,x\n李四,-1\n王五,y\n"), CLUB)
    assert found.reasons == ((problem_of("points", "cell.points"), 2), (problem_of("row", "row.other"), 1))


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress reports the number of rows read and None for the total."""
    monkeypatch.setattr(importing, "_REPORT_ROWS", 2)
    seen: list[tuple[int, int | None]] = []
    TABLE.check(file("name\n" + "x\n" * 5), CLUB, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, None), (4, None), (5, None)]
    with pytest.raises(lk.InvalidValueError):
        TABLE.read(file("name\nx\n"), CLUB, progress=5)  # type: ignore[arg-type]
    with pytest.raises(lk.InvalidValueError):
        TABLE.read(file("name\nx\n"), 5)  # type: ignore[arg-type]


def test_a_reading_that_ends_early_lets_go(tmp_path: Path) -> None:
    """What was not read is not read; a half file of rejected rows takes nobody's place."""
    path, mend = tmp_path / "t.csv", tmp_path / "mend.csv"
    path.write_text("name,points\nx,x\ny,5\nz,5\n")
    mend.write_text("old")
    with TABLE.read(path, CLUB, rejected=mend) as reading:
        assert next(reading).id == "old:3"
    assert mend.read_text() == "old"
    assert list(reading) == []
    TABLE.read(path, CLUB).close()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["mend.csv", "t.csv"]


def test_a_file_can_be_mended_in_its_own_place(tmp_path: Path) -> None:
    """The rejected rows of a file may go where it stands: it is replaced when it has been read."""
    path = tmp_path / "mend.csv"
    path.write_text("name,points\nx,x\ny,5\n")
    TABLE.check(path, CLUB, rejected=path)
    assert path.read_text("utf-8-sig").splitlines()[1].startswith("x,x,2,")


def test_a_stream_gets_csv() -> None:
    """A stream of rejected rows gets CSV, with formulas escaped."""
    stream = io.BytesIO()
    TABLE.check(file("name,points\n'=x,x\n"), CLUB, rejected=stream)
    assert (
        stream.getvalue().decode("utf-8-sig").splitlines()[1].startswith("'=x,x,2,\"points: is not a number of points")
    )
    with pytest.raises(lk.errors.TableError):
        TABLE.read(file("name\nx\n"), CLUB, rejected="mend.doc")


def test_numbers_of_a_sheet_keep_their_meaning(tmp_path: Path) -> None:
    """A table with decimal commas reads 1.234 of its own file of rejected rows as it was."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "height(cm)", "points", "news"])
    sheet.append(["x", 1.234, "x", True])
    source, mend = tmp_path / "t.xlsx", tmp_path / "mend.csv"
    book.save(source)
    table = MemberTable(source="old", decimal_point=",")
    table.check(source, CLUB, rejected=mend)
    mend.write_text(mend.read_text("utf-8-sig").replace(",x,", ",7,"), "utf-8")
    with table.read(mend, CLUB) as reading:
        member, _ = reading
    assert isinstance(member, lk.Member)
    assert member.fields == {"height(cm)": Decimal("1.234"), "news": True}


PERSONAL = (
    "name,phone,email,birthday,address,tags,goal,note,points,等级,enrolled,状态,外部编号,最近一次购买日期,购买金额\n"
    + ",".join([CANARY] * 15)
    + "\n"
)


@pytest.mark.parametrize(
    "text",
    [
        PERSONAL,
        f"name\n{CANARY},{CANARY}\n",
        f"name,phone\n{CANARY}\n",
        f"name,no\n{CANARY},\n",
    ],
)
def test_i31_no_summary_no_reason_and_no_log_shows_a_value(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """I31: reasons name the field; only the rows themselves, which are to be mended, hold what was written."""
    caplog.set_level(logging.DEBUG)
    table = MemberTable(source="old", key="no") if ",no\n" in text else TABLE
    stream = io.BytesIO()
    with table.read(file(text), CLUB, rejected=stream) as reading:
        assert list(reading) == []
    for told in (
        str(reading.summary),
        repr(reading.summary),
        reading.summary.describe("zh"),
        repr(reading),
        caplog.text,
    ):
        assert CANARY not in told
    reasons = stream.getvalue().decode("utf-8-sig").splitlines()[1].rpartition(",2,")[2]
    assert CANARY not in reasons


@pytest.mark.parametrize(
    "content", [f'name\n"{CANARY}'.encode(), f"{CANARY},b\n1,2\n".encode(), b"name\n\xff" + CANARY.encode()]
)
def test_i31_no_error_of_a_file_shows_a_value(content: bytes) -> None:
    """I31: no message, argument or cause has a personal value."""
    with pytest.raises(lk.errors.TableError) as caught:
        TABLE.check(io.BytesIO(content), CLUB)
    error = caught.value
    assert CANARY not in f"{error}{error!r}{error.__cause__!r}{vars(error)}"
    assert error.__suppress_context__ or error.__context__ is None


def test_a_table_is_read_as_it_goes() -> None:
    """Nothing is read ahead but what finds the encoding and the headings; P10 measures the memory of a million rows."""
    stream = file("name,points\n" + "张三,5\n" * 200_000)
    with TABLE.read(stream, CLUB) as reading:
        next(reading)
        assert stream.tell() < 200_000 < len(stream.getvalue())


def test_a_table_is_of_a_kind() -> None:
    """``Table`` itself cannot be built."""
    with pytest.raises(TypeError, match="abstract"):
        Table(source="x")  # type: ignore[abstract]


def test_a_summary_is_a_value() -> None:
    """It can be compared and kept."""
    assert ImportSummary(rows=3, rejected=1, members=2, transactions=0).accepted == 2
