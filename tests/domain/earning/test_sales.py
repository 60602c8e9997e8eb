"""Returns: what is kept is priced again by the purchase's own rules, and what it no longer earns is claimed (S6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, example, given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.domain.earning.basket import converted, open_basket
from loyaltykit.domain.earning.sales import Sale, apply_return, baskets_of
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.rules import bonus, line, per_amount, per_purchase, purchase
from tests.support.exact import MOMENT, Rule, Sold, cents, give, half_up, kept_rows, sales, with_voucher
from tests.support.stories import club

EURO = per_amount(points=1, every="1.00")
CENT = per_amount(points=1, every="0.01")


def returned(serial: int, **parts: Any) -> lk.Return:
    """A return of the one purchase, as soon as it was bought."""
    return lk.Return(id=f"r{serial}", of="p", occurred_at=MOMENT, **parts)


def of_lines(serial: int, taken: dict[int, int | None]) -> lk.Return:
    return returned(serial, lines=[lk.ReturnedLine(line=place, quantity=units) for place, units in taken.items()])


class Stock:
    """What is still kept of each line; None for one that came back whole."""

    def __init__(self, sold: Sold) -> None:
        self.units: list[int | None] = [row.quantity for row in sold.rows]

    def draw(self, data: st.DataObject, *, whole: bool = False) -> dict[int, int | None]:
        """Something that can come back, taken out of the stock."""
        places = [place for place, units in enumerate(self.units) if units is not None]
        chosen = places if whole else sorted(data.draw(st.sets(st.sampled_from(places), min_size=1)))
        taken: dict[int, int | None] = {}
        for place in chosen:
            here = self.units[place] or 0
            units = data.draw(st.sampled_from([None, *range(1, here + 1)])) if not whole else None
            taken[place] = units
            self.units[place] = here - units if units is not None and units < here else None
        return taken

    @property
    def is_empty(self) -> bool:
        return all(units is None for units in self.units)


# -- against fractions -------------------------------------------------------------------------------------------------


@settings(max_examples=120)
@given(sales(), st.data())
def test_a_return_claims_what_the_kept_part_no_longer_earns(sold: Sold, data: st.DataObject) -> None:
    """S6: earned, less claimed before, less what is kept earns, over all returns so far; never more than was earned."""
    shop, stock = sold.shop(), Stock(sold)
    earned = shop.record(sold.purchase()).points
    claimed, serial = 0, 0
    while not stock.is_empty and serial < 4:
        back = of_lines(serial, stock.draw(data))
        points = -shop.record(back).points
        assert points == max(earned - claimed - give(sold, kept_rows(sold, stock.units)).points, 0)
        claimed, serial = claimed + points, serial + 1
    assert claimed <= earned
    assert shop.balance("m", as_of=MOMENT).available == earned - claimed
    assert shop.balance("m", as_of=MOMENT).debt == 0


@settings(max_examples=80)
@given(sales(), st.data())
def test_every_partition_of_a_whole_return_claims_the_same(sold: Sold, data: st.DataObject) -> None:
    """I19, S6: in whatever parts everything comes back, in total it is what was earned, to the point."""
    shop, stock = sold.shop(), Stock(sold)
    earned = shop.record(sold.purchase()).points
    claimed, serial = 0, 0
    while not stock.is_empty:
        taken = stock.draw(data, whole=serial == 3)
        back = returned(serial) if serial == 3 and data.draw(st.booleans()) else of_lines(serial, taken)
        claimed, serial = claimed - shop.record(back).points, serial + 1
    assert claimed == earned
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
        shop.record(returned(99))


@settings(max_examples=80)
@given(sales(), st.data())
def test_every_partition_of_a_partial_return_claims_the_same(sold: Sold, data: st.DataObject) -> None:
    """I19: whatever the steps, the claim is that of one return of the same parts, where less never earns more."""
    plain = [evolve(rule, condition=0, group=None) for rule in sold.terms.rules]
    sold = evolve(
        sold, terms=evolve(sold.terms, rules=plain, without_voucher=sold.terms.without_voucher and sold.terms.tax)
    )
    shop, at_once, stock = sold.shop(), sold.shop(), Stock(sold)
    shop.record(sold.purchase())
    at_once.record(sold.purchase())
    claimed = 0
    for serial in range(data.draw(st.integers(1, 3))):
        if not stock.is_empty:
            claimed -= shop.record(of_lines(serial, stock.draw(data))).points
    whole: dict[int, int | None] = {}
    for place, (row, units) in enumerate(zip(sold.rows, stock.units, strict=True)):
        if units is None or units < row.quantity:
            whole[place] = None if units is None else row.quantity - units
    assert claimed == -at_once.record(of_lines(0, whole)).points


@given(st.integers(1, 10**6), st.integers(1, 12), st.sampled_from(["floor", "half_up", "ceiling"]), st.data())
def test_every_partition_of_an_amount_claims_the_same(
    amount: int, points: int, rounding: Any, data: st.DataObject
) -> None:
    """I19, S6: a purchase without lines comes back by amounts; together they claim what one return of the sum does."""
    program = club(
        accrual=[lk.AccrualRule("base", per_amount(points, "3.00")), lk.AccrualRule("visit", per_purchase(2))],
        points=lk.PointsPolicy(rounding=rounding),
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, amount), min_size=1, max_size=5)))
    parts = [after - before for before, after in zip([0, *cuts], cuts, strict=False)]
    claims = []
    for amounts in (parts, [sum(parts)]):
        shop = lk.Loyalty(program, clock=lambda: MOMENT)
        shop.enroll(lk.Member(id="m"))
        shop.record(lk.Purchase(id="p", member_id="m", amount=cents(amount), occurred_at=MOMENT))
        receipts = [shop.record(returned(i, amount=cents(part))) for i, part in enumerate(amounts)]
        claims.append(sum(receipt.points for receipt in receipts))
    assert claims[0] == claims[1]


@given(
    st.integers(1, 10**6),
    st.sampled_from([("USD", 2), ("JPY", 0), ("KWD", 3)]),
    st.sampled_from(["0.5", "7.1234", "0.000001", "123456.789"]),
    st.data(),
)
@example(3, ("USD", 2), "0.5", None)
def test_a_foreign_return_is_converted_with_the_purchases_rate(
    amount: int, currency: tuple[str, int], rate: str, data: Any
) -> None:
    """S14, S6, I19: what is kept stays in its own currency and is converted once, so that parts come to the whole."""
    code, scale = currency
    shop = lk.Loyalty(club(accrual=[lk.AccrualRule("cent", CENT)], points=lk.PointsPolicy()), clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m"))

    def money(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-scale)

    def worth(minor: int) -> int:
        return half_up(Fraction(minor, 10**scale) * Fraction(rate) * 100)

    bought = lk.Purchase(id="p", member_id="m", amount=money(amount), currency=code, rate=rate, occurred_at=MOMENT)
    assert shop.record(bought).points == worth(amount)
    parts = [1] * amount if data is None else [data.draw(st.integers(1, amount)), amount]
    kept = amount
    for serial, asked in enumerate(parts):
        part = min(asked, kept)
        if part:
            receipt = shop.record(returned(serial, amount=money(part)))
            assert -receipt.points == worth(kept) - worth(kept - part)
            kept -= part
    assert kept == 0


# -- by hand -----------------------------------------------------------------------------------------------------------

BASE = lk.AccrualRule("base", EURO)


def shop_of(*rules: lk.AccrualRule, **parts: Any) -> lk.Loyalty:
    """A shop where one purchase was made."""
    terms: dict[str, Any] = {"lines": [lk.Line(amount=10, quantity=3), lk.Line(amount=5, category="tea")]} | parts
    shop = lk.Loyalty(club(accrual=rules or [BASE], points=lk.PointsPolicy()), clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m"))
    shop.record(lk.Purchase(id="p", member_id="m", occurred_at=MOMENT, **terms))
    return shop


def test_never_rounding_per_return() -> None:
    """S6: three thirds of ten come back as 4, 3 and 3 would never add up; the kept part is priced, not the return."""
    shop = shop_of(lines=[lk.Line(amount=10, quantity=3)])
    claims = [shop.record(returned(i, lines=[lk.ReturnedLine(line=0, quantity=1)])).points for i in range(3)]
    assert claims == [-4, -3, -3]


def test_a_bonus_stays_until_everything_is_back() -> None:
    """S6: what is fixed per purchase is earned by any part that is kept; a line's own rule leaves with the line."""
    shop = shop_of(
        lk.AccrualRule("visit", per_purchase(3)), lk.AccrualRule("tea", bonus(7), where=line.category == "tea")
    )
    assert shop.record(returned(1, lines=[lk.ReturnedLine(line=1)])).points == -7
    assert shop.record(returned(2, lines=[lk.ReturnedLine(line=0, quantity=2)])).points == 0
    assert shop.record(returned(3)).points == -3


