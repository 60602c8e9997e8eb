"""One transaction of each kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import loyaltykit as lk

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
BARE = datetime(2025, 3, 1, 12)  # noqa: DTZ001 - a naive time is what is refused
ONE_OF_EACH: dict[str, lk.Transaction] = {
    "purchase": lk.Purchase(id="t", member_id="m", amount="1.00"),
    "return": lk.Return(id="t", of="p"),
    "visit": lk.Visit(id="t", member_id="m"),
    "event": lk.Event(id="t", member_id="m", name="review"),
    "redemption": lk.Redemption(id="t", member_id="m", points=5),
    "reversal": lk.Reversal(id="t", of="rd"),
    "adjustment": lk.Adjustment(id="t", member_id="m", points=5, actor="a", reason="r"),
}
kinds = pytest.mark.parametrize("kind", ONE_OF_EACH)


def remade(kind: str, **changes: Any) -> lk.Transaction:
    """One of a kind, with something changed."""
    return attrs.evolve(ONE_OF_EACH[kind], **changes)


def fields_of(error: lk.InvalidValueError) -> list[str]:
    return [problem.field for problem in error.problems]
