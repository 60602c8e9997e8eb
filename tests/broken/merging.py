"""Broken merges. The model knows none: the stories ask for what a merge must keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
import loyaltykit.domain.decide.merges as merging
from loyaltykit.domain.accounts import merged_ledger
from loyaltykit.domain.ledger.entries import Lot, Posting
from loyaltykit.values import DAY_US, NEVER_US
from tests.broken.registry import broken
from tests.broken.story import Story


def two_become_one(story: Story) -> None:
    """S23, I22: sums, lots and their ends are what they were."""
    story.enrol(lk.Member(id="n", enrolled_at=story.world.start))
    story.buy(1, "p1", "100")
    story.tell(2, lk.Purchase, "p2", member_id="n", lines=[lk.Line(amount="60")])
    apart = lots(story, "m") + lots(story, "n")
    story.shop.members.merge("m", "n", id="mg", actor="staff", reason="two cards")
    assert sorted(lots(story, "m")) == sorted(apart), "S23"


def lots(story: Story, member: str) -> list[tuple[str, int, datetime | None]]:
    return [(lot.id, lot.remaining, lot.expires_at) for lot in story.shop.balance(member).lots]


@broken("rolling", two_become_one)
def a_merge_doubles_points(patch: pytest.MonkeyPatch) -> None:
    """S23: what came along is given once more."""
    right = merging._merge

    def giving(family: Any, rulebook: Any, merge: Any) -> Any:
        decision = right(family, rulebook, merge)
        assert decision.receipt_parts is not None
        lot = Lot(merge.id, decision.receipt_parts.moved, merge.instant, merge.instant, NEVER_US)
        decision.postings = (Posting(0, "transfer", lot.points, merge.instant, merge.id, 1, lot=lot),)
        return decision

    patch.setattr(merging, "_merge", giving)


@broken("rolling", two_become_one)
def a_merge_restarts_expiries(patch: pytest.MonkeyPatch) -> None:
    """S23, I22: lots live as if they had come with the merge."""
    right = merged_ledger.MergedLedger._add_lot

    def renewing(self: Any, lot: Lot) -> None:
        right(self, evolve(lot, expires_at=self.rules.newest.points_end(lot.occurred_at + 2 * DAY_US)))

    patch.setattr(merged_ledger.MergedLedger, "_add_lot", renewing)
