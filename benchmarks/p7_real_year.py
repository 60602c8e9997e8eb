"""P7: the real year in memory: 2,469 members, 155,848 baskets with their lines, settled at the end of each month.

The programme and the values are those of ``docs/examples/real_year``, without its coupons. Ours are handed built
``Purchase`` values, the loop by hand rows of ints and strings made from them. Both end with the same balance and tier
of every member.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from time import perf_counter

from attrs import define, field

import loyaltykit as lk
from benchmarks.harness import Report, Row, Side, Target, alternate, compare, duration, timed
from benchmarks.year_loop import EPOCH, Row as Basket, YearLoop
from docs.examples.real_year.data import members, purchases
from docs.examples.real_year.files import NEW_YORK, CardYear, Month
from docs.examples.real_year.programme import PROGRAM, TIER_NAMES

FLAT = Target(1.5)


@define
class Year:
    """The year's input in both forms, month by month, and what the rounds found."""

    members: list[lk.Member]
    months: list[Month]
    purchases: list[list[lk.Purchase]]
    rows: list[list[Basket]] = field(factory=list)
    first: list[float] = field(factory=list)  # seconds per basket of the first month, by round
    last: list[float] = field(factory=list)
    settling: list[float] = field(factory=list)  # seconds of the year's settlements, by round
    standings: list[dict[str, tuple[int, int]]] = field(factory=list)

    @property
    def baskets(self) -> int:
        """How many there are."""
        return sum(map(len, self.purchases))

    @property
    def ends(self) -> list[datetime]:
        """When each month ends."""
        return [month.end for month in self.months]


def load() -> Year:
    """Read the year and build its values."""
    card = CardYear()
    year = Year(list(members(card)), card.months, [[] for _ in card.months])
    for purchase in purchases(card):
        assert purchase.occurred_at is not None
        year.purchases[bisect_right(year.ends, purchase.occurred_at)].append(purchase)
    return year


def plain(purchase: lk.Purchase) -> Basket:
    """A purchase as a row of the loop."""
    assert purchase.occurred_at is not None
    lines = [(line.category, line.quantity, int(line.amount * 100)) for line in purchase.lines]
    return (purchase.id, purchase.member_id, wall(purchase.occurred_at), lines)


def wall(moment: datetime) -> int:
    """What the shop's clock reads, in microseconds."""
    return (moment.astimezone(NEW_YORK).replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1)


def measure() -> Report:
    """The rounds, and their table."""
    start = perf_counter()
    year = load()
    loading = perf_counter() - start
    year.rows = [[plain(purchase) for purchase in month] for month in year.purchases]
    rounds = alternate({"loop": _loop(year), "ours": _ours(year)})
    _agree(year.standings)
    flat = median(last / first for first, last in zip(year.first, year.last, strict=True))
    lines = sum(len(purchase.lines) for month in year.purchases for purchase in month)
    return Report(
        rows=(
            compare(rounds, "P7 the real year, a basket", "ours", "loop", Target(10)),
            Row("P7 a basket, first → last month", median(year.last), median(year.first), flat, "first month", FLAT),
        ),
        notes=(
            f"P7: {year.baskets:,} baskets with {lines:,} lines. Values are built beforehand: reading and building "
            f"them takes {duration(loading)}, once. The twelve settlements are "
            f"{duration(median(year.settling))} of the {duration(rounds.median('ours') * year.baskets)} of ours.",
        ),
    )


def _loop(year: Year) -> Side:
    ends = [wall(end) for end in year.ends]

    def side() -> float:
        loop = YearLoop([member.id for member in year.members])

        def work() -> None:
            for number, (rows, end) in enumerate(zip(year.rows, ends, strict=True)):
                loop.ingest(rows, number)
                loop.settle(end, number)

        seconds = timed(work)
        year.standings.append(loop.standing())
        return seconds / year.baskets

    return side


def _ours(year: Year) -> Side:
    def side() -> float:
        with lk.Loyalty(PROGRAM) as shop:
            shop.ingest(year.members)
            seconds = timed(lambda: _run(shop, year))
            year.standings.append(_standing(shop, [member.id for member in year.members], year.ends[-1]))
        return seconds / year.baskets

    return side


def _run(shop: lk.Loyalty, year: Year) -> None:
    """The year through the library, with a look at the clock between its steps."""
    times = [perf_counter()]
    for bought, end in zip(year.purchases, year.ends, strict=True):
        shop.ingest(bought)
        times.append(perf_counter())
        shop.settle(as_of=end)
        times.append(perf_counter())
    steps = [after - before for before, after in pairwise(times)]
    ingesting, settling = steps[::2], steps[1::2]
    year.first.append(ingesting[0] / len(year.purchases[0]))
    year.last.append(ingesting[-1] / len(year.purchases[-1]))
    year.settling.append(sum(settling))


def _standing(shop: lk.Loyalty, member_ids: Sequence[str], at: datetime) -> dict[str, tuple[int, int]]:
    return {
        member_id: (shop.balance(member_id, as_of=at).available, TIER_NAMES.index(shop.tier(member_id, as_of=at).name))
        for member_id in member_ids
    }


def _agree(standings: Sequence[dict[str, tuple[int, int]]]) -> None:
    """Whoever does less work is no peer: every run ends with the same balances and tiers."""
    differing = {id_ for standing in standings[1:] for id_ in standing if standing[id_] != standings[0][id_]}
    assert not differing, f"{len(differing)} members differ, such as {min(differing)}"
