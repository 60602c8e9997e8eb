"""Rules in English: one and many, numbers and dates."""

from __future__ import annotations

from datetime import date
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import pytest

from loyaltykit.rules import days, member, months, spend
from loyaltykit.rules.words.describe import describe


@pytest.mark.parametrize(
    ("span", "words"),
    [(days(1), "last day"), (days(2), "last 2 days"), (months(1), "last month"), (months(2), "last 2 months")],
)
def test_one_is_singular_and_more_are_plural(span: Any, words: str) -> None:
    """A span of one is named without its number."""
    assert describe(spend.over(span)) == f"spend in the {words}"


@pytest.mark.parametrize(
    ("compare", "number", "day"),
    [
        (eq, "is", "is"),
        (ne, "is not", "is not"),
        (lt, "is less than", "is before"),
        (le, "is at most", "is not after"),
        (gt, "is more than", "is after"),
        (ge, "is at least", "is not before"),
    ],
)
def test_numbers_and_dates_are_compared_in_their_own_words(compare: Any, number: str, day: str) -> None:
    """More is later."""
    assert describe(compare(member.age, 30)) == f"age {number} 30"
    assert describe(compare(member.enrolled_on, date(2025, 1, 1))) == f"date of enrolment {day} 2025-01-01"
