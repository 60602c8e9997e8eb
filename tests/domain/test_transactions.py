"""What a shop tells the library: bounded, comparable by content, placed in one order."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given, strategies as st

import loyaltykit as lk
from tests.test_values import HOSTILE

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


def test_a_transaction_of_no_kind_is_refused() -> None:
    """I31: the base class is no kind by itself."""
    with pytest.raises(lk.InvalidValueError, match="transaction: is not one of the known kinds"):
        lk.Transaction(id="t")


# -- purchases ---------------------------------------------------------------------------------------------------------

parts_of_a_sum = st.lists(st.integers(0, 10**17), min_size=1, max_size=6)


def fine(amount: int) -> str:
    """So many ten-thousandths, the finest that any currency knows, as a text."""
    return f"{amount // 10**4}.{amount % 10**4:04}"


@given(parts_of_a_sum, st.integers(-1, 1))
def test_lines_add_up_to_the_amount_exactly(parts: list[int], off: int) -> None:
    """Bad input: the least too much or too little is refused; sums are worked out in full, in any decimal context."""
    total = sum(parts) + off
    assume(total >= 0)
    with decimal.localcontext(HOSTILE):
        lines = [lk.Line(amount=fine(part)) for part in parts]
        assert Fraction(lk.Purchase(id="p", member_id="m", lines=lines).total) == Fraction(sum(parts), 10**4)
        if off:
            with pytest.raises(lk.InvalidValueError, match="lines: do not add up to the amount"):
                lk.Purchase(id="p", member_id="m", amount=fine(total), lines=lines)
        else:
            bought = lk.Purchase(id="p", member_id="m", amount=fine(total), lines=lines)
            assert Fraction(bought.total) == Fraction(total, 10**4)


@given(parts_of_a_sum, st.integers(-1, 1))
def test_payments_add_up_to_the_amount_exactly(parts: list[int], off: int) -> None:
    """Bad input: every kind of payment is named, to the last digit."""
    total = sum(parts) + off
    assume(total >= 0)
    payments = {f"kind {i}": fine(part) for i, part in enumerate(parts)}
    with decimal.localcontext(HOSTILE):
        if off:
            with pytest.raises(lk.InvalidValueError, match="payments: do not add up to the amount"):
                lk.Purchase(id="p", member_id="m", amount=fine(total), payments=payments)
        else:
            bought = lk.Purchase(id="p", member_id="m", amount=fine(total), payments=payments)
            assert {kind: Fraction(paid) for kind, paid in bought.payments.items()} == {
                kind: Fraction(paid) for kind, paid in payments.items()
            }


def test_a_bare_amount_is_a_total_too() -> None:
    """The amount given, or the sum of the lines."""
    assert lk.Purchase(id="p", member_id="m", amount="12.50").total == Decimal("12.50")
    assert lk.Purchase(id="p", member_id="m", lines=[lk.Line(amount=1), lk.Line(amount=2)]).total == 3


LINE: dict[str, Any] = {"amount": "10.00"}


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"amount": 0.5}, ["amount"]),
        ({"amount": "-1"}, ["amount"]),
        ({"amount": None}, ["amount"]),
        ({"amount": Decimal("NaN")}, ["amount"]),
        ({"amount": "0.00001"}, ["amount"]),
        ({"discount": "-0.01"}, ["discount"]),
        ({"discount": 1.0}, ["discount"]),
        ({"tax": "x"}, ["tax"]),
        ({"tax": "10.01"}, ["tax"]),
        ({"sku": 5}, ["sku"]),
        ({"category": ["tea"]}, ["category"]),
        ({"quantity": -1}, ["quantity"]),
        ({"quantity": 10**9 + 1}, ["quantity"]),
        ({"quantity": 1.0}, ["quantity"]),
        ({"quantity": True}, ["quantity"]),
        ({"quantity": None}, ["quantity"]),
        ({"fields": [1]}, ["fields"]),
        (
            {"amount": 0.5, "discount": 0.5, "tax": 0.5, "sku": 5, "category": 5, "quantity": -1, "fields": 5},
            ["amount", "discount", "tax", "sku", "category", "quantity", "fields"],
        ),
    ],
)
def test_a_line_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: floats, negative amounts and quantities, tax above the amount."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Line(**(LINE | parts))
    assert fields_of(caught.value) == fields


@pytest.mark.parametrize(
    "parts", [{"tax": "10.00"}, {"quantity": 0}, {"quantity": 10**9}, {"amount": 0}, {"discount": "99"}]
)
def test_limits_of_a_line_are_inclusive(parts: dict[str, Any]) -> None:
    """A line may cost nothing, be all tax, and count no unit."""
    line = lk.Line(**(LINE | parts))
    assert all(getattr(line, name) == Decimal(value) for name, value in parts.items())


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"member_id": ""}, ["member_id"]),
        ({"channel": 5}, ["channel"]),
        ({"store": b"x"}, ["store"]),
        ({"amount": None}, ["amount"]),
        ({"amount": 10.0}, ["amount"]),
        ({"amount": "-1"}, ["amount"]),
        ({"lines": 5}, ["lines"]),
        ({"lines": [5]}, ["lines"]),
        ({"lines": None}, ["lines"]),
        ({"lines": [lk.Line(amount=10)] * 10_001}, ["lines"]),
        ({"lines": [lk.Line(amount=9)]}, ["lines"]),
        ({"payments": [("cash", 10)]}, ["payments"]),
        ({"payments": None}, ["payments"]),
        ({"payments": {"cash": 9}}, ["payments"]),
        ({"payments": {"cash": 10.0}}, ["payments"]),
        ({"payments": {5: 10}}, ["payments"]),
        ({"payments": {"cash": "-1", "card": "11"}}, ["payments"]),
        ({"currency": "eur"}, ["currency"]),
        ({"currency": "EURO"}, ["currency"]),
        ({"currency": 5}, ["currency"]),
        ({"currency": "€€€"}, ["currency"]),
        ({"currency": "RMB"}, ["currency"]),
        ({"currency": "ABC"}, ["currency"]),
        ({"rate": "1.1"}, ["rate"]),
        ({"currency": "USD", "rate": 0}, ["rate"]),
        ({"currency": "USD", "rate": 1.1}, ["rate"]),
        ({"currency": "USD", "rate": "-1"}, ["rate"]),
        ({"fields": 5}, ["fields"]),
        ({"lines": [lk.Line(amount=9)], "payments": {"cash": 8}}, ["lines", "payments"]),
        (
            {"id": "", "member_id": "", "channel": 5, "store": 5, "fields": 5, "rate": 0, "currency": 5, "amount": "x"}
            | {"lines": 5, "payments": 5, "occurred_at": BARE},
            "id member_id channel store fields rate currency amount lines payments occurred_at".split(),
        ),
    ],
)
def test_a_purchase_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: amounts, lines, payments, currency and rate (S14)."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade("purchase", **({"amount": 10} | parts))
    assert fields_of(caught.value) == fields


# -- the other kinds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "parts", "fields"),
    [
        ("return", {"of": ""}, ["of"]),
        ("return", {"amount": 0}, ["amount"]),
        ("return", {"amount": 0.5}, ["amount"]),
        ("return", {"lines": 5}, ["lines"]),
        ("return", {"lines": [0]}, ["lines"]),
        ("return", {"lines": [lk.ReturnedLine(line=0), lk.ReturnedLine(line=0, quantity=1)]}, ["lines"]),
        ("return", {"lines": [lk.ReturnedLine(line=0)], "amount": 1}, ["amount"]),
        ("return", {"of": 5, "amount": "x", "lines": 5}, ["of", "amount", "lines"]),
        ("visit", {"member_id": " "}, ["member_id"]),
        ("visit", {"channel": 5, "store": 5}, ["channel", "store"]),
        ("event", {"member_id": None, "name": "", "attributes": 5}, ["member_id", "name", "attributes"]),
        ("redemption", {"member_id": "", "points": 0}, ["member_id", "points"]),
        ("redemption", {"points": -5}, ["points"]),
        ("redemption", {"points": 5.0}, ["points"]),
        ("redemption", {"points": True}, ["points"]),
        ("redemption", {"points": None}, ["points"]),
        ("redemption", {"points": 10**15 + 1}, ["points"]),
        ("reversal", {"of": 5, "points": -1}, ["of", "points"]),
        ("reversal", {"points": 0}, ["points"]),
        ("reversal", {"points": "5"}, ["points"]),
        ("adjustment", {"member_id": "", "points": 0}, ["member_id", "points"]),
        ("adjustment", {"points": None}, ["points"]),
        ("adjustment", {"expires_at": BARE}, ["expires_at"]),
        ("adjustment", {"expires_at": "never"}, ["expires_at"]),
        ("adjustment", {"expires_at": NOON, "points": -5}, ["expires_at"]),
        ("adjustment", {"expires_at": NOON, "points": "5"}, ["points"]),
        ("adjustment", {"actor": None, "reason": None}, ["actor", "reason"]),
        ("adjustment", {"actor": "", "reason": ""}, ["actor", "reason"]),
    ],
)
def test_every_kind_says_all_that_is_wrong(kind: str, parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input, S6, S17: amounts beside lines, lines named twice, points of no sense, adjustments by nobody."""
    with pytest.raises(lk.InvalidValueError) as caught:
        remade(kind, **parts)
    assert fields_of(caught.value) == fields


