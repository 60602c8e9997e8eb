"""Limits and cursors of pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.loyalty.paging import Window, check_limit, check_positions, decode_cursor, encode_cursor

PARTS = st.lists(
    st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=5
)


@given(PARTS)
def test_what_is_encoded_is_decoded(parts: list[int | str]) -> None:
    """A cursor means the same in any later process, and can stand in a URL."""
    cursor = encode_cursor(*parts)
    assert decode_cursor(cursor, *map(type, parts)) == tuple(parts)
    assert re.fullmatch(r"[A-Za-z0-9_-]*", cursor)


@given(st.text(max_size=20) | st.integers() | st.none() | st.binary(max_size=5))
def test_anything_else_is_refused(cursor: Any) -> None:
    """I31: with the field and a way out."""
    with pytest.raises(lk.InvalidValueError, match="after: is not a cursor"):
        decode_cursor(cursor, int, str, int)


def test_parts_of_another_kind_are_refused() -> None:
    """I31: a boolean is not a number, a mapping has no parts, and nesting has an end."""
    for parts in ((1, 2), ("1", "m"), (True, "m"), (1, "m", 2)):
        with pytest.raises(lk.InvalidValueError):
            decode_cursor(encode_cursor(*parts), int, str)
    for text in ("e30", "Ww" * 50_000):
        with pytest.raises(lk.InvalidValueError):
            decode_cursor(text, int)


def test_limits_and_positions() -> None:
    """Limits are integers from 1 to 10,000; positions ascend up to that of the store."""
    assert (check_limit(1), check_limit(10_000)) == (1, 10_000)
    for bad in (0, -1, 10_001, True, 1.0, "1", None):
        with pytest.raises(lk.InvalidValueError, match="integer from 1 to 10000"):
            check_limit(bad)
    check_positions(5, 0, 5, 5)
    for positions in ((6,), (-1,), (3, 2)):
        with pytest.raises(lk.InvalidValueError):
            check_positions(5, *positions)


def test_windows_are_half_open() -> None:
    """C1: the first instant is in it, the last one is not."""
    assert [at in Window(2, 4) for at in (1, 2, 3, 4)] == [False, True, True, False]
    assert [at in Window(None, 3) for at in (1, 3)] == [True, False]
    assert [at in Window(2, None) for at in (1, 9)] == [False, True]
