r"""Patterns of declared text fields: a subset of regular expressions whose matching time is bounded.

A pattern is a sequence of characters, escaped characters, ``.``, ``\d``, ``\w`` and classes such as ``[A-Z0-9]``, each
with an optional repetition (``?``, ``*``, ``+``, ``{4}``, ``{2,4}``). It must match the whole value. Groups,
alternatives and references are not allowed, because the time of Python's engine has no bound with them. Without them
the time grows with the number of ways to divide a value among the repetitions. That number is limited when a pattern is
declared.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from loyaltykit.rules.limits import MAX_LITERAL_LENGTH

MAX_PATTERN_TEXT: Final = 200
"""Characters of a value that has a pattern."""

MAX_WAYS: Final = 100_000
"""The most ways to divide a value among the repetitions of a pattern."""

_PUNCTUATION = r"[\^$\\.*+?()\[\]{}|/]"
_PART = re.compile(
    r"(?P<atom>\\(?:[dw]|" + _PUNCTUATION + r")"
    r"|\[\^?(?:(?!--|&&|~~|\|\|)(?:[^\[\]\\^]|\\(?:[dw\-]|" + _PUNCTUATION + r")))+\]"
    r"|[^\\\[\](){}*+?|^$])"
    r"(?P<repeat>\{(?P<least>[0-9]{1,3})(?P<open>,(?P<most>[0-9]{0,3}))?\}|[?*+])?",
    re.DOTALL,
)
_RANGES: Final = {"?": (0, 1), "*": (0, MAX_PATTERN_TEXT), "+": (1, MAX_PATTERN_TEXT)}
# Python and browsers give these different meanings, so they are replaced by classes.
_OUTSIDE: Final = {".": r"[^\n\r\u2028\u2029]", r"\d": "[0-9]", r"\w": "[A-Za-z0-9_]"}
_INSIDE: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


def why_not_pattern(pattern: object) -> str | None:
    r"""Return why something is not a pattern, or None.

    >>> why_not_pattern(r"[A-Z]{2}-\d{4}"), why_not_pattern("(a+)+")
    (None, 'has a group, an alternative or another part that is not allowed')
    """
    if not isinstance(pattern, str) or not 0 < len(pattern) <= MAX_LITERAL_LENGTH:
        return f"is not a string of 1 to {MAX_LITERAL_LENGTH} characters"
    ways = 1
    for part in _parts(pattern):
        if part is None:
            return "has a group, an alternative or another part that is not allowed"
        ways *= _choices(part)
    if ways > MAX_WAYS:
        return "has too many open repetitions, so a check could take long"
    try:
        re.compile(portable(pattern))
    except re.error:
        return "has a range or a repetition whose end is before its start"
    return None


def portable(pattern: str) -> str:
    r"""Return a pattern as a regular expression of JSON Schema with the same meaning.

    >>> portable(r"\d{4}")
    '^[0-9]{4}$'
    """
    return "^" + "".join(_expanded(part) for part in _parts(pattern) if part is not None) + "$"


def matches(pattern: str, text: str) -> bool:
    r"""Return whether a pattern matches the whole text.

    >>> matches(r"\d{4}", "2025"), matches(r"\d{4}", "20251")
    (True, False)
    """
    return len(text) <= MAX_PATTERN_TEXT and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(portable(pattern))


def _parts(pattern: str) -> list[re.Match[str] | None]:
    """Return the atoms of a pattern with their repetitions; None, as the last item, for a part that is not allowed."""
    inner = pattern.removeprefix("^")
    inner = inner[:-1] if inner.endswith("$") and not _is_escaped(inner) else inner
    found: list[re.Match[str] | None] = []
    at = 0
    while at < len(inner):
        part = _PART.match(inner, at)
        found.append(part)
        if part is None:
            break
        at = part.end()
    return found


def _is_escaped(text: str) -> bool:
    """Return whether the last character follows an odd number of backslashes."""
    before = text[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _choices(part: re.Match[str]) -> int:
    """Return the number of ways to repeat an atom."""
    if part["repeat"] is None:
        return 1
    if part["least"] is None:
        least, most = _RANGES[part["repeat"]]
    else:
        least = int(part["least"])
        most = (int(part["most"]) if part["most"] else MAX_PATTERN_TEXT) if part["open"] else least
    return max(most - least + 1, 1)


def _expanded(part: re.Match[str]) -> str:
    atom, repeat = part["atom"], part["repeat"] or ""
    if atom.startswith("["):
        for short, long in _INSIDE.items():
            atom = atom.replace(short, long)
    return _OUTSIDE.get(atom, atom) + repeat
