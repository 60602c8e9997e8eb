r"""Patterns of custom texts: a part of regular expressions that no value can make slow.

A pattern is a row of characters, escaped characters, ``.``, ``\d``, ``\w`` and classes such as ``[A-Z0-9]``, each
perhaps repeated (``?``, ``*``, ``+``, ``{4}``, ``{2,4}``). It describes the whole value. Groups, alternatives and
references are no part of it: the time that Python's engine needs has no bound with them. Without them it grows with the
number of ways in which a value can be shared out among the repetitions, and that number is limited where a pattern is
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
"""In so many ways a value may be shared out among the repetitions of a pattern."""

_PUNCTUATION = r"[\^$\\.*+?()\[\]{}|/]"
_PART = re.compile(
    r"(?P<atom>\\(?:[dw]|" + _PUNCTUATION + r")"
    r"|\[\^?(?:(?!--|&&|~~|\|\|)(?:[^\[\]\\^]|\\(?:[dw\-]|" + _PUNCTUATION + r")))+\]"
    r"|[^\\\[\](){}*+?|^$])"
    r"(?P<repeat>\{(?P<least>[0-9]{1,3})(?P<open>,(?P<most>[0-9]{0,3}))?\}|[?*+])?",
    re.DOTALL,
)
_RANGES: Final = {"?": (0, 1), "*": (0, MAX_PATTERN_TEXT), "+": (1, MAX_PATTERN_TEXT)}
# Python and browsers differ on what these mean; spelled out, they agree.
_OUTSIDE: Final = {".": r"[^\n\r\u2028\u2029]", r"\d": "[0-9]", r"\w": "[A-Za-z0-9_]"}
_INSIDE: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


def why_not_pattern(pattern: object) -> str | None:
    r"""Why something is no pattern, or None when it is one.

    >>> why_not_pattern(r"[A-Z]{2}-\d{4}"), why_not_pattern("(a+)+")
    (None, 'has groups, alternatives or other things that patterns lack')
    """
    if not isinstance(pattern, str) or not 0 < len(pattern) <= MAX_LITERAL_LENGTH:
        return "is not a short text"
    ways = 1
    for part in _parts(pattern):
        if part is None:
            return "has groups, alternatives or other things that patterns lack"
        ways *= _choices(part)
    if ways > MAX_WAYS:
        return "has so many open repetitions that a check could take long"
    try:
        re.compile(portable(pattern))
    except re.error:
        return "has a range or a repetition that runs backwards"
    return None


def portable(pattern: str) -> str:
    r"""A pattern as a regular expression of JSON Schema, which means the same there.

    >>> portable(r"\d{4}")
    '^[0-9]{4}$'
    """
    return "^" + "".join(_spelled(part) for part in _parts(pattern) if part is not None) + "$"


def matches(pattern: str, text: str) -> bool:
    r"""Whether a text is wholly what a pattern describes.

    >>> matches(r"\d{4}", "2025"), matches(r"\d{4}", "20251")
    (True, False)
    """
    return len(text) <= MAX_PATTERN_TEXT and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(portable(pattern))


def _parts(pattern: str) -> list[re.Match[str] | None]:
    """The atoms of a pattern with their repetitions; None in the last place stands for what is none."""
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
    """Whether the last character follows an odd number of backslashes."""
    before = text[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _choices(part: re.Match[str]) -> int:
    """In how many ways an atom may be repeated."""
    if part["repeat"] is None:
        return 1
    if part["least"] is None:
        least, most = _RANGES[part["repeat"]]
    else:
        least = int(part["least"])
        most = (int(part["most"]) if part["most"] else MAX_PATTERN_TEXT) if part["open"] else least
    return max(most - least + 1, 1)


def _spelled(part: re.Match[str]) -> str:
    atom, repeat = part["atom"], part["repeat"] or ""
    if atom.startswith("["):
        for short, long in _INSIDE.items():
            atom = atom.replace(short, long)
    return _OUTSIDE.get(atom, atom) + repeat
