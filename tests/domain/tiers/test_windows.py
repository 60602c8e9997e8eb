"""What tiers look at: windows, and returns that lower a metric (T2, T9, I25)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from loyaltykit.rules import (
    anniversary,
    calendar,
    days,
    end_of,
    lifetime,
    months,
    purchases,
    since_tier,
    spend,
)
from tests.domain.tiers.test_decisions import ladder, short
from tests.support.stories import MICROSECOND, Story, at, club


class TestWindows:
    """T2: what a question, an event and a check see."""

    @pytest.mark.parametrize(
        ("rule", "bought", "sees", "sees_not"),
        [
            (spend.over(days(10)), at(2024, 3, 25, 9), at(2024, 4, 4, 9), at(2024, 4, 4, 9) + MICROSECOND),
            (spend.over(days(1)), at(2024, 3, 30, 12), at(2024, 3, 31, 12), at(2024, 3, 31, 12) + MICROSECOND),
            (spend.over(months(1)), at(2024, 1, 31, 9), at(2024, 2, 29, 9), at(2024, 3, 31, 9)),
            (spend.over(months(1)), at(2024, 2, 29, 9), at(2024, 3, 31, 9), at(2024, 4, 1)),
            (spend.over(months(12)), at(2024, 2, 29, 9), at(2025, 2, 28, 9), at(2025, 3, 1)),
            (spend.over(calendar("month")), at(2024, 3, 1), at(2024, 3, 31, 23), at(2024, 4, 1)),
            (spend.over(calendar("quarter")), at(2024, 1, 1), at(2024, 3, 31, 23), at(2024, 4, 1)),
            (spend.over(calendar("half")), at(2024, 6, 30), at(2024, 6, 30, 23), at(2024, 7, 1)),
            (spend.over(calendar("year")), at(2024, 1, 1), at(2024, 12, 31, 23), at(2025, 1, 1)),
            (spend.over(calendar("year", first_month=4)), at(2024, 4, 1), at(2025, 3, 31, 23), at(2025, 4, 1)),
            (spend.over(calendar("year", first_month=4)), at(2024, 3, 31), at(2024, 3, 31, 23), at(2024, 4, 1)),
            (spend.over(calendar("quarter", first_month=2)), at(2024, 4, 30), at(2024, 4, 30, 9), at(2024, 5, 1)),
            (spend.over(lifetime()), at(2024, 1, 1), at(2044, 1, 1), at(2024, 1, 1) - MICROSECOND),
        ],
        ids=str,
    )
    def test_t2_bounds(self, rule: Any, bought: datetime, sees: datetime, sees_not: datetime) -> None:
        """T2: a question at t sees `t - window <= occurred_at <= t`, at the same wall time, clamped."""
        story = Story(club(), enrolled=at(2023, 6, 1))
        story.buy("a", bought, 100)
        asked = {when: story.shop.select(rule >= 100, as_of=when).count() for when in (bought, sees, sees_not)}
        assert asked == {bought: 1, sees: 1, sees_not: 0}

    @pytest.mark.parametrize(
        ("enrolled", "bought", "sees", "sees_not"),
        [
            (at(2023, 5, 20, 15), at(2024, 5, 20), at(2025, 5, 19, 23), at(2025, 5, 20)),
            (at(2023, 5, 20, 15), at(2023, 5, 20, 15), at(2024, 5, 19, 23), at(2024, 5, 20)),
            (at(2024, 2, 29, 15), at(2025, 2, 28), at(2026, 2, 27, 23), at(2026, 2, 28)),
            (at(2024, 2, 29, 15), at(2027, 2, 28), at(2028, 2, 28, 23), at(2028, 2, 29)),
        ],
    )
    def test_t2_anniversary(self, enrolled: datetime, bought: datetime, sees: datetime, sees_not: datetime) -> None:
        """T2: the year since the last anniversary of enrolment; 29 February clamps."""
        story = Story(club(), enrolled=enrolled)
        story.buy("a", bought, 100)
        rule = spend.over(anniversary()) >= 100
        assert [story.shop.select(rule, as_of=when).count() for when in (bought, sees, sees_not)] == [1, 1, 0]

    def test_t2_a_check_sees_what_lies_before_it(self) -> None:
        """T2: a check sees `< t`, and of calendar windows the period that holds the last instant before it."""
        story = Story(short(spend.over(calendar("year")) >= 100, valid_for=end_of("year")))
        story.buy("a", at(2024, 5, 5), 100)
        assert story.term(at(2025, 1, 1)) == ("high", at(2024, 5, 5), at(2026, 1, 1))
        story.buy("b", at(2026, 1, 1), 50)
        assert story.term(at(2026, 1, 1)) == ("low", at(2026, 1, 1), None)

    def test_t2_anniversary_at_a_check(self) -> None:
        """T2: a check on the anniversary itself looks at the year that is over."""
        story = Story(short(spend.over(anniversary()) >= 100, valid_for=end_of("year")))
        story.buy("a", at(2024, 1, 2), 100)
        assert story.term(at(2025, 1, 1)) == ("high", at(2024, 1, 2), at(2026, 1, 1))
        assert story.term(at(2026, 1, 1)) == ("low", at(2026, 1, 1), None)

    def test_t2_since_tier(self) -> None:
        """T2: `since_tier` counts from where the present tier began, the purchase that led to it included."""
        story = Story(ladder(silver=spend >= 100, gold=spend.over(since_tier()) >= 1000))
        story.buy("a", at(2024, 1, 2), 99)
        assert story.buy("b", at(2024, 1, 3), 900).tier_after == "silver"
        assert story.buy("c", at(2024, 1, 4), 99).tier_after == "silver"
        assert story.buy("d", at(2024, 1, 5), 1).tier_after == "gold"

    def test_t2_since_tier_is_the_enrolment_at_first(self) -> None:
        """T2: the lowest tier began with the enrolment."""
        story = Story(short(spend.over(since_tier()) >= 100))
        assert story.buy("a", at(2024, 1, 1), 100).tier_after == "high"


class TestReturns:
    """T9: a return lowers the metric at its purchase's date; the tier follows later, or at once."""

    def test_t9_at_the_next_check(self) -> None:
        """T9: by default the tier stays until its end and falls there."""
        story = Story(ladder())
        story.buy("a", at(2024, 3, 15), 1000)
        assert story.bring_back("r", "a", at(2024, 4, 1), amount=1).tier_after == "silver"
        assert story.term(at(2024, 12, 1)) == ("silver", at(2024, 3, 15), at(2025, 3, 16))
        assert story.tier(at(2025, 3, 16)) == "regular"

    def test_t9_immediately_is_itself_a_check(self) -> None:
        """T9, T4: with `immediately` the member falls at the return, one step, with a validity from the day before."""
        story = Story(ladder(on_return="immediately"))
        story.buy("a", at(2024, 3, 15), 3000)
        receipt = story.bring_back("r", "a", at(2024, 4, 1, 9), amount=1)
        assert (receipt.tier_before, receipt.tier_after) == ("gold", "silver")
        assert story.term(at(2024, 4, 1, 9)) == ("silver", at(2024, 4, 1, 9), at(2025, 4, 2))

    def test_t9_immediately_requalify(self) -> None:
        """T9, T4: with `requalify` the return leads to the tier that still fits."""
        story = Story(ladder(on_return="immediately", downgrade="requalify"))
        story.buy("a", at(2024, 3, 15), 3000)
        assert story.bring_back("r", "a", at(2024, 4, 1, 9), amount=2500).tier_after == "regular"

    def test_t9_immediately_but_still_kept(self) -> None:
        """T9: a return that leaves the rule met changes nothing, and one in the lowest tier has nothing to lose."""
        story = Story(ladder(on_return="immediately"))
        story.buy("a", at(2024, 3, 15), 1001)
        assert story.bring_back("r", "a", at(2024, 4, 1), amount=1).tier_after == "silver"
        assert story.bring_back("s", "a", at(2024, 4, 2), amount=1).tier_after == "regular"
        assert story.bring_back("t", "a", at(2024, 4, 3)).tier_after == "regular"

    def test_t9_seen_from_its_own_date_on(self) -> None:
        """T9: before the return the metric counts whole, after it less, at the purchase's date both times."""
        story = Story(club())
        story.buy("a", at(2024, 3, 15), 100)
        story.bring_back("r", "a", at(2024, 4, 1), amount=40)
        rule = spend.over(days(30))
        asked = [
            dict(story.shop.select(purchases >= 1, as_of=when).facts(rule))
            for when in (at(2024, 3, 31), at(2024, 4, 1))
        ]
        assert [str(found["m"][0]) for found in asked] == ["100.00", "60.00"]
        assert story.shop.select(rule > 0, as_of=at(2024, 4, 15)).count() == 0

    @pytest.mark.parametrize("on_return", ["next_check", "immediately"])
    def test_i25_never_up_at_a_return(self, on_return: str) -> None:
        """I25: just after a return the tier is never above the one before it, even when less spend would lift."""
        story = Story(ladder(silver=spend >= 10, gold=(spend < 50) & (spend >= 20), on_return=on_return))
        assert story.buy("a", at(2024, 1, 2), 100).tier_after == "silver"
        assert story.bring_back("r", "a", at(2024, 1, 3), amount=60).tier_after == "silver"
