"""Paying with points: quoted together, recorded together, returned together (S10, S11, S12, S25)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import per_purchase
from tests.support.stories import Story, club, day, policy

STORED = policy(expire_after=lk.NEVER)


def paid(points: int, value: str) -> lk.PointsPayment:
    """A payment in points."""
    return lk.PointsPayment(points=points, value=value)


def rich(program: lk.Program = STORED, points: int = 1_000) -> Story:
    """A member who has points to pay with."""
    story = Story(program)
    story.adjust("g", day(0), points)
    return story


def test_s25_both_or_neither() -> None:
    """S25, I11: the redemption and the purchase are written together; without the points, neither is."""
    story = rich(points=500)
    receipt = story.buy("a", day(1), 100, paid_with=paid(500, "5.00"))
    assert (receipt.points, receipt.points_paid) == (95, 500)
    assert story.rows() == [("adjustment", 500), ("accrual", 95), ("redemption", -500)]
    with pytest.raises(lk.InsufficientPointsError) as refused:
        story.buy("b", day(2), 100, paid_with=paid(96, "0.96"))
    assert refused.value.available == 95
    assert story.buy("b", day(2), 100).points == 100


def test_s25_never_with_its_own_points() -> None:
    """S25: the redemption is decided first."""
    story = Story(STORED)
    with pytest.raises(lk.InsufficientPointsError):
        story.buy("a", day(1), 100, paid_with=paid(1, "0.01"))


def test_s25_its_points_repay_what_is_owed() -> None:
    """S25, S8: what the purchase brings repays debt; what pays for it was there before."""
    story = rich(points=100)
    story.buy("a", day(1), 50, paid_with=paid(100, "1.00"))
    assert story.available(day(1)) == 49
    story.adjust("t", day(2), -60)
    story.adjust("h", day(3), 31)
    story.buy("b", day(4), 40, paid_with=paid(20, "1.00"))
    assert (story.available(day(4)), story.debt(day(4))) == (39, 0)


@pytest.mark.parametrize(("amount", "points"), [("net", 95), ("gross", 110), ("net_of_points", 105)])
def test_s12_nothing_is_earned_on_what_points_paid(amount: Any, points: int) -> None:
    """S12: by default and whenever points count apart; gross counts what the goods cost before anything."""
    story = rich(club(earns=lk.EarningPolicy(amount=amount)))
    bought = [lk.Line(amount="60.00", discount="10.00"), lk.Line(amount="40.00")]
    assert (
        story.shop.record(
            lk.Purchase(id="a", member_id="m", lines=bought, occurred_at=day(1), paid_with=paid(500, "5.00"))
        ).points
        == points
    )


def test_s11_points_and_value_lie_on_the_lines() -> None:
    """S11: by largest remainder over the amounts, ties by line order."""
    story = rich()
    bought = [lk.Line(amount="10.00"), lk.Line(amount="10.00"), lk.Line(amount="10.00")]
    story.shop.record(lk.Purchase(id="a", member_id="m", lines=bought, occurred_at=day(1), paid_with=paid(100, "1.00")))
    backs = [
        story.shop.record(lk.Return(id=f"r{i}", of="a", lines=[lk.ReturnedLine(line=i)], occurred_at=day(2)))
        for i in range(3)
    ]
    assert [back.points_paid for back in backs] == [-34, -33, -33]
    assert story.available(day(2)) == 1_000


def test_s10_each_once_and_by_itself() -> None:
    """S10: what was earned is taken back first, then what paid is given back, and repays what that left owing."""
    story = rich(points=500)
    story.buy("a", day(1), 100, paid_with=paid(500, "5.00"))
    story.spend("s", day(2), 95)
    back = story.bring_back("r", "a", day(3))
    assert (back.points, back.points_paid) == (-95, -500)
    assert (story.available(day(3)), story.debt(day(3))) == (405, 0)
    assert story.rows()[-2:] == [("clawback", -95), ("reversal", 500)]
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
        story.bring_back("q", "a", day(4))


def test_s10_points_go_back_to_their_lots() -> None:
    """S9, S10: with the expiry they had; what has lapsed meanwhile lapses again."""
    story = Story()
    story.adjust("g", day(0), 300, expires_at=day(5))
    story.adjust("h", day(0), 300, expires_at=day(30))
    story.buy("a", day(1), 100, paid_with=paid(400, "4.00"))
    story.bring_back("r", "a", day(6), amount="50.00")
    assert ("h", 300) in story.lots(day(6))
    assert ("g", 100) not in story.lots(day(6))
    story.shop.settle(as_of=day(60))
    assert story.shop.storage.verify() == []


def test_s10_a_return_of_a_purchase_that_earned_nothing_gives_back_all_the_same() -> None:
    """S10: the two sides do not need each other."""
    story = rich(club(accrual=[], points=lk.PointsPolicy()))
    assert story.buy("a", day(1), 100, paid_with=paid(1_000, "100.00")).points == 0
    back = story.bring_back("r", "a", day(2), amount="25.00")
    assert (back.points, back.points_paid) == (0, -250)


def test_s25_its_redemption_is_undone_by_returns_only() -> None:
    """S10: a reversal of the purchase is refused."""
    story = rich()
    story.buy("a", day(1), 100, paid_with=paid(500, "5.00"))
    with pytest.raises(lk.errors.UnknownTransactionError):
        story.undo("u", "a", day(2))


def test_s25_a_foreign_purchase_is_paid_in_its_own_currency() -> None:
    """S14, S25: the value is of the purchase's currency and converted line by line like the rest."""
    story = rich()
    receipt = story.buy("a", day(1), 100, currency="USD", rate="2", paid_with=paid(500, "5.00"))
    assert receipt.points == 190


