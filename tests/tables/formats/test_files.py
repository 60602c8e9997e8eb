"""Rows out of files and into them: CSV, TSV and XLSX, as spreadsheets write them and as they break."""

from __future__ import annotations

import csv
import io
import os
import sys
import warnings
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.tables.formats import delimited, files, limits, sheets, workbooks
from loyaltykit.tables.formats.cells import Cell, Column, Row
from loyaltykit.tables.formats.files import Format, read_rows, row_writer
from tests.tables.strategies import HOSTILE, texts

CANARY = "kanari-4711"
KNOWN = {"姓名", "电话", "name", "phone"}


def is_heading(text: str) -> bool:
    return text in KNOWN


def read(content: bytes, **options: Any) -> list[Row]:
    return list(read_rows(io.BytesIO(content), is_heading, **options))


def cells(content: bytes, **options: Any) -> list[tuple[Cell, ...]]:
    return [row.cells for row in read(content, **options)]


def written(headings: Sequence[str], rows: Sequence[Sequence[Cell]], format: Format, **options: Any) -> bytes:
    stream = io.BytesIO()
    columns = [Column(heading) for heading in headings]
    settings: dict[str, Any] = {"encoding": None, "title": "Members", **options}
    with row_writer(stream, columns, format=format, **settings) as write:
        for row in rows:
            write(row)
    return stream.getvalue()


def refused(content: bytes, **options: Any) -> lk.errors.TableError:
    with pytest.raises(lk.errors.TableError) as caught:
        read(content, **options)
    assert CANARY not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


# -- round trip --------------------------------------------------------------------------------------------------------

FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx")


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


numbers = st.integers(-(10**18), 10**18) | st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


@given(st.lists(numbers | st.booleans() | st.dates(date(1900, 3, 1)), min_size=1, max_size=6))
def test_a_sheet_has_types(values: list[Cell]) -> None:
    """Numbers and dates come back as such, those that a sheet would round as texts of all their digits."""
    found = cells(written(["a"], [[value] for value in values], "xlsx"))[1:]
    for value, (cell,) in zip(values, found, strict=True):
        if isinstance(cell, str):
            assert Decimal(cell) == value
            assert len(cell.strip("-").rstrip("0").replace(".", "").lstrip("0")) > 15 or abs(value) >= 10**15
        elif isinstance(cell, datetime):
            assert cell.date() == value
        else:
            assert cell == value


@given(st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))  # noqa: DTZ001
def test_whole_seconds_are_exact_in_a_sheet(moment: datetime) -> None:
    """A date with its time of day is a binary fraction of a day there."""
    assert cells(written(["a"], [[moment]], "xlsx"))[1] == (moment,)


