"""Values as people and spreadsheets write them: dates, numbers, yes and no, several things in one cell.

Each reader takes a text and gives the value, or None when it cannot be read. What is ambiguous, as ``3/4/2025``, is not
guessed.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Final
from unicodedata import category

from loyaltykit.values import UnreadableDecimal, read_decimal, to_nfc

GENDERS: Final = {
    **dict.fromkeys(("male", "m", "男", "男性", "先生"), "male"),
    **dict.fromkeys(("female", "f", "女", "女性", "女士"), "female"),
}
STATUSES: Final = {
    **dict.fromkeys(("pending", "待审核"), "pending"),
    **dict.fromkeys(("active", "正常"), "active"),
    **dict.fromkeys(("closed", "已注销"), "closed"),
}
BOOLEANS: Final = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "有", "√"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "×"), False),
}

# The full-width forms of ASCII, as Chinese keyboards give them, and the space that goes with them.
_NARROW: Final = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}
_LONGEST: Final = 1_000
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
_YEARLESS = re.compile(r"(?:--)?([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})月([0-9]{1,2})日?")
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?")
_CALENDAR = re.compile(r"(.+):(.+)|(?:农历|阴历)(.+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_BETWEEN = re.compile(r"[,，;；、\n]")


def plain_text(text: str) -> str:
    """Return a text without invisible marks, in half-width forms and without spaces around it.

    >>> plain_text("\\u202d１３８\\u202c ")
    '138'
    """
    narrow = text.translate(_NARROW) if not text.isascii() else text
    if not narrow.isascii():
        narrow = "".join([sign for sign in narrow if category(sign) != "Cf"])
    return narrow.strip()


def read_date(text: str) -> date | None:
    """Return a date that is written year first.

    >>> read_date("2022年1月5日"), read_date("2022/1/5") == read_date("20220105"), read_date("5/1/2022")
    (datetime.date(2022, 1, 5), True, None)
    """
    found = _DATE.fullmatch(_MIDNIGHT.sub("", plain_text(text)[:_LONGEST], count=1))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    with suppress(ValueError):
        return date(year, month, day)
    return None


def read_birthday(text: str) -> tuple[int, int, int | None, str] | None:
    """Return month, day, year and calendar of a birthday, perhaps without its year or in another calendar.

    >>> read_birthday("1990-02-28"), read_birthday("2月29日") == read_birthday("--02-29") == read_birthday("02-29")
    ((2, 28, 1990, 'solar'), True)
    >>> read_birthday("农历1990-01-15") == read_birthday("lunar:1990-01-15")
    True
    """
    plain = plain_text(text)[:_LONGEST]
    marked = _CALENDAR.fullmatch(plain)
    calendar, rest = ("solar", plain) if marked is None else (marked[1] or "lunar", marked[2] or marked[3])
    found = _DATE.fullmatch(_MIDNIGHT.sub("", rest, count=1)) or _YEARLESS.fullmatch(rest)
    if found is None:
        return None
    *year, month, day = (int(part) for part in found.groups() if part is not None)
    return month, day, year[0] if year else None, calendar


def read_moment(text: str, zone: tzinfo) -> datetime | date | None:
    """Return a date or a point in time; one without an offset is in the shop's zone.

    >>> from zoneinfo import ZoneInfo
    >>> read_moment("2022-01-01 09:30", ZoneInfo("Asia/Shanghai")).isoformat()
    '2022-01-01T09:30:00+08:00'
    """
    day = read_date(text)
    if day is not None:
        return day
    first, _, clock = plain_text(text)[:_LONGEST].replace("T", " ").partition(" ")
    day, clock = read_date(first), clock.strip()
    with suppress(ValueError):
        at = time.fromisoformat(f"0{clock}" if clock[1:2] == ":" else clock)
        return None if day is None else datetime.combine(day, at, at.tzinfo or zone)
    return None


def read_number(text: str) -> Decimal | None:
    """Return a decimal number; groups of thousands may be separated by commas.

    >>> read_number("1,234.50"), read_number("１２"), read_number("1,2")
    (Decimal('1234.50'), Decimal('12'), None)
    """
    plain = plain_text(text)[:_LONGEST]
    number = read_decimal(plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain)
    return None if isinstance(number, UnreadableDecimal) else number


def read_boolean(text: str) -> bool | None:
    """Return whether a text says yes or no.

    >>> read_boolean("是"), read_boolean("No"), read_boolean("perhaps")
    (True, False, None)
    """
    return BOOLEANS.get(plain_text(text)[:_LONGEST].casefold())


def read_texts(text: str) -> tuple[str, ...]:
    """Return the texts in one text: between commas, semicolons or line breaks, or as a list in JSON.

    >>> read_texts("green、black"), read_texts('["a, b"]'), write_texts(("a, b", "c"))
    (('green', 'black'), ('a, b',), '["a, b", "c"]')
    """
    if text.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            listed = json.loads(text)
            if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
                return tuple(listed)
    return tuple(part for item in _BETWEEN.split(text) if (part := to_nfc(item.strip())))


def write_texts(texts: tuple[str, ...]) -> str:
    """Return several texts as one, which ``read_texts`` reads back.

    >>> write_texts(("green", "black"))
    'green, black'
    """
    joined = ", ".join(texts)
    return joined if read_texts(joined) == texts else json.dumps(texts, ensure_ascii=False)
