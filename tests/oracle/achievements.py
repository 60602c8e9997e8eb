"""What visits and events are worth: counted again each time over all of them (``S20``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from attrs import frozen

import loyaltykit as lk
from loyaltykit.rules.nodes import EventField, Reference
from tests.oracle.caps import period_of
from tests.oracle.order import moment_of
from tests.oracle.predicates import holds
from tests.oracle.versions import Version
from tests.oracle.wall import add_months

Activity: TypeAlias = lk.Visit | lk.Event


@frozen
class Counted:
    """An activity, and the names of the achievements that it counts for."""

    activity: Activity
    names: Sequence[str]
    owner: str = ""


def matching(version: Version, activity: Activity, member: Callable[[Reference], object]) -> list[str]:
    """Return the achievements that an activity counts for; the member is seen from its own place."""

    def look(reference: Reference) -> object:
        if isinstance(reference, EventField):
            assert isinstance(activity, lk.Event)
            return activity.attributes.get(reference.name)
        return member(reference)

    kind = activity.name if isinstance(activity, lk.Event) else "visit"
    known = [item for item in version.program.achievements if item.on == kind]
    return [item.name for item in known if holds(item.where, look, version.scale)]


def reached(version: Version, before: Sequence[Counted], new: Counted) -> list[lk.Achievement]:
    """Return the achievements of which all activities together are worth one more than those before the new one."""
    found = []
    for item in version.program.achievements:
        done = [counted.activity for counted in before if item.name in counted.names]
        if item.name in new.names and worth(version, item, [*done, new.activity]) > worth(version, item, done):
            found.append(item)
    return found


def worth(version: Version, item: lk.Achievement, done: Sequence[Activity]) -> int:
    """Count the achievements that some activities make; with ``once``, one for each other member whom they name."""
    if not item.once:
        return times(version, item, done)
    others = {other_of(activity) for activity in done}
    groups = [[activity for activity in done if other_of(activity) == other] for other in others]
    return sum(times(version, item, group) > 0 for group in groups)


def times(version: Version, item: lk.Achievement, done: Sequence[Activity]) -> int:
    """Count one for so many activities; with a streak, for so many days, weeks or months in a row."""
    if item.streak is None:
        return len(done) // item.count
    starts = {period_of(version, moment_of(activity), item.streak) for activity in done}
    return sum(length // item.count for length in runs(starts, item.streak))


def runs(starts: set[date], per: str) -> list[int]:
    """Return how many periods in a row there are, run by run."""
    firsts = [start for start in starts if not any(following(other, per) == start for other in starts)]
    return [run_from(first, starts, per) for first in firsts]


def run_from(start: date, starts: set[date], per: str) -> int:
    return 0 if start not in starts else 1 + run_from(following(start, per), starts, per)


def following(start: date, per: str) -> date:
    return add_months(start, 1) if per == "month" else start + timedelta(days=7 if per == "week" else 1)


def other_of(activity: Activity) -> str | None:
    return activity.other_member_id if isinstance(activity, lk.Event) else None
