"""Workbooks as they are read and as they break."""

from __future__ import annotations

import io
import sys
import warnings
import zipfile
from contextlib import suppress
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.tables.formats import workbooks
from tests.support.files import BOOK, CANARY, cells, read, refused, written


def packed(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(change: dict[str, str]) -> bytes:
    parts = unpacked(BOOK)
    for old, new in change.items():
        assert old in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(old, new)
    return packed(parts)


@given(st.integers(4, len(BOOK) - 1))
def test_a_torn_workbook_is_refused(length: int) -> None:
    """I31: a workbook that is cut anywhere raises TableError."""
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
    """I31: wrong XML, places and text references raise TableError with the row before."""
    assert refused(with_sheet(change)).reason.startswith("has parts that cannot be read")


def test_want_of_memory_is_no_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """MemoryError is raised unchanged."""

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
    """The declared dimensions are ignored; row numbers and columns have limits."""
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
    """Faults: the declared unpacked sizes are added up before anything is unpacked."""
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


def test_the_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without openpyxl, text files work and sheets say what to install."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert cells(written(["name"], [["x"]], "csv")) == [("name",), ("x",)]
    for call in (lambda: written(["name"], [], "xlsx"), lambda: read(BOOK)):
        with pytest.raises(lk.errors.MissingExtraError, match=r"loyaltykit\[excel\]"):
            call()
