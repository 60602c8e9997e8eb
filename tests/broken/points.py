"""Broken ledgers."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.dispatch as decide
import loyaltykit.domain.decide.returns as returning
import loyaltykit.domain.decide.reversals as giving_back
from loyaltykit.domain.decide import postings
from loyaltykit.domain.earning import sales
from loyaltykit.domain.facts import rulebook
from loyaltykit.domain.ledger import allocation, ledger, states
from loyaltykit.errors import InsufficientPointsError
from tests.broken.registry import broken
from tests.broken.story import Story


@broken("rolling")
def lots_live_one_microsecond_too_long(patch: pytest.MonkeyPatch) -> None:
    """S3, I7: off by one at expiry."""
    right = rulebook.Rulebook.points_end
    patch.setattr(rulebook.Rulebook, "points_end", lambda self, at: right(self, at) + 1)


@broken("extended")
def latest_expiry_is_spent_first(patch: pytest.MonkeyPatch) -> None:
    """S4, I5."""
    worst_first = property(lambda self: (-self.expires_at, self.lot.occurred_at, self.lot.id))
    patch.setattr(states.LotState, "key", worst_first)
    patch.setattr(
        ledger.Ledger,
        "spendable",
        lambda self, at: sorted(
            ((state, state.left_from(at)) for state in self.lots.values() if state.is_alive(at)),
            key=lambda item: item[0].key,
        ),
    )


def two_lots_spent_at_once(story: Story) -> None:
    story.buy(0, "p1", "100")
    story.buy(1, "p2", "50")
    story.redeem(2, "x", 130)


@broken("extended", two_lots_spent_at_once)
def an_allocation_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """S2: a redemption that takes from several lots keeps all but the last."""
    right = decide.spend

    def forgetful(*arguments: Any) -> Any:
        taken = right(*arguments)
        return taken[:-1] if len(taken) > 1 else taken

    patch.setattr(decide, "spend", forgetful)


@broken("rolling")
def debt_is_never_repaid(patch: pytest.MonkeyPatch) -> None:
    """S8."""
    patch.setattr(allocation.OpenDebts, "repay", lambda *_arguments: ())


def a_late_return_finds_later_points(story: Story) -> None:
    story.buy(0, "p1", "50")
    story.redeem(1, "x", 50)
    story.buy(5, "p2", "90")
    story.bring_back(2, "r", "p1")


@broken("rolling", a_late_return_finds_later_points)
def debt_is_not_repaid_by_what_came_before_it_was_known(patch: pytest.MonkeyPatch) -> None:
    """S8 for a return that arrives late."""
    patch.setattr(postings, "repay_late_debt", lambda *_arguments: ())


def half_of_two_lots_comes_back(story: Story) -> None:
    two_lots_spent_at_once(story)
    story.tell(3, lk.Reversal, "u1", of="x", points=20)
    story.tell(4, lk.Reversal, "u2", of="x", points=40)


@broken("extended", half_of_two_lots_comes_back)
def reversals_give_back_in_the_order_taken(patch: pytest.MonkeyPatch) -> None:
    """S9: partial reversals go back in reverse."""
    right = giving_back.split_restored
    patch.setattr(giving_back, "split_restored", lambda taken, given, points: right(taken[::-1], given, points))


@broken("rolling")
def what_comes_back_to_a_dead_lot_never_lapses(patch: pytest.MonkeyPatch) -> None:
    """S9, S2: lapses again, dated when it came back."""
    right = states.LotState.lapses
    patch.setattr(states.LotState, "lapses", lambda self: dict(list(right(self).items())[:1]))


def three_units_come_back_one_by_one(story: Story) -> None:
    story.buy(0, "p", "10.00", quantity=3)
    for number in range(3):
        story.bring_back(1, f"r{number}", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])


@broken("extended", three_units_come_back_one_by_one)
def returns_round_each_by_itself(patch: pytest.MonkeyPatch) -> None:
    """S6, I19: the claim of each return rounded alone, not over all returns so far."""
    right = returning.apply_return

    def rounding_alone(sale: sales.Sale, back: Any, accrual: Any, *, strict: bool) -> sales.Sale:
        before, after = sale, right(sale, back, accrual, strict=strict)
        whole = sales.baskets_of(before, accrual.program)
        came_back = whole.kept.total - sales.baskets_of(after, accrual.program).kept.total
        return evolve(after, claimed=before.claimed + sale.earned.points * came_back // max(whole.bought.total, 1))

    patch.setattr(returning, "apply_return", rounding_alone)


def a_part_comes_back_after_the_tier_has_risen(story: Story) -> None:
    story.buy(0, "p", "100")
    story.bring_back(1, "r", "p", amount="10")


@broken("rolling", a_part_comes_back_after_the_tier_has_risen)
def returns_use_the_multiplier_of_today(patch: pytest.MonkeyPatch) -> None:
    """S6: the multiplier stored with the accrual counts."""
    right = returning.price_return

    def of_today(account: Any, back: Any) -> Any:
        sold = account.ledger.sales[back.of]
        account.ledger.sales[back.of] = evolve(
            sold, multiplier=account.rules.newest.multipliers[account.standing.row.rank]
        )
        try:
            return right(account, back)
        finally:
            account.ledger.sales[back.of] = sold

    patch.setattr(decide, "price_return", of_today)


def all_comes_back_after_it_lapsed(story: Story) -> None:
    story.buy(0, "p", "100")
    story.redeem(1, "x", 30)
    story.bring_back(20, "r", "p")


@broken("extended", all_comes_back_after_it_lapsed)
def lapsed_points_are_claimed_again(patch: pytest.MonkeyPatch) -> None:
    """S7: what lapsed unspent owes nothing."""
    patch.setattr(states.LotState, "lapsed_by", lambda *_arguments: 0)


def more_is_taken_than_may_be_owed(story: Story) -> None:
    story.adjust(0, "a", -30)
    story.adjust(1, "b", -30)


@broken("calendar", more_is_taken_than_may_be_owed)
def the_limit_of_debt_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """S7."""
    patch.setattr(
        allocation,
        "_debt_allowed",
        lambda _ledger, points, policy: points if policy.on_return == "allow_negative" else 0,
    )


@broken("rolling")
def written_expiries_are_never_corrected(patch: pytest.MonkeyPatch) -> None:
    """T8: a late debit of points that were written off."""
    patch.setattr(decide, "correct_expiries", lambda *_arguments: ())


def one_point_too_much_is_asked_for(story: Story) -> None:
    story.buy(0, "p", "100")
    story.redeem(1, "x", 101)


@broken("rolling", one_point_too_much_is_asked_for)
def a_refused_redemption_still_writes(patch: pytest.MonkeyPatch) -> None:
    """S15: a refusal writes nothing."""
    right = decide.spend

    def grasping(ledger: Any, at: int, points: int) -> Any:
        try:
            return right(ledger, at, points)
        except InsufficientPointsError:
            for state, left in list(ledger.spendable(at)):
                state.take(at, left)
            raise

    patch.setattr(decide, "spend", grasping)


@broken("inactive")
def inactivity_counts_from_the_purchase_alone(patch: pytest.MonkeyPatch) -> None:
    """S3: activity puts the end off."""
    patch.setattr(ledger.Ledger, "_extend_ends", lambda *_arguments: None)
