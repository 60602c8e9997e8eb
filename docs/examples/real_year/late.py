"""The year once more, on time and late: what must be the same in the end, and what says that it was not at first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from attrs import evolve, frozen

import loyaltykit as lk
from docs.examples.real_year.arrivals import Arrival, on_time, shuffled
from docs.examples.real_year.data import items_by_month
from docs.examples.real_year.figures import MemberMonth, YearFigures, unlike
from docs.examples.real_year.files import CardYear, Month
from docs.examples.real_year.programme import PROGRAM, TIERS
from docs.examples.real_year.tills import Shop, Standings
from docs.examples.real_year.year import Watch

PLAIN = PROGRAM.evolve(tiers=TIERS.evolve(tiers=[evolve(tier, multiplier=1) for tier in TIERS]))
"""The same programme without multipliers: then points do not depend on the order either."""

SAMPLE = 100
"""About how many households the chapter is about: it is a part of the demo, and not most of it."""


@frozen(kw_only=True)
class LateYear:
    """What the chapter came to.

    Args:
        members: how many households it is about.
        purchases: how many baskets they bought.
        shop: the one that everything reaches late.
        now: by month, what it answers in the end about the month's last instant.
        refused_on_time: coupons that are refused when everything is on time.
        problems: what is not as it must be.
    """

    members: int
    purchases: int
    shop: Shop
    now: Mapping[str, Standings]
    refused_on_time: int
    problems: tuple[str, ...]


def sample_of(year: CardYear) -> CardYear:
    """Every so manieth household."""
    return evolve(year, every=max(1, len(year.numbers) // SAMPLE))


class LateChapter:
    """The sample of a year, and how many arrivals each step has: for the bars."""

    def __init__(self, year: CardYear) -> None:
        self.sample = sample_of(year)
        self.months = self.sample.months
        items = list(chain.from_iterable(items for _, items in items_by_month(self.sample)))
        self.members = [item for item in items if isinstance(item, lk.Member)]
        bought = [item for item in items if isinstance(item, lk.Purchase)]
        began = self.months[0].start
        self.arrivals: dict[str, list[Arrival]] = {
            "on time": list(on_time(items)),
            "late": list(shuffled(items, began)),
            "plain, on time": list(on_time(bought)),
            "plain, late": list(shuffled(bought, began)),
        }

    @property
    def totals(self) -> dict[str, int]:
        """How much each step has to do."""
        return {step: len(arrivals) for step, arrivals in self.arrivals.items()} | {"compare": len(self.months)}

    def run(self, figures: YearFigures, watch: Watch) -> LateYear:
        """Let the year pass in four shops, and compare them.

        Args:
            figures: what the whole year found for every member and month.
            watch: is told how far each step has come.
        """
        shops = {step: self._shop(step, watch) for step in self.arrivals}
        compared = watch("compare", "")
        problems, now = list[str](), dict[str, Standings]()
        for done, month in enumerate(self.months, 1):
            now[month.name] = shops["late"].standings(month)
            problems += self._problems(shops, month, now[month.name], figures)
            compared(done, None)
        return LateYear(
            members=len(self.members),
            purchases=len(self.arrivals["plain, on time"]),
            shop=shops["late"],
            now=now,
            refused_on_time=shops["on time"].refused,
            problems=tuple(problems),
        )

    def _shop(self, step: str, watch: Watch) -> Shop:
        shop = Shop(PLAIN if step.startswith("plain") else PROGRAM, self.months[0].start)
        shop.run(self.members, self.arrivals[step], self.months, watch(step, ""))
        return shop

    def _problems(
        self, shops: Mapping[str, Shop], month: Month, found: Standings, figures: YearFigures
    ) -> Iterator[str]:
        """What differs as of a month's last instant; ``month.end`` asks late what was known when the month ended."""
        on_time, late = shops["on time"], shops["late"]
        place, now = f"late, {month.name}", on_time.standings(month)
        whole = next(one.members for one in figures.months if one.name == month.name)
        expected = {member.id: whole.get(member.id) for member in self.members}
        yield from unlike(f"{place}, on time", expected, {id: MemberMonth(*all[:4]) for id, all in now.items()})
        yield from unlike(f"{place}, late", now, found)
        yield from unlike(f"{place}, told then on time", now, on_time.told[month.name])
        yield from unlike(f"{place}, known then, late", late.told[month.name], late.standings(month, month.end))
        yield from unlike(f"{place}, tier", self._all(on_time.term, month), self._all(late.term, month))
        plain, plain_late = shops["plain, on time"], shops["plain, late"]
        yield from unlike(f"{place}, points", self._all(plain.points, month), self._all(plain_late.points, month))

    def _all(self, ask: Callable[[str, Month], object], month: Month) -> dict[str, object]:
        return {member.id: ask(member.id, month) for member in self.members}
