"""A shop whose clock we turn: it passes from one arrival to the next, and settles whenever a month ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from heapq import merge
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from attrs import define, field

import loyaltykit as lk
from docs.examples.real_year.arrivals import Arrival
from docs.examples.real_year.files import Month
from docs.examples.real_year.programme import EVERYONE, recent_spend
from docs.examples.real_year.year import THIS_MONTH, Told
from loyaltykit.rules import member, purchases, spend, units


class Standing(NamedTuple):
    """One member at a month's last instant: the tier, what was bought in the month, and the metric of the ladder."""

    tier: str
    purchases: int
    units: int
    spend: Decimal
    recent: Decimal


class Term(NamedTuple):
    """Which tier a member has, since when and until when."""

    tier: str
    since: datetime
    until: datetime | None


Standings: TypeAlias = Mapping[str, Standing]
"""By member."""

Points: TypeAlias = tuple[lk.Balance, Sequence[lk.answers.LotView]]
"""A balance, and the lots that make it up."""


@define
class Shop:
    """A shop, its clock, and what it said on the way.

    Args:
        program: the rules.
        now: what its clock shows.
        told: by month, what it answered as the month ended.
        corrections: the correcting rows of all receipts, each with its member.
        again: how often something came that was known.
        refused: coupons beyond what the member had at the time.
        late: purchases that came behind a later one of their member.
    """

    program: lk.Program
    now: datetime
    loyalty: lk.Loyalty = field(init=False)
    told: dict[str, Standings] = field(factory=dict)
    corrections: list[tuple[str, lk.answers.TierCorrection]] = field(factory=list)
    again: int = 0
    refused: int = 0
    late: int = 0
    _receipts: dict[str, lk.Receipt] = field(factory=dict)
    _latest: dict[str, datetime] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.loyalty = lk.Loyalty(self.program, clock=lambda: self.now)

    def run(
        self, members: Iterable[lk.Member], arrivals: Iterable[Arrival], months: Sequence[Month], told: Told
    ) -> None:
        """Let the year pass.

        Args:
            members: who has a card.
            arrivals: what comes, in the order in which it comes.
            months: at whose ends it settles.
            told: is told how many arrivals there have been.
        """
        self.loyalty.ingest(members)
        ends = [(month.end, month) for month in months]
        done = 0
        for at, what in merge(ends, arrivals, key=itemgetter(0)):
            self.now = at
            if isinstance(what, Month):
                self.told[what.name] = self.standings(what)
                self.loyalty.settle()
            else:
                self._take(what)
                done += 1
                told(done, None)

    def standings(self, month: Month, known_at: datetime | None = None) -> Standings:
        """Everybody at a month's last instant, by what was recorded so far or before an instant."""
        facts = (purchases.over(THIS_MONTH), units.over(THIS_MONTH), spend.over(THIS_MONTH), recent_spend)
        everyone = self.loyalty.select(EVERYONE, as_of=month.last, known_at=known_at)
        return {id: Standing(*values) for id, values in everyone.facts(member.tier, *facts)}

    def term(self, id: str, month: Month) -> Term:
        """A member's tier at a month's last instant."""
        status = self.loyalty.tier(id, as_of=month.last)
        return Term(status.name, status.since, status.until)

    def points(self, id: str, month: Month) -> Points:
        """A member's points at a month's last instant."""
        balance = self.loyalty.balance(id, as_of=month.last)
        return balance, balance.lots

    def _take(self, item: lk.Purchase | lk.Redemption) -> None:
        try:
            receipt = self.loyalty.record(item)
        except lk.InsufficientPointsError:
            self.refused += 1
            return
        if receipt.id in self._receipts:
            if receipt != self._receipts[receipt.id]:
                raise SystemExit(f"{receipt.id} came twice and was answered otherwise the second time")
            self.again += 1
            return
        self._receipts[receipt.id] = receipt
        self.corrections += [(receipt.member_id, row) for row in receipt.corrections]
        latest = self._latest.get(receipt.member_id, receipt.occurred_at)
        self.late += receipt.occurred_at < latest
        self._latest[receipt.member_id] = max(latest, receipt.occurred_at)
