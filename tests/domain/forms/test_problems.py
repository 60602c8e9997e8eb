"""Problems of records: data with words in two languages, and no value in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RECORD_FIELDS
from loyaltykit.domain.forms.problems import PROBLEM_WORDS, record_problem
from tests.support.records import ANYTHING, CHECKER, VALUES

CANARY = "kanari-4711"


@given(st.sampled_from(RECORD_FIELDS), ANYTHING, VALUES)
def test_no_problem_shows_a_value(name: str, value: Any, fields: dict[str, Any]) -> None:
    """I31: codes and words are those of the table, and name only what the programme declares."""
    raw = {name: f"{value}{CANARY}", "fields": {key: f"{item}{CANARY}" for key, item in fields.items()}}
    _, problems = CHECKER.check({"id": "m"} | raw)
    assert CANARY not in repr(problems)
    assert all(CANARY not in problem.describe(language) for problem in problems for language in ("en", "zh"))


def test_words_exist_in_both_languages() -> None:
    """Every code has four texts; another language is refused."""
    parts = {"reason": "r", "way_out": "w", "name": "n", "least": 1, "most": 2}
    for code in PROBLEM_WORDS:
        problem = record_problem("field", code, **parts)
        assert all([problem.message, problem.way_out, problem.message_zh, problem.way_out_zh])
        assert str(problem) == problem.describe("en") == f"field: {problem.message} ({problem.way_out})"
        assert problem.describe("zh") == f"field：{problem.message_zh}（{problem.way_out_zh}）"
        assert problem.message_zh.isascii() is False
    with pytest.raises(lk.errors.InvalidRuleError, match="language"):
        record_problem("field", "date.invalid").describe("tlh")  # type: ignore[arg-type]
