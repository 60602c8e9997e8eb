"""Cells, and how a text file shows them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from loyaltykit.tables.formats.cells import Cell, as_text, column_letter


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_have_the_letters_of_a_spreadsheet(index: int, letter: str) -> None:
    """The last one is that of Excel."""
    assert column_letter(index) == letter


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (7, "7元"),
        (Decimal("1E+2"), "100元"),
        (Decimal("12.50"), "12.50元"),
        ("x", "x"),
        (date(5, 1, 2), "0005-01-02"),
        (datetime(2025, 1, 2, 3, 4, 5), "2025-01-02 03:04:05"),  # noqa: DTZ001 - a wall clock has no zone
        (time(3, 4), "03:04:00"),
    ],
)
def test_what_a_text_file_shows(value: Cell, text: str) -> None:
    """Units stand behind numbers only."""
    assert as_text(value, "元") == text
