"""Tables of the built-in fields and metrics with their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from loyaltykit.rules.value_types import ValueType

Rows: TypeAlias = Literal["purchase", "line", "event"]
"""The rows that the filter of a metric sees: purchases, purchases and their lines, or events."""


class Metric(NamedTuple):
    """A kind of fact: its type, the rows that its filter sees (None: no filter), and whether it takes a window."""

    type: ValueType
    rows: Rows | None
    windowed: bool


MEMBER_FIELDS: Final[Mapping[str, ValueType]] = {
    "id": "text",
    "name": "text",
    "phone": "text",
    "email": "text",
    "gender": "text",
    "region": "text",
    "tier": "text",
    "tags": "tags",
    "age": "integer",
    "birthday_month": "integer",
    "days_to_birthday": "integer",
    "enrolled_on": "date",
    "preferences": "tags",
    "channel": "text",
    "store": "text",
    "status": "text",
}

PURCHASE_FIELDS: Final[Mapping[str, ValueType]] = {
    "amount": "money",
    "channel": "text",
    "store": "text",
    "weekday": "integer",
    "hour": "integer",
    "date": "date",
}

LINE_FIELDS: Final[Mapping[str, ValueType]] = {
    "sku": "text",
    "category": "text",
    "quantity": "integer",
    "amount": "money",
    "discount": "money",
    "tax": "money",
}

METRICS: Final[Mapping[str, Metric]] = {
    "spend": Metric("money", "line", windowed=True),
    "purchases": Metric("integer", "line", windowed=True),
    "units": Metric("integer", "line", windowed=True),
    "visits": Metric("integer", None, windowed=True),
    "points_accrued": Metric("integer", "purchase", windowed=True),
    "events": Metric("integer", "event", windowed=True),
    "days_since_purchase": Metric("integer", "line", windowed=False),
    "days_since_visit": Metric("integer", None, windowed=False),
    "days_since_enrolment": Metric("integer", None, windowed=False),
}
