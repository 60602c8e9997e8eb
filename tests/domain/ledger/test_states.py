"""What has become of lots and debts at any instant (S2, S3)."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.domain.ledger.entries import Lot
from loyaltykit.domain.ledger.states import DebtState, LotState
from loyaltykit.rules import days
from loyaltykit.values import to_instant
from tests.support.stories import Story, at, day, policy


class TestInactivity:
    """S3: only accruals and redemptions are activity, and each puts the end off."""

    def test_activity_puts_the_end_off(self) -> None:
        """S3: a purchase or a redemption before the end lets the points live on, chain by chain."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.buy("p1", day(0), 50)
        story.buy("p2", day(8), 50)
        story.spend("x", day(16), 10)
        assert story.lots(day(26)) == [("p1", 40), ("p2", 50)]
        assert [lot.expires_at for lot in story.shop.balance("m", as_of=day(26)).lots] == [at(2024, 1, 28)] * 2
        assert story.available(at(2024, 1, 28)) == 0

    def test_nothing_else_is_activity(self) -> None:
        """S3: visits, returns, reversals, adjustments and purchases without points put nothing off."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.buy("p1", day(0), 50)
        story.spend("x", day(1), 10)
        story.visit("v", day(5))
        story.undo("u", "x", day(6))
        story.bring_back("r", "p1", day(7), amount=5)
        story.adjust("a", day(8), 5, expires_at=lk.NEVER)
        story.buy("p0", day(9), 0)
        assert story.available(day(11)) == 50
        assert story.available(at(2024, 1, 13)) == 5

    def test_a_dead_lot_stays_dead(self) -> None:
        """S3: activity after the end revives nothing."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.buy("p1", day(0), 50)
        story.buy("p2", day(11), 50)
        assert story.lots(day(11)) == [("p2", 50)]

    def test_activity_that_arrives_late_bridges_the_gap(self) -> None:
        """S3, I23: late activity between lets points live that were thought dead."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.buy("p1", day(0), 50)
        story.buy("p3", day(15), 50)
        assert story.lots(day(15)) == [("p3", 50)]
        story.buy("p2", day(8), 50)
        assert story.lots(day(15)) == [("p1", 50), ("p2", 50), ("p3", 50)]
        assert story.available(at(2024, 1, 26, 23)) == 150
        assert story.available(at(2024, 1, 27)) == 0

    def test_activity_before_something_later_still_counts(self) -> None:
        """S3: a late purchase after the last activity, but before a later adjustment, puts the end off."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.buy("p1", day(1), 10)
        story.adjust("a", day(20), 1, expires_at=lk.NEVER)
        story.buy("p2", day(5), 10)
        assert story.available(day(14)) == 20

    def test_an_end_given_by_hand_stays(self) -> None:
        """S3, S17: activity does not move the end of an adjustment that names one."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.adjust("a", day(0), 5, expires_at=day(3))
        story.buy("p", day(2), 50)
        assert story.lots(day(3)) == [("p", 50)]

    def test_points_owed_and_repaid_do_not_hold_it_up(self) -> None:
        """S3, S8: a lot that repaid a debt whole has nothing to live on for."""
        story = Story(policy(expire_after=lk.inactivity(days(10))))
        story.adjust("a", day(0), -50)
        story.buy("p1", day(1), 30)
        story.buy("p2", day(2), 30)
        assert (story.lots(day(2)), story.debt(day(2))) == ([("p2", 10)], 0)


def test_state_of_a_lot_at_any_instant() -> None:
    """S2, S18: `left_at` asks what debits up to then took, `left_from` what none takes from then on."""
    lot = Lot("l", 100, 0, 0, 1_000)
    state = LotState(lot, 100, 1_000, 0).after_move(50, 30).after_move(20, 40).after_move(60, -10)
    assert [state.left_at(when) for when in (0, 19, 20, 50, 60)] == [100, 100, 60, 30, 40]
    assert [state.left_from(when) for when in (0, 20, 50, 55, 60)] == [30, 30, 30, 30, 40]
    assert [state.is_alive(when) for when in (-1, 0, 999, 1_000)] == [False, True, True, False]
    assert (state.lapsed_by(999), state.lapsed_by(1_000)) == (0, 40)


def test_debt_at_any_instant() -> None:
    """S2: what is owed counts from its date on, less what was repaid by then."""
    debt = DebtState("d", to_instant(day(1)), 50, 20, ((to_instant(day(3)), 30),))
    assert [debt.owed_at(to_instant(day(n))) for n in (0, 1, 2, 3, 4)] == [0, 50, 50, 20, 20]
