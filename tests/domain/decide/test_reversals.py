"""Points that go back to the lots they were taken from (S9, I18)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.stories import Story, at, day, policy


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
