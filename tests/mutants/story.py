"""Short stories on a shop and its model: what a fault must trip over, step by step.

A step is a method of ``Story`` with its arguments: ``buy(0, "p", "100")`` is told by ``story.buy(0, "p", "100")``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from operator import methodcaller
from typing import Any, TypeAlias

import loyaltykit as lk
from tests.machine.pair import FAR, Pair
from tests.machine.world import World
from tests.oracle.wall import MICROSECOND


class Story(Pair):
    """A pair with one member; times are days since its world began, and what lies before the clock is late."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.enrol(lk.Member(id="m", enrolled_at=world.start))

    def day(self, days: float) -> datetime:
        return self.world.start + timedelta(days=days)

    def tell(self, days: float, transaction: type[lk.Transaction], id: str, **parts: Any) -> None:
        """One transaction; then everything is compared."""
        self.happen(transaction(id=id, occurred_at=self.day(days), **parts))

    def happen(self, transaction: lk.Transaction) -> None:
        assert transaction.occurred_at is not None
        self.clock.set(max(self.now, transaction.occurred_at))
        self.send(transaction, looking=True)
        self.agree([transaction.occurred_at, self.now + FAR])

    def buy(self, days: float, id: str, amount: str, quantity: int = 1, **parts: Any) -> None:
        lines = [lk.Line(amount=amount, quantity=quantity)]
        self.tell(days, lk.Purchase, id, member_id="m", lines=lines, **parts)

    def bring_back(self, days: float, id: str, of: str, **parts: Any) -> None:
        self.tell(days, lk.Return, id, of=of, **parts)

    def redeem(self, days: float, id: str, points: int) -> None:
        self.tell(days, lk.Redemption, id, member_id="m", points=points)

    def adjust(self, days: float, id: str, points: int, **parts: Any) -> None:
        self.tell(days, lk.Adjustment, id, member_id="m", points=points, actor="staff", reason="by hand", **parts)

    def set_tier(self, days: float, id: str, tier: str, until: float | None = None, mode: str = "floor") -> None:
        """A tier by hand, up to a day or without an end."""
        end = None if until is None else self.day(until)
        parts = {"member_id": "m", "tier": tier, "mode": mode, "until": end}
        self.tell(days, lk.TierGrant, id, actor="staff", reason="our fault", **parts)

    def end_tier(self, days: float, id: str, of: str) -> None:
        self.tell(days, lk.TierGrantEnd, id, of=of, actor="staff", reason="as agreed")

    def hold(self, days: float, id: str, points: int, until: float) -> None:
        self.tell(days, lk.Hold, id, member_id="m", points=points, until=self.day(until))

    def review(self, days: float, id: str, stars: int = 5) -> None:
        self.tell(days, lk.Event, id, member_id="m", name="review", attributes={"stars": stars})

    def refer(self, days: float, id: str, friend: str) -> None:
        self.tell(days, lk.Event, id, member_id="m", name="referral", other_member_id=friend)

    def befriend(self, id: str) -> None:
        """Another member joins with the first."""
        self.enrol(lk.Member(id=id, enrolled_at=self.world.start))

    def wait(self, days: float) -> None:
        """The clock goes on to a day."""
        self.clock.set(max(self.now, self.day(days)))

    def write(self, days: float) -> None:
        """What is due by a day is written down on it."""
        self.wait(days)
        self.settle(self.day(days))

    def look_at(self, *days: float) -> None:
        self.agree([self.day(number) for number in days])

    def ask(self, days: float) -> None:
        """What the member needs for the tier, as of a day."""
        self.agree_on_outlook("m", self.day(days))

    def become(
        self, days: float, other: int, migration: lk.Migration | None = None, correction: str | None = None
    ) -> None:
        """Another programme of the world from a day on; then everything is compared."""
        self.clock.advance(MICROSECOND)
        since = self.day(days)
        self.change(self.world.others[other], since, migration or lk.keep_until_validity_ends(), correction)
        self.agree([max(since - MICROSECOND, self.world.start), since, since + timedelta(days=1), self.now + FAR])


Step: TypeAlias = Callable[[Story], object]

tell, buy, bring_back, redeem, adjust, hold, review, refer, befriend = (
    partial(methodcaller, name)
    for name in ("tell", "buy", "bring_back", "redeem", "adjust", "hold", "review", "refer", "befriend")
)
set_tier, wait, write, look_at, ask, become = (
    partial(methodcaller, name) for name in ("set_tier", "wait", "write", "look_at", "ask", "become")
)