def test_times_of_day() -> None:
    """What a sheet has of them goes into a file of rejected rows as it came."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([time(10, 30)])
    stream = io.BytesIO()
    book.save(stream)
    assert cells(stream.getvalue()) == [(time(10, 30),)]
    assert cells(written(["a"], [[time(10, 30)]], "xlsx"))[1] == (time(10, 30),)


def test_old_dates_are_texts_in_a_sheet() -> None:
    """Excel knows no day before 1900 and takes that year for a leap year."""
    assert cells(written(["a"], [[date(1899, 1, 2)], [datetime.fromisoformat("1900-01-02T03:00")]], "xlsx"))[1:] == [
        ("1899-01-02",),
        ("1900-01-02 03:00:00",),
    ]


def test_a_sheet_is_fit_to_be_looked_at() -> None:
    """Frozen headings in bold, widths after the contents, units behind numbers that stay numbers."""
    stream = io.BytesIO()
    with row_writer(
        stream, [Column("姓名"), Column("消费金额", "元"), Column("x")], format="xlsx", encoding=None, title="会员"
    ) as write:
        write(["张三" * 10, Decimal("10000"), None])
        write(["李四", 5000, None])
    book = openpyxl.load_workbook(stream)
    sheet = book["会员"]
    assert (sheet.freeze_panes, sheet["A1"].font.b, sheet["A2"].font.b) == ("A2", True, False)
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [42, 10, 8]
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["B3"].number_format) == (10000, '0"元"', '0"元"')
    assert sheet["A2"].quotePrefix


def test_widths_come_from_the_first_rows() -> None:
    """Later ones are written as they come."""
    content = written(["a"], [*([["x"]] * 100), ["y" * 50], ["z"]], "xlsx")
    assert len(cells(content)) == 103
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Members"]
    assert sheet.column_dimensions["A"].width == 8


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


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    """Empty ones count, and a cell of several lines is one row."""
    assert [row.number for row in read(b'name,phone\n\n"a\nb",1\nc,2\n')] == [1, 3, 4]


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "utf-8", "utf8", "UTF-8-SIG", "cp1252", "utf-16-le"])
def test_a_named_encoding_is_used(encoding: str) -> None:
    """What is named is not guessed."""
    text = "name,phone\nMüller,1\n" if encoding == "cp1252" else TABLE
    assert cells(text.encode(encoding), encoding=encoding, delimiter=",")[1][1] in ("1", "138")


@pytest.mark.parametrize("encoding", ["nonsense", "", "\0", 5, "rot13", "hex"])
def test_an_unknown_encoding_is_refused(encoding: Any) -> None:
    """I31: whatever is passed for one."""
    assert refused(TABLE.encode(), encoding=encoding).reason == "is said to be in an unknown encoding"


@pytest.mark.parametrize("delimiter", ["", ",,", "\n", 5, '"'])
def test_an_unknown_delimiter_is_refused(delimiter: Any) -> None:
    """I31: whatever is passed for one."""
    assert "delimiter" in str(refused(TABLE.encode(), delimiter=delimiter))


def test_western_bytes_are_not_taken_for_chinese() -> None:
    """ "Müller" is valid GB18030: without a known Chinese heading, nothing is guessed."""
    error = refused(f"name,phone\nMüller {CANARY},1\n".encode("cp1252"))
    assert error.reason == "is not UTF-8"
    assert "gb18030" in error.way_out


def test_utf_16_needs_its_mark() -> None:
    """Without it, NUL bytes give it away."""
    assert "NUL" in refused(TABLE.encode("utf-16-le")).reason


# -- broken files ------------------------------------------------------------------------------------------------------


def test_bytes_of_another_encoding_are_named() -> None:
    """Beyond the sample that is looked at: the row and the column."""
    content = b"name,phone\n" + b"a,1\n" * 30_000 + f"{CANARY},".encode() + "张".encode("gb18030") + b"\n"
    error = refused(content)
    assert (error.row, error.column, error.reason) == (30_002, "B", "is not valid utf-8-sig")


def test_lone_surrogates_are_refused() -> None:
    """Faults: in UTF-8 and in UTF-16."""
    assert refused(b"name,phone\n" + b"a,1\n" * 30_000 + b"\xed\xa0\x80,1\n").row == 30_002
    assert refused("name\n".encode("utf-16") + b"\x00\xd8a\x00", delimiter=",").row is not None


def test_a_torn_text_file_is_named() -> None:
    """A quote that is never closed: at the end of the file, or after the longest row."""
    assert refused(f'name,phone\na,"{CANARY}'.encode()).reason == "ends within quotes: the file is torn"
    error = refused(b'name,phone\n"' + b"x,1\n" * 300_000)
    assert (error.row, error.reason) == (2, "is longer than a row can be: its quotes are not closed")
    assert refused(f'name\n"a"{CANARY}\n'.encode()).reason == "has quotes in the wrong place"


def test_a_line_without_end_is_not_held() -> None:
    """A file of one endless line stops at the longest row, and so does a host's larger limit of the csv module."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        assert refused(b"name,phone\n" + b"x" * 2_000_000).row == 2
    finally:
        csv.field_size_limit(limit)


def test_limits_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns, cells and rows: the message says how many may be."""
    assert refused(b"name" + b",x" * 1_000).reason == "has more than 1,000 columns"
    error = refused(b"name,phone\na," + b"x" * 32_768)
    assert (error.row, error.column) == (2, "B")
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    assert refused(b"name\na\nb\nc\n").row == 4


def packed(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


BOOK = written(["name", "phone"], [["a", CANARY], ["b", "2"]], "xlsx")
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(change: dict[str, str]) -> bytes:
    parts = unpacked(BOOK)
    for old, new in change.items():
        assert old in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(old, new)
    return packed(parts)


@given(st.integers(4, len(BOOK) - 1))
def test_a_torn_workbook_is_refused(length: int) -> None:
    """I31: cut anywhere."""
    refused(BOOK[:length])


@given(st.lists(st.tuples(st.integers(4, len(BOOK) - 1), st.integers(1, 255)), min_size=1, max_size=3))
def test_a_damaged_workbook_is_refused_or_read(flips: list[tuple[int, int]]) -> None:
    """I31: flipped bytes end in a LoyaltyError, or in rows."""
    damaged = bytearray(BOOK)
    for place, mask in flips:
        damaged[place] ^= mask
    with suppress(lk.errors.TableError):
        read(bytes(damaged))


@pytest.mark.parametrize(
    "change",
    [
        {CANARY: "&undefined;"},
        {'r="A2"': 'r="nonsense"'},
        {'<row r="2"': '<row r="x"'},
        {'t="inlineStr"': 't="s"', "<is><t>kanari-4711</t></is>": "<v>99</v>"},
        {"</sheetData>": ""},
    ],
)
def test_a_sheet_that_is_none_is_refused(change: dict[str, str]) -> None:
    """I31: wrong XML, wrong places, texts that are not there: told by the row before."""
    assert refused(with_sheet(change)).reason.startswith("has parts that are no sheet")


def test_want_of_memory_is_no_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as what it is."""

    def load(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(openpyxl, "load_workbook", load)
    with pytest.raises(MemoryError):
        read(BOOK)


def test_odd_cells_of_a_sheet() -> None:
    """What formulas failed with, durations, numbers without a fraction, what is marked as a date and is none."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "phone"])
    sheet.append(["#N/A", 13800138000.0])
    sheet.append([0.1, 1e300])
    sheet["C2"], sheet["C3"] = 99_999_999, 0.5
    sheet["C2"].number_format, sheet["C3"].number_format = "yyyy-mm-dd", "[h]:mm:ss"
    stream = io.BytesIO()
    book.save(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cells(stream.getvalue())
    assert found == [
        ("name", "phone"),
        ("#N/A", 13800138000, "#VALUE!"),
        (Decimal("0.1"), Decimal("1E+300"), "12:00:00"),
    ]


def test_a_sheet_says_wrongly_how_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own word for its size is not believed; rows far apart, and columns, have limits."""
    monkeypatch.setattr(workbooks, "MAX_SHEET_ROWS", 1_000)
    assert len(cells(with_sheet({"<sheetData>": '<dimension ref="A1:XFD1048576"/><sheetData>'}))[0]) == 2
    far = refused(with_sheet({'<row r="3"': '<row r="99999999"'}))
    assert far.reason == "has more than 1,000 rows"
    assert refused(with_sheet({'r="B3"': 'r="ALM3"'})).reason == "has more than 1,000 columns"
    assert refused(with_sheet({CANARY: "x" * 32_768})).column == "B"


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("MAX_PARTS", "parts"),
        ("MAX_HELD_BYTES", "unpacks to more"),
        ("MAX_UNPACKED_BYTES", "unpacks to more"),
        ("MAX_CONTENTS_BYTES", "table of contents"),
    ],
)
def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, limit: str, reason: str) -> None:
    """Faults: what the parts say they unpack to is added up first."""
    monkeypatch.setattr(workbooks, limit, 1)
    assert reason in refused(BOOK).reason


