"""Faults of pending points, holds, transfers, opening balances and merges (S5, S16, S19, S22, S23)."""

from __future__ import annotations

import loyaltykit as lk
from tests.mutants.fault import Fault
from tests.mutants.story import Step, Story, adjust, befriend, bring_back, buy, hold, look_at, redeem, tell

MOVEMENTS, ALLOCATION, FAMILY = "domain.ledger.movements", "domain.ledger.allocation", "domain.accounts.family"

HELD = [adjust(0, "a", 100), hold(1, "h", 60, until=5)]
GIVEN = [
    befriend("f"),
    adjust(0, "a", 50),
    adjust(1, "b", 50, expires_at=lk.NEVER),
    tell(2, lk.Transfer, "t", member_id="m", to="f", points=70),
]
PENDING = [adjust(0, "a", 40), buy(1, "p", "100")]
OWING = [buy(0, "p1", "50"), redeem(7, "x", 50), buy(8, "p2", "60"), bring_back(9, "r", "p1")]
LOTS = [lk.OpeningLot(points=20), lk.OpeningLot(points=30, expires_at=lk.NEVER)]


def merge(story: Story) -> None:
    """S23, I22: sums, lots and their ends are what they were."""
    apart = [*story.shop.balance("m").lots, *story.shop.balance("f").lots]
    story.merge("m", "f", "mg")
    assert sorted(map(str, story.shop.balance("m").lots)) == sorted(map(str, apart)), "S23"


MERGED: list[Step] = [
    befriend("f"),
    buy(1, "p1", "100"),
    tell(2, lk.Purchase, "p2", member_id="f", lines=[lk.Line(amount="60")]),
    merge,
]

# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "S19", "a hold leaks", MOVEMENTS, "backs = [Allocation(part.lot, -part.points, at) for part in hold.parts]",
        "backs = list[Allocation]()", story=[*HELD, tell(2, lk.Release, "l", of="h")],
    ),
    Fault(
        "S19 I21", "a capture goes beyond its hold", MOVEMENTS, "if points > hold.points:", "if False:",
        story=[*HELD, tell(2, lk.Capture, "c", of="h", points=61)],
    ),
    Fault("S19", "a hold outlives its time", MOVEMENTS, "if hold.until < NEVER_US:", "if False:", story=HELD),
    Fault(
        "S19 I21", "a hold ends twice", MOVEMENTS,
        "if at >= hold.until or (hold.ended_at is not None and not hold.timed_out):", "if False:",
        story=[*HELD, tell(2, lk.Release, "l", of="h"), tell(3, lk.Capture, "c", of="h")],
    ),
    Fault(
        "S19 I2", "the rest of a capture is lost", MOVEMENTS, "_first(hold.parts, points, given.instant)",
        "_first(hold.parts, hold.points, given.instant)", story=[*HELD, tell(2, lk.Capture, "c", of="h", points=10)],
    ),
    Fault(
        "S5 S8", "what falls due first comes last", MOVEMENTS, "return min(due, key=", "return max(due, key=",
        story=[
            adjust(0, "a", 50), adjust(0, "b", 50, expires_at=lk.NEVER), hold(1, "h1", 60, until=6),
            hold(1, "h2", 40, until=4), adjust(2, "c", -70), look_at(4, 5, 6),
        ],
    ),
    Fault(
        "S5 S8", "what falls due goes by its cause and not by its date", MOVEMENTS,
        "key=lambda movement: (movement.occurred_at, movement.cause)", "key=lambda movement: movement.cause",
        story=[
            adjust(0, "a", 50), adjust(0, "b", 50, expires_at=lk.NEVER), hold(1, "h1", 60, until=6),
            hold(1, "h2", 40, until=4), adjust(2, "c", -70), look_at(4, 5, 6),
        ],
    ),
    Fault(
        "S16 I22", "a transfer loses an expiry", "domain.decide.credits",
        "ArrivingLot(points=points, expires_at=state.expires_at", "ArrivingLot(points=points, expires_at=NEVER_US",
        story=GIVEN,
    ),
    Fault(
        "S16 I1", "a transfer doubles points", "domain.ledger.ledger", "for allocation in posting.allocations:",
        'for allocation in () if (posting.kind, posting.lot) == ("transfer", None) else posting.allocations:',
        story=GIVEN,
    ),
    Fault(
        "S5", "pending points can be spent", "domain.ledger.ledger",
        "live, active = self.live, [state for state in self.waiting if state.is_alive(at)]",
        "live, active = self.live, [*self.waiting]", "waiting", [*PENDING, redeem(2, "x", 70)],
    ),
    Fault(
        "S5", "points wait a day less", "domain.facts.rulebook",
        "return self.calendar.end_after(self.calendar.day_of(at), pending)",
        "return self.calendar.end_after(self.calendar.day_of(at) - 1, pending)", "waiting", [*PENDING, look_at(7)],
    ),
    Fault(
        "S7", "a return takes nothing of its own lot", ALLOCATION,
        "from_own = _walk([(state, state.left_from(at)) for state in reachable], at, rest)",
        "from_own = tuple[Allocation, ...]()", "waiting", [*PENDING, bring_back(2, "r", "p")],
    ),
    Fault(
        "S5 S8", "points that become active by date repay nothing", MOVEMENTS,
        "repaid = _repaid(ledger, state, state.active_from) if ledger.debt_left else ()", "repaid = ()", "waiting",
        OWING,
    ),
    Fault(
        "S5 S8", "an activation repays nothing", MOVEMENTS,
        "owing.repay(state.lot.id, state.expires_at, state.left_from(at), at),", "(),", "waiting",
        [*OWING, tell(10, lk.Activation, "d", of="p2")],
    ),
    Fault(
        "S22", "opening lots share one end", "domain.decide.credits", "opening.instant, lot.expires_at)",
        "opening.instant, opening.lots[0].expires_at)",
        story=[tell(1, lk.OpeningBalance, "o", member_id="m", lots=LOTS)],
    ),
    Fault(
        "S23", "a merge doubles points", FAMILY, "super()._open(lot)",
        "super()._open(type(lot)(lot.id, 2 * lot.points, lot.occurred_at, lot.active_from, lot.expires_at))",
        story=MERGED,
    ),
    Fault(
        "S23 I22", "a merge restarts expiries", FAMILY, "super()._open(lot)",
        "super()._open(type(lot)(lot.id, lot.points, lot.occurred_at, lot.active_from, lot.expires_at + 10**11))",
        story=MERGED,
    ),
]
# fmt: on
