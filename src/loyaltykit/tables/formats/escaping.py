"""Texts that look like a formula, and characters that a sheet cannot hold: both escapes can be undone exactly.

A spreadsheet reads a cell of a text file that begins with ``=`` as a formula, which can fetch a web page with a
member's data in its address. An apostrophe in front makes it a text. So that ``'t Hooft`` keeps its own one, only an
apostrophe before a text that needs one is ever added or taken away.
"""

from __future__ import annotations

import re

# What begins a formula, to some spreadsheet; the full-width forms do in East Asian ones. Apostrophes in front of it are
# counted in, and so is the empty text, which would otherwise read as missing: that makes the escape invertible.
_GUARDED = re.compile("'*([=+\\-@\t\r\n＝＋－＠]|\\Z)")

# Characters that XML cannot hold, or that its readers change, as Excel itself writes them: _x000D_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")
_LITERAL = re.compile("_(?=x(?:005[Ff]|00[01][0-9A-Fa-f]|[Ff]{3}[EeFf])_)")
_ESCAPED = re.compile("_x(005[Ff]|00[01][0-9A-Fa-f]|[Ff]{3}[EeFf])_")


def guard(text: str) -> str:
    """A text as a cell of a text file, with an apostrophe in front where it could be a formula or is empty.

    >>> guard("=1+1"), guard("'t Hooft"), guard("")
    ("'=1+1", "'t Hooft", "'")
    """
    return f"'{text}" if _GUARDED.match(text) else text


def guard_typed(text: str) -> str:
    """A text as a cell of a sheet, where its type says that it is no formula: only what ``unguard`` would change.

    >>> guard_typed("=1+1"), guard_typed("'=1+1")
    ('=1+1', "''=1+1")
    """
    return f"'{text}" if text[:1] in ("", "'") and _GUARDED.match(text) else text


def unguard(text: str) -> str:
    """The text that was guarded; every other text as it is.

    >>> unguard("'=1+1"), unguard("'t Hooft"), unguard("=1+1")
    ('=1+1', "'t Hooft", '=1+1')
    """
    return text[1:] if text[:1] == "'" and _GUARDED.match(text, 1) else text


def to_sheet(text: str) -> str:
    """A text as XML can hold it, in Excel's own way.

    >>> to_sheet("a\\rb"), to_sheet("_x000D_")
    ('a_x000D_b', '_x005F_x000D_')
    """
    if "_x" in text:
        text = _LITERAL.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_sheet(text: str) -> str:
    """What ``to_sheet`` was given.

    >>> from_sheet("a_x000D_b"), from_sheet("_x005F_x000D_")
    ('a\\rb', '_x000D_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
