"""Detection of the encoding and the delimiter of a text file.

UTF-8 and byte-order marks are certain. Almost any bytes are valid GB18030, so it is detected only if it gives known
headings. The caller must name every other encoding.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from itertools import islice

from loyaltykit.errors import TableError
from loyaltykit.tables.formats.limits import HEADING_ROWS

DELIMITERS = ",;\t|"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAME_IT = 'name the encoding: encoding="gb18030" for Chinese Excel, "cp1252" for Western Excel, "utf-16" for its text'


def find_encoding(sample: bytes, is_heading: Callable[[str], bool]) -> str:
    """Return the encoding of a file that begins with these bytes.

    Raises:
        TableError: the encoding is not certain.
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        raise TableError("has NUL bytes and no byte-order mark", _NAME_IT)
    if decode_sample(sample, "utf-8") is not None:
        return "utf-8"
    text = decode_sample(sample, "gb18030")
    if text is not None and any(not cell.isascii() and is_heading(cell) for cell in _first_cells(text)):
        return "gb18030"
    raise TableError("is not UTF-8", _NAME_IT)


def known_codec(encoding: str) -> str:
    """Return the normal name of a text encoding.

    >>> known_codec("UTF8")
    'utf-8'

    Raises:
        TableError: there is no such encoding.
    """
    try:
        "名".encode(encoding, "ignore")
        return codecs.lookup(encoding).name
    except (LookupError, ValueError, TypeError, UnicodeError):
        raise TableError("has an unknown encoding=", _NAME_IT) from None


def decode_sample(sample: bytes, encoding: str) -> str | None:
    """Return the text of the first bytes of a file, which may end within a character; None if they are not valid."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None


def check_delimiter(delimiter: str) -> None:
    """Check that a delimiter is one character, but not a letter, digit, space, quote or line end.

    Raises:
        TableError: it is not.
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter.isalnum() or delimiter in '" \r\n':
        raise TableError("has a delimiter= that is not one character", 'pass a character such as delimiter=";"')


def find_delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    """Return the delimiter that gives the most known headings in the first rows, then the most cells.

    >>> find_delimiter("name;phone\\n", lambda cell: cell == "phone")
    ';'
    """
    first = text.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and first[4:5] in DELIMITERS:
        return first[4:5]
    return max(DELIMITERS, key=lambda delimiter: _score(text, delimiter, is_heading))


def _score(text: str, delimiter: str, is_heading: Callable[[str], bool]) -> tuple[int, int]:
    rows = [line.split(delimiter) for line in islice(text.splitlines(), HEADING_ROWS)]
    known = max((sum(is_heading(cell.strip('"')) for cell in row) for row in rows), default=0)
    return known, max(map(len, rows), default=0)


def _first_cells(text: str) -> list[str]:
    return [
        cell
        for line in islice(text.splitlines(), HEADING_ROWS)
        for delimiter in DELIMITERS
        for cell in next(csv.reader([line], delimiter=delimiter), [])
    ]
