"""Scalars as text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loyaltykit.serialization import canonical_decimal


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.00", "1"), ("1E+2", "100"), ("-0.00", "0"), ("0.10", "0.1"), ("-12", "-12"), ("100", "100")],
)
def test_a_number_has_one_text(number: str, text: str) -> None:
    """Without exponent and trailing zeros; zeros before the point stay."""
    assert canonical_decimal(Decimal(number)) == text
