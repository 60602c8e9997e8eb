"""Whatever is passed to a table, wherever: every public call returns or raises a LoyaltyError (I31)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit import tables
from tests.support.any_calls import ODD
from tests.support.member_tables import CLUB

NOW = datetime(2025, 1, 1, tzinfo=UTC)
LINE = lk.answers.StatementRow(kind="accrual", points=5, balance=5, occurred_at=NOW, recorded_at=NOW, cause="o-1")
SHARED: dict[str, Any] = {
    "source": "old",
    "columns": {"a": "ignore"},
    "key": "no",
    "dates": "ymd",
    "decimal_point": ".",
    "encoding": "utf-8",
    "delimiter": ",",
    "sheet": "s",
    "actor": "a",
}
FACTS = tables.FactTable({"a": int})


def read(table: tables.Table, text: str, **arguments: Any) -> object:
    given = {"file": io.BytesIO(text.encode()), "program": CLUB} | arguments
    with table.read(**given) as reading:
        return list(reading)


def members(**settings: Any) -> object:
    return read(tables.MemberTable(**settings), "name,no,points,tier\nx,1,5,金卡\n")


def purchases(**settings: Any) -> object:
    return read(tables.PurchaseTable(**settings), "order,no,member,date,amount\no,1,m,2025-01-01,5\n")


def write_row(**parts: Any) -> object:
    layout = tables.Layout(["id", "points", "tier", "last_purchase_at", "last_purchase_amount"])
    for format in ("csv", "xlsx"):
        tables.write_members(io.BytesIO(), [tables.MemberRow(**parts)], CLUB, layout=layout, format=format)
    return None


def write_layout(**parts: Any) -> object:
    layout = tables.Layout([tables.LayoutColumn(**parts)])
    return tables.write_members(io.BytesIO(), [lk.Member(id="m")], CLUB, layout=layout, format="csv")


OUT: dict[str, Any] = {"program": CLUB, "language": "en", "format": "csv", "encoding": "utf-8"}
CALLS: Mapping[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "MemberTable": (
        members,
        SHARED | {"default_region": "CN", "tiers": {"gold": "金卡"}, "as_of": NOW},
    ),
    "PurchaseTable": (purchases, SHARED | {"members": "old"}),
    "MemberTable.read": (
        lambda **given: read(tables.MemberTable(source="x"), "name\nx\n", **given),
        {"file": io.BytesIO(b"name\nx\n"), "program": CLUB, "rejected": io.BytesIO()},
    ),
    "Layout": (tables.Layout, {"columns": ["name"], "fields": [lk.Field("a", str)]}),
    "LayoutColumn": (write_layout, {"target": "name", "zh": "姓名", "en": "Name", "unit": "元"}),
    "MemberRow": (
        write_row,
        {"member": lk.Member(id="m"), "points": 5, "tier": "gold"}
        | {"last_purchase_at": NOW, "last_purchase_amount": Decimal(5)},
    ),
    "write_members": (tables.write_members, OUT | {"target": io.BytesIO(), "members": [], "layout": None}),
    "write_statement": (tables.write_statement, OUT | {"target": io.BytesIO(), "rows": [LINE]}),
    "read_statement": (
        lambda **given: list(tables.read_statement(**given)),
        {"file": io.BytesIO(b"x"), "program": CLUB},
    ),
    "FactTable": (tables.FactTable, {"columns": {"a": int}}),
    "FactTable.write": (FACTS.write, OUT | {"target": io.BytesIO(), "rows": [("m", (5,))]}),
    "FactTable.read": (lambda **given: list(FACTS.read(**given)), {"file": io.BytesIO(b"x"), "program": CLUB}),
}
ARGUMENTS = [(name, argument) for name, (_, right) in CALLS.items() for argument in right]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text in the place of a file is a path, and some of the odd texts can be written to."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", CALLS)
def test_a_right_call_is_accepted(name: str) -> None:
    """The arguments that are varied below are right as they are, but for files that are no such table."""
    make, right = CALLS[name]
    with suppress(lk.errors.TableError):
        make(**right)


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_anything_in_any_place_returns_or_is_refused(name: str, argument: str) -> None:
    """I31: no bare KeyError, TypeError, AttributeError or OSError escapes."""
    make, right = CALLS[name]
    for odd in ODD:
        with suppress(lk.LoyaltyError):
            make(**right | {argument: odd})
