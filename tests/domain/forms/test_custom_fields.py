"""Values of declared fields, read by their types."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.forms.checker import check_record
from tests.support.records import CLUB, read


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"goal": " weight "}, {"goal": "weight"}),
        ({"target": "weight"}, {"goal": "weight"}),
        ({"level": "３"}, {"level": 3}),
        ({"level": ""}, {}),
        ({"rate": "1,234.50"}, {"rate": Decimal("1234.50")}),
        ({"rate": 5}, {"rate": 5}),
        ({"news": "是"}, {"news": True}),
        ({"news": False}, {"news": False}),
        ({"wedding": "2020年5月20日"}, {"wedding": date(2020, 5, 20)}),
        ({"wedding": datetime(2020, 5, 20)}, {"wedding": date(2020, 5, 20)}),  # noqa: DTZ001 - as spreadsheets do
        ({"diet": "vegan；halal"}, {"diet": ("halal", "vegan")}),
        ({"diet": ["vegan", "vegan"]}, {"diet": ("vegan",)}),
        ({"plate": "A1"}, {"plate": "A1"}),
        ({"must": 7}, {"must": "7"}),
    ],
)
def test_declared_fields_are_read_by_their_types(fields: Any, kept: dict[str, object]) -> None:
    """R2: out of texts, under the present name; a default is not written."""
    assert dict(read(fields=fields).fields) == kept


def test_a_required_field_is_missing() -> None:
    """Unless it has a default."""
    strict = CLUB.evolve(fields=[lk.Field("goal", str, required=True)])
    (problem,) = check_record({"id": "m"}, strict)[1]
    assert (problem.field, problem.code) == ("fields.goal", "field.missing")
