"""Faults of rewards, vouchers and notices (S21, S24); their stories ask in words of their own."""

from __future__ import annotations

import loyaltykit as lk
from tests.mutants.fault import Fault
from tests.mutants.story import Story

NOTICES = "domain.decide.notices"


def open_shop(story: Story, **changes: object) -> lk.Loyalty:
    """A shop of its own on the story's ninetieth day, with two members who have points."""
    shop = lk.Loyalty(story.world.program.evolve(**changes), clock=lambda: story.day(90))
    for id in ("m", "n"):
        shop.enroll(lk.Member(id=id, enrolled_at=story.day(0)))
        lots = [lk.OpeningLot(points=50, expires_at=story.day(days)) for days in (40, 99)]
        shop.record(lk.OpeningBalance(id=f"o-{id}", member_id=id, lots=lots, occurred_at=story.day(1)))
    return shop


def outcomes(shop: lk.Loyalty, *transactions: lk.Transaction) -> list[str]:
    """For each transaction its kind, or the error that refuses it."""
    found = []
    for transaction in transactions:
        try:
            found.append(shop.record(transaction).kind)
        except lk.LoyaltyError as error:
            found.append(type(error).__name__)
    return found


def use_a_voucher_twice(story: Story) -> None:
    redemption, uses = lk.Redemption(id="v", member_id="m", reward="cup"), [lk.VoucherUse(id=id, of="v") for id in "ab"]
    told = outcomes(open_shop(story, rewards=[lk.Reward("cup", 10)]), redemption, *uses, lk.Reversal(id="c", of="v"))
    assert told[2:] == ["VoucherNotUsableError"] * 2


def want_one_pot_twice(story: Story) -> None:
    redemptions = [lk.Redemption(id=f"v-{id}", member_id=id, reward="pot") for id in ("m", "n")]
    told = outcomes(open_shop(story, rewards=[lk.Reward("pot", 10, stock=1)]), *redemptions)
    assert told == ["redemption", "RewardUnavailableError"]


def miss_a_run(story: Story) -> None:
    """One late run tells what daily runs tell, under the same ids, once."""
    told = []
    for days in (range(1, 90), range(60, 90)):
        shop = open_shop(story, notices=lk.NoticePolicy(points_added=False, points_expiring_days=2))
        told.append([notice.id for number in days for notice in shop.settle(as_of=story.day(number)).notices])
    assert sorted(told[0]) == sorted(told[1])
    assert len(told[0]) == 2


# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "S24", "a voucher is spent twice", "domain.decide.redemptions", "if state.used_at is not None:", "if False:",
        story=[use_a_voucher_twice],
    ),
    Fault(
        "S24", "every member has a stock of their own", "loyalty.runtime",
        "if stock is not None and reads.rewards_out(reward_id) >= stock:", "if stock is not None and stock < 1:",
        story=[want_one_pot_twice],
    ),
    Fault(
        "S21", "a missed run loses a notice", NOTICES, "if state.expires_at <= horizon:",
        "if until < state.expires_at <= horizon:", story=[miss_a_run],
    ),
    Fault(
        "S21", "the id of a notice changes with the day of the run", NOTICES,
        "parts = [*id_parts(state.lot.id), state.expires_at]",
        "parts = [*id_parts(state.lot.id), state.expires_at, until]", story=[miss_a_run],
    ),
]
# fmt: on
