"""What all kinds of transaction share: bounded, comparable by content, placed in one order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from tests.support.kinds import BARE, BERLIN, NOON, ONE_OF_EACH, fields_of, kinds, remade

# -- what all share ----------------------------------------------------------------------------------------------------


@kinds
def test_a_kind_has_its_name(kind: str) -> None:
    """Words: the kind is the class, in one word."""
    assert ONE_OF_EACH[kind].kind == kind == type(ONE_OF_EACH[kind]).__name__.lower()


@kinds
@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"id": ""}, ["id"]),
        ({"id": "x" * 129}, ["id"]),
        ({"id": None}, ["id"]),
        ({"actor": 5}, ["actor"]),
        ({"reason": "\ud800"}, ["reason"]),
        ({"occurred_at": BARE}, ["occurred_at"]),
        ({"occurred_at": "2025-03-01"}, ["occurred_at"]),
        ({"occurred_at": datetime(1600, 1, 1, tzinfo=UTC)}, ["occurred_at"]),
        ({"id": "", "actor": 5, "reason": 5, "occurred_at": 5}, ["id", "actor", "reason", "occurred_at"]),
    ],
)
def test_what_all_kinds_share_is_checked_in_all(kind: str, changes: dict[str, Any], fields: list[str]) -> None:
    """Bad input: ids, actors, reasons and moments; all problems at once."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade(kind, **changes)
    assert fields_of(caught.value) == fields


@kinds
def test_content_is_what_the_caller_passed(kind: str) -> None:
    """S15: equal instants in other zones are equal; the two folds of one time are not; nor is a changed part."""
    fold = datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN)
    assert remade(kind, occurred_at=NOON) == remade(kind, occurred_at=NOON.astimezone(BERLIN))
    assert remade(kind, occurred_at=fold) != remade(kind, occurred_at=fold.replace(fold=1))
    assert remade(kind, occurred_at=fold) == remade(kind, occurred_at=fold.astimezone(UTC))
    assert remade(kind) == remade(kind)
    assert remade(kind, occurred_at=NOON) != remade(kind)
    for changes in ({"id": "other"}, {"actor": "someone"}, {"reason": "another"}):
        assert remade(kind, **changes) != remade(kind)


def test_one_and_one_point_zero_are_one_amount() -> None:
    """S15: the canonical form of a number is its value."""
    assert lk.Purchase(id="p", member_id="m", amount="1") == lk.Purchase(id="p", member_id="m", amount=Decimal("1.00"))
    assert lk.Line(amount=1, tax="0.0") == lk.Line(amount="1.00")
    assert lk.Return(id="r", of="p", amount="5") == lk.Return(id="r", of="p", amount="5.0")
    with_rate = [lk.Purchase(id="p", member_id="m", amount=1, currency="USD", rate=rate) for rate in ("0.5", "0.50")]
    assert with_rate[0] == with_rate[1]


def test_things_of_one_instant_have_one_order() -> None:
    """T12: visits and events, purchases, returns, credits, then debits, each by id; earlier ones before them all."""
    in_order: list[lk.Transaction] = [
        remade("adjustment", id="z", points=-1, occurred_at=NOON - timedelta(microseconds=1)),
        remade("event", id="a", occurred_at=NOON),
        remade("visit", id="b", occurred_at=NOON),
        remade("purchase", id="a", occurred_at=NOON),
        remade("purchase", id="b", occurred_at=NOON),
        remade("return", id="a", occurred_at=NOON),
        remade("adjustment", id="a", points=1, occurred_at=NOON),
        remade("reversal", id="b", occurred_at=NOON),
        remade("adjustment", id="a", points=-1, occurred_at=NOON),
        remade("redemption", id="b", occurred_at=NOON.astimezone(BERLIN)),
    ]
    orders = [transaction.order for transaction in in_order]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)


def test_folds_are_ordered_in_utc() -> None:
    """C1: half past two comes twice when clocks go back, and the first one is first."""
    first = datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN)
    moments = [first - timedelta(hours=1), first, first.replace(fold=1), first.replace(hour=3)]
    orders = [remade("visit", occurred_at=moment).order for moment in moments]
    assert orders == sorted(set(orders))


def test_a_kind_checks_itself() -> None:
    """A transaction of no kind is none: it cannot be made by accident."""
    with pytest.raises(lk.InvalidValueError, match="transaction: is not one of the known kinds"):
        lk.Transaction(id="t")
