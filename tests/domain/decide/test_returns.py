"""What a return takes back (S6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import line, per_amount, times
from tests.support.stories import Story, club, day


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
