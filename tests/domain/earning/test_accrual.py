"""What purchases earn, against fractions written apart from the library (``exact.py``)."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

import loyaltykit as lk
from loyaltykit.domain.earning.basket import open_basket
from loyaltykit.domain.facts.versions import Rules
from loyaltykit.rules import bonus, line, member, per_amount, per_purchase, per_unit, purchase, purchases, spend, times
from loyaltykit.values import to_instant
from tests.stories import club
from tests.support.exact import MOMENT, Sold, give, sales, with_voucher
from tests.test_values import HOSTILE

EURO = per_amount(points=1, every="1.00")
TEA = line.category == "tea"


def quote(program: lk.Program, *lines: lk.Line, **parts: Any) -> lk.Receipt:
    """What a purchase would give the one member of a shop."""
    shop = lk.Loyalty(program, clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m", gender="f", enrolled_at=MOMENT - timedelta(days=1)))
    terms: dict[str, Any] = {"id": "p", "member_id": "m", "lines": lines, "occurred_at": MOMENT}
    return shop.quote(lk.Purchase(**terms | parts))


def shares(receipt: lk.Receipt) -> list[tuple[str, int]]:
    return [(share.rule, share.points) for share in receipt.breakdown]


def of(*rules: lk.AccrualRule, rounding: Any = "floor", multiplier: Any = 1, **parts: Any) -> lk.Program:
    """A programme of these rules and one tier."""
    return club(
        accrual=rules,
        points=lk.PointsPolicy(rounding=rounding),
        tiers=lk.TierLadder(lk.Tier("all", multiplier=multiplier)),
        **parts,
    )


# -- against fractions -------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(sales())
def test_points_are_exact_and_rounded_once(sold: Sold) -> None:
    """S12, S13, I20: total, breakdown and lines are what fractions give, to the last point; each sums to the total."""
    expected = give(sold, with_voucher(sold))
    receipt = sold.shop().quote(sold.purchase())
    assert receipt.points == expected.points
    assert dict(shares(receipt)) == expected.by_rule
    assert list(receipt.lines) == list(expected.by_line)
    assert abs(receipt.points - expected.exact) < 1
    assert sum(points for _, points in shares(receipt)) == sum(receipt.lines) == receipt.points


@settings(max_examples=25)
@given(sales())
def test_the_ambient_decimal_context_earns_nothing(sold: Sold) -> None:
    """S13: a host with three digits and every trap set gets the same points."""
    expected = sold.shop().record(sold.purchase())
    with decimal.localcontext(HOSTILE):
        assert sold.shop().record(sold.purchase()) == expected


@settings(max_examples=25)
@given(sales())
def test_recording_gives_what_was_quoted(sold: Sold) -> None:
    """C2: nothing else recorded in between, the same points to the last line; asked again, the same receipt (I9)."""
    shop = sold.shop()
    quoted = shop.quote(sold.purchase())
    assert shop.record(sold.purchase()) == quoted == shop.quote(sold.purchase()) == shop.record(sold.purchase())


# -- what earns --------------------------------------------------------------------------------------------------------

PAID = lk.Line(amount="12.00", discount="3.00", tax="2.00")


@pytest.mark.parametrize(
    ("earns", "points"),
    [
        (lk.EarningPolicy(), 1200),
        (lk.EarningPolicy(tax=False), 1000),
        (lk.EarningPolicy(amount="gross"), 1500),
        (lk.EarningPolicy(amount="gross", tax=False), 1300),
        (lk.EarningPolicy(amount="net_of_points"), 1500),
        (lk.EarningPolicy(excluded_payments=["card"]), 700),
        (lk.EarningPolicy(tax=False, excluded_payments=["card", "unknown"]), 500),
    ],
)
def test_what_earns_is_configurable(earns: lk.EarningPolicy, points: int) -> None:
    """S12: net or gross, with or without tax, without some kinds of payment."""
    program = of(lk.AccrualRule("base", per_amount(1, "0.01")), earns=earns)
    assert quote(program, PAID, payments={"card": 5, "cash": 7}).points == points


def test_less_than_nothing_earns_nothing() -> None:
    """S12: what a gift card and the tax make negative counts as zero."""
    program = of(lk.AccrualRule("base", EURO), earns=lk.EarningPolicy(tax=False, excluded_payments=["card"]))
    assert quote(program, PAID, payments={"card": 12}).points == 0


def test_excluded_lines_match_no_rule() -> None:
    """S12: they neither earn nor let a purchase count; everything excluded gives nothing at all."""
    rules = [
        lk.AccrualRule("base", EURO),
        lk.AccrualRule("any", per_purchase(5)),
        lk.AccrualRule("tea", bonus(7), where=TEA),
    ]
    program = of(*rules, earns=lk.EarningPolicy(exclude=TEA))
    tea, cup = lk.Line(amount=10, category="tea"), lk.Line(amount=4, category="cup")
    assert shares(quote(program, tea, cup)) == [("base", 4), ("any", 5)]
    assert quote(program, tea, cup).lines == (0, 9)
    assert shares(quote(program, tea)) == []


# -- rules together ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounding", "points"), [("floor", (1, 1, 2)), ("half_up", (1, 2, 2)), ("ceiling", (2, 2, 2))])
def test_one_rounding_per_purchase(rounding: Any, points: Sequence[int]) -> None:
    """S13: floor, half up, ceiling, of the sum and not of each line."""
    program = of(lk.AccrualRule("base", EURO), rounding=rounding)
    amounts = ("0.70", "0.75", "1.00")
    assert tuple(quote(program, lk.Line(amount=a), lk.Line(amount=a)).points for a in amounts) == points


def test_proportion_and_steps() -> None:
    """S13: proportional unless told otherwise; steps count what all matching lines come to."""
    lines = [lk.Line(amount="9.99"), lk.Line(amount="9.99")]
    assert quote(of(lk.AccrualRule("a", per_amount(10, "10.00"))), *lines).points == 19
    stepwise = quote(of(lk.AccrualRule("a", per_amount(10, "10.00", steps=True))), *lines)
    assert (stepwise.points, stepwise.lines) == (10, (5, 5))


def test_multiples_add_up_and_leave_bonuses_alone() -> None:
    """S13: twice and three times is four times; a bonus is never multiplied, by no rule and no tier."""
    rules = [
        lk.AccrualRule("base", EURO),
        lk.AccrualRule("visit", per_purchase(1)),
        lk.AccrualRule("unit", per_unit(2)),
        lk.AccrualRule("double", times(2)),
        lk.AccrualRule("triple tea", times(3), where=TEA),
        lk.AccrualRule("gift", bonus(50)),
    ]
    receipt = quote(of(*rules, multiplier="1.5"), lk.Line(amount=10, category="tea"), lk.Line(amount=1, quantity=3))
    # tea: 10 + 1 + 2 = 13, once more and twice more; the other line: 1 + 6 = 7, once more
    assert receipt.points == (13 * 4 + 7 * 2) * 3 // 2 + 50
    assert shares(receipt) == [
        ("base", 17),
        ("visit", 1),
        ("unit", 12),
        ("double", 30),
        ("triple tea", 39),
        ("gift", 50),
    ]


def test_breakdown_and_lines_share_out_by_largest_remainder() -> None:
    """S13: ties go to programme order and line order."""
    rules = [lk.AccrualRule(name, per_amount(1, "2.00")) for name in ("first", "second")]
    receipt = quote(of(*rules), lk.Line(amount=1), lk.Line(amount=1), lk.Line(amount=1))
    assert receipt.points == 3
    assert shares(receipt) == [("first", 2), ("second", 1)]
    assert receipt.lines == (1, 1, 1)
    assert quote(of(rules[0]), lk.Line(amount=1), lk.Line(amount=1), lk.Line(amount=1)).lines == (1, 0, 0)


def test_of_a_group_one_counts() -> None:
    """S13: the highest priority that gives points, then the most points, then programme order."""

    def grouped(name: str, earn: Any, priority: int = 0, where: Any = None) -> lk.AccrualRule:
        return lk.AccrualRule(name, earn, where=where, group="g", priority=priority)

    low, high = grouped("low", bonus(100)), grouped("high", bonus(1), priority=5)
    never = grouped("never", bonus(99), priority=9, where=TEA)
    assert shares(quote(of(low, high, never), lk.Line(amount=1))) == [("high", 1)]
    assert shares(quote(of(low, grouped("more", bonus(101))), lk.Line(amount=1))) == [("more", 101)]
    assert shares(quote(of(low, grouped("same", bonus(100))), lk.Line(amount=1))) == [("low", 100)]
    nothing = grouped("nothing", EURO, priority=9)
    assert shares(quote(of(nothing, low), lk.Line(amount=0))) == [("low", 100)]
    assert shares(quote(of(nothing), lk.Line(amount=0))) == []


def test_of_a_group_of_multiples_the_one_that_adds_most_counts() -> None:
    """S13: what a multiple adds is what it is worth, priorities first; one without matching lines is none."""
    base = lk.AccrualRule("base", EURO)
    double, triple = (lk.AccrualRule(f"x{f}", times(f), group="x") for f in (2, 3))
    tea = lk.AccrualRule("tea", times(9), where=TEA, group="x", priority=1)
    assert shares(quote(of(base, double, triple, tea), lk.Line(amount=10))) == [("base", 10), ("x3", 20)]
    assert shares(quote(of(base, double, triple, tea), lk.Line(amount=10, category="tea"))) == [
        ("base", 10),
        ("tea", 80),
    ]
    assert shares(quote(of(double), lk.Line(amount=10))) == []


@pytest.mark.parametrize(("offset", "points"), [(-1, 0), (0, 5), (10**6 - 1, 5), (10**6, 0)])
def test_rules_are_valid_from_until(offset: int, points: int) -> None:
    """S13: from inclusive, until exclusive, to the microsecond."""
    start = MOMENT - timedelta(hours=1)
    rule = lk.AccrualRule("now", bonus(5), valid_from=start, valid_until=start + timedelta(seconds=1))
    when = start + timedelta(microseconds=offset)
    assert quote(of(rule), lk.Line(amount=1), occurred_at=when).points == points


# -- on which lines ----------------------------------------------------------------------------------------------------


def test_a_rule_without_lines_means_all_lines() -> None:
    """S13: a predicate over the purchase or the member holds for all lines, or none."""
    for where in (purchase.channel == "web", member.gender == "f"):
        program = of(lk.AccrualRule("a", per_unit(1), where=where))
        lines = [lk.Line(amount=1, quantity=2), lk.Line(amount=1)]
        assert quote(program, *lines, channel="web").lines == (2, 1)
    assert quote(of(lk.AccrualRule("a", per_unit(1), where=member.gender == "m")), lk.Line(amount=1)).points == 0


def test_a_fixed_number_falls_on_the_first_line_that_matches() -> None:
    """S13: points per purchase have a line, so that lines sum to the total."""
    program = of(lk.AccrualRule("a", per_purchase(3), where=TEA), lk.AccrualRule("b", bonus(4)))
    lines = [lk.Line(amount=1), lk.Line(amount=1, category="tea"), lk.Line(amount=1, category="tea")]
    assert quote(program, *lines).lines == (4, 3, 0)


def test_a_purchase_of_nothing_counts() -> None:
    """S6: value zero earns what is fixed, and nothing by amount."""
    program = of(lk.AccrualRule("base", EURO), lk.AccrualRule("visit", per_purchase(3)))
    assert shares(quote(program, amount=0)) == [("visit", 3)]
    assert quote(program, amount=0).lines == (3,)


def test_a_rule_may_ask_what_the_member_did_before() -> None:
    """T2: facts in a rule see what stands before the purchase, and the purchase itself."""
    third = lk.AccrualRule("third", bonus(10), where=purchases >= 3)
    rich = lk.AccrualRule("rich", bonus(1), where=(spend >= 100) & (line.category == "tea"))
    shop = lk.Loyalty(of(third, rich), clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m", enrolled_at=MOMENT - timedelta(days=9)))

    def buy(serial: int, amount: int) -> int:
        when: datetime = MOMENT - timedelta(days=5 - serial)
        lines = [lk.Line(amount=amount, category="tea")]
        return shop.record(lk.Purchase(id=f"p{serial}", member_id="m", lines=lines, occurred_at=when)).points

    assert [buy(1, 50), buy(2, 49), buy(3, 1), buy(4, 0)] == [0, 0, 11, 11]


def test_a_huge_purchase_is_exact() -> None:
    """S13: 18 digits times a multiplier of many, without a float or a rounded digit."""
    program = of(lk.AccrualRule("a", per_amount(10**15, "0.01")), multiplier="1.0000000000000001")
    amount = "9999999999999999.99"
    expected = Fraction(amount) * 100 * 10**15 * Fraction("1.0000000000000001")
    basket = open_basket(lk.Purchase(id="p", member_id="m", amount=amount), program)
    earned = Rules.of(program).newest.accrual.earn(basket, to_instant(MOMENT), Decimal("1.0000000000000001"), {})
    assert earned.points == expected.numerator // expected.denominator


def test_a_purchase_gives_at_most_as_many_points_as_a_sum_may_have() -> None:
    """I31: 10^15 is the most, for one purchase and for all that ever came to a member."""
    program = of(lk.AccrualRule("a", per_amount(10**15, "1.00")))
    assert quote(program, lk.Line(amount="1.00")).points == 10**15
    with pytest.raises(lk.InvalidValueError, match=r"points: would be more than 10\^15"):
        quote(program, lk.Line(amount="1.01"))
