"""Refusals of the system: what it says, without the path (I31)."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.tables.formats.refusals import when_writing

CANARY = "kanari-4711"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", CANARY), "no space left on device"),
        (ValueError(CANARY), "the path is none"),
    ],
)
def test_i31_the_words_of_the_system_without_the_path(error: Exception, words: str) -> None:
    """I31: any refusal is a TableError, and no path shows in it."""
    with pytest.raises(lk.errors.TableError, match=words) as caught, when_writing():
        raise error
    assert CANARY not in str(caught.value)


def test_a_table_error_passes_as_it_is() -> None:
    """It says already what is wrong."""
    error = lk.errors.TableError("has too many rows", "write several files")
    with pytest.raises(lk.errors.TableError) as caught, when_writing():
        raise error
    assert caught.value is error
