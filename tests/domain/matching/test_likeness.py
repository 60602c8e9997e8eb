"""Reasons for and against two records being of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.matching.likeness import reasons_of, traits_of
from tests.support.matching import PHONE, person


def pair(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """The reasons for and against two records."""
    found = [*reasons_of(traits_of(person("a", **left)), traits_of(person("b", **right)))]
    assert found == [*reasons_of(traits_of(person("b", **right)), traits_of(person("a", **left)))]
    return [str(reason) for reason in found]


@pytest.mark.parametrize(
    ("left", "right", "reasons"),
    [
        ({"name": "张三"}, {"name": " 张三 "}, ["same_name"]),
        ({"name": "张　三"}, {"name": "张·三"}, ["same_name"]),
        ({"name": "张三"}, {"name": "三张"}, []),
        ({"name": "Anna SMITH"}, {"name": "Smith, Anna"}, ["same_name"]),
        ({"name": "ＡＮＮＡ"}, {"name": "anna"}, ["same_name"]),
        ({"name": "Johannes Smith"}, {"name": "Johanes Smith"}, ["similar_name"]),
        ({"name": "张三"}, {"name": "张四"}, []),
        ({"name": "x" * 101}, {"name": "x" * 102}, []),
        ({"name": "..."}, {"name": "..."}, []),
        ({"birthday": date(1990, 2, 28)}, {"birthday": date(1990, 2, 28)}, ["same_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": lk.Birthday(2, 28)}, ["same_day_of_birth"]),
        ({"birthday": lk.Birthday(2, 28)}, {"birthday": lk.Birthday(2, 28)}, ["same_day_of_birth"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": date(1991, 2, 28)}, ["other_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {"birthday": lk.Birthday(3, 28)}, ["other_birthday"]),
        ({"birthday": date(1990, 2, 28)}, {}, []),
        ({"phone": "13800008888"}, {"phone": PHONE}, ["phone_agrees"]),
        ({"phone": "0138 0000 8888"}, {"phone": PHONE}, ["phone_agrees"]),
        ({"phone": "8888"}, {"phone": "8888"}, []),
        ({"phone": "138****8888"}, {"phone": PHONE}, ["phone_fits"]),
        ({"phone": "138xxxxx8888"}, {"phone": "13800008888"}, ["phone_fits"]),
        ({"phone": "138xxxxx8888"}, {"phone": "138xxxxx8888"}, ["phone_fits"]),
        ({"phone": "138****8888"}, {"phone": "139****8888"}, []),
        ({"phone": "138xxxxxxx"}, {"phone": PHONE}, []),
        ({"phone": "138****8888"}, {"phone": "+8613900008888"}, []),
        ({"region": "Wuhan"}, {"region": "wuhan"}, ["same_region"]),
        ({"gender": "male"}, {"gender": "female"}, ["other_gender"]),
        ({"gender": "male"}, {}, []),
        ({"email": "li.na@example.com"}, {"email": "Li.Na@example.org"}, ["same_email_name"]),
        ({"email": "l***@example.com"}, {"email": "l***@example.org"}, []),
        (
            {"contacts": [lk.Contact("address", "1 Tea Street, Wuhan")]},
            {"contacts": [lk.Contact("address", "Wuhan; 1 tea street")]},
            ["same_address"],
        ),
    ],
)
def test_what_speaks_for_one_person_and_what_against(left: Any, right: Any, reasons: list[str]) -> None:
    """In either order."""
    assert pair(left, right) == reasons


def test_a_birthday_of_another_calendar_says_nothing() -> None:
    """C4: the day of one is not the day of the other."""

    class Later:
        def observed(self, year: int, month: int, day: int) -> date:
            return date(year, min(month, 12), min(day, 28))

    lk.register_calendar("tests.later", Later())
    assert pair({"birthday": lk.Birthday(2, 3, 1990)}, {"birthday": lk.Birthday(2, 3, 1990, "tests.later")}) == []