def test_what_is_kept_may_earn_by_other_rules_but_gives_nothing_back() -> None:
    """S6: a small rest that a rule likes better lowers the claim, and never below zero."""
    shop = shop_of(BASE, lk.AccrualRule("small", bonus(8), where=purchase.amount <= 5))
    assert shop.record(returned(1, lines=[lk.ReturnedLine(line=0)])).points == -2
    assert shop.record(returned(2)).points == -13


def test_a_line_of_no_units_comes_back_whole_only() -> None:
    """S6: quantity zero has no part; without a quantity all that is kept of the line comes back."""
    shop = shop_of(lines=[lk.Line(amount=8, quantity=0)])
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
        shop.record(returned(1, lines=[lk.ReturnedLine(line=0, quantity=1)]))
    assert shop.record(returned(2, lines=[lk.ReturnedLine(line=0)])).points == -8


def test_amounts_and_units_of_one_line_go_together() -> None:
    """S6: what came back by amount is no longer kept, whichever units follow."""
    shop = shop_of(lines=[lk.Line(amount=9, quantity=3)])
    assert shop.record(returned(1, amount=2)).points == -2
    assert shop.record(returned(2, lines=[lk.ReturnedLine(line=0, quantity=1)])).points == -3
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError, match=r"amount: asks for 4\.01, of which 4\.00 is kept"):
        shop.record(returned(3, amount="4.01"))
    assert shop.record(returned(4, amount=3)).points == -3
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError, match="asks for more than is kept of line 0"):
        shop.record(returned(5, lines=[lk.ReturnedLine(line=0, quantity=1)]))
    assert shop.record(returned(6, amount=1)).points == -1
    for nothing_left in ({}, {"amount": 1}, {"lines": [lk.ReturnedLine(line=0)]}):
        with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
            shop.record(returned(7, **nothing_left))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"lines": [lk.ReturnedLine(line=0, quantity=4)]}, "lines"),
        ({"lines": [lk.ReturnedLine(line=1), lk.ReturnedLine(line=0, quantity=4)]}, "lines"),
        ({"lines": [lk.ReturnedLine(line=2)]}, "lines"),
        ({"amount": 1}, "amount"),
        ({"occurred_at": MOMENT - timedelta(microseconds=1)}, "occurred_at"),
        ({"of": "unknown"}, "of"),
    ],
)
def test_a_return_beyond_what_was_bought_is_refused_whole(parts: dict[str, Any], field: str) -> None:
    """S6: more than was bought, a line that is not there, an amount for several lines, a date before the purchase."""
    shop = shop_of()
    before = shop.statement("m", as_of=MOMENT), shop.balance("m", as_of=MOMENT)
    with pytest.raises(lk.RefusedError) as caught:
        shop.record(evolve(lk.Return(id="r", of="p", occurred_at=MOMENT), **parts))
    assert caught.value.field == field
    assert (shop.statement("m", as_of=MOMENT), shop.balance("m", as_of=MOMENT)) == before
    assert shop.record(lk.Return(id="r", of="p", occurred_at=MOMENT)).points == -15


