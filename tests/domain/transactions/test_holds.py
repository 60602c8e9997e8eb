"""Points set aside: held, captured, released (S19)."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from tests.support.stories import LATE, MICROSECOND, Story, day


class TestHolds:
    """S19: holds take in spend order and end once."""

    def test_s19_takes_in_spend_order_and_is_in_the_total(self) -> None:
        """S19, S4, I2: soonest expiry first; held points leave the available ones, not the total."""
        story = Story()
        story.buy("a", day(1), 100)
        story.buy("b", day(2), 100)
        assert story.hold("h", day(3), 120).moved == 120
        assert story.places(day(3)) == (0, 80, 120, 0)
        assert story.lots(day(3)) == [("b", 80)]
        assert story.shop.balance("m", as_of=day(3)).total == 200
        assert story.rows(day(3)) == [("accrual", 100), ("accrual", 100)]

    def test_s19_a_capture_spends_the_first_parts(self) -> None:
        """S19: what was set aside first is spent first; the rest comes free; a reversal undoes it."""
        story = Story()
        story.buy("a", day(1), 100)
        story.buy("b", day(2), 100)
        story.hold("h", day(3), 120)
        assert story.capture("c", "h", day(4), 110).points == -110
        assert (story.places(day(4)), story.lots(day(4))) == ((0, 90, 0, 0), [("b", 90)])
        assert story.rows(day(4))[-1] == ("redemption", -110)
        story.undo("u", "c", day(5))
        assert story.lots(day(5)) == [("a", 100), ("b", 100)]

    def test_s19_a_capture_of_little_leaves_the_later_parts(self) -> None:
        """S19: a capture that the first lot covers takes nothing of the second."""
        story = Story()
        story.buy("a", day(1), 100)
        story.buy("b", day(2), 100)
        story.hold("h", day(3), 120)
        story.capture("c", "h", day(4), 60)
        assert story.lots(day(4)) == [("a", 40), ("b", 100)]

    def test_s19_several_time_out_each_at_its_own_time(self) -> None:
        """S19, I8: two holds that nobody ended are written by whatever comes next."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(2), 30, until=day(4))
        story.hold("i", day(2), 50, until=day(3))
        story.spend("s", day(5), 100)
        assert [story.places(when)[1:3] for when in (day(2), day(3), day(4), day(5))] == [
            (20, 80),
            (70, 30),
            (100, 0),
            (0, 0),
        ]
        assert story.shop.storage.verify() == []

    def test_s19_a_release_gives_back(self) -> None:
        """S19, I21: to the lots it took from, once."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(3), 60)
        assert story.release("l", "h", day(4)).moved == 60
        assert [story.places(when) for when in (day(3), day(4))] == [(0, 40, 60, 0), (0, 100, 0, 0)]
        for again in (lk.Release(id="x", of="h", occurred_at=day(5)), lk.Capture(id="x", of="h", occurred_at=day(5))):
            with pytest.raises(lk.errors.HoldEndedError):
                story.shop.record(again)

    def test_s19_never_more_than_is_held(self) -> None:
        """I21: a capture beyond the hold is refused and says how much is held."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(3), 60)
        with pytest.raises(lk.errors.CaptureExceedsHoldError) as refused:
            story.capture("c", "h", day(4), 61)
        assert (refused.value.held, refused.value.requested) == (60, 61)
        assert story.places(day(4)) == (0, 40, 60, 0)

    def test_s19_times_out_by_itself(self) -> None:
        """S19: at ``until`` the hold has ended, whether anybody wrote it down or not."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(3), 60, until=day(5))
        for _ in range(2):
            assert story.places(day(5) - MICROSECOND) == (0, 40, 60, 0)
            assert story.places(day(5)) == (0, 100, 0, 0)
            with pytest.raises(lk.errors.HoldEndedError):
                story.capture("c", "h", day(5))
            story.shop.settle(as_of=day(6))
        assert story.shop.storage.verify() == []

    def test_s19_neither_before_the_hold_nor_without_end(self) -> None:
        """S19: an end before the hold is refused, and so is a hold that ends as it begins."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(3), 60)
        with pytest.raises(lk.errors.HoldEndedError):
            story.release("l", "h", day(2))
        with pytest.raises(lk.InvalidValueError):
            story.hold("i", day(3), 1, until=day(3))
        with pytest.raises(lk.errors.UnknownTransactionError):
            story.release("l", "nothing", day(4))

    def test_s19_what_is_held_outlives_its_lot(self) -> None:
        """S19: a held part can be captured after its lot expired; the rest lapses, dated at the capture."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(3), 60)
        end = day(12, 0)
        assert story.places(end) == (0, 0, 60, 0)
        story.capture("c", "h", day(13), 50)
        assert story.places(day(13)) == (0, 0, 0, 0)
        assert story.rows() == [("accrual", 100), ("expiry", -40), ("redemption", -50), ("expiry", -10)]
        story.shop.settle(as_of=LATE)
        assert story.rows() == [("accrual", 100), ("expiry", -40), ("redemption", -50), ("expiry", -10)]
        assert story.shop.storage.verify() == []

    def test_s19_what_comes_free_repays(self) -> None:
        """S19, S8: by a release, by the uncaptured part, by a time-out that nobody wrote down."""
        for end in ("release", "capture", "time-out"):
            story = Story()
            story.buy("a", day(1), 100)
            story.hold("h", day(2), 100, until=day(5))
            story.bring_back("r", "a", day(3), amount="30.00")
            assert story.places(day(4) - MICROSECOND) == (0, 0, 100, 30)
            if end == "release":
                story.release("l", "h", day(4))
            elif end == "capture":
                story.capture("c", "h", day(4), 20)
            assert story.places(day(5)) == {"release": (0, 70, 0, 0), "capture": (0, 50, 0, 0)}.get(end, (0, 70, 0, 0))
            story.spend("s", day(6), 50)
            assert story.places(day(6)) == {"capture": (0, 0, 0, 0)}.get(end, (0, 20, 0, 0))
            assert story.shop.storage.verify() == []

    def test_s19_a_late_capture_finds_what_is_left(self) -> None:
        """S18, S19: dated while the hold lasted, it is taken after a written time-out, as far as points are there."""
        for spent, free in ((0, 100), (40, 60), (90, 10)):
            story = Story()
            story.buy("a", day(1), 100)
            story.hold("h", day(2), 60, until=day(4))
            if spent:
                story.spend("s", day(5), spent)
            story.shop.settle(as_of=day(6))
            late = lk.Capture(id="c", of="h", points=50, occurred_at=day(3))
            if free < 50:
                with pytest.raises(lk.InsufficientPointsError) as refused:
                    story.shop.record(late)
                assert refused.value.available == free
                continue
            story.shop.record(late)
            assert story.places(day(3)) == (0, 50, 0, 0)
            assert story.places(day(6)) == (0, 50 - spent, 0, 0)
            assert story.shop.storage.verify() == []

    def test_s19_a_late_release_changes_nothing_after_the_time_out(self) -> None:
        """S19: it frees the points sooner; an expiry that was written stands or is put right."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(2), 60, until=day(14))
        story.shop.settle(as_of=day(20))
        assert story.rows() == [("accrual", 100), ("expiry", -40), ("expiry", -60)]
        story.release("l", "h", day(3))
        assert story.places(day(3)) == (0, 100, 0, 0)
        assert sum(points for _, points in story.rows()) == 0
        assert story.places(day(12)) == (0, 0, 0, 0)
        assert story.shop.storage.verify() == []

    def test_s7_a_return_leaves_held_points(self) -> None:
        """S7: held points are not touched: what they do not leave is owed."""
        story = Story()
        story.buy("a", day(1), 100)
        story.hold("h", day(2), 80)
        story.bring_back("r", "a", day(3))
        assert story.places(day(3)) == (0, 0, 80, 80)
