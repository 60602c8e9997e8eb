"""Lints of points that cannot be used, and of points earned by paying with points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from loyaltykit.calendars import Day, to_date, to_day
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.lint.subject import Subject
from loyaltykit.domain.program.points import AccrualRule
from loyaltykit.errors import Problem
from loyaltykit.rules.earning import PerAmount

_FOUR_YEARS: Final = 1_461
_A_LEAP_YEAR: Final = to_day(date(2024, 1, 1))


def accrual_on_points(subject: Subject) -> Iterator[Problem]:
    """Find points counted on an amount that includes what was paid with points (``S12``)."""
    by_amount = [rule.name for rule in subject.program.accrual if isinstance(rule.earn, PerAmount)]
    if by_amount and subject.program.earns.amount == "gross":
        yield Problem(
            "earns.amount",
            f"is gross, so that {by_amount[0]} gives points on what was paid with points",
            'use "net_of_points", which is gross less what was paid with points',
            code="lint.accrual_on_points",
        )


def expiry_not_longer_than_pending(subject: Subject) -> Iterator[Problem]:
    """Find points that expire before or when they become active, on at least one day (``S3``, ``S5``)."""
    if subject.program.points.active_after in (None, "activation"):
        return
    rulebook = ProgramHistory.of(subject.program).newest
    for day in sorted({day for rule in subject.program.accrual for day in _worst_days(rule, rulebook)}):
        at = rulebook.calendar.start_of(day)
        begin, end = rulebook.points_begin(at), rulebook.points_end(at)
        if end <= begin:
            last, first = (rulebook.calendar.day_of(instant) for instant in (end - 1, begin))
            yield Problem(
                "points.expire_after",
                f"ends points before they can be spent: what is bought on {to_date(day)} expires with {to_date(last)} "
                f"and becomes active on {to_date(first)}",
                "let points live longer or become active sooner; before a fixed date, end the accrual rules in time",
                code="lint.expiry_not_longer_than_pending",
            )
            return


def _worst_days(rule: AccrualRule, rulebook: Rulebook) -> Iterable[Day]:
    """Return the days of purchases, within a rule's validity, on which points can live shortest."""
    calendar, expiry = rulebook.calendar, rulebook.program.points.expire_after
    first = None if rule.valid_from is None else calendar.day_of(rule.first_instant)
    last = None if rule.valid_until is None else calendar.day_of(rule.end_instant - 1)
    if isinstance(expiry, date):
        day = to_day(expiry) if last is None else min(last, to_day(expiry))
        return [day] if first is None or first <= day else []
    if first is None:
        first = _A_LEAP_YEAR if last is None else last - _FOUR_YEARS
    stop = first + _FOUR_YEARS
    return range(first, stop if last is None else min(stop, last + 1))
