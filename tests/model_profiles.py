"""The naive model of records that change: plain lists, each part worked out by itself, nothing kept.

It knows one programme (``PROGRAM``): a point for each euro, twice where the record says Wuhan, times the tier's
multiplier; the tier is entered for good when a purchase or an edit finds the region and the spend that it asks for.
Other models know other programmes; this one knows records.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import define, field, frozen

import loyaltykit as lk
from loyaltykit.rules import member, per_amount, spend
from tests.stories import club

WUHAN = "Wuhan"
ENOUGH = 100
PARTS = ("name", "region", "status")

_IN_WUHAN = member.region == WUHAN
_PER_EURO = per_amount(points=1, every=1)
PROGRAM = club(
    points=lk.PointsPolicy(),
    accrual=[lk.AccrualRule("base", _PER_EURO), lk.AccrualRule("local", _PER_EURO, where=_IN_WUHAN)],
    tiers=lk.TierLadder(lk.Tier("plain"), lk.Tier("local", enter=_IN_WUHAN & (spend >= ENOUGH), multiplier="3")),
)


@frozen
class Edit:
    """What somebody changed: from when on, and which parts."""

    at: datetime
    parts: dict[str, Any]


@frozen
class Sale:
    """What was bought when; the id decides between two of one moment."""

    at: datetime
    id: str
    amount: int


@define
class Profile:
    """One member: the record at the enrolment, and everything that came, in the order of recording."""

    enrolled: dict[str, Any]
    edits: list[Edit] = field(factory=list)
    sales: list[Sale] = field(factory=list)
    points: int = 0

    def record(self, at: datetime, known: int | None = None) -> dict[str, Any]:
        """Each part by itself: of the edits of it up to a moment the latest, of several at one moment the last told."""
        return {part: self._part(part, at, self.edits[:known]) for part in PARTS}

    def _part(self, part: str, at: datetime, edits: list[Edit]) -> Any:
        found = [(edit.at, place) for place, edit in enumerate(edits) if part in edit.parts and edit.at <= at]
        return edits[max(found)[1]].parts[part] if found else self.enrolled[part]

    def edit(self, at: datetime, wanted: dict[str, Any]) -> dict[str, Any]:
        """Make the record of a moment what is wanted; the parts that this changes."""
        before = self.record(at)
        changed = {part: value for part, value in wanted.items() if before[part] != value}
        self.edits.append(Edit(at, changed))
        return changed

    def may(self, kind: str, at: datetime) -> bool:
        """Whether something may be recorded: by the status of its date, as it is known now."""
        status = self.record(at)["status"]
        return kind == "return" or status == "active" or (status == "pending" and kind == "earn")

    def buy(self, sale: Sale) -> int:
        """What a purchase gives: the record and the tier of its moment."""
        rate = 2 if self.record(sale.at)["region"] == WUHAN else 1
        earned = sale.amount * rate * (3 if self._is_local(before=sale) else 1)
        self.sales.append(sale)
        self.points += earned
        return earned

    def tier(self, at: datetime) -> str:
        return "local" if any(moment <= at for moment in self._entries()) else "plain"

    def _is_local(self, before: Sale) -> bool:
        place = (before.at, 1, before.id)
        return any(self._enters(at, sales) for at, rank, id, sales in self._moments() if (at, rank, id) < place)

    def _entries(self) -> Iterator[datetime]:
        return (at for at, _, _, sales in self._moments() if self._enters(at, sales))

    def _enters(self, at: datetime, sales: list[Sale]) -> bool:
        return self.record(at)["region"] == WUHAN and sum(sale.amount for sale in sales) >= ENOUGH

    def _moments(self) -> Iterator[tuple[datetime, int, str, list[Sale]]]:
        """What the tier is judged at, each with the purchases up to it: edits come before purchases (``T12``)."""
        for edit in self.edits:
            yield edit.at, 0, "", [sale for sale in self.sales if sale.at < edit.at]
        for sale in self.sales:
            yield sale.at, 1, sale.id, [one for one in self.sales if (one.at, one.id) <= (sale.at, sale.id)]
