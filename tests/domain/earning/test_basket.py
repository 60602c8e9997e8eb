"""Purchases in whole minor units: as they were bought, as far as they are kept, and what they are worth at home."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.earning.basket import Basket, Kept, all_kept, converted, keep, open_basket, proportion
from tests.stories import club
from tests.support.exact import half_up, largest_remainder
from tests.test_values import HOSTILE

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
PROGRAM = club(
    earns=lk.EarningPolicy(excluded_payments=["card", "voucher"]),
    line_fields=[lk.Field("size", str, choices=("S", "L"))],
    purchase_fields=[lk.Field("guests", int)],
)


def bought(**parts: Any) -> lk.Purchase:
    terms: dict[str, Any] = {"id": "p", "member_id": "m", "occurred_at": NOON}
    return lk.Purchase(**terms | parts)


def basket(program: lk.Program = PROGRAM, **parts: Any) -> Basket:
    return open_basket(bought(**parts), program)


def columns(of: Basket) -> list[list[int]]:
    return [list(column) for column in (of.amounts, of.discounts, of.taxes, of.excluded, of.quantities)]


# -- as it was bought --------------------------------------------------------------------------------------------------


def test_a_purchase_becomes_columns_of_minor_units() -> None:
    """Numbers: cents, one entry a line, all lines present."""
    lines = [lk.Line(amount="10.00", discount="1.5", tax=2, quantity=3), lk.Line(amount="0.01", quantity=0)]
    opened = basket(lines=lines)
    assert columns(opened) == [[1000, 1], [150, 0], [200, 0], [0, 0], [3, 0]]
    assert (list(opened.present), opened.total) == ([0, 1], 1001)


def test_a_bare_amount_is_one_line_of_one_unit() -> None:
    """A purchase without lines counts as one line without sku or category."""
    opened = basket(amount="12.50")
    assert columns(opened) == [[1250], [0], [0], [0], [1]]
    assert (opened.lines[0].sku, opened.lines[0].category, opened.total) == (None, None, 1250)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.data())
def test_excluded_payments_are_spread_over_the_lines(amounts: list[int], data: st.DataObject) -> None:
    """S12: by largest remainder over the line amounts, all excluded kinds together; other kinds are not."""
    card = data.draw(st.integers(0, sum(amounts)))
    voucher = data.draw(st.integers(0, sum(amounts) - card))
    paid = {"card": card, "voucher": voucher, "cash": sum(amounts) - card - voucher}
    opened = basket(
        lines=[lk.Line(amount=Decimal(amount).scaleb(-2)) for amount in amounts],
        payments={kind: Decimal(amount).scaleb(-2) for kind, amount in paid.items()},
    )
    out = card + voucher
    exact = [Fraction(out * amount, sum(amounts) or 1) for amount in amounts]
    assert list(opened.excluded) == largest_remainder(out, exact)
    assert list(basket(club(), lines=opened.lines, payments=opened.purchase.payments).excluded) == [0] * len(amounts)


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"amount": "0.001"}, ["amount"]),
        ({"lines": [lk.Line(amount="0.001")]}, ["lines[0].amount"]),
        ({"lines": [lk.Line(amount=1, discount="0.001", tax="0.0001")]}, ["lines[0].discount", "lines[0].tax"]),
        ({"amount": 1, "payments": {"card": "0.0001", "cash": "0.9999"}}, ["payments"]),
        ({"amount": 1, "currency": "USD"}, ["rate"]),
        ({"amount": "0.5", "currency": "JPY", "rate": 1}, ["amount"]),
        ({"amount": "0.0001", "currency": "KWD"}, ["rate", "amount"]),
        ({"amount": 1, "fields": {"nobody": 1}}, ["fields.nobody"]),
        ({"amount": 1, "fields": {"guests": "two"}}, ["fields.guests"]),
        (
            {"lines": [lk.Line(amount=1, fields={"size": "M", "nobody": 1})]},
            ["lines[0].fields.size", "lines[0].fields.nobody"],
        ),
        (
            {"lines": [lk.Line(amount="0.001", fields={"size": 5})], "fields": {"guests": True}, "currency": "USD"},
            ["fields.guests", "lines[0].fields.size", "rate", "lines[0].amount"],
        ),
    ],
)
def test_a_purchase_that_does_not_fit_the_programme_says_why(parts: dict[str, Any], fields: list[str]) -> None:
    """S14, Bad input: finer than its currency, foreign without a rate, undeclared fields; all at once."""
    with pytest.raises(lk.InvalidValueError) as caught:
        basket(**parts)
    assert [problem.field for problem in caught.value.problems] == fields


def test_the_programmes_own_currency_needs_no_rate() -> None:
    """S14: named or not, it is the same money; a rate beside it means nothing."""
    plain = basket(amount=5)
    for parts in ({"currency": "EUR"}, {"currency": "EUR", "rate": 3}):
        same = basket(amount=5, **parts)
        assert converted(same, PROGRAM) is same
        assert columns(same) == columns(plain)


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=4),
    st.sampled_from([("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]),
    st.decimals("0.000001", 10**6, places=6),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
@example([1], ("USD", 2), Decimal("0.5"), "EUR")
def test_foreign_money_is_converted_line_by_line(
    amounts: Sequence[int], currency: tuple[str, int], rate: Decimal, home: str
) -> None:
    """S14: by the rate it carries, rounded half up to the programme's minor units, in any decimal context."""
    code, scale = currency
    program = club(currency=home, accrual=[])
    if code == home:
        return
    lines = [lk.Line(amount=(money := Decimal(amount).scaleb(-scale)), discount=money, tax=money) for amount in amounts]
    with decimal.localcontext(HOSTILE):
        at_home = converted(open_basket(bought(lines=lines, currency=code, rate=rate), program), program)
    unit = 10**program.scale
    expected = [half_up(Fraction(amount, 10**scale) * Fraction(rate) * unit) for amount in amounts]
    assert columns(at_home)[:3] == [expected] * 3


