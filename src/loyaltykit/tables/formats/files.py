"""A table file, whatever its kind: told by its first bytes when it is read, by its name when it is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Literal, TypeAlias, cast

from loyaltykit.errors import TableError
from loyaltykit.tables.formats.cells import Column, Row
from loyaltykit.tables.formats.delimited import delimited_writer, read_delimited
from loyaltykit.tables.formats.refusals import said, when_writing
from loyaltykit.tables.formats.sheets import Write, sheet_writer
from loyaltykit.tables.formats.workbooks import read_workbook

Source: TypeAlias = str | os.PathLike[str] | BinaryIO
"""A path, or a file that is open for bytes and can go back to its beginning."""

Format: TypeAlias = Literal["csv", "tsv", "xlsx"]

_PACKED = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_SUFFIXES: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "tsv", ".xlsx": "xlsx"}


def read_rows(
    source: Source,
    is_heading: Callable[[str], bool],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Generator[Row]:
    """The rows of a table file that are not empty, as they are read.

    Raises:
        TableError: at the first thing that cannot be read.
        MissingExtraError: it is an XLSX file and openpyxl is not installed.
    """
    with _opened(source) as stream:
        first = _first_bytes(stream)
        if first == _OLD_OFFICE:
            raise TableError("is an .xls file, or has a password", "save it as .xlsx without a password")
        if first == _PACKED:
            yield from read_workbook(stream, sheet)
        else:
            yield from read_delimited(stream, encoding, delimiter, is_heading)


@contextmanager
def _opened(source: Source) -> Generator[BinaryIO]:
    if not isinstance(source, str | os.PathLike):
        yield source
        return
    try:
        stream = Path(source).open("rb")  # noqa: SIM115 - what fails in the block is none of our business here
    except (OSError, ValueError) as error:
        raise TableError(f"cannot be opened: {said(error)}", "check the path") from None
    with stream:
        yield stream


def _first_bytes(stream: BinaryIO) -> bytes:
    try:
        stream.seek(0)
        first = stream.read(4)
        stream.seek(0)
    except (OSError, ValueError, AttributeError, TypeError):
        first = None
    if not isinstance(first, bytes):
        raise TableError("is neither a path nor a file of bytes", 'pass a path, or open(path, "rb")')
    return first


@contextmanager
def row_writer(
    target: Source, columns: Sequence[Column], *, format: Format | None, encoding: str | None, title: str
) -> Generator[Write]:
    """A function that writes the next row of a new file under the headings; the file is whole when the block ends.

    Raises:
        TableError: it cannot be written.
        MissingExtraError: it is an XLSX file and openpyxl is not installed.
    """
    kind = format_of(target, format)
    with replacing(target) as stream:
        if kind == "xlsx":
            with sheet_writer(stream, columns, title) as write:
                yield write
        else:
            # Without the mark, Excel reads UTF-8 as something else.
            delimiter = "\t" if kind == "tsv" else ","
            with delimited_writer(stream, columns, encoding or "utf-8-sig", delimiter) as write:
                yield write


def format_of(target: Source, format: Format | None) -> Format:
    """The kind of file to write: as named, or by the ending of its name.

    >>> format_of("members.xlsx", None)
    'xlsx'
    """
    named = format if format is not None or not isinstance(target, str | os.PathLike) else _suffix(target)
    if named not in ("csv", "tsv", "xlsx"):
        raise TableError("has no known kind", 'name it *.csv, *.tsv or *.xlsx, or say format="csv"')
    return named


def _suffix(target: str | os.PathLike[str]) -> Format | None:
    return _SUFFIXES.get(os.path.splitext(os.fspath(target))[1].lower())


@contextmanager
def replacing(target: Source) -> Generator[BinaryIO]:
    """A new file that takes the place of the old one when it is whole; what fails leaves the old one as it was.

    Only its owner may read it: it has personal values.

    Raises:
        TableError: it cannot be written there.
    """
    if not isinstance(target, str | os.PathLike):
        yield _writable(target)
        return
    with when_writing():
        handle, part = mkstemp(".part", ".loyaltykit-", Path(target).parent)
    try:
        with open(handle, "w+b") as stream:
            yield stream
        with when_writing():
            os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise


def _writable(stream: object) -> BinaryIO:
    if not callable(getattr(stream, "write", None)) or hasattr(stream, "encoding"):
        raise TableError("is neither a path nor a file of bytes", 'pass a path, or open(path, "wb")')
    return cast("BinaryIO", stream)
