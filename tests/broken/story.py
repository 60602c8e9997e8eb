"""Short stories on a shop and its model: what a broken core must trip over, told in a few lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

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

    def wait(self, days: float) -> None:
        """The clock goes on to a day."""
        self.clock.set(max(self.now, self.day(days)))

    def become(
        self, days: float, other: int, migration: lk.Migration | None = None, correction: str | None = None
    ) -> None:
        """Another programme of the world from a day on; then everything is compared."""
        self.clock.advance(MICROSECOND)
        since = self.day(days)
        self.change(self.world.others[other], since, migration or lk.keep_until_validity_ends(), correction)
        self.agree([max(since - MICROSECOND, self.world.start), since, since + timedelta(days=1), self.now + FAR])