@pytest.mark.parametrize("amount", ["0.001", "0.0001"])
def test_a_return_is_no_finer_than_its_currency(amount: str) -> None:
    """Bad input: of a purchase in the programme's currency and of a foreign one."""
    for parts in ({}, {"currency": "USD", "rate": "0.9"}):
        shop = shop_of(lines=(), amount=10, **parts)
        with pytest.raises(lk.InvalidValueError, match="amount: has"):
            shop.record(returned(1, amount=amount))


# -- put in place late -------------------------------------------------------------------------------------------------


def sale_of(sold_lines: Sequence[lk.Line], rules: Sequence[lk.AccrualRule] = (BASE,)) -> tuple[Sale, Rulebook]:
    """A purchase with what it earned."""
    rulebook = ProgramHistory.of(club(accrual=rules, points=lk.PointsPolicy())).newest
    bought = lk.Purchase(id="p", member_id="m", lines=sold_lines, occurred_at=MOMENT)
    basket = converted(open_basket(bought, rulebook.program), rulebook.program)
    earned = rulebook.accrual.earn(basket, bought.instant, Decimal(1), {})
    return Sale(bought, earned, Decimal(1)), rulebook


@pytest.mark.parametrize(
    "steps",
    [
        [{}, {"lines": [lk.ReturnedLine(line=0, quantity=1)]}],
        [{}, {}],
        [{}, {"amount": 1}],
        [{"amount": 8}, {"amount": 2}],
        [{"amount": 8}, {"lines": [lk.ReturnedLine(line=0, quantity=1)]}],
        [{"lines": [lk.ReturnedLine(line=0, quantity=9)]}],
        [{"amount": 99}],
    ],
)
def test_what_was_accepted_elsewhere_takes_at_most_what_is_kept(steps: list[dict[str, Any]]) -> None:
    """T8: told late, returns are taken in the order in which they happened; none takes what is not there."""
    sale, rulebook = sale_of([lk.Line(amount=9, quantity=3)])
    for serial, parts in enumerate(steps):
        sale = apply_return(sale, returned(serial, **parts), rulebook.accrual, strict=False)
        assert 0 <= sale.points == sale.earned.points - sale.claimed <= sale.earned.points
    assert sale.kept is not None
    assert all(sale.kept.gone)
    assert sale.points == 0
    assert baskets_of(sale, rulebook.program).kept.total == 0


