"""The words of problems: every code in both languages, with parameters, and English for codes without words."""

from __future__ import annotations

import pickle
import re

import pytest

import loyaltykit as lk
from loyaltykit.problem_words import WORDS
from loyaltykit.problems import problem_of, words_of

PARAMETERS = {"name": "n", "known": "k", "least": 1, "most": 2, "kinds": "visit"}


@pytest.mark.parametrize("code", WORDS)
def test_words_exist_in_both_languages(code: str) -> None:
    """Every code has four texts, and both languages name the same parameters."""
    problem = problem_of("field", code, **PARAMETERS)
    reason_zh, way_out_zh = words_of(problem, "zh")
    assert all([problem.reason, problem.way_out, reason_zh, way_out_zh])
    assert str(problem) == problem.describe("en") == f"field: {problem.reason} ({problem.way_out})"
    assert problem.describe("zh") == f"field：{reason_zh}（{way_out_zh}）"
    assert reason_zh.isascii() is False
    assert problem.parameters == PARAMETERS


def test_a_code_without_words_is_described_in_english() -> None:
    """The default code has none: its reason and way out are written where it is found."""
    problem = lk.Problem("amount", "is a float", "pass a Decimal")
    assert problem.describe("zh") == problem.describe() == "amount: is a float (pass a Decimal)"
    assert (problem.code, problem.parameters) == ("value.invalid", {})


def test_another_language_is_refused() -> None:
    """English and Chinese are the languages of problems."""
    with pytest.raises(lk.errors.InvalidRuleError, match="language"):
        problem_of("field", "date.invalid").describe("tlh")  # type: ignore[arg-type]


def test_a_problem_is_a_plain_value() -> None:
    """Problems can be compared, hashed and pickled, with their parameters."""
    problem = problem_of("fields.goal", "field.renamed", name="goal")
    again = pickle.loads(pickle.dumps(problem))
    assert again == problem
    assert {problem: 1}[again] == 1
    assert problem != problem_of("fields.goal", "field.renamed", name="other")
    assert not hasattr(problem.parameters, "__setitem__")


def test_codes_are_words_joined_by_points() -> None:
    """Codes stay the same and can be keys anywhere."""
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code) for code in WORDS)
