"""Credits: points given back, debts repaid (S8, S9)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.stories import Story, at, day, policy


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


class TestReversals:
    """S9: a reversal gives back to the lots a redemption took from, in the reverse of the order taken."""

    def three(self, **terms: object) -> Story:
        story = Story(policy(**terms))
        for number, name in enumerate("abc"):
            story.buy(name, day(number), 40)
        story.spend("x", day(3), 100)
        return story

    def test_i18_nothing_between_restores_every_lot(self) -> None:
        """I18, S9: undone whole, every lot is as it was, with its own expiry."""
        story = self.three()
        before = story.shop.balance("m", as_of=day(2, 13)).lots
        assert story.undo("u", "x", day(3, 13)).points == 100
        assert story.shop.balance("m", as_of=day(3, 13)).lots == before

    def test_s9_partial_ones_go_in_reverse(self) -> None:
        """S9: parts give back last taken first, and together no more than the redemption."""
        story = self.three()
        steps = []
        for serial, points in enumerate((15, 15, 50)):
            assert story.undo(f"u{serial}", "x", day(4), points).points == points
            steps.append(dict(story.lots(day(4))))
        assert steps == [{"c": 35}, {"b": 10, "c": 40}, {"a": 20, "b": 40, "c": 40}]
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
            story.undo("too-much", "x", day(4), 21)
        assert story.undo("rest", "x", day(4)).points == 20
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
            story.undo("again", "x", day(4))

    @given(parts=st.lists(st.integers(1, 60), min_size=1, max_size=5))
    def test_i18_together_never_more_than_the_redemption(self, parts: list[int]) -> None:
        """I18, S9: whatever the parts, those accepted sum up to the redemption at most; no lot is over-full."""
        story = self.three()
        given_back = 0
        for serial, points in enumerate(parts):
            if points > 100 - given_back:
                with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
                    story.undo(f"u{serial}", "x", day(4), points)
            else:
                given_back += story.undo(f"u{serial}", "x", day(4), points).points
        assert story.available(day(4)) == 20 + given_back
        assert story.shop.storage.verify() == []

    def test_s9_never_before_the_redemption(self) -> None:
        """S9: a reversal dated before its redemption is refused; at the same instant it is not."""
        story = self.three()
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
            story.undo("u", "x", day(2, 23))
        assert story.undo("u", "x", day(3)).points == 100

    def test_s9_what_had_lapsed_lapses_again(self) -> None:
        """S9: `lapse` gives back to a dead lot, and the points lapse at that instant."""
        story = self.three()
        story.undo("u", "x", at(2024, 1, 13, 5))
        assert story.lots(at(2024, 1, 13, 5)) == [("c", 40)]
        assert story.shop.settle(as_of=at(2024, 1, 13, 6)).expired_points == 80
        rows = story.shop.statement("m", as_of=at(2024, 1, 13, 6))
        again = at(2024, 1, 13, 5)
        assert sorted((row.kind, row.cause, row.points, row.occurred_at) for row in rows[4:]) == [
            ("expiry", "a", -40, again),
            ("expiry", "b", -40, again),
            ("reversal", "u", 100, again),
        ]

    def test_s9_extend_makes_one_new_lot(self) -> None:
        """S9: `extend(5)` turns what had lapsed into a lot of its own that lives five days more."""
        story = self.three(on_reversal=lk.extend(5))
        story.undo("u", "x", at(2024, 1, 13, 5))
        assert story.lots(at(2024, 1, 13, 5)) == [("c", 40), ("u", 80)]
        extended = story.shop.balance("m", as_of=at(2024, 1, 13, 5)).lots[1]
        assert (extended.active_from, extended.expires_at) == (at(2024, 1, 13, 5), at(2024, 1, 19))
        assert not any(kind == "expiry" for kind, _ in story.rows(at(2024, 1, 13, 6)))

    def test_s9_then_debt_draws_on_them(self) -> None:
        """S8, S9: a debt is repaid from the lots that got points back, in spend order, then from an extended lot."""
        story = self.three()
        story.adjust("t", day(3, 14), -70)
        assert (story.available(day(4)), story.debt(day(4))) == (0, 50)
        story.undo("u", "x", day(5))
        assert (story.lots(day(5)), story.debt(day(5))) == ([("b", 30), ("c", 20)], 0)

    def test_s9_debt_draws_on_an_extended_lot_too(self) -> None:
        """S8, S9: points that come back as a new lot repay what is owed."""
        story = self.three(on_reversal=lk.extend(5))
        story.adjust("t", day(3, 14), -70)
        story.undo("u", "x", day(30))
        assert (story.lots(day(30)), story.debt(day(30))) == ([("u", 50)], 0)
        assert story.shop.storage.verify() == []

    def test_s9_parts_after_some_lots_died(self) -> None:
        """S9: each part looks at which lots are dead at its own instant."""
        story = self.three(on_reversal=lk.extend(5))
        story.undo("u1", "x", day(4), 50)
        story.undo("u2", "x", at(2024, 1, 13))
        assert story.lots(at(2024, 1, 13)) == [("c", 40), ("u2", 50)]
        assert story.shop.storage.verify() == []
