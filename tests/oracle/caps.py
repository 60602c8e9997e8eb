"""What caps leave of points: counted again each time over everything that was granted (``S20``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from attrs import evolve, field, frozen

import loyaltykit as lk
from tests.oracle.baskets import apportion
from tests.oracle.earning import Price
from tests.oracle.versions import Version, Versions
from tests.oracle.wall import ONE_DAY

Share = tuple[str, int, int]
"""Of a rule: its name, the points that it gives, and how many it asked for."""


@frozen
class Granted:
    """What a member got by something of that moment: altogether, and by each rule."""

    at: datetime
    points: int
    by_rule: Mapping[str, int] = field(factory=dict)
    owner: str = ""

    @classmethod
    def by(cls, at: datetime, price: Price, owner: str = "") -> Granted:
        return cls(at, price.points, {name: points for name, points, _ in price.breakdown}, owner)


@frozen
class Room:
    """What is left for one purchase: for each rule with a cap, and for all together; None for no bound."""

    by_rule: Mapping[str, int] = field(factory=dict)
    total: int | None = None


def room_for(versions: Versions, granted: Sequence[Granted], at: datetime) -> Room:
    """Return what caps leave for a purchase of that moment."""
    version = versions.at(at)
    rules = [rule for rule in version.program.accrual if rule.cap is not None]
    by_rule = {rule.name: left(version, rule.cap, at, counted_for(versions, rule, granted)) for rule in rules}
    return Room(by_rule, left_altogether(versions, version.program.points.caps, granted, at))


def counted_for(versions: Versions, rule: lk.AccrualRule, granted: Sequence[Granted]) -> Iterable[tuple[datetime, int]]:
    """Yield what a cap of a rule counts: what that rule gave while it had a cap of this kind."""
    for grant in granted:
        then = [item for item in versions.at(grant.at).program.accrual if item.name == rule.name and item.cap]
        if any(item.cap.per == rule.cap.per for item in then):
            yield grant.at, grant.by_rule.get(rule.name, 0)


def left_altogether(versions: Versions, caps: Iterable[lk.Cap], granted: Sequence[Granted], at: datetime) -> int | None:
    """Return the least that one of the member's caps leaves; None where there is none."""
    return min((left(versions.at(at), cap, at, counted(versions, cap, granted)) for cap in caps), default=None)


def counted(versions: Versions, cap: lk.Cap, granted: Sequence[Granted]) -> Iterable[tuple[datetime, int]]:
    """Yield what a cap of the member counts: what was granted while there was one of its kind."""
    for grant in granted:
        if cap.per in {item.per for item in versions.at(grant.at).program.points.caps}:
            yield grant.at, grant.points


def left(version: Version, cap: lk.Cap, at: datetime, granted: Iterable[tuple[datetime, int]]) -> int:
    """Return the cap less all that was granted in its period."""
    if cap.per == "purchase":
        return cap.points
    here = period_of(version, at, cap.per)
    return max(0, cap.points - sum(points for moment, points in granted if period_of(version, moment, cap.per) == here))


def period_of(version: Version, at: datetime, per: str) -> date:
    """Return the first day of the shop's day, week or month that holds a moment."""
    day = version.wall.day(at)
    if per == "month":
        return day.replace(day=1)
    while per == "week" and day.isoweekday() != version.program.points.week_starts:
        day -= ONE_DAY
    return day


def capped(price: Price, room: Room) -> Price:
    """Keep each rule within its own cap; then all together, the last rules first."""
    parts = [(name, min(asked, room.by_rule.get(name, asked)), asked) for name, _, asked in price.breakdown]
    parts = within(parts, room.total)
    points = sum(points for _, points, _ in parts)
    if points == price.points:
        return price
    lines = apportion(points, [points * line / price.exact for line in price.exact_lines])
    return evolve(price, points=points, breakdown=parts, lines=lines)


def within(parts: Sequence[Share], total: int | None) -> list[Share]:
    """Keep what a total allows: what is beyond it is taken from the last part, then from the one before."""
    kept: list[Share] = []
    excess = 0 if total is None else sum(points for _, points, _ in parts) - total
    for name, points, asked in reversed(parts):
        less = min(points, max(0, excess))
        excess -= less
        kept.append((name, points - less, asked))
    return kept[::-1]


def shares_of(
    versions: Versions, asked: Iterable[tuple[str, int]], granted: Sequence[Granted], at: datetime
) -> list[Share]:
    """Return what the member's caps leave of points for achievements; those of a purchase do not hold for them."""
    caps = [cap for cap in versions.at(at).program.points.caps if cap.per != "purchase"]
    return within([(name, points, points) for name, points in asked], left_altogether(versions, caps, granted, at))
