"""Escapes that neutralise formulas and can be undone exactly (I28)."""

from __future__ import annotations

import pytest
from hypothesis import given

from loyaltykit.tables.formats.escaping import from_sheet, guard, guard_typed, to_sheet, unguard
from tests.support.texts import HOSTILE, texts

FORMULAS = "=+-@\t\r\n＝＋－＠"


@given(texts)
def test_i28_every_escape_is_undone(text: str) -> None:
    """I28: in a text file and in a sheet."""
    assert unguard(guard(text)) == text
    assert unguard(from_sheet(to_sheet(guard_typed(text)))) == text
    assert from_sheet(to_sheet(text)) == text


@given(texts)
def test_no_cell_of_a_text_file_begins_a_formula(text: str) -> None:
    """Faults: a text that a spreadsheet reads as a formula gets an apostrophe in front."""
    assert guard(text)[:1] not in (*FORMULAS, "")


@pytest.mark.parametrize("text", ["'t Hooft", "name", "'90s", "a=b", "1-2"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    """An apostrophe that belongs to a name is neither added nor taken away."""
    assert guard(text) == guard_typed(text) == unguard(text) == text


def test_a_sheet_needs_no_apostrophe_before_a_formula() -> None:
    """Its cells have types; only what ``unguard`` would change gets one more."""
    assert [text for text in HOSTILE if guard_typed(text) != text] == ["'", "''", "'=x", "''=x", ""]