def test_a_sale_keeps_what_it_earned() -> None:
    """S6: nothing back, nothing claimed; kept is what was bought, and a part of it after a return."""
    sale, rulebook = sale_of([lk.Line(amount=9, quantity=3), lk.Line(amount=1)])
    whole = baskets_of(sale, rulebook.program)
    assert (sale.points, sale.kept, whole.kept is whole.bought) == (10, None, True)
    sale = apply_return(sale, of_lines(1, {0: 2}), rulebook.accrual, strict=True)
    part = baskets_of(sale, rulebook.program)
    assert (list(part.kept.amounts), list(part.kept.quantities)) == ([300, 100], [1, 1])
    assert (part.bought.total, part.kept.total) == (1000, 400)
    assert (sale.points, sale.claimed) == (4, 6)


@given(sales())
def test_units_are_worth_what_their_rule_says(sold: Sold) -> None:
    """S6: units that came back give no points per unit."""
    units = sum(row.quantity for row in sold.rows)
    assume(units)
    sold = evolve(sold, terms=evolve(sold.terms, rules=[Rule("unit", Fraction(2), 0)], multiplier=Fraction(1)))
    earned = give(sold, with_voucher(sold)).points
    shop = sold.shop()
    assert shop.record(sold.purchase()).points == earned
    place = next(place for place, row in enumerate(sold.rows) if row.quantity)
    counts = not (sold.terms.without_cake and sold.rows[place].category == "cake")
    assert shop.record(of_lines(1, {place: 1})).points == (-2 if counts else 0)
