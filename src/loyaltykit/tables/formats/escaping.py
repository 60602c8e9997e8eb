"""Escapes for texts that look like formulas, and for characters that a sheet cannot contain.

A spreadsheet reads a cell of a text file that begins with ``=`` as a formula, which can send a member's data to a web
site. An apostrophe in front makes it a text. An apostrophe is added and removed only before a text that needs one, so
``'t Hooft`` stays as it is. Both escapes are invertible.
"""

from __future__ import annotations

import re

# The first characters of formulas; full-width forms count in East Asian spreadsheets. Leading apostrophes and the empty
# text, which would be read as missing, are included so that the escape is invertible.
_GUARDED = re.compile("'*([=+\\-@\t\r\n＝＋－＠]|\\Z)")

# Characters that XML cannot contain or preserve. Excel writes them as _x000D_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")
_LITERAL = re.compile("_(?=x(?:005[Ff]|00[01][0-9A-Fa-f]|[Ff]{3}[EeFf])_)")
_ESCAPED = re.compile("_x(005[Ff]|00[01][0-9A-Fa-f]|[Ff]{3}[EeFf])_")


def guard(text: str) -> str:
    """Return a text with an apostrophe in front if it is empty or could be a formula in a text file.

    >>> guard("=1+1"), guard("'t Hooft"), guard("")
    ("'=1+1", "'t Hooft", "'")
    """
    return f"'{text}" if _GUARDED.match(text) else text


def guard_typed(text: str) -> str:
    """Return a text with an apostrophe in front if ``unguard`` would change it; in a sheet, texts are not formulas.

    >>> guard_typed("=1+1"), guard_typed("'=1+1")
    ('=1+1', "''=1+1")
    """
    return f"'{text}" if text[:1] in ("", "'") and _GUARDED.match(text) else text


def unguard(text: str) -> str:
    """Return the text that was guarded; other texts as they are.

    >>> unguard("'=1+1"), unguard("'t Hooft"), unguard("=1+1")
    ('=1+1', "'t Hooft", '=1+1')
    """
    return text[1:] if text[:1] == "'" and _GUARDED.match(text, 1) else text


def to_sheet(text: str) -> str:
    """Return a text with Excel's escapes for characters that XML cannot contain.

    >>> to_sheet("a\\rb"), to_sheet("_x000D_")
    ('a_x000D_b', '_x005F_x000D_')
    """
    if "_x" in text:
        text = _LITERAL.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_sheet(text: str) -> str:
    """Return the text that ``to_sheet`` was given.

    >>> from_sheet("a_x000D_b"), from_sheet("_x005F_x000D_")
    ('a\\rb', '_x000D_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
