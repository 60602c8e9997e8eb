"""Transactions from the points, the tier and the last purchase in a row of a table of members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import OpeningBalance, OpeningLot, Purchase, TierGrant, Transaction
from loyaltykit.errors import Problem
from loyaltykit.problems import problem_of
from loyaltykit.tables.rows import make_id


class RejectedError(Exception):
    """The problem of a value in a row; ``MemberTable`` catches it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@frozen
class MemberTransactions:
    """A factory of the transactions of one row.

    Args:
        source: the source of the table.
        row: the key of the row.
        member_id: the member of the row.
        actor: the person who imports the table.
        as_of: the instant of points and tier; None for the instant of recording.
        tiers: names of tiers by the words that the table uses.
        program: the shop's.
    """

    source: str
    row: str
    member_id: str
    actor: str
    as_of: datetime | None
    tiers: Mapping[str, str]
    program: Program

    def opening_balance(self, values: Mapping[str, Any]) -> Iterator[Transaction]:
        """Yield the opening balance of the row's points, if there are any."""
        points = values.get("points", 0)
        if points < 0:
            raise RejectedError(problem_of("points", "points.negative"))
        if points > 0:
            yield OpeningBalance(lots=[OpeningLot(points=points)], occurred_at=self.as_of, **self._shared("opening"))

    def tier_grant(self, values: Mapping[str, Any]) -> Iterator[Transaction]:
        """Yield the grant of the row's tier, unless it is the lowest one."""
        word = values.get("tier")
        if word is None:
            return
        name = self.tiers.get(word, word)
        names = [tier.name for tier in self.program.tiers]
        if name not in names:
            raise RejectedError(problem_of("tier", "tier.unknown"))
        if name != names[0]:
            yield TierGrant(tier=name, mode="floor", occurred_at=self.as_of, **self._shared("tier"))

    def purchase(self, values: Mapping[str, Any]) -> Iterator[Transaction]:
        """Yield the row's last purchase, if there is one."""
        at: datetime | None = values.get("last_purchase_at")
        amount: Decimal | None = values.get("last_purchase_amount")
        if at is None and amount is None:
            return
        if at is None or amount is None:
            missing = "last_purchase_at" if at is None else "last_purchase_amount"
            raise RejectedError(problem_of(missing, "value.missing"))
        yield Purchase(amount=amount, occurred_at=at, **self._shared("purchase"))

    def _shared(self, kind: str) -> dict[str, Any]:
        return {
            "id": make_id(kind, self.source, self.row),
            "member_id": self.member_id,
            "actor": self.actor,
            "reason": f"imported from {self.source}",
        }
