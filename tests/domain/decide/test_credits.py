"""Credits: debts repaid (S8)."""

from __future__ import annotations

import loyaltykit as lk
from tests.support.stories import MICROSECOND, Story, at, day, policy


class TestDebt:
    """S8: debt is repaid by the next credits, dated when both the points and the debt were there (S2)."""

    def test_s8_the_next_credit_repays(self) -> None:
        """S8: a purchase, then an adjustment, repay before anything can be spent."""
        story = Story()
        story.adjust("t", day(0), -100)
        story.buy("a", day(1), 60)
        assert (story.available(day(1)), story.debt(day(1))) == (0, 40)
        story.adjust("g", day(2), 50)
        assert (story.lots(day(2)), story.debt(day(2))) == ([("g", 10)], 0)
        assert (story.debt(day(0)), story.debt(day(1, 13))) == (100, 40)

    def test_s8_oldest_debt_first(self) -> None:
        """S8: open debts are repaid by date, then id, and none twice."""
        story = Story()
        story.adjust("late", day(3), -30)
        story.adjust("early", day(1), -30)
        story.buy("a", day(4), 40)
        assert [(story.debt(day(n))) for n in (0, 1, 3, 4)] == [0, 30, 60, 20]
        story.buy("b", day(5), 40)
        assert (story.debt(day(5)), story.lots(day(5))) == (0, [("b", 20)])

    def test_s2_repayment_is_dated_when_both_are_there(self) -> None:
        """S2: a purchase that arrives late repays a later debt on the debt's own date, not before."""
        story = Story(policy(expire_after=lk.NEVER))
        story.adjust("t", day(5), -30)
        story.buy("a", day(2), 100)
        assert [story.available(day(n)) for n in (2, 4, 5, 6)] == [100, 100, 70, 70]
        assert [story.debt(day(n)) for n in (4, 5)] == [0, 0]

    def test_s8_a_dead_lot_repays_nothing(self) -> None:
        """S2, S8: a late lot that had lapsed before the debt began leaves the debt."""
        story = Story()
        story.adjust("t", day(20), -30)
        story.buy("a", day(2), 100)
        assert (story.debt(day(20)), story.available(day(19))) == (30, 0)

    def test_i7_s8_a_lot_repays_until_just_before_its_end(self) -> None:
        """S8, I7: a debt that begins as the lot ends is not repaid, one a microsecond earlier is."""
        end = at(2024, 1, 14)
        for since, owed in ((end, 30), (end - MICROSECOND, 0)):
            story = Story()
            story.adjust("t", since, -30)
            story.buy("a", day(2), 100)
            assert story.debt(since) == owed

    def test_s8_a_debt_of_the_past_is_repaid_by_what_came_since(self) -> None:
        """S8: a debt that is recorded late draws on later lots at once, in the order they came."""
        story = Story()
        story.buy("b", day(3), 20)
        story.buy("c", day(4), 20)
        story.buy("d", day(5), 20)
        story.adjust("t", day(1), -50)
        assert [story.debt(day(n)) for n in (0, 1, 3, 4, 5)] == [0, 50, 30, 10, 0]
        assert story.lots(day(5)) == [("d", 10)]
        assert story.shop.storage.verify() == []

    def test_s8_a_debt_of_the_past_is_repaid_by_points_given_back_since(self) -> None:
        """S8: points that a reversal gave back after the debt repay it at that instant."""
        story = Story()
        story.buy("a", day(0), 50)
        story.spend("x", day(1), 50)
        story.undo("u", "x", day(4))
        story.adjust("t", day(2), -30)
        assert [story.debt(day(n)) for n in (1, 2, 3, 4)] == [0, 30, 30, 0]
        assert story.lots(day(4)) == [("a", 20)]

    def test_s8_a_debt_of_the_past_leaves_what_was_spent_and_what_had_lapsed(self) -> None:
        """S8, I3: only what is left of later lots repays."""
        story = Story()
        story.buy("b", day(2), 30)
        story.spend("x", day(3), 25)
        story.buy("c", day(30), 10)
        story.spend("y", day(31), 10)
        story.adjust("t", day(1), -50)
        assert story.debt(day(40)) == 45
        assert story.shop.storage.verify() == []

    def test_s8_metrics_still_count_the_whole_accrual(self) -> None:
        """S8, T1: what repaid a debt was earned all the same."""
        from loyaltykit.rules import points_accrued

        story = Story()
        story.adjust("t", day(0), -100)
        story.buy("a", day(1), 60)
        selection = story.shop.select(points_accrued >= 60, as_of=day(2))
        assert list(selection.facts(points_accrued)) == [("m", (60,))]
