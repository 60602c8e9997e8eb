"""Kinds of columns: what is written in either language is read as the same value (I28)."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.ledger.entries import PostingKind
from loyaltykit.rules.value_types import ValueType
from loyaltykit.tables.columns.headings import Kind, Language
from loyaltykit.tables.columns.kinds import FIELD_KINDS, READERS, render
from loyaltykit.tables.columns.parsing import CellError, CellOptions

MANNER = CellOptions(ShopCalendar("Europe/Berlin"), "EUR")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def test_every_kind_can_be_read() -> None:
    """Every type of a declared field has a kind of column."""
    assert set(READERS) == set(get_args(Kind))
    assert set(FIELD_KINDS) == set(get_args(ValueType))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(PostingKind))
def test_i28_a_kind_of_posting_is_read_back(kind: str, language: Language) -> None:
    """I28: in its own word of either language."""
    cell = render("posting", kind, MANNER, language)
    assert READERS["posting"](cell, MANNER) == kind


@pytest.mark.parametrize(("kind", "cell"), [("posting", "gift"), ("contacts", "{}"), ("ids", "[]"), ("ids", "[")])
def test_what_was_not_exported_is_refused(kind: Any, cell: str) -> None:
    """The reason is a code, and never the cell."""
    with pytest.raises(CellError, match=r"^cell\.exported$"):
        READERS[kind](cell, MANNER)
