"""Text files with delimiters, as they are and as they break."""

from __future__ import annotations

import csv
import sys
from typing import Any

import pytest

from loyaltykit.tables.formats import delimited
from tests.support.files import CANARY, read, refused

TABLE = "姓名,电话\r\n张三,138\r\n"


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    """Empty rows count, and a cell of several lines is one row."""
    assert [row.number for row in read(b'name,phone\n\n"a\nb",1\nc,2\n')] == [1, 3, 4]


@pytest.mark.parametrize("delimiter", ["", ",,", "\n", 5, '"'])
def test_an_unknown_delimiter_is_refused(delimiter: Any) -> None:
    """I31: any other value is refused."""
    assert "delimiter" in str(refused(TABLE.encode(), delimiter=delimiter))


def test_lone_surrogates_are_refused() -> None:
    """Faults: in UTF-8 and in UTF-16."""
    assert refused(b"name,phone\n" + b"a,1\n" * 30_000 + b"\xed\xa0\x80,1\n").row == 30_002
    assert refused("name\n".encode("utf-16") + b"\x00\xd8a\x00", delimiter=",").row is not None


def test_a_torn_text_file_is_named() -> None:
    """A quote that is never closed: at the end of the file, or after the longest row."""
    assert refused(f'name,phone\na,"{CANARY}'.encode()).reason == "ends within quotes: the file is incomplete"
    error = refused(b'name,phone\n"' + b"x,1\n" * 300_000)
    assert (error.row, error.reason) == (2, "is longer than 1,048,576 characters: its quotes are not closed")
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
