"""Checks whether one member can have certain values of several facts.

Facts that count the same rows depend on each other: two purchases this month are at least two this year. Not every such
relation is known here, so True is certain, and False means that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.calendars import UNIT_MONTHS, Days
from loyaltykit.rules.catalogue import METRICS
from loyaltykit.rules.nodes import Fact, Not
from loyaltykit.rules.satisfiability.boxes import is_free
from loyaltykit.rules.satisfiability.ranges import is_days_since
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Rolling, SinceTier, Window

Numbers: TypeAlias = Mapping[Fact, int | None]
"""The value of each fact; None when it is missing."""

UNLIMITED_DAYS: Final = 10**6
ENROLMENT: Final = Fact("days_since_enrolment")


@frozen
class Reach:
    """The length of a window in days, at any hour and date.

    Args:
        within: this number of days ago is certainly in the window.
        beyond: this number of days ago is certainly before it.
    """

    within: int
    beyond: int


def reach_of(window: Window) -> Reach:
    """Return the length of a window; a tier is assumed to have begun today.

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
            return Reach(UNLIMITED_DAYS, UNLIMITED_DAYS + 1)


def fit_together(numbers: Numbers, regions: Regions) -> bool:
    """Return whether it is certain that a member can have these values at one instant.

    Args:
        numbers: the values of facts.
        regions: the analysis of the context of the facts.

    >>> from loyaltykit.rules import days, days_since_purchase, purchases
    >>> from loyaltykit.rules.fields import Scope
    >>> lately, ago = purchases.over(days(30)).reference, days_since_purchase.reference
    >>> [fit_together({lately: 2, ago: count}, Regions(Scope())) for count in (5, 50)]
    [True, False]
    """
    since = numbers.get(ENROLMENT)
    if since is not None and since < max((numbers[fact] or 0 for fact in numbers if is_days_since(fact)), default=0):
        return False
    others = sorted((fact for fact in numbers if fact != ENROLMENT), key=is_days_since)
    return all(_fit(one, other, numbers, regions) for one, other in combinations(others, 2))


def _fit(one: Fact, other: Fact, numbers: Numbers, regions: Regions) -> bool:
    """Return whether the values of two facts are consistent; days since come after sums."""
    if _rows(one) != _rows(other):
        return True
    if is_days_since(one):
        return numbers[one] == numbers[other]
    count, ago = numbers[one] or 0, numbers[other]
    if is_days_since(other):
        return _sum_fits_days_since(one, count, other, ago, regions)
    return _sums_fit((one, count), (other, ago or 0), regions)


def _sum_fits_days_since(fact: Fact, count: int, days_since: Fact, ago: int | None, regions: Regions) -> bool:
    """Return whether a sum is consistent with the days since the last purchase or visit, or with none at all."""
    reach = reach_of(fact.window)
    if count:
        return (ago is not None and ago <= reach.within) or _has_other_rows(fact, days_since, regions)
    return ago is None or ago >= reach.beyond or _has_other_rows(days_since, fact, regions)


def _sums_fit(one: tuple[Fact, int], other: tuple[Fact, int], regions: Regions) -> bool:
    """Return whether two sums over the same history are consistent: the larger one must be able to count other rows.

    Sums of different metrics (money and purchases) are consistent unless exactly one is zero.
    """
    (less, low), (more, high) = sorted((one, other), key=lambda pair: pair[1])
    if low == high or (low and less.metric != more.metric):
        return True
    return reach_of(less.window).beyond <= reach_of(more.window).within or _has_other_rows(more, less, regions)


def _has_other_rows(wide: Fact, narrow: Fact, regions: Regions) -> bool:
    """Return whether it is certain that the wide fact can count rows that the narrow one cannot."""
    if narrow.where is None or narrow.where == wide.where:
        return False
    filters = [Not(narrow.where)] if wide.where is None else [Not(narrow.where), wide.where]
    return any(is_free(box) for box in regions.rows(narrow).boxes(*filters))


def _rows(fact: Fact) -> tuple[str, str | None]:
    """Return the rows that a fact counts: purchases with their lines, visits, or events of one kind."""
    kind = METRICS[fact.metric].rows
    return ("visit" if kind is None else "event" if kind == "event" else "purchase", fact.kind)
