"""Who the households are: names, phones, e-mails and birthdays, all of them invented from the household's number.

The data knows no persons. Phones are of 555-0100 to 555-0199, which are kept for fiction in every area, e-mails of
example.com. No two households share a name, a phone, an e-mail or a birthday, so that whoever shares one is planted.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import loyaltykit as lk
from docs.examples.real_year.files import NEW_YORK, CardYear, file, member_id
from docs.examples.real_year.programme import CARD, HOUSEHOLD_FIELDS

GIVEN = (
    "Ada Ben Carla David Elena Frank Grace Hugo Ines Jack Karen Liam Maria Noah Olga Peter Quinn Rosa Sam Tessa Uma "
    "Victor Wanda Xavier Yusuf"
).split()
FAMILY = (
    "Abbott Barnes Castillo Dawson Ellis Foster Garcia Hughes Ingram Jensen Keller Lawson Mitchell Nguyen Osborne "
    "Patel Quigley Ramirez Sanders Turner Underwood Vasquez Walker Xiong Young"
).split()
MIDDLE = "ABCDE"
AREAS = (
    "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248".split()
)
CHANNELS = ("service desk", "web", "app")

COLUMNS = ("Member ID", "Name", "Phone", "E-mail", "Birthday", "Channel", "Registered", "Tags", "card")
"""The headings of the household table, before those of what the survey asked."""

HEADINGS = (*COLUMNS, *(field.name for field in HOUSEHOLD_FIELDS))


def row_of(number: int, year: CardYear) -> dict[str, str]:
    """A household's row, as somebody typed it."""
    told = _surveyed().get(number, {})
    name, phone = _name(number), _phone(number)
    return {
        "Member ID": member_id(number),
        "Name": name,
        "Phone": f"({phone[:3]}) {phone[3:6]}-{phone[6:]}",
        "E-mail": _email(number),
        "Birthday": _birthday(number).isoformat(),
        "Channel": _channel(number),
        "Registered": f"{year.months[0].start.astimezone(NEW_YORK):%Y-%m-%d}",
        "Tags": "surveyed" if told else "",
        "card": _card(number),
        **{field.name: told.get(field.name, "") for field in HOUSEHOLD_FIELDS},
    }


def member_of(number: int, year: CardYear) -> lk.Member:
    """The same household as a record, without a table between; the card is older than the year."""
    told = _surveyed().get(number, {})
    return lk.Member(
        id=member_id(number),
        name=_name(number),
        phone=f"+1{_phone(number)}",
        email=_email(number),
        birthday=_birthday(number),
        channel=_channel(number),
        fields={CARD.name: _card(number), **told},
        tags=["surveyed"] if told else [],
        enrolled_at=year.months[0].start,
    )


@cache
def _surveyed() -> dict[int, dict[str, str]]:
    """What is known of 801 of them."""
    rows = file("demographics").read().to_pylist()
    names = [field.name for field in HOUSEHOLD_FIELDS]
    return {row["household_id"]: {name: row[name] for name in names if row[name] is not None} for row in rows}


def _name(number: int) -> str:
    rest, given = divmod(number, len(GIVEN))
    rest, family = divmod(rest, len(FAMILY))
    return f"{GIVEN[given]} {MIDDLE[rest]}. {FAMILY[family]}"


def _phone(number: int) -> str:
    area, end = divmod(number, 100)
    return f"{AREAS[area]}55501{end:02}"


def _email(number: int) -> str:
    return f"household.{number}@example.com"


def _birthday(number: int) -> date:
    return date(1940, 1, 1) + timedelta(days=9 * number)


def _channel(number: int) -> str:
    return CHANNELS[number % len(CHANNELS)]


def _card(number: int) -> str:
    return f"4000{number:04}"
