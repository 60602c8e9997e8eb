"""Encodings: told, or found where there is no doubt."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from tests.support.files import CANARY, cells, refused, written

TABLE = "姓名,电话\r\n张三,138\r\n"


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "utf-8", "utf8", "UTF-8-SIG", "cp1252", "utf-16-le"])
def test_a_named_encoding_is_used(encoding: str) -> None:
    """What is named is not guessed."""
    text = "name,phone\nMüller,1\n" if encoding == "cp1252" else TABLE
    assert cells(text.encode(encoding), encoding=encoding, delimiter=",")[1][1] in ("1", "138")


@pytest.mark.parametrize("encoding", ["nonsense", "", "\0", 5, "rot13", "hex"])
def test_an_unknown_encoding_is_refused(encoding: Any) -> None:
    """I31: any other value is refused."""
    assert refused(TABLE.encode(), encoding=encoding).reason == "has an unknown encoding="


def test_western_bytes_are_not_taken_for_chinese() -> None:
    """ "Müller" is valid GB18030: without a known Chinese heading, nothing is guessed."""
    error = refused(f"name,phone\nMüller {CANARY},1\n".encode("cp1252"))
    assert error.reason == "is not UTF-8"
    assert "gb18030" in error.way_out


def test_utf_16_needs_its_mark() -> None:
    """Without it, NUL bytes give it away."""
    assert "NUL" in refused(TABLE.encode("utf-16-le")).reason


def test_bytes_of_another_encoding_are_named() -> None:
    """Beyond the sample that is looked at: the row and the column."""
    content = b"name,phone\n" + b"a,1\n" * 30_000 + f"{CANARY},".encode() + "张".encode("gb18030") + b"\n"
    error = refused(content)
    assert (error.row, error.column, error.reason) == (30_002, "B", "is not valid utf-8-sig")


def test_an_encoding_that_cannot_hold_a_text() -> None:
    """The error names the encoding; no text is replaced by question marks."""
    with pytest.raises(lk.errors.TableError, match="cannot represent"):
        written(["name"], [["张三"]], "csv", encoding="cp1252")
    assert written(["姓名"], [["张三"]], "csv", encoding="gb18030") == "姓名\r\n张三\r\n".encode("gb18030")