# -- as far as it is kept ----------------------------------------------------------------------------------------------


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 10**6))
@example(5, 1, 2)
@example(100, 0, 0)
def test_a_proportion_is_rounded_half_up(amount: int, part: int, whole: int) -> None:
    """S6: amount × part / whole; nothing of nothing."""
    assert proportion(amount, part, whole) == (half_up(Fraction(amount * part, whole)) if whole else 0)


lines_kept = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(1, 9), st.integers(0, 9), st.integers(0, 10**6)),
    min_size=1,
    max_size=4,
)


@given(lines_kept)
def test_discount_and_tax_shrink_with_what_is_kept(rows: list[tuple[int, int, int, int]]) -> None:
    """S6: the kept amount goes with the units, all else with the kept amount; lines that are gone are absent."""
    lines = [
        lk.Line(amount=Decimal(amount).scaleb(-2), quantity=units, discount=Decimal(off).scaleb(-2), tax=0)
        for amount, units, _, off in rows
    ]
    opened = basket(lines=lines)
    left = tuple(min(kept, units) for _, units, kept, _ in rows)
    gone = tuple(units == 0 for units in left)
    part = keep(opened, Kept(left, (0,) * len(rows), gone))
    for place, (amount, units, _, off) in enumerate(rows):
        kept_amount = half_up(Fraction(amount * left[place], units))
        assert part.amounts[place] == kept_amount
        # Beside a line that was given away, what stands shrinks with the quantity.
        by_amount, by_units = Fraction(off * kept_amount, amount or 1), Fraction(off * left[place], units)
        assert part.discounts[place] == half_up(by_amount if amount else by_units)
        assert part.quantities[place] == left[place]
    assert list(part.present) == [place for place in range(len(rows)) if not gone[place]]


def test_all_kept_is_all_that_was_bought() -> None:
    """S6: keeping everything changes nothing."""
    opened = basket(lines=[lk.Line(amount="9.99", quantity=7, discount="1", tax="2"), lk.Line(amount=0, quantity=0)])
    part = keep(opened, all_kept(opened))
    assert columns(part) == columns(opened)
    assert list(part.present) == list(opened.present)
