"""The household table as a shop would hand it over: a CSV file with mistakes and duplicates that are planted in it.

Which households they fall on is drawn from a fixed seed. ``PLANTED`` has the numbers for the whole year; a part of it
has its share, and at least one of each.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypeAlias

from attrs import frozen

from docs.examples.real_year.files import CardYear
from docs.examples.real_year.people import HEADINGS, row_of

Row: TypeAlias = dict[str, str]

SEED = 2017
HOUSEHOLDS = 2_469

PLANTED: Mapping[str, int] = {
    "phone.invalid": 25,
    "email.invalid": 20,
    "birthday.invalid": 15,
    "field.missing": 30,
    "masked": 40,
    "birthday.future": 10,
    "same_phone": 35,
    "same_email": 25,
}
"""What is planted, by the code under which it must be found: four that no record may have, two that only a look over
the records finds, and second cards of a household that share its phone or its e-mail."""

REJECTED = ("phone.invalid", "email.invalid", "birthday.invalid", "field.missing")
DOUBTFUL = ("masked", "birthday.future")
TWICE = ("same_phone", "same_email")

SPOILT: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "phone.invalid": ("Phone", lambda phone: phone[:-1]),
    "email.invalid": ("E-mail", lambda email: email.replace("@", " at ")),
    "birthday.invalid": ("Birthday", lambda birthday: f"{birthday[:4]}-02-30"),
    "field.missing": ("card", lambda _card: ""),
    "masked": ("Phone", lambda phone: f"{phone[:6]}xxx-xx{phone[-2:]}"),
    "birthday.future": ("Birthday", lambda birthday: f"20{birthday[2:]}"),
}
"""For each mistake the column, and how a cell gets it."""


@frozen
class Planted:
    """Where the mistakes and duplicates are.

    Args:
        households: by code, the numbers of the households.
    """

    households: Mapping[str, Sequence[int]]

    def counts(self, codes: Sequence[str]) -> dict[str, int]:
        """How many there are of some codes; none are left out."""
        return {code: len(self.households[code]) for code in codes if self.households[code]}


def plant(year: CardYear) -> Planted:
    """Draw the households; none of them has two things wrong."""
    numbers = sorted(year.numbers)
    Random(SEED).shuffle(numbers)
    drawn = iter(numbers)
    share = len(numbers) / HOUSEHOLDS
    return Planted({code: list(islice(drawn, max(1, round(count * share)))) for code, count in PLANTED.items()})


def second_id(number: int) -> str:
    """The id of a household's second card.

    >>> second_id(1029)
    'second-1029'
    """
    return f"second-{number}"


def write_table(path: Path, year: CardYear, planted: Planted) -> None:
    """Write every household, spoilt where that is planted, and behind them the second cards."""
    rows = {number: row_of(number, year) for number in sorted(year.numbers)}
    seconds = [_second(rows[number], number, code) for code in TWICE for number in sorted(planted.households[code])]
    for code, (column, spoil) in SPOILT.items():
        for number in planted.households[code]:
            rows[number][column] = spoil(rows[number][column])
    write_rows(path, [*rows.values(), *seconds])


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as they are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0] if rows else HEADINGS)
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[Row]:
    """Read rows as they are."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _second(row: Row, number: int, code: str) -> Row:
    """The same person with another card: one of the two contacts, spelt in another way."""
    phone, email = row["Phone"], row["E-mail"]
    digits = "".join(sign for sign in phone if sign.isdecimal())
    same = {
        "Phone": f"+1 {digits[:3]}.{digits[3:6]}.{digits[6:]}" if code == "same_phone" else "",
        "E-mail": email.upper() if code == "same_email" else "",
    }
    return row | same | {"Member ID": second_id(number), "card": f"9000{number:04}"}
