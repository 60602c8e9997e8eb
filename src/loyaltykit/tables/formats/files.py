"""Reading and writing of table files of every format.

The format is detected by the first bytes when reading, and by the name when writing.
"""

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
from loyaltykit.tables.formats.sheets import Write, sheet_writer
from loyaltykit.tables.formats.system_errors import system_message, table_errors_on_write
from loyaltykit.tables.formats.workbooks import read_workbook

Source: TypeAlias = str | os.PathLike[str] | BinaryIO
"""A path, or a seekable binary file."""

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
    """Yield the rows of a table file that are not empty.

    Raises:
        TableError: the file or a row cannot be read.
        MissingExtraError: the file is XLSX and openpyxl is not installed.
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
        stream = Path(source).open("rb")  # noqa: SIM115 - errors of the caller's block must not be translated
    except (OSError, ValueError) as error:
        raise TableError(f"cannot be opened: {system_message(error)}", "check the path") from None
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
        raise TableError("is neither a path nor a binary file", 'pass a path, or open(path, "rb")')
    return first


@contextmanager
def row_writer(
    target: Source, columns: Sequence[Column], *, format: Format | None, encoding: str | None, title: str
) -> Generator[Write]:
    """Yield a function that writes a row of a new file; the file is complete when the block ends.

    Raises:
        TableError: the file cannot be written.
        MissingExtraError: the format is XLSX and openpyxl is not installed.
    """
    kind = format_of(target, format)
    with replacing(target) as stream:
        if kind == "xlsx":
            with sheet_writer(stream, columns, title) as write:
                yield write
        else:
            # Excel needs a byte-order mark to recognize UTF-8.
            delimiter = "\t" if kind == "tsv" else ","
            with delimited_writer(stream, columns, encoding or "utf-8-sig", delimiter) as write:
                yield write


def format_of(target: Source, format: Format | None) -> Format:
    """Return the format to write: the given one, or that of the path.

    >>> format_of("members.xlsx", None)
    'xlsx'
    """
    named = format if format is not None or not isinstance(target, str | os.PathLike) else _suffix(target)
    if named not in ("csv", "tsv", "xlsx"):
        raise TableError("has no known format", 'name it *.csv, *.tsv or *.xlsx, or pass format="csv"')
    return named


def _suffix(target: str | os.PathLike[str]) -> Format | None:
    return _SUFFIXES.get(os.path.splitext(os.fspath(target))[1].lower())


@contextmanager
def replacing(target: Source) -> Generator[BinaryIO]:
    """Yield a new file that replaces the old one when it is complete; after an error the old one remains.

    Only its owner may read the file, because it has personal values.

    Raises:
        TableError: the file cannot be written.
    """
    if not isinstance(target, str | os.PathLike):
        yield _writable(target)
        return
    with table_errors_on_write():
        handle, part = mkstemp(".part", ".loyaltykit-", Path(target).parent)
    try:
        with open(handle, "w+b") as stream:
            yield stream
        with table_errors_on_write():
            os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise


def _writable(stream: object) -> BinaryIO:
    if not callable(getattr(stream, "write", None)) or hasattr(stream, "encoding"):
        raise TableError("is neither a path nor a binary file", 'pass a path, or open(path, "wb")')
    return cast("BinaryIO", stream)
