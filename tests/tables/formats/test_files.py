"""Rows out of files and into them: round trips, kinds of file and paths."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.tables.formats import files, limits
from loyaltykit.tables.formats.cells import Cell, Column
from loyaltykit.tables.formats.files import Format, read_rows, row_writer
from tests.support.files import FORMATS, cells, is_heading, read, written
from tests.support.texts import HOSTILE, texts


@pytest.mark.parametrize("format", FORMATS)
@given(rows=st.lists(st.tuples(texts, st.none() | texts), max_size=6))
@example(rows=[(text, "x") for text in HOSTILE])
def test_i28_texts_come_back(format: Format, rows: list[tuple[Cell, Cell]]) -> None:
    """I28: formulas, quotes, newlines, bidi marks, full-width digits, leading zeros; missing and empty differ."""
    content = written(["name", "phone"], rows, format)
    kept = [row for row in rows if row != (None, None)]
    assert cells(content) == [("name", "phone"), *kept]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@given(rows=st.lists(texts, min_size=1, max_size=6))
@example(rows=list(HOSTILE))
def test_no_spreadsheet_sees_a_formula(format: Format, rows: list[str]) -> None:
    """Faults: no cell of an XLSX file is a formula, no cell of a CSV file begins one."""
    content = written(["name"], [[text] for text in rows], format)
    if format == "csv":
        found = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        assert all(cell[:1] not in "=+-@\t\r" or not cell for row in found for cell in row)
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


# -- what programs export ----------------------------------------------------------------------------------------------

TABLE = "姓名,电话\r\n张三,138\r\n"
ROWS = [("姓名", "电话"), ("张三", "138")]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "|").encode("gb18030"),
        ("sep=;\r\n" + TABLE.replace(",", ";")).encode(),
        ("sep=,\r\n" + TABLE).encode(),
        TABLE.replace("\r\n", "\n").encode(),
        TABLE.replace("\r\n", "\r").encode(),
        TABLE.removesuffix("\r\n").encode(),
        ("\r\n,\r\n" + TABLE + "\r\n\r\n").encode(),
        '"姓名","电话"\r\n"张三","138"\r\n'.encode("gbk"),
    ],
)
def test_what_spreadsheets_export_is_read(content: bytes) -> None:
    """Excel, Google Sheets and Airtable: encodings, marks, delimiters and line ends; empty rows are left out."""
    assert cells(content) == ROWS


def test_an_empty_file_has_no_rows() -> None:
    """The caller decides whether headings are required."""
    assert read(b"") == []


# -- paths -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.xlsx", "T.CSV"])
def test_a_path_says_what_is_written(tmp_path: Path, name: str) -> None:
    """The path decides the format of a written file, the first bytes that of a read one."""
    path = tmp_path / name
    with row_writer(path, [Column("name"), Column("phone")], format=None, encoding=None, title="t") as write:
        write(["张三", "1"])
    assert [row.cells for row in read_rows(str(path), is_heading)][1] == ("张三", "1")
    assert os.listdir(tmp_path) == [name]
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"


@pytest.mark.parametrize("format", FORMATS)
def test_i11_what_fails_leaves_the_old_file(tmp_path: Path, format: Format) -> None:
    """I11: half a table is never in its place, and nothing is left behind."""
    path = tmp_path / f"t.{format}"
    path.write_text("old")
    columns = [Column("name")]
    with suppress(KeyError), row_writer(path, columns, format=None, encoding=None, title="t") as write:
        write(["x"])
        raise KeyError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("source", ["missing.csv", "", "\0", 5, None, [], io.StringIO("name")])
def test_what_cannot_be_opened(source: Any) -> None:
    """I31: no bare OSError, and no path in the message."""
    with pytest.raises(lk.errors.TableError) as caught:
        list(read_rows(source, is_heading))
    assert "missing" not in str(caught.value)


@pytest.mark.parametrize("target", ["missing/t.csv", "\0.csv", io.StringIO(), 5, None])
def test_what_cannot_be_written(target: Any) -> None:
    """I31: no bare OSError."""
    with pytest.raises(lk.errors.TableError), row_writer(target, [Column("a")], format="csv", encoding=None, title="t"):
        pass


@pytest.mark.parametrize(("target", "format"), [("t.doc", None), ("t", None), (io.BytesIO(), None), ("t.csv", "pdf")])
def test_a_kind_of_file_is_named(target: Any, format: Any) -> None:
    """The format is derived from the path, or given."""
    with (
        pytest.raises(lk.errors.TableError, match="has no known format"),
        row_writer(target, [], format=format, encoding=None, title="t"),
    ):
        pass


class Full(io.BytesIO):
    """A stream that raises as a full disk does."""

    def write(self, data: Any, /) -> int:
        """Refuse."""
        raise OSError(28, "No space left on device")


def write_to(stream: io.BytesIO, format: Format) -> None:
    with row_writer(stream, [Column("a")], format=format, encoding=None, title="t") as write:
        for _ in range(5_000):
            write(["x" * 10])


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_told(format: Format) -> None:
    """Faults: disk full."""
    with pytest.raises(lk.errors.TableError, match="no space left"):
        write_to(Full(), format)


def test_the_limits_are_what_excel_has() -> None:
    """Numbers that the documentation states."""
    assert (limits.MAX_SHEET_ROWS, limits.MAX_CELL_LENGTH) == (2**20, 2**15 - 1)
    assert files.format_of("x.txt", None) == "tsv"
