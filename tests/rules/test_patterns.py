"""Patterns of custom texts: what they can say, that they say the same elsewhere, and that none is slow."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import example, given, strategies as st

from loyaltykit.rules.patterns import MAX_WAYS, matches, portable, why_not_pattern

ATOMS = ("a", "-", "é", "码", r"\d", r"\w", r"\.", r"\\", "[a-c]", "[^0-9]", r"[\d_]", r"[\w\-]", r"[\]\^]", ".")
REPEATS = ("", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}")
patterns = st.lists(st.builds(str.__add__, st.sampled_from(ATOMS), st.sampled_from(REPEATS)), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("pattern", "fits", "others"),
    [
        (r"\d{4}", ["2025"], ["20251", "202", "２０２５", "2025\n"]),
        (r"^[A-Z]{2}-?\d+$", ["AB-1", "AB12"], ["AB", "ab1"]),
        (r"\w+", ["a_1"], ["é", "a b", ""]),
        (r"a\$", ["a$"], ["a"]),
        (r"a\\$", ["a\\"], ["a"]),
        (r"[\d\-]*", ["1-2", ""], ["a"]),
        ("粤[A-Z].{5}", ["粤B12345"], ["粤B1234", "粤B\u20281234"]),
        ("[&]", ["&"], ["a"]),
    ],
)
def test_a_pattern_describes_the_whole_text(pattern: str, fits: list[str], others: list[str]) -> None:
    """Anchors may stand there and change nothing; digits and letters are those of ASCII."""
    assert why_not_pattern(pattern) is None
    assert all(matches(pattern, text) for text in fits)
    assert not any(matches(pattern, text) for text in others)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a)", "has a group"),
        ("a|b", "has a group"),
        ("a**", "has a group"),
        ("a+?", "has a group"),
        (r"\s", "has a group"),
        (r"\b", "has a group"),
        (r"(?i)a", "has a group"),
        ("[a", "has a group"),
        ("[]", "has a group"),
        ("[[a]", "has a group"),
        ("[a--b]", "has a group"),
        ("[a&&b]", "has a group"),
        ("a^", "has a group"),
        ("a\\", "has a group"),
        ("*", "has a group"),
        ("a{,3}", "has a group"),
        ("[z-a]", "has a range"),
        ("a{3,2}", "has a range"),
        (".*.*.*", "has too many"),
        ("a?" * 17, "has too many"),
        ("", "is not a string of 1 to 200 characters"),
        ("a" * 201, "is not a string of 1 to 200 characters"),
        (5, "is not a string of 1 to 200 characters"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: object, reason: str) -> None:
    """Groups, alternatives, references, look-arounds; ranges that run backwards; too much freedom."""
    assert str(why_not_pattern(pattern)).startswith(reason)


@given(patterns, st.text("a-é码0._\\]^ \n", max_size=8))
@example([r"\d+", r"\d+"], "000")
def test_a_pattern_means_what_a_regular_expression_means(parts: list[str], text: str) -> None:
    """Python's own engine, with digits and letters of ASCII, is the oracle; `.` is no line break of either language."""
    pattern = "".join(parts)
    if why_not_pattern(pattern) is None:
        oracle = re.fullmatch(pattern, text, re.ASCII) is not None
        assert matches(pattern, text) == oracle
        assert (re.search(portable(pattern), text) is not None) == oracle or text.endswith("\n")


@given(st.text(r"ab.*+?{}12,[]^-\d()|$", max_size=12))
def test_a_pattern_is_accepted_or_refused_with_a_reason(pattern: str) -> None:
    """I31: never a bare re.error, and never a warning."""
    if why_not_pattern(pattern) is None:
        assert matches(pattern, "a" * 201) is False
        assert matches(pattern, "ab12") in (True, False)


@pytest.mark.parametrize("pattern", [r".*.*b", r"a*a*b", r"a{0,40}a{0,40}a{0,40}b", "a?" * 16 + "b"])
def test_the_worst_value_is_quick(pattern: str) -> None:
    """No value makes a check slow: the number of ways to share it out is bounded where the pattern is declared."""
    assert why_not_pattern(pattern) is None
    start = perf_counter()
    assert not matches(pattern, "a" * 200)
    assert perf_counter() - start < 2  # some milliseconds; the same with groups would take longer than the universe has
    assert MAX_WAYS == 100_000
