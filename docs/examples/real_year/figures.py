"""The figures that the library and the plain computation must agree on, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from attrs import frozen

from docs.examples.real_year.programme import TIER_NAMES

SHOWN = 3


class MemberMonth(NamedTuple):
    """One member's month: the tier at its last instant, and what was bought within it."""

    tier: str
    purchases: int
    units: int
    spend: Decimal


@frozen
class MonthFigures:
    """One month of all members, by their ids."""

    name: str
    members: Mapping[str, MemberMonth]

    @property
    def purchases(self) -> int:
        """How many there were."""
        return sum(member.purchases for member in self.members.values())

    @property
    def units(self) -> int:
        """How many were bought; fuel comes in thousandths of a gallon."""
        return sum(member.units for member in self.members.values())

    @property
    def sales(self) -> Decimal:
        """In dollars, to the cent."""
        return sum((member.spend for member in self.members.values()), Decimal(0))

    @property
    def active(self) -> int:
        """Members with a purchase in the month."""
        return sum(member.purchases > 0 for member in self.members.values())

    @property
    def tiers(self) -> dict[str, int]:
        """How many members stand in each tier at the end."""
        held = Counter(member.tier for member in self.members.values())
        return {tier: held[tier] for tier in TIER_NAMES}

    @property
    def spend(self) -> dict[str, Decimal]:
        """What the members of each tier spent in the month, in dollars."""
        return {tier: self._spend(tier) for tier in TIER_NAMES}

    def _spend(self, tier: str) -> Decimal:
        return sum((member.spend for member in self.members.values() if member.tier == tier), Decimal(0))


@frozen
class YearFigures:
    """All months, how many lines the purchases have, and how many coupons came."""

    months: tuple[MonthFigures, ...]
    lines: int
    coupons: int

    @property
    def purchases(self) -> int:
        """Purchases of the year."""
        return sum(month.purchases for month in self.months)

    @property
    def sales(self) -> Decimal:
        """Sales of the year in dollars."""
        return sum((month.sales for month in self.months), Decimal(0))

    @property
    def active(self) -> int:
        """Members with a purchase in the year."""
        return len({id for month in self.months for id, member in month.members.items() if member.purchases})

    @property
    def spend(self) -> dict[str, Decimal]:
        """What the year brought from each tier, by where a member stood at the end of each month."""
        return {tier: sum((month.spend[tier] for month in self.months), Decimal(0)) for tier in TIER_NAMES}

    @property
    def moves(self) -> Counter[tuple[str, str]]:
        """How many members changed tier from one month's end to the next; before the first all are in the lowest."""
        ends = [{id: member.tier for id, member in month.members.items()} for month in self.months]
        before = [dict.fromkeys(ends[0], TIER_NAMES[0]), *ends]
        pairs = ((old[id], now[id]) for old, now in zip(before, ends, strict=False) for id in now)
        return Counter(pair for pair in pairs if pair[0] != pair[1])


def differences(expected: YearFigures, found: YearFigures) -> Iterator[str]:
    """A line for every figure in which the two differ: the year's, each month's, and a few members'."""
    yield from _differences(
        "the year", expected, found, ("lines", "coupons", "purchases", "sales", "active", "spend", "moves")
    )
    if len(expected.months) != len(found.months):
        yield f"months: expected {len(expected.months)}, found {len(found.months)}"
    for want, have in zip(expected.months, found.months, strict=False):
        yield from _differences(want.name, want, have, ("purchases", "units", "sales", "active", "tiers", "spend"))
        yield from unlike(want.name, want.members, have.members)


def _differences(place: str, expected: object, found: object, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        want, have = getattr(expected, name), getattr(found, name)
        if want != have:
            yield f"{place}, {name}: expected {want}, found {have}"


def unlike(place: str, expected: Mapping[str, object], found: Mapping[str, object]) -> Iterator[str]:
    """A line for a few of the members in whom two answers differ, and one for how many more there are."""
    ids = [id for id in sorted(expected.keys() | found.keys()) if expected.get(id) != found.get(id)]
    for id in ids[:SHOWN]:
        yield f"{place}, {id}: expected {expected.get(id)}, found {found.get(id)}"
    if len(ids) > SHOWN:
        yield f"{place}: {len(ids) - SHOWN} more members differ"
