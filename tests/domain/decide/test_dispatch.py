"""The one entry: what is refused, and that a refusal changes nothing (S6, S14, S15, S18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import line, per_amount, times
from tests.support.digest import canonical
from tests.support.stories import MICROSECOND, START, Story, adjustment, club, day

Call = Callable[[Story], Any]

REFUSALS: list[tuple[type[lk.LoyaltyError], Call]] = [
    (lk.NotEnrolledError, lambda story: story.buy("p", START - MICROSECOND)),
    (lk.NotEnrolledError, lambda story: story.visit("v", START - timedelta(days=1))),
    (lk.NotEnrolledError, lambda story: story.spend("y", START - timedelta(days=1), 1)),
    (lk.NotEnrolledError, lambda story: story.adjust("y", START - timedelta(days=1), 1)),
    (lk.InvalidValueError, lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="unheard of"))),
    (
        lk.InvalidValueError,
        lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="review", attributes={"stars": "5"})),
    ),
    (
        lk.InvalidValueError,
        lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="review", attributes={"moons": 5})),
    ),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "0.005")),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "5", currency="USD")),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "5", fields={"gift": True})),
    (lk.UnknownMemberError, lambda story: story.shop.record(lk.Visit(id="v", member_id="nobody"))),
    (lk.errors.UnknownTransactionError, lambda story: story.bring_back("r", "nothing", day(1))),
    (lk.errors.UnknownTransactionError, lambda story: story.bring_back("r", "x", day(3))),
    (lk.errors.UnknownTransactionError, lambda story: story.undo("u", "a", day(3))),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "a", day(0) - MICROSECOND)),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "a", day(3), amount="100.01")),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "gone", day(5))),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "gone", day(5), amount="0.01")),
    (
        lk.errors.ReturnExceedsPurchaseError,
        lambda story: story.bring_back("r", "b", day(5), lines=[lk.ReturnedLine(line=0, quantity=4)]),
    ),
    (
        lk.InvalidValueError,
        lambda story: story.bring_back("r", "b", day(5), lines=[lk.ReturnedLine(line=2, quantity=1)]),
    ),
    (lk.InvalidValueError, lambda story: story.bring_back("r", "b", day(5), amount=1)),
    (lk.InvalidValueError, lambda story: story.bring_back("r", "a", day(5), amount="0.001")),
    (lk.errors.ReversalExceedsRedemptionError, lambda story: story.undo("u", "x", day(1))),
    (lk.errors.ReversalExceedsRedemptionError, lambda story: story.undo("u", "x", day(3), 41)),
    (lk.InsufficientPointsError, lambda story: story.spend("y", day(3), 10_000)),
    (lk.InvalidValueError, lambda story: story.adjust("t", day(3), 5, expires_at=day(3))),
    (lk.IdempotencyConflictError, lambda story: story.spend("a", day(3), 5)),
]


def told() -> Story:
    """A purchase, one that came back whole, one of two lines, a redemption."""
    story = Story(club(events=[lk.EventType("review", fields=[lk.Field("stars", int)])]))
    story.buy("a", day(0))
    story.buy("gone", day(0))
    story.bring_back("g", "gone", day(1))
    lines = [lk.Line(amount=30, quantity=3), lk.Line(amount=5)]
    story.shop.record(lk.Purchase(id="b", member_id="m", lines=lines, occurred_at=day(1)))
    story.spend("x", day(2), 40)
    return story


@pytest.mark.parametrize("place", range(len(REFUSALS)))
def test_i11_a_refusal_writes_nothing_and_leaves_the_id_free(place: int) -> None:
    """S15, I11: every refusal has its error and leaves D as it was; the id can be used for something else."""
    error, call = REFUSALS[place]
    story = told()
    before = canonical(story.storage)
    with pytest.raises(error) as refused:
        call(story)
    assert all((refused.value.field, refused.value.reason, refused.value.way_out))
    assert canonical(story.storage) == before
    for free in ("p", "r", "u", "v", "e", "y", "t"):
        assert story.shop.record(adjustment(free, day(4), 1)).points == 1


class TestReturns:
    """S6: a claim is worked out over all returns of the purchase so far."""

    def test_s6_never_rounding_per_return(self) -> None:
        """S6: three thirds of a line claim exactly what was earned, whatever each rounds to."""
        story = Story()
        lines = [lk.Line(amount="10.00", quantity=3)]
        assert story.shop.record(lk.Purchase(id="a", member_id="m", lines=lines, occurred_at=day(0))).points == 10
        one = [lk.ReturnedLine(line=0, quantity=1)]
        assert [story.bring_back(f"r{i}", "a", day(1), lines=one).points for i in range(3)] == [-4, -3, -3]

    def test_s6_the_multiplier_and_rules_of_the_purchase(self) -> None:
        """S6: a return months later, at another tier and after a campaign has ended, claims by what stood then."""
        from loyaltykit.rules import days, spend

        campaign = lk.AccrualRule("campaign", times(3), where=line.category == "tea", valid_until=day(5))
        ladder = lk.TierLadder(
            lk.Tier("low"), lk.Tier("high", enter=spend.over(days(9)) >= 100, multiplier="2"), valid_for=days(9)
        )
        base = lk.AccrualRule("base", per_amount(points=1, every="1.00"))
        story = Story(club(points=lk.PointsPolicy(), accrual=[base, campaign], tiers=ladder))
        story.buy("a", day(0), 100)
        lines = [lk.Line(amount="10.00", category="tea"), lk.Line(amount="10.00")]
        receipt = story.shop.record(lk.Purchase(id="b", member_id="m", lines=lines, occurred_at=day(1)))
        assert (receipt.points, receipt.lines) == (80, (60, 20))
        assert story.tier(day(100)) == "low"
        assert story.bring_back("r", "b", day(100), lines=[lk.ReturnedLine(line=0)]).points == -60
        assert story.bring_back("s", "b", day(101)).points == -20

    @given(
        lines=st.lists(st.tuples(st.integers(0, 999), st.integers(1, 4)), min_size=1, max_size=3),
        data=st.data(),
    )
    def test_s6_never_more_than_was_earned(self, lines: list[tuple[int, int]], data: st.DataObject) -> None:
        """S6, I19: whatever comes back line by line, the claims sum up to what the kept part does not earn."""
        story = Story(club(tiers=lk.TierLadder(lk.Tier("only", multiplier="1.37"))))
        bought = [lk.Line(amount=Decimal(minor).scaleb(-2), quantity=quantity) for minor, quantity in lines]
        earned = story.shop.record(lk.Purchase(id="a", member_id="m", lines=bought, occurred_at=day(0))).points
        kept, claimed = [quantity for _, quantity in lines], 0
        for serial in range(data.draw(st.integers(0, 4))):
            place = data.draw(st.integers(0, len(lines) - 1))
            if not kept[place]:
                continue
            quantity = data.draw(st.integers(1, kept[place]))
            kept[place] -= quantity
            part = [lk.ReturnedLine(line=place, quantity=quantity)]
            claimed -= story.bring_back(f"r{serial}", "a", day(1), lines=part).points
        minors = [(2 * minor * left + whole) // (2 * whole) for (minor, whole), left in zip(lines, kept, strict=True)]
        assert claimed == earned - sum(minors) * 137 // 10_000
        if any(kept):
            claimed -= story.bring_back("rest", "a", day(2)).points
        assert claimed == earned

    def test_s6_a_whole_return_takes_what_is_still_kept(self) -> None:
        """S6: with neither amount nor lines, all that is kept comes back, and after it nothing can."""
        story = Story()
        story.buy("a", day(0), 100)
        story.bring_back("r", "a", day(1), amount="99.99")
        assert story.bring_back("s", "a", day(1)).points == 0
        with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
            story.bring_back("t", "a", day(1))

    def test_s6_a_purchase_of_value_zero_can_come_back(self) -> None:
        """S6: it counts, so it can come back, once."""
        story = Story()
        story.buy("a", day(0), 0)
        assert story.bring_back("r", "a", day(1)).points == 0
        with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
            story.bring_back("s", "a", day(1))


def test_s14_a_foreign_purchase_carries_its_rate() -> None:
    """S14: with its rate it earns in the programme's currency, and returns are converted over all of them together."""
    story = Story()
    assert story.buy("a", day(0), "10.00", currency="USD", rate="0.925").points == 9
    assert story.bring_back("r", "a", day(1), amount="5.00").points == -5
    story.buy("b", day(0), "0.03", currency="USD", rate="0.5")
    for serial in range(3):
        story.bring_back(f"b{serial}", "b", day(1), amount="0.01")
    with pytest.raises(lk.InvalidValueError):
        story.bring_back("fine", "a", day(1), amount="0.001")


def test_i3_points_never_come_from_nowhere() -> None:
    """I3: a purchase, its redemption, its return, its reversal: what is there is what the steps sum up to."""
    story = told()
    steps = [
        story.bring_back("r", "a", day(3), amount=50).points,
        story.undo("u", "x", day(4), 10).points,
        story.undo("w", "x", day(5)).points,
    ]
    assert steps == [-50, 10, 30]
    assert story.available(day(5)) == 100 + 35 - 50
    assert story.shop.storage.verify() == []


class _TillPurchase(lk.Purchase):
    """A shop's own kind of purchase."""


def test_a_shops_own_kind_leads_to_what_its_kind_leads_to() -> None:
    """A subclass is recorded like the class above it."""
    story = Story()
    assert story.shop.record(_TillPurchase(id="a", member_id="m", amount=100, occurred_at=day(0))).points == 100
    assert story.shop.storage.verify() == []
