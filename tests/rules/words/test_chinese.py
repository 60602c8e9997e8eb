"""Rules in simplified Chinese: nothing of another language, and every period by its name."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltykit.rules import anniversary, calendar, days, lifetime, months, since_tier, spend
from loyaltykit.rules.words.describe import describe

WINDOWS = [lifetime(), days(1), days(2), months(1), months(2), anniversary(), since_tier()]
PERIODS = [calendar(unit, first_month=month) for unit in ("year", "half", "quarter", "month") for month in (1, 4)]


@pytest.mark.parametrize("window", [*WINDOWS, *PERIODS], ids=str)
def test_a_chinese_sentence_has_no_english_word(window: Any) -> None:
    """Whatever the window."""
    text = describe(spend.over(window) >= 5, "zh")
    assert not any(sign.isascii() and sign.isalpha() for sign in text)


def test_every_window_has_its_own_words() -> None:
    """No two windows read the same."""
    texts = [describe(spend.over(window), "zh") for window in (*WINDOWS, *PERIODS)]
    assert len(set(texts)) == len(texts)
