"""Tables of typed values: rows fit their columns."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.tables import FactTable

CLUB = lk.Program(name="Club", currency="EUR", timezone="Europe/Berlin")
TABLE = FactTable({"=Region": str, "Count": int, "消费": Decimal, "News": bool, "Since": date, "Tags": set})


@pytest.mark.parametrize(
    "row",
    [
        5,
        ("m",),
        ("m", (1,)),
        (5, (None,) * 6),
        ("m", (None,) * 7),
        ("m", (5, *[None] * 5)),
        ("m", (*[None] * 5, "x")),
        ("m", (None, None, Decimal("NaN"), *[None] * 3)),
    ],
)
def test_a_row_fits_its_columns(row: Any) -> None:
    """I31: an id with as many facts as there are columns."""
    with pytest.raises(lk.InvalidValueError, match="does not fit"):
        TABLE.write(io.BytesIO(), [row], CLUB, format="csv")


@pytest.mark.parametrize("columns", [5, {}, {5: int}, {" ": int}, {"a": float}, {"a": "int"}])
def test_columns_have_types(columns: Any) -> None:
    """I31: those that facts have."""
    with pytest.raises(lk.InvalidValueError):
        FactTable(columns)