@pytest.mark.parametrize(
    ("payment", "field"),
    [(paid(1, "100.01"), "paid_with"), (paid(1, "0.001"), "paid_with.value"), ("5.00", "paid_with")],
)
def test_a_payment_that_cannot_be(payment: Any, field: str) -> None:
    """More than the goods cost, finer than the currency, or no payment at all: the field is named."""
    with pytest.raises(lk.InvalidValueError) as refused:
        rich().buy("a", day(1), 100, paid_with=payment)
    assert refused.value.field == field


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 4)), min_size=1, max_size=4),
    st.integers(1, 900),
    st.data(),
)
def test_i19_any_partition_gives_back_all(lines: list[tuple[int, int]], points: int, data: st.DataObject) -> None:
    """S11, I19: in whatever parts a purchase comes back, all points that paid come back, and no part beyond its own."""
    cents = sum(amount for amount, _ in lines)
    if not cents:
        return
    story = rich()
    value = data.draw(st.integers(1, cents))
    bought = [lk.Line(amount=f"{amount / 100:.2f}", quantity=units) for amount, units in lines]
    story.shop.record(
        lk.Purchase(
            id="a", member_id="m", lines=bought, occurred_at=day(1), paid_with=paid(points, f"{value / 100:.2f}")
        )
    )
    left = {line: units for line, (_, units) in enumerate(lines)}
    given_back = 0
    while left:
        line = data.draw(st.sampled_from(sorted(left)))
        units = data.draw(st.integers(1, left[line]))
        back = lk.Return(
            id=f"r{sum(left.values())}", of="a", lines=[lk.ReturnedLine(line=line, quantity=units)], occurred_at=day(2)
        )
        part = -story.shop.record(back).points_paid
        assert part >= 0
        given_back += part
        left[line] -= units
        if not left[line]:
            del left[line]
    assert given_back == points
    assert story.available(day(2)) == 1_000
    assert story.shop.storage.verify() == []


def test_s25_points_of_a_fixed_rule_come_whatever_paid() -> None:
    """S12: a rule that counts no amount is not touched by what points paid."""
    story = rich(club(accrual=[lk.AccrualRule("any", per_purchase(7))]))
    assert story.buy("a", day(1), 10, paid_with=paid(500, "10.00")).points == 7
