"""What caps leave and what visits and events are worth, for the naive model: counted again each time (``S20``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from attrs import evolve, field, frozen

from loyaltykit.domain.program.achievements import Achievement
from loyaltykit.domain.program.caps import Cap
from loyaltykit.domain.transactions import Event, Visit
from loyaltykit.rules.nodes import EventField, Reference
from tests.model_earning import Priced
from tests.model_laws import Laws
from tests.model_purchases import Shop, apportion
from tests.model_rules import holds
from tests.model_time import ONE_DAY, add_months

Activity = Visit | Event


@frozen
class Grant:
    """What a member got by something of that moment: altogether, and by each rule."""

    at: datetime
    points: int
    by_rule: Mapping[str, int] = field(factory=dict)


@frozen
class Room:
    """What is left for one purchase: for each rule with a cap, and for all together; None for no bound."""

    by_rule: Mapping[str, int] = field(factory=dict)
    total: int | None = None


@frozen
class Counted:
    """An activity, and the names of the achievements that it counts for."""

    activity: Activity
    names: Sequence[str]


# -- caps --------------------------------------------------------------------------------------------------------------


def room_for(laws: Laws, grants: Sequence[Grant], at: datetime) -> Room:
    """What caps leave for a purchase of that moment, after these grants."""
    shop = laws.at(at)
    by_rule = {
        rule.name: left(shop, rule.cap, at, counted_for(laws, rule.name, rule.cap, grants))
        for rule in shop.program.accrual
        if rule.cap is not None
    }
    return Room(by_rule, left_altogether(laws, shop.program.points.caps, grants, at))


def counted_for(laws: Laws, name: str, cap: Cap, grants: Sequence[Grant]) -> Iterator[tuple[datetime, int]]:
    """What a cap of a rule counts: what that rule gave while it had a cap of this kind."""
    for grant in grants:
        rules = [rule for rule in laws.at(grant.at).program.accrual if rule.name == name and rule.cap is not None]
        if any(rule.cap is not None and rule.cap.per == cap.per for rule in rules):
            yield grant.at, grant.by_rule.get(name, 0)


def left_altogether(laws: Laws, caps: Iterable[Cap], grants: Sequence[Grant], at: datetime) -> int | None:
    """The least that one of the member's caps leaves; None where there is none.

    A cap counts what was granted while there was one of its kind.
    """

    def counted(cap: Cap) -> Iterator[tuple[datetime, int]]:
        for grant in grants:
            if cap.per in {item.per for item in laws.at(grant.at).program.points.caps}:
                yield grant.at, grant.points

    return min((left(laws.at(at), cap, at, counted(cap)) for cap in caps), default=None)


def left(shop: Shop, cap: Cap, at: datetime, granted: Iterable[tuple[datetime, int]]) -> int:
    """The cap less all that was granted in its period."""
    if cap.per == "purchase":
        return cap.points
    here = first_day_of(shop, at, cap.per)
    return max(0, cap.points - sum(points for moment, points in granted if first_day_of(shop, moment, cap.per) == here))


def first_day_of(shop: Shop, at: datetime, per: str) -> date:
    """The first day of the shop's day, week or month that holds a moment."""
    day = shop.wall.day(at)
    if per == "month":
        return day.replace(day=1)
    while per == "week" and day.isoweekday() != shop.program.points.week_starts:
        day -= ONE_DAY
    return day


def capped(priced: Priced, room: Room) -> Priced:
    """Each rule within its own cap; then all together, the last rules first."""
    parts = [(name, min(asked, room.by_rule.get(name, asked)), asked) for name, _, asked in priced.breakdown]
    parts = within(parts, room.total)
    points = sum(points for _, points, _ in parts)
    if points == priced.points:
        return priced
    whole = sum(priced.exact_lines, Fraction(0))
    lines = apportion(points, [points * line / whole for line in priced.exact_lines])
    return evolve(priced, points=points, breakdown=parts, lines=lines)


def within(parts: Sequence[tuple[str, int, int]], total: int | None) -> list[tuple[str, int, int]]:
    """As many points as a total allows: what is beyond it is taken from the last part, then from the one before."""
    kept = []
    excess = 0 if total is None else sum(points for _, points, _ in parts) - total
    for name, points, asked in reversed(parts):
        less = min(points, max(0, excess))
        excess -= less
        kept.append((name, points - less, asked))
    return kept[::-1]


# -- achievements ------------------------------------------------------------------------------------------------------


def matching(shop: Shop, activity: Activity, member: Callable[[Reference], object]) -> list[str]:
    """The achievements that an activity counts for; the member is seen from its own place."""

    def look(reference: Reference) -> object:
        if isinstance(reference, EventField):
            assert isinstance(activity, Event)
            return activity.attributes.get(reference.name)
        return member(reference)

    kind = activity.name if isinstance(activity, Event) else "visit"
    return [item.name for item in shop.program.achievements if item.on == kind and holds(item.where, look, shop.scale)]


def reached(shop: Shop, before: Sequence[Counted], new: Counted) -> list[Achievement]:
    """The achievements of which all activities together are worth one more than those before the new one."""
    found = []
    for item in shop.program.achievements:
        done = [counted.activity for counted in before if item.name in counted.names]
        if item.name in new.names and worth(shop, item, [*done, new.activity]) > worth(shop, item, done):
            found.append(item)
    return found


def worth(shop: Shop, item: Achievement, done: Sequence[Activity]) -> int:
    """How many achievements some activities make; with ``once``, one for each other member whom they name."""
    if not item.once:
        return times(shop, item, done)
    others = {other_of(activity) for activity in done}
    return sum(
        times(shop, item, [activity for activity in done if other_of(activity) == other]) > 0 for other in others
    )


def times(shop: Shop, item: Achievement, done: Sequence[Activity]) -> int:
    """One for so many activities; with a streak, for so many days, weeks or months in a row."""
    if item.streak is None:
        return len(done) // item.count
    starts = {first_day_of(shop, moment, item.streak) for activity in done if (moment := activity.occurred_at)}
    return sum(length // item.count for length in runs(starts, item.streak))


def runs(starts: set[date], per: str) -> list[int]:
    """How many periods in a row there are, run by run."""
    lengths: list[int] = []
    last = None
    for start in sorted(starts):
        if last is not None and start == following(last, per):
            lengths[-1] += 1
        else:
            lengths.append(1)
        last = start
    return lengths


def following(start: date, per: str) -> date:
    return add_months(start, 1) if per == "month" else start + timedelta(days=7 if per == "week" else 1)


def other_of(activity: Activity) -> str | None:
    return activity.other_member_id if isinstance(activity, Event) else None


def shares_of(
    laws: Laws, asked: Iterable[tuple[str, int]], grants: Sequence[Grant], at: datetime
) -> list[tuple[str, int, int]]:
    """What the member's caps leave of points for achievements; those of a purchase do not hold for them."""
    caps = [cap for cap in laws.at(at).program.points.caps if cap.per != "purchase"]
    return within([(name, points, points) for name, points in asked], left_altogether(laws, caps, grants, at))
