"""The machine finds that two members are one person, or are not after all (``S23``)."""

from __future__ import annotations

from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.calendars import Inactivity
from tests.machine_base import Data
from tests.machine_rewards import RewardsMachine
from tests.model_pair import FIRED


class MergesMachine(RewardsMachine):
    """With ``merging`` there are two members from the first step on, who are merged once, and perhaps parted again.

    Only where no activity, cap or achievement of one side could concern the other.
    """

    merging = False

    def __init__(self) -> None:
        super().__init__()
        self.was_merged = False

    def meanwhile(self, data: Data) -> None:
        """Before a transaction there may be a merge too, or its end."""
        super().meanwhile(data)
        if not self.merging:
            return
        if len(self.pair.accounts) < 2:
            self.pair.enrol(lk.Member(id="m-1", enrolled_at=self.draw_past(data)))
        elif self.pair.model.union is not None:
            if data.draw(st.integers(0, 5), label="unmerge") == 5:
                self.unmerge()
        elif self.can_merge() and data.draw(st.integers(0, 5), label="merge") == 5:
            self.merge(data)

    def can_merge(self) -> bool:
        program = self.pair.world.program
        is_counted = program.achievements or program.points.caps or any(rule.cap for rule in program.accrual)
        return not (self.was_merged or is_counted or isinstance(program.points.expire_after, Inactivity))

    def merge(self, data: Data) -> None:
        """From now on both ids have every answer of the two together."""
        survivor, other = data.draw(st.sampled_from([("m-0", "m-1"), ("m-1", "m-0")]), label="survivor")
        self.pair.merge(survivor, other, self.new_id("g"))
        self.was_merged = True
        self.agree_again("merge")

    def unmerge(self) -> None:
        """Each has its own again, unless something ties them."""
        union = self.pair.model.union
        assert union is not None
        joint = self.pair.accounts[union.merge.other]
        if union.is_early(joint):
            return  # a card has no past before its own enrolment
        since = len(joint.history) - union.lengths["history"]
        if self.pair.unmerge(union.merge.other, self.new_id("k")):
            self.agree_again("unmerge")
            FIRED["unmerge after more"] += since > 0

    def agree_again(self, done: str) -> None:
        """Now and at what was about to be asked, before anything else is recorded."""
        FIRED[done] += 1
        self.pair.agree([*self.probes, self.now])
        self.pair.verify()
