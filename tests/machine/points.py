"""The machine's hand on points: spent, set aside, made active, handed on, given and taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import loyaltykit as lk
from tests.machine.base import Data, MachineBase
from tests.machine.pair import FAR
from tests.oracle.order import moment_of
from tests.oracle.store import Account
from tests.oracle.wall import MICROSECOND

MOMENTS_AT_ONCE = 30
"""Among how many moments of the past one is chosen, spread over all of it; few short stories have more."""


class PointsMachine(MachineBase):
    """What is done with points, besides earning them."""

    @property
    def rich(self) -> list[Account]:
        """Those who ever had points."""
        return [account for account in self.pair.accounts().values() if account.book().lots]

    @precondition(lambda self: self.rich)
    @rule(data=st.data(), extra=st.sampled_from([0, 0, 0, 1]), part=st.sampled_from([1, 2, 3]), looking=st.booleans())
    def redeem(self, data: Data, extra: int, part: int, looking: bool) -> None:
        """Some or all of what there is, or one point more."""
        self.meanwhile(data)
        redemption = lk.Redemption(id=self.new_id("x"), reason="gift", **self.draw_debit(data, part, extra))
        self.send(redemption, "redeem", looking=looking)

    def draw_debit(self, data: Data, part: int, extra: int = 0) -> dict[str, Any]:
        """Whose points, when, and how many of those that there are."""
        member = data.draw(st.sampled_from([account.id for account in self.rich]), label="member")
        account = self.pair.account(member)
        at = data.draw(st.sampled_from(self.moments_to_spend(account)[::-1]), label="at")
        points = account.book().known_at(at)
        most = sum(points.usable(lot, at) for lot in points.live_lots(at))
        return {"member_id": account.id, "occurred_at": at, "points": max(1, most // part + extra)}

    def moments_to_spend(self, account: Account) -> list[datetime]:
        """Moments at which there are points to be spent, with the last one of each lot and the first without it."""
        points, moments = account.book(), {self.now}
        for lot in points.lots:
            end = points.expires_at(lot)
            begin = points.begins_at(lot)
            moments |= {begin, begin - MICROSECOND, end - MICROSECOND, end, lot.came_at + timedelta(days=2)}
        past = sorted(moment for moment in moments if account.enrolled_at <= moment <= self.now)
        some = past[:: len(past) // MOMENTS_AT_ONCE + 1]
        return [moment for moment in some if points.available(moment)] + [self.now]

    @precondition(lambda self: self.recorded(lk.Redemption, lk.Capture))
    @rule(data=st.data(), part=st.sampled_from([None, 1, 2, 3]))
    def reverse(self, data: Data, part: int | None) -> None:
        self.meanwhile(data)
        redemption = data.draw(st.sampled_from(self.recorded(lk.Redemption, lk.Capture)), label="of")
        points = None if part is None else max(1, (redemption.points or 6) // part)
        at = self.draw_past(data, moment_of(redemption))
        self.send(lk.Reversal(id=self.new_id("u"), of=redemption.id, points=points, occurred_at=at), "reverse")

    @rule(data=st.data(), points=st.sampled_from([1, 30, 200, -1, -30]))
    def adjust(self, data: Data, points: int) -> None:
        self.meanwhile(data)
        at = self.draw_past(data)
        ends = [None, None, lk.NEVER, self.draw_moment(data, self.now + FAR)]
        adjustment = lk.Adjustment(
            id=self.new_id("a"),
            member_id=self.draw_member(data),
            points=points,
            expires_at=data.draw(st.sampled_from(ends), label="ends") if points > 0 else None,
            occurred_at=at,
            actor="staff",
            reason="by hand",
        )
        self.send(adjustment, "adjust")

    # -- holds -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.rich)
    @rule(data=st.data(), extra=st.sampled_from([0, 0, 0, 0, 1]), part=st.sampled_from([1, 2, 3]))
    def hold(self, data: Data, extra: int, part: int) -> None:
        """Some or all of what there is is set aside, for ever, for some days, or up to where something else ends."""
        self.meanwhile(data)
        debit = self.draw_debit(data, part, extra)
        ends = [None, debit["occurred_at"] + timedelta(days=2), debit["occurred_at"] + timedelta(days=9)]
        until = data.draw(st.sampled_from([*ends, self.draw_moment(data, self.now + FAR)]), label="until")
        self.send(lk.Hold(id=self.new_id("h"), until=until, **debit), "hold", looking=True)

    @precondition(lambda self: self.recorded(lk.Hold))
    @rule(data=st.data(), part=st.sampled_from([None, None, 1, 2, 0, 0]))
    def capture(self, data: Data, part: int | None) -> None:
        """All that is held is spent, or some of it, or one point more."""
        self.meanwhile(data)
        hold = self.draw_hold(data)
        points = None if part is None else max(1, hold.points // part) if part else hold.points + 1
        at = self.draw_time_of(data, hold)
        self.send(lk.Capture(id=self.new_id("c"), of=hold.id, points=points, occurred_at=at), "capture", looking=True)

    @precondition(lambda self: self.recorded(lk.Hold))
    @rule(data=st.data())
    def release(self, data: Data) -> None:
        self.meanwhile(data)
        hold = self.draw_hold(data)
        at = self.draw_time_of(data, hold)
        self.send(lk.Release(id=self.new_id("l"), of=hold.id, occurred_at=at), "release")

    def draw_hold(self, data: Data) -> lk.Hold:
        """Mostly one that nothing has ended, or that was timed out alone."""
        ended = {item.of for item in self.recorded(lk.Capture, lk.Release)}
        known = self.recorded(lk.Hold)
        likely = [hold for hold in known if hold.id not in ended] or known
        return data.draw(st.sampled_from(likely) | st.sampled_from(known), label="of")

    def draw_time_of(self, data: Data, hold: lk.Hold) -> datetime | None:
        """Now, or while the hold lasted, its last moment and the first without it included."""
        if hold.until is None or data.draw(st.booleans(), label="now"):
            return self.draw_past(data, moment_of(hold))
        some = [moment_of(hold), moment_of(hold) + timedelta(days=1), hold.until - MICROSECOND, hold.until]
        return min(data.draw(st.sampled_from(some), label="at"), self.now)

    # -- pending points, other members, other systems ----------------------------------------------------------------

    @precondition(lambda self: self.recorded(lk.Purchase))
    @rule(data=st.data())
    def activate(self, data: Data) -> None:
        """Mostly a purchase whose points still wait."""
        self.meanwhile(data)
        known = self.recorded(lk.Purchase)
        books = [account.book() for account in self.rich]
        waiting = {lot.id for book in books for lot in book.lots if book.begins_at(lot) > self.now}
        likely = [item for item in known if item.id in waiting] or known
        purchase = data.draw(st.sampled_from(likely) | st.sampled_from(known), label="of")
        at = self.draw_past(data, moment_of(purchase))
        self.send(lk.Activation(id=self.new_id("d"), of=purchase.id, occurred_at=at), "activate")

    @precondition(lambda self: self.rich)
    @rule(data=st.data(), extra=st.sampled_from([0, 0, 0, 0, 1]), part=st.sampled_from([1, 2, 3]))
    def transfer(self, data: Data, extra: int, part: int) -> None:
        """To the other one; to nobody while there is none."""
        self.meanwhile(data)
        debit = self.draw_debit(data, part, extra)
        to = "m-1" if debit["member_id"] == "m-0" else "m-0"
        self.send(lk.Transfer(id=self.new_id("t"), to=to, **debit), "transfer", looking=True)

    @rule(data=st.data(), points=st.lists(st.sampled_from([1, 20, 30]), min_size=1, max_size=3))
    def open(self, data: Data, points: list[int]) -> None:
        """Points that were earned elsewhere."""
        self.meanwhile(data)
        ends = st.sampled_from([None, lk.NEVER, self.now + timedelta(days=6), self.draw_moment(data, self.now + FAR)])
        opening = lk.OpeningBalance(
            id=self.new_id("o"),
            member_id=self.draw_member(data),
            lots=[lk.OpeningLot(points=part, expires_at=data.draw(ends, label="ends")) for part in points],
            occurred_at=self.draw_past(data),
        )
        self.send(opening, "open")