@pytest.mark.parametrize(
    ("line", "quantity", "fields"),
    [
        (-1, None, ["line"]),
        (True, None, ["line"]),
        ("0", None, ["line"]),
        (0.0, None, ["line"]),
        (0, 0, ["quantity"]),
        (0, -1, ["quantity"]),
        (0, 10**9 + 1, ["quantity"]),
        (0, 1.0, ["quantity"]),
        (None, "1", ["line", "quantity"]),
    ],
)
def test_a_returned_line_is_a_place_and_units(line: Any, quantity: Any, fields: list[str]) -> None:
    """S6: lines are counted from 0; nothing is no quantity."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.ReturnedLine(line=line, quantity=quantity)
    assert fields_of(caught.value) == fields


def test_an_adjustment_may_name_its_end() -> None:
    """S17: a moment or NEVER for points given."""
    assert remade("adjustment", expires_at=NOON) == remade("adjustment", expires_at=NOON.astimezone(BERLIN))
    assert remade("adjustment", expires_at=lk.NEVER) != remade("adjustment")


def test_every_order_of_returned_lines_is_its_own_content() -> None:
    """S15: content is what the caller passed; lines are kept in the order given."""
    lines = [lk.ReturnedLine(line=i) for i in range(3)]
    returns = [remade("return", lines=order) for order in permutations(lines)]
    assert all(first != second for first, second in permutations(returns, 2))
