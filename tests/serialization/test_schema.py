"""JSON Schemas: what has one, and how several values are described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import loyaltykit as lk
from loyaltykit.errors import InvalidValueError


@pytest.mark.parametrize("cls", [int, object, lk.Loyalty, Mapping])
def test_what_has_no_wire_form_has_no_schema(cls: Any) -> None:
    """A schema is about transactions, answers, members, programmes and errors."""
    with pytest.raises(InvalidValueError, match="has no wire form"):
        lk.schema(cls)


def test_a_schema_of_several_is_an_array() -> None:
    """A tuple of answers has a schema as it has a text."""
    assert Draft202012Validator(lk.schema(tuple[lk.Voucher, ...])).is_valid([])


@pytest.mark.parametrize("data", [[], [1, "o-4"], [1, "o-4", {"type": "closed_error"}, 4], {}])
def test_a_tuple_of_so_many_items_has_so_many(data: Any) -> None:
    """Neither fewer nor more of them are read, and nothing else."""
    with pytest.raises(
        InvalidValueError, match=r"IngestReport.rejected\[0\]: (does not have 3 items|is not of type list)"
    ):
        lk.from_json(
            lk.IngestReport, {"type": "ingest_report", "enrolled": 0, "recorded": 0, "repeated": 0, "rejected": [data]}
        )
