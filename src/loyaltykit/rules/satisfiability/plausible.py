"""Whether numbers of several facts can be those of one member.

Facts that count the same rows lean on one another: whoever bought twice this month bought at least twice this year.
This reader does not know every such relation, and says yes only where it is sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.calendars import UNIT_MONTHS, Days
from loyaltykit.rules.catalogue import METRICS
from loyaltykit.rules.nodes import Fact, Not
from loyaltykit.rules.satisfiability.boxes import is_understood
from loyaltykit.rules.satisfiability.ranges import is_distance
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Rolling, SinceTier, Window

Numbers: TypeAlias = Mapping[Fact, int | None]
"""What each fact is worth; None where it is missing."""

FOR_EVER: Final = 10**6
ENROLMENT: Final = Fact("days_since_enrolment")


@frozen
class Reach:
    """How far back a window looks, whatever the hour and the date.

    Args:
        within: so many days ago is surely in the window.
        beyond: so many days ago is surely before it.
    """

    within: int
    beyond: int


def reach_of(window: Window) -> Reach:
    """How far back a window looks; a tier is taken to have begun today.

    >>> from loyaltykit.rules import days, months
    >>> reach_of(Rolling(days(30))), reach_of(Rolling(months(1)))
    (Reach(within=29, beyond=31), Reach(within=27, beyond=32))
    """
    match window:
        case Rolling(Days(count)):
            return Reach(count - 1, count + 1)
        case Rolling(span):
            return Reach(28 * span.count - 1, 31 * span.count + 1)
        case CalendarWindow(unit):
            return Reach(0, 31 * UNIT_MONTHS[unit])
        case Anniversary():
            return Reach(0, 366)
        case SinceTier():
            return Reach(0, 1)
        case _:
            return Reach(FOR_EVER, FOR_EVER + 1)


def fit_together(numbers: Numbers, regions: Regions) -> bool:
    """Whether some member surely can have these numbers at one instant, each with each.

    Args:
        numbers: what some facts are worth.
        regions: the reader of the rules that mention them.

    >>> from loyaltykit.rules import days, days_since_purchase, purchases
    >>> from loyaltykit.rules.fields import Scope
    >>> lately, ago = purchases.over(days(30)).reference, days_since_purchase.reference
    >>> [fit_together({lately: 2, ago: count}, Regions(Scope())) for count in (5, 50)]
    [True, False]
    """
    since = numbers.get(ENROLMENT)
    if since is not None and since < max((numbers[fact] or 0 for fact in numbers if is_distance(fact)), default=0):
        return False
    others = sorted((fact for fact in numbers if fact != ENROLMENT), key=is_distance)
    return all(_fit(one, other, numbers, regions) for one, other in combinations(others, 2))


def _fit(one: Fact, other: Fact, numbers: Numbers, regions: Regions) -> bool:
    """Whether the numbers of two facts go together; a distance stands behind a sum."""
    if _rows(one) != _rows(other):
        return True
    if is_distance(one):
        return numbers[one] == numbers[other]
    count, ago = numbers[one] or 0, numbers[other]
    if is_distance(other):
        return _is_there_since(one, count, other, ago, regions)
    return _sums_fit((one, count), (other, ago or 0), regions)


def _is_there_since(fact: Fact, count: int, distance: Fact, ago: int | None, regions: Regions) -> bool:
    """Whether a sum goes together with how long ago something last was, or with nothing ever having been."""
    reach = reach_of(fact.window)
    if count:
        return (ago is not None and ago <= reach.within) or _has_other_rows(fact, distance, regions)
    return ago is None or ago >= reach.beyond or _has_other_rows(distance, fact, regions)


def _sums_fit(one: tuple[Fact, int], other: tuple[Fact, int], regions: Regions) -> bool:
    """Whether two sums over the same history go together: the larger one must be able to count what the other does not.

    Sums of unlike things (money and purchases) have nothing to be larger in, as long as neither is zero.
    """
    (less, low), (more, high) = sorted((one, other), key=lambda pair: pair[1])
    if low == high or (low and less.metric != more.metric):
        return True
    return reach_of(less.window).beyond <= reach_of(more.window).within or _has_other_rows(more, less, regions)


def _has_other_rows(wide: Fact, narrow: Fact, regions: Regions) -> bool:
    """Whether the filter of one fact surely lets rows pass which the other's does not."""
    if narrow.where is None or narrow.where == wide.where:
        return False
    filters = [Not(narrow.where)] if wide.where is None else [Not(narrow.where), wide.where]
    return any(is_understood(box) for box in regions.rows(narrow).boxes(*filters))


def _rows(fact: Fact) -> tuple[str, str | None]:
    """What a fact looks at: purchases with their lines, visits, or events of one kind."""
    kind = METRICS[fact.metric].rows
    return ("visit" if kind is None else "event" if kind == "event" else "purchase", fact.kind)
