"""The machine finds that two members are one person, or are not after all (``S23``)."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

import loyaltykit as lk
from tests.machine.base import Data
from tests.machine.pair import FIRED
from tests.machine.rewards import RewardsMachine
from tests.oracle.order import moment_of
from tests.oracle.store import Entry, Store


class MergesMachine(RewardsMachine):
    """With ``merging`` there are two members from the first step on, who are merged and parted again and again."""

    merging = False

    def meanwhile(self, data: Data) -> None:
        """Before a transaction there may be a merge too, or its end."""
        super().meanwhile(data)
        if self.merging and len(self.pair.oracle.store.members) < 2:
            self.pair.enrol(lk.Member(id="m-1", enrolled_at=self.draw_past(data)))
        elif self.merging and data.draw(st.integers(0, 5), label="join or part") == 5:
            self.join_or_part(data)

    def join_or_part(self, data: Data) -> None:
        families = self.pair.oracle.store.families
        merged = [member for member in ("m-0", "m-1") if families.survivor(member) != member]
        if merged:
            self.unmerge(merged[0])
        else:
            self.merge(data)

    def merge(self, data: Data) -> None:
        """From now on both ids have every answer of the two together."""
        survivor, other = data.draw(st.sampled_from([("m-0", "m-1"), ("m-1", "m-0")]), label="survivor")
        self.pair.merge(survivor, other, self.new_id("g"))
        self.agree_again("merge")

    def unmerge(self, other: str) -> None:
        """Each has its own again, unless something ties them."""
        store = self.pair.oracle.store
        if any(moment_of(entry.item) < early_of(store, entry) for entry in store.entries):
            return  # a card has no past before its own enrolment
        since = len(store.entries) - max(number for _, number in store.families.merged().values())
        if self.pair.unmerge(other, self.new_id("k")):
            self.agree_again("unmerge")
            FIRED["unmerge after more"] += since > 0

    def agree_again(self, done: str) -> None:
        """Now and at what was about to be asked, before anything else is recorded."""
        FIRED[done] += 1
        self.look()


def early_of(store: Store, entry: Entry) -> datetime:
    """When an id was enrolled for which something was recorded."""
    enrolled_at = store.members[entry.owner].enrolled_at
    assert enrolled_at is not None
    return enrolled_at