def test_shared_texts_under_the_name_of_a_sheet_count_as_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults: the declared type of a part counts, not its name."""
    parts = unpacked(BOOK)
    parts["xl/worksheets/strings.xml"] = "x" * 50_000
    monkeypatch.setattr(workbooks, "MAX_HELD_BYTES", 40_000)
    assert read(BOOK)
    assert "unpacks" in refused(packed(parts)).reason


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0" + b"x" * 600, packed({"mimetype": "x"}), b"PK\x03\x04"])
def test_other_office_files_are_refused(content: bytes) -> None:
    """Old or encrypted ones, and packed files that are no workbook."""
    assert "xlsx" in refused(content).way_out


def test_an_empty_file_has_no_rows() -> None:
    """Whoever wants headings says so."""
    assert read(b"") == []


def test_sheets_are_chosen_by_name() -> None:
    """None means the first that is not hidden."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["hidden"])
    first.sheet_state = "hidden"
    book.create_sheet("shown").append(["shown"])
    book.create_sheet("last").append(["last"])
    stream = io.BytesIO()
    book.save(stream)
    assert cells(stream.getvalue()) == [("shown",)]
    assert cells(stream.getvalue(), sheet="last") == [("last",)]
    assert refused(stream.getvalue(), sheet=CANARY).reason == "has no sheet of that name"


# -- paths -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.xlsx", "T.CSV"])
def test_a_path_says_what_is_written(tmp_path: Path, name: str) -> None:
    """By its ending; what is read is told by its first bytes."""
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
    """By its ending, or by word."""
    with (
        pytest.raises(lk.errors.TableError, match="has no known kind"),
        row_writer(target, [], format=format, encoding=None, title="t"),
    ):
        pass


class Full(io.BytesIO):
    """A disk without room."""

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


def test_an_encoding_that_cannot_hold_a_text() -> None:
    """It is told, and not replaced by question marks."""
    with pytest.raises(lk.errors.TableError, match="cannot hold"):
        written(["name"], [["张三"]], "csv", encoding="cp1252")
    assert written(["姓名"], [["张三"]], "csv", encoding="gb18030") == "姓名\r\n张三\r\n".encode("gb18030")


def test_a_sheet_has_no_more_rows_than_excel_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of writing: rows, and characters of a cell."""
    monkeypatch.setattr(sheets, "MAX_SHEET_ROWS", 2)
    with pytest.raises(lk.errors.TableError, match="more than 2 rows"):
        written(["a"], [["x"], ["y"]], "xlsx")
    with pytest.raises(lk.errors.TableError, match="longer than 32,767"):
        written(["a"], [["x" * 32_768]], "xlsx")


def test_the_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without openpyxl, text files work and sheets say what to install."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert cells(written(["name"], [["x"]], "csv")) == [("name",), ("x",)]
    for call in (lambda: written(["name"], [], "xlsx"), lambda: read(BOOK)):
        with pytest.raises(lk.errors.MissingExtraError, match=r"loyaltykit\[excel\]"):
            call()


def test_the_limits_are_what_excel_has() -> None:
    """Numbers that the documentation states."""
    assert (limits.MAX_SHEET_ROWS, limits.MAX_CELL_LENGTH) == (2**20, 2**15 - 1)
    assert files.format_of("x.txt", None) == "tsv"
