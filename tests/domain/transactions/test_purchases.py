"""What was bought and what came back, as values."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

import loyaltykit as lk
from tests.support.kinds import BARE, fields_of, remade
from tests.test_values import HOSTILE

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
    ],
)
def test_returns_say_all_that_is_wrong(kind: str, parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input, S6: amounts beside lines, and lines named twice."""
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


def test_every_order_of_returned_lines_is_its_own_content() -> None:
    """S15: content is what the caller passed; lines are kept in the order given."""
    lines = [lk.ReturnedLine(line=i) for i in range(3)]
    returns = [remade("return", lines=order) for order in permutations(lines)]
    assert all(first != second for first, second in permutations(returns, 2))
