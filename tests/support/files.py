"""Rows read from bytes and written into them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.tables.formats.cells import Cell, Column, Row
from loyaltykit.tables.formats.files import Format, read_rows, row_writer

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


FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx")
BOOK = written(["name", "phone"], [["a", CANARY], ["b", "2"]], "xlsx")
