"""What a table of members tells besides the record: points, a tier, the last purchase. Each becomes a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import OpeningBalance, OpeningLot, Purchase, TierGrant, Transaction
from loyaltykit.errors import Problem, problem_of
from loyaltykit.tables.outcomes import made_id


class RejectedError(Exception):
    """Why a part of a row is rejected; it is caught where the row is known."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@frozen
class Told:
    """A row of a table of members, and how it becomes transactions.

    Args:
        source: of the table.
        row: what names the row in it.
        member_id: whose row it is.
        actor: who brings the table in.
        as_of: when points and tier were true; None for when they are recorded.
        tiers: what words for tiers mean.
        program: the shop's.
    """

    source: str
    row: str
    member_id: str
    actor: str
    as_of: datetime | None
    tiers: Mapping[str, str]
    program: Program

    def opening(self, values: Mapping[str, Any]) -> Iterator[Transaction]:
        """The points that the row tells."""
        points = values.get("points", 0)
        if points < 0:
            raise RejectedError(problem_of("points", "points.negative"))
        if points > 0:
            yield OpeningBalance(lots=[OpeningLot(points=points)], occurred_at=self.as_of, **self._shared("opening"))

    def grant(self, values: Mapping[str, Any]) -> Iterator[Transaction]:
        """The tier that the row tells, as one given by hand; the lowest one needs no giving."""
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
        """The last purchase that the row tells."""
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
            "id": made_id(kind, self.source, self.row),
            "member_id": self.member_id,
            "actor": self.actor,
            "reason": f"imported from {self.source}",
        }
