"""Finding members by a part of a name, a phone or an e-mail."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from loyaltykit.domain.forms.text import plain_text
from loyaltykit.domain.members.member import Member
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.values import check_text

MAX_LENGTH: Final = 200
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()./+-]*")


class Fragments:
    """A search for members: parts of a name, a phone or an e-mail, all of which must be found.

    Capitals, width and accents that are written in two ways make no difference, and neither do spaces in names. A text
    of digits is one number, however it is grouped.

    Args:
        text: words, up to 200 characters.

    Raises:
        InvalidValueError: it is no such text, or has nothing to look for.

    >>> member = Member(id="m-1", name="Smith, Anna", phone="+8613800138000")
    >>> Fragments("ANNA smi").are_in(member), Fragments("138 0013").are_in(member), Fragments("bob").are_in(member)
    (True, True, False)
    """

    def __init__(self, text: str) -> None:
        problems: list[Problem] = []
        check_text(text, "text", problems)
        if not problems and len(text) > MAX_LENGTH:
            problems.append(Problem("text", f"is longer than {MAX_LENGTH} characters", "pass a part of a name"))
        plain = "" if problems else plain_text(text)
        if not problems and not plain:
            problems.append(Problem("text", "has nothing to look for", "pass a part of a name, a phone or an e-mail"))
        if problems:
            raise InvalidValueError(problems)
        is_number = _NUMBER.fullmatch(plain) is not None
        self._digits = _digits(plain) if is_number else ""
        self._words = [_joined(plain)] if is_number else [folded(word) for word in plain.split()]

    def are_in(self, member: Member) -> bool:
        """Return whether a record has all of them."""
        numbers = (_digits(item.value) for item in member.contacts if item.kind == "phone")
        if self._digits and any(self._digits in number for number in numbers):
            return True
        texts = [folded(member.name)] if member.name else []
        texts += [_joined(item.value) for item in member.contacts if item.kind != "address"]
        return all(any(word in text for text in texts) for word in self._words)


def folded(text: str) -> str:
    """Return a text for searching: without case, and without spaces in scripts that have no capitals.

    >>> folded("Ｌｉ"), folded("张 三")
    ('li', '张三')
    """
    plain = normalize("NFKC", plain_text(text)).casefold()
    return plain if plain != plain.upper() else _joined(plain)


def _joined(text: str) -> str:
    return "".join(normalize("NFKC", plain_text(text)).casefold().split())


def _digits(text: str) -> str:
    return "".join(sign for sign in plain_text(text) if sign in "0123456789")
