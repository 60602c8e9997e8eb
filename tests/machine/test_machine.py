"""The core against the naive model: one machine, every small programme, every storage (``I1`` to ``I22``, ``T10``)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

import loyaltykit as lk
from tests.machine.machine import expected_to_fire, machine_for
from tests.machine.pair import FIRED
from tests.machine.world import SEGMENTS, World
from tests.machine.worlds import WORLDS
from tests.mutants.story import Story

IS_LONG = "long" in (os.environ.get("LOYALTYKIT_PROFILE"), os.environ.get("HYPOTHESIS_PROFILE"))

STORAGES = {"memory": lambda: "memory://"}
"""Every storage that is held against the model: a factory of an empty one."""

# The same stories each time: all that must fire does in them. The long suite tells new ones beside them.
PROFILE = settings(
    max_examples=10,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


MERGED = ["within", "pending", "changing", "restating", "inactive", "achieved"]
"""Worlds in which the members of the machine become one, and two again (``S23``)."""

STAGES = [*WORLDS, *(f"{world} merged" for world in MERGED), "any"]
MERGING = settings(PROFILE, max_examples=8)


def stage(name: str) -> tuple[World | None, bool]:
    """The world of a stage, and whether its members are merged."""
    return WORLDS.get(name.removesuffix(" merged")), name.endswith(" merged")


@cache
def fired_in(name: str, storage: str, *, anew: bool = False) -> Counter[str]:
    """Run the machine once, and say what happened in the run; with ``anew``, in stories that nobody knows."""
    before, (world, merging) = Counter(FIRED), stage(name)
    machine = machine_for(world, STORAGES[storage], merging=merging)
    run_state_machine_as_test(machine, settings=settings(MERGING if merging else PROFILE, derandomize=not anew))
    return FIRED - before


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("name", STAGES)
def test_core_means_what_the_oracle_means(name: str, storage: str) -> None:
    """S1-S25, T1-T12, C1-C5: receipts agree at every step, all answers at some, and the invariants hold."""
    assert fired_in(name, storage, anew=IS_LONG)["buy"]


@pytest.mark.parametrize("storage", STORAGES)
def test_every_rule_and_every_error_fired(storage: str) -> None:
    """A rule of the machine that never did anything, or an error that was never met, would prove nothing."""
    fired = sum((fired_in(name, storage, anew=False) for name in STAGES), Counter())
    assert sorted(expected_to_fire() - set(fired)) == []
    assert not {f"segment {segment.name}" for segment in SEGMENTS} - set(fired)


# -- stories on which the core and the model once disagreed ----------------------------------------------------------


def late_activity_keeps_a_lot_alive(story: Story) -> None:
    """S3: inactivity, when something later was already posted."""
    story.buy(0, "p1", "10")
    story.adjust(20, "a", 1, expires_at=lk.NEVER)
    story.buy(5, "p2", "10")


def a_lot_that_was_used_up_lives_on(story: Story) -> None:
    """S3, S9: activity puts off the end of empty lots too, for points may come back to them."""
    story.buy(0, "p1", "10")
    story.redeem(1, "x", 10)
    story.buy(9, "p2", "5")
    story.tell(12, lk.Reversal, "u", of="x")


def a_purchase_after_the_fixed_end(story: Story) -> None:
    """S2, I2: its points lapse as they come."""
    story.buy(40, "p", "10")
    story.settle(story.now)
    story.bring_back(41, "r", "p")


def a_late_debit_uses_what_a_claim_found_lapsed(story: Story) -> None:
    """S6, S7: no claim is met with more than it is."""
    story.buy(0, "p", "10", quantity=5)
    story.bring_back(15, "r1", "p", amount="8")
    story.redeem(1, "x", 5)
    story.bring_back(16, "r2", "p")


def a_late_claim_and_points_that_came_back(story: Story) -> None:
    """S2, S8, I3: what the claim takes is not there to repay it again."""
    story.buy(0, "p", "90")
    story.redeem(4, "x1", 60)
    story.tell(7, lk.Reversal, "u", of="x1")
    story.redeem(8, "x2", 80)
    story.bring_back(5, "r", "p")


def cents_of_a_foreign_purchase_come_back(story: Story) -> None:
    """S6, S14: what is kept is converted, not each return."""
    story.buy(0, "p", "0.03", currency="USD", rate="0.5")
    for number in range(3):
        story.bring_back(1, f"r{number}", "p", amount="0.01")
    story.bring_back(1, "r3", "p", amount="0.001")


def a_gift_stays_when_something_else_comes_back(story: Story) -> None:
    """S6, S12: a line of which nothing came back keeps its discount whole."""
    lines = [lk.Line(amount="10"), lk.Line(amount="0", discount="10.00")]
    story.tell(0, lk.Purchase, "p", member_id="m", lines=lines)
    story.bring_back(1, "r", "p", lines=[lk.ReturnedLine(line=0)])


def an_expiry_is_written_corrected_and_due_again(story: Story) -> None:
    """T8, S9: a late debit, and points given back to a dead lot."""
    story.buy(0, "p", "100")
    story.clock.advance(timedelta(days=40))
    story.settle(story.now)
    story.redeem(1, "x", 60)
    story.tell(41, lk.Reversal, "u1", of="x", points=20)
    story.settle(story.now)
    story.tell(2, lk.Reversal, "u2", of="x", points=20)
    story.tell(42, lk.Reversal, "u3", of="x")


def kept_by_the_rule_to_keep(story: Story) -> None:
    """T4: the highest tier has a rule of its own to keep it."""
    story.buy(0, "p1", "100")
    story.buy(1, "p2", "250")
    story.buy(31, "p3", "10")
    story.buy(45, "p4", "250")
    for days in (31, 45, 60, 90):
        story.agree_on_outlook("m", story.day(days))


def a_late_lot_repays_in_its_longer_life(story: Story) -> None:
    """S3, S8: activity since has put its end off beyond the day of the debt."""
    story.buy(10, "p1", "10")
    story.adjust(15, "a", -20)
    story.buy(3, "p2", "10")


def a_hold_that_was_over_before_it_was_told(story: Story) -> None:
    """S19, T8: it changes nothing about an expiry that is written; a longer one does, for a while."""
    story.adjust(0, "a", 100, expires_at=story.day(6))
    story.clock.set(story.day(12))
    story.settle(story.now)
    story.tell(1, lk.Hold, "h1", member_id="m", points=30, until=story.day(3))
    story.tell(1, lk.Hold, "h2", member_id="m", points=40, until=story.day(9))
    story.settle(story.now)


def two_late_holds_that_were_over(story: Story) -> None:
    """S18, S19: what was free again when a later redemption came was free for it, whoever wrote that down."""
    story.adjust(0, "a", 100)
    story.redeem(10, "x", 60)
    story.tell(1, lk.Hold, "h1", member_id="m", points=40, until=story.day(3))
    story.tell(2, lk.Hold, "h2", member_id="m", points=40, until=story.day(4))


def holds_outlive_their_lot(story: Story) -> None:
    """S9, S19: what comes free of a dead lot lapses then; captured late, released late, given back."""
    story.adjust(0, "a", 100, expires_at=story.day(6))
    story.tell(1, lk.Hold, "h1", member_id="m", points=30, until=story.day(8))
    story.tell(2, lk.Hold, "h2", member_id="m", points=50)
    story.clock.set(story.day(9))
    story.settle(story.now)
    story.tell(7, lk.Capture, "c1", of="h1", points=20)
    story.tell(5, lk.Release, "l", of="h2")
    story.tell(10, lk.Reversal, "u", of="c1")
    story.settle(story.now)


def a_late_release_takes_the_place_of_a_time_out(story: Story) -> None:
    """S19: written or not; what it sets free while its lot lives can be spent then."""
    story.adjust(0, "a", 100, expires_at=story.day(6))
    story.tell(1, lk.Hold, "h", member_id="m", points=30, until=story.day(8))
    story.clock.set(story.day(9))
    story.settle(story.now)
    story.tell(4, lk.Release, "l", of="h")
    story.redeem(5, "x", 100)


def what_a_time_out_repaid_is_gone(story: Story) -> None:
    """S8, S19: a late capture finds only what is still there."""
    story.buy(0, "p", "50")
    story.tell(1, lk.Hold, "h", member_id="m", points=30, until=story.day(4))
    story.bring_back(2, "r", "p")
    story.clock.set(story.day(6))
    story.settle(story.now)
    story.tell(3, lk.Capture, "c1", of="h")
    story.tell(3, lk.Capture, "c2", of="h", points=1)


def the_rest_of_a_capture_repays(story: Story) -> None:
    """S8, S19: what comes free is a credit."""
    story.buy(0, "p", "50")
    story.tell(1, lk.Hold, "h", member_id="m", points=30, until=story.day(4))
    story.bring_back(2, "r", "p")
    story.tell(3, lk.Capture, "c", of="h", points=10)


def an_activation_that_comes_late(story: Story) -> None:
    """S5, S7: it tells what was pending then; a return has taken it since."""
    story.buy(0, "p", "100")
    story.bring_back(2, "r", "p")
    story.tell(1, lk.Activation, "d", of="p")


def a_full_week_and_what_comes_late(story: Story) -> None:
    """S20, T8: what is late finds the room of its own day; returns give none back; tiers see the order of dates."""
    story.buy(6, "p1", "250")
    story.buy(6.2, "p2", "100")
    story.bring_back(6.3, "r1", "p1", amount="90")
    story.buy(8, "p3", "250")
    story.tell(9, lk.Visit, "v", member_id="m")
    story.buy(5.9, "late", "250")
    story.bring_back(10, "r2", "p2")
    story.bring_back(10, "r3", "late", amount="120")
    story.buy(10, "p4", "1.50")


def rules_with_caps_of_their_own(story: Story) -> None:
    """S6, S20: what is kept is priced with the room that there was."""
    for number, days in enumerate((1, 1.1, 0.9, 8)):
        lines = [lk.Line(amount="33.33", category="tea", quantity=2), lk.Line(amount="10", quantity=3)]
        purchase = f"p{number}"
        story.tell(days, lk.Purchase, purchase, member_id="m", lines=lines, channel="web")
        story.bring_back(9, f"r{number}", purchase, lines=[lk.ReturnedLine(line=0, quantity=1)])
    for number in (2, 0, 1):
        story.bring_back(9, f"q{number}", f"p{number}")


def two_runs_become_one(story: Story) -> None:
    """S20: what joins two runs gives what is missing, and a day counts once."""
    for number, days in enumerate((1, 4, 5, 3, 3.1, 2)):
        story.tell(days, lk.Event, f"e{number}", member_id="m", name="review", attributes={"stars": 5})
    for number, days in enumerate((1, 15, 8, 30)):
        story.tell(days, lk.Visit, f"v{number}", member_id="m")


def friends_in_any_order(story: Story) -> None:
    """S8, S20: each friend once, within their own caps; nothing is left of what is refused."""
    for number, days in enumerate((0, 5, 5)):
        story.enrol(lk.Member(id=f"f{number}", enrolled_at=story.day(days)))
    story.clock.set(story.day(9))
    story.happen(lk.Adjustment(id="a", member_id="f1", points=-20, occurred_at=story.day(6), actor="staff", reason="-"))
    told = [(9, "f0"), (4, "f1"), (8, "f0"), (7, "f1"), (7, "f2"), (9, "nobody"), (3, "f0")]
    for number, (days, friend) in enumerate(told):
        story.tell(days, lk.Event, f"e{number}", member_id="m", name="referral", other_member_id=friend)
    for number, days in enumerate((9, 9.1)):
        story.happen(
            lk.Event(
                id=f"g{number}",
                member_id=f"f{number + 1}",
                name="referral",
                other_member_id="f0",
                occurred_at=story.day(days),
            )
        )


def half_of_a_gift_comes_back(story: Story) -> None:
    """S6, S12: beside a line that was given away the discount shrinks with the units."""
    story.tell(0, lk.Purchase, "p", member_id="m", lines=[lk.Line(amount="0", discount="10.00", quantity=2)])
    story.bring_back(1, "r", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])


def points_that_paid_come_back_in_parts(story: Story) -> None:
    """S9, S10, S11, S25: after the claim, each to its lot, what had lapsed included; then they repay."""
    story.adjust(0, "a", 70, expires_at=story.day(5))
    story.adjust(0, "b", 50, expires_at=story.day(30))
    lines = [lk.Line(amount="10.00", quantity=3), lk.Line(amount="10.00"), lk.Line(amount="0")]
    payment = lk.PointsPayment(points=101, value="7.01")
    story.tell(1, lk.Purchase, "p", member_id="m", lines=lines, paid_with=payment)
    story.redeem(2, "x", 30)
    story.bring_back(3, "r1", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])
    story.bring_back(7, "r2", "p", lines=[lk.ReturnedLine(line=0, quantity=1)])
    story.bring_back(8, "r3", "p")
    story.settle(story.now)


def a_pot_goes_from_hand_to_hand(story: Story) -> None:
    """S24: one for all members together; given up whole and unused, and once; used once, while it lives."""
    story.enrol(lk.Member(id="n", enrolled_at=story.world.start))
    for id in ("m", "n"):
        story.tell(0, lk.Purchase, f"p-{id}", member_id=id, amount="100")
    for number, id in enumerate(("m", "n")):
        story.tell(1, lk.Redemption, f"w{number}", member_id=id, reward="pot")
    story.tell(2, lk.Reversal, "u1", of="w0", points=1)
    story.tell(2, lk.Reversal, "u2", of="w0")
    story.tell(2, lk.Reversal, "u3", of="w0")
    story.tell(1, lk.Redemption, "w2", member_id="n", reward="pot")
    story.tell(3, lk.VoucherUse, "y1", of="w0")
    for number, days in enumerate((0, 9, 4)):
        story.tell(days, lk.VoucherUse, f"z{number}", of="w2")
    story.tell(10, lk.Reversal, "u4", of="w2")


def what_comes_back_repays_and_nothing_beside_it(story: Story) -> None:
    """S3, S8, S9: a late redemption puts the end of its lot off beyond a debt; only what is given back is a credit."""
    story.buy(0, "p1", "20")
    story.buy(14, "p2", "10")
    story.adjust(15, "a", -30)
    story.redeem(8, "x", 10)
    story.tell(9, lk.Reversal, "u", of="x")


def two_tiers_by_hand_that_end_together(story: Story) -> None:
    """T6, T12: at that instant both are over, and the settlement tells of no tier in between."""
    story.buy(0, "p", "500")
    story.set_tier(1, "s2", "low", until=5, mode="fixed")
    story.set_tier(2, "s1", "high", until=5, mode="fixed")
    story.wait(9)
    story.settle(story.now)


STORIES = [
    (what_comes_back_repays_and_nothing_beside_it, "inactive"),
    (two_tiers_by_hand_that_end_together, "rolling"),
    (late_activity_keeps_a_lot_alive, "inactive"),
    (a_lot_that_was_used_up_lives_on, "inactive"),
    (a_purchase_after_the_fixed_end, "within"),
    (a_late_debit_uses_what_a_claim_found_lapsed, "extended"),
    (a_late_claim_and_points_that_came_back, "rolling"),
    (cents_of_a_foreign_purchase_come_back, "rolling"),
    (a_gift_stays_when_something_else_comes_back, "rounded"),
    (an_expiry_is_written_corrected_and_due_again, "rolling"),
    (an_expiry_is_written_corrected_and_due_again, "extended"),
    (kept_by_the_rule_to_keep, "rolling"),
    (a_late_lot_repays_in_its_longer_life, "inactive"),
    (a_hold_that_was_over_before_it_was_told, "rolling"),
    (two_late_holds_that_were_over, "rolling"),
    (holds_outlive_their_lot, "rolling"),
    (holds_outlive_their_lot, "extended"),
    (a_late_release_takes_the_place_of_a_time_out, "rolling"),
    (what_a_time_out_repaid_is_gone, "rolling"),
    (the_rest_of_a_capture_repays, "rolling"),
    (an_activation_that_comes_late, "delivered"),
    (an_activation_that_comes_late, "waiting"),
    (a_full_week_and_what_comes_late, "capped"),
    (rules_with_caps_of_their_own, "capped"),
    (two_runs_become_one, "achieved"),
    (friends_in_any_order, "achieved"),
    (half_of_a_gift_comes_back, "rounded"),
    (points_that_paid_come_back_in_parts, "rolling"),
    (points_that_paid_come_back_in_parts, "extended"),
    (a_pot_goes_from_hand_to_hand, "rolling"),
]


@pytest.mark.parametrize(("tell", "world"), STORIES, ids=lambda part: getattr(part, "__name__", part))
def test_story(tell: Callable[[Story], None], world: str) -> None:
    """A story that once told the core and the model apart, or that the machine would seldom make up."""
    story = Story(WORLDS[world])
    tell(story)
    story.verify()
