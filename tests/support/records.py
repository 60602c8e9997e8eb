"""A programme with fields of every type, and its record checks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.rules import member

CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), was=("target",)),
        lk.Field("level", int, least=1, most=5, default=1),
        lk.Field("rate", Decimal),
        lk.Field("news", bool),
        lk.Field("wedding", date),
        lk.Field("diet", set, choices=("vegan", "halal")),
        lk.Field("plate", str, pattern=r"[A-Z]\d+"),
        lk.Field("must", str, required=True, default="x"),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)
CHECKER = RecordChecker(CLUB, "CN")
CHINA = CHECKER._calendar.zone


def read(**raw: Any) -> lk.Member:
    found, problems = CHECKER.check({"id": "m"} | raw)
    assert problems == ()
    assert found is not None
    return found


def codes(**raw: Any) -> list[str]:
    found, problems = CHECKER.check({"id": "m"} | raw)
    assert (found is None) == bool(problems)
    return [f"{problem.field} {problem.code}" for problem in problems]


HOSTILE = st.text(
    st.characters() | st.sampled_from("\u202e\u200b\u0301\ud800\0１２＠．x*+-;=,，、;年月日 \n[]\"'"), max_size=30
)
WRITTEN = st.sampled_from(
    [
        "138 0013 8000",
        "１３８００１３８０００",
        "138****8888",
        "+1 650-253-0000",
        "Li@EXAMPLE.com",
        "李@例子.公司",
        "1990-02-28",
    ]
)
ANYTHING = st.one_of(
    HOSTILE, WRITTEN, st.none(), st.booleans(), st.integers(), st.lists(HOSTILE, max_size=3), st.dates()
)
VALUES = st.dictionaries(st.sampled_from([item.name for item in CLUB.fields]), ANYTHING, max_size=4)
