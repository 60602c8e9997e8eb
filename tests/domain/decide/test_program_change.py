"""Who moves under another version of the programme, and when first (T7)."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.domain.accounts.account import rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.decide.program_change import Move, find_move
from loyaltykit.domain.facts.versions import ProgramHistory, Version
from loyaltykit.rules import days, spend
from loyaltykit.values import to_instant
from tests.support.stories import START, at, club, day

MEMBER = lk.Member(id="m", enrolled_at=START)
BOUGHT = lk.Purchase(id="p", member_id="m", amount=100, occurred_at=day(1))


def ladder(amount: int) -> lk.Program:
    high = lk.Tier("high", enter=spend.over(days(40)) >= amount)
    return club(tiers=lk.TierLadder(lk.Tier("low"), high, valid_for=days(20)))


@pytest.mark.parametrize(
    ("amount", "migration", "move"),
    [
        (100, lk.keep_until_validity_ends(), None),
        (200, lk.keep_until_validity_ends(), Move(to_instant(at(2024, 1, 23)), "high", "low")),
        (200, lk.reevaluate("both"), Move(to_instant(day(5)), "high", "low")),
        (200, lk.reevaluate("up_only"), Move(to_instant(at(2024, 1, 23)), "high", "low")),
    ],
)
def test_t7_the_first_instant_at_which_the_tier_differs(
    amount: int, migration: lk.Migration, move: Move | None
) -> None:
    """T7: on the day of the change where it is judged then, else when the validity ends."""
    old = ProgramHistory([Version(1, ladder(100))])
    account = rebuild(MEMBER, old, [(BOUGHT, Decision())])
    version = Version(2, ladder(amount), effective_from=to_instant(day(5)), migration=migration)
    assert find_move(account, old.with_version(version)) == move


def test_t7_judged_anew_a_member_falls_to_the_highest_tier_that_holds() -> None:
    """T7: with `reevaluate("both")`, not by one, and no lower than the facts say."""

    def tiers(*amounts: int) -> lk.Program:
        above = [lk.Tier(f"t-{amount}", enter=spend.over(days(40)) >= amount) for amount in amounts]
        return club(tiers=lk.TierLadder(lk.Tier("low"), *above, valid_for=days(20)))

    old = ProgramHistory([Version(1, tiers(20, 50, 80, 100))])
    account = rebuild(MEMBER, old, [(BOUGHT, Decision())])
    migration = lk.reevaluate("both", renamed={"t-80": "t-180", "t-100": "t-200"})
    version = Version(2, tiers(20, 50, 180, 200), effective_from=to_instant(day(5)), migration=migration)
    assert find_move(account, old.with_version(version)) == Move(to_instant(day(5)), "t-100", "t-50")
