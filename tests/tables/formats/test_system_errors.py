"""Errors of the operating system: their message, without the path (I31)."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.tables.formats.system_errors import table_errors_on_write

CANARY = "kanari-4711"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", CANARY), "no space left on device"),
        (ValueError(CANARY), "the path is not valid"),
    ],
)
def test_i31_the_words_of_the_system_without_the_path(error: Exception, words: str) -> None:
    """I31: any error of the system becomes a TableError without the path."""
    with pytest.raises(lk.errors.TableError, match=words) as caught, table_errors_on_write():
        raise error
    assert CANARY not in str(caught.value)


def test_a_table_error_passes_as_it_is() -> None:
    """A TableError is raised unchanged."""
    error = lk.errors.TableError("has too many rows", "write several files")
    with pytest.raises(lk.errors.TableError) as caught, table_errors_on_write():
        raise error
    assert caught.value is error
