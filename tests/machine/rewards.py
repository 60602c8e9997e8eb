"""The machine at the counter: points turned into rewards, vouchers spent, rewards given up (``S24``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import loyaltykit as lk
from tests.machine.base import Data
from tests.machine.points import PointsMachine
from tests.oracle.order import moment_of
from tests.oracle.vouchers import Vouchers
from tests.oracle.wall import FOREVER, MICROSECOND


class RewardsMachine(PointsMachine):
    """What is had for points, and what becomes of it."""

    @precondition(lambda self: self.rich)
    @rule(data=st.data(), looking=st.booleans(), at_once=st.booleans())
    def redeem_reward(self, data: Data, looking: bool, at_once: bool) -> None:
        """Mostly one that the programme has, whoever may have it; perhaps spent at the same till."""
        self.meanwhile(data)
        debit = self.draw_debit(data, 1)
        del debit["points"]
        known = [reward.id for reward in self.pair.world.program.rewards]
        reward = data.draw(st.sampled_from([*known[:1] * 4, *known, *known, "unknown"]), label="reward")
        self.send(lk.Redemption(id=self.new_id("w"), reward=reward, **debit), "redeem_reward", looking=looking)
        if at_once and self.issued():
            self.send(lk.VoucherUse(id=self.new_id("y"), of=self.issued()[0].id), "use_voucher")

    def issued(self) -> list[lk.Redemption]:
        """The redemptions behind all vouchers, the last one first."""
        return [item for item in self.recorded(lk.Redemption) if item.reward is not None]

    @precondition(lambda self: self.recorded(lk.Redemption))
    @rule(data=st.data())
    def use_voucher(self, data: Data) -> None:
        """Mostly one that nobody has used, on the day it was issued, in its last moment, or when it is over."""
        self.meanwhile(data)
        known = self.recorded(lk.Redemption)
        spent = {item.of for item in self.recorded(lk.VoucherUse, lk.Reversal)}
        likely = [item for item in self.issued() if item.id not in spent] or known
        code = data.draw(st.sampled_from(likely) | st.sampled_from(known), label="of")
        end = self.vouchers.end_of(code) if code.reward is not None else self.now
        some = [moment_of(code), moment_of(code) + timedelta(hours=5), end - MICROSECOND, end]
        at = min(data.draw(st.sampled_from(some), label="at"), self.now)
        self.send(lk.VoucherUse(id=self.new_id("y"), of=code.id, occurred_at=at), "use_voucher")

    @precondition(lambda self: self.issued())
    @rule(data=st.data(), whole=st.sampled_from([True, True, True, False]))
    def give_up_reward(self, data: Data, whole: bool) -> None:
        """All of its price is asked back, or one point."""
        self.meanwhile(data)
        code = data.draw(st.sampled_from(self.issued()), label="of")
        at = self.draw_past(data, moment_of(code))
        reversal = lk.Reversal(id=self.new_id("u"), of=code.id, points=None if whole else 1, occurred_at=at)
        self.send(reversal, "give_up_reward")

    def look_for_boundaries(self) -> list[datetime]:
        """With the ends of vouchers."""
        ends = {self.vouchers.end_of(item) for item in self.issued()}
        return sorted({*super().look_for_boundaries(), *(end for end in ends if end < FOREVER)})

    @property
    def vouchers(self) -> Vouchers:
        """Whose they are does not matter for their ends."""
        return Vouchers(self.pair.oracle.store, self.pair.account("m-0"))
