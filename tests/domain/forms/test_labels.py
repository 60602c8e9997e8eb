"""What the parts of a record are called."""

from __future__ import annotations

from loyaltykit.domain.forms.checker import RECORD_FIELDS
from loyaltykit.domain.forms.labels import HEADINGS


def test_both_languages_name_the_same_parts() -> None:
    """And nothing is forgotten."""
    assert HEADINGS["en"].keys() == HEADINGS["zh"].keys() > set(RECORD_FIELDS)
