"""Lints of rules that never or always apply, and of validities in which they cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from attrs import frozen

from loyaltykit.calendars import to_date
from loyaltykit.domain.lint.subject import Subject
from loyaltykit.domain.program.points import AccrualRule
from loyaltykit.errors import Problem
from loyaltykit.rules.nodes import Compare, Literal, Not, Predicate, PurchaseField
from loyaltykit.rules.satisfiability.regions import Regions


@frozen
class _Filter:
    """A predicate of the programme that selects something.

    Args:
        place: where it is in the programme.
        name: the attribute's.
        rule: the predicate.
        regions: the solver for it.
        optional: whether it can be omitted.
        may_always_hold: whether a predicate that always holds is meaningful here.
    """

    place: str
    name: str
    rule: Predicate
    regions: Regions
    optional: bool = True
    may_always_hold: bool = False


def never_applies(subject: Subject) -> Iterator[Problem]:
    """Find predicates that nothing can meet."""
    for item in _filters(subject):
        if item.regions.never(item.rule):
            reason = f"has a rule ({item.name}) that nothing can ever meet"
            way_out = "correct the conditions that exclude each other or cannot be met, or remove it"
            yield Problem(item.place, reason, way_out, code="lint.never_applies")
    for rule in subject.program.accrual:
        if rule.where is not None and _cannot_meet(rule.where, _what_earns(subject), subject):
            reason = "has a rule (where) that only lines which earns.exclude takes out can meet"
            way_out = "narrow earns.exclude, or remove the rule"
            yield Problem(f"accrual.{rule.name}", reason, way_out, code="lint.never_applies")


def always_applies(subject: Subject) -> Iterator[Problem]:
    """Find predicates that everything meets."""
    for item in _filters(subject):
        if not item.may_always_hold and item.regions.always(item.rule):
            way_out = f"leave {item.name} out" if item.optional else "drop it"
            yield Problem(
                item.place,
                f"has a rule ({item.name}) that everything always meets",
                f"{way_out}, or say what it was meant to leave out",
                code="lint.always_applies",
            )


def empty_validity(subject: Subject) -> Iterator[Problem]:
    """Find accrual rules that nothing can meet between their dates, or whose points expire before they begin."""
    expiry = subject.program.points.expire_after
    for rule in subject.program.accrual:
        place = f"accrual.{rule.name}"
        if rule.where is not None and _cannot_meet(rule.where, _dates(rule, subject), subject):
            reason = "has a rule (where) that nothing can meet between valid_from and valid_until"
            yield Problem(place, reason, "bring purchase.date and the validity together", code="lint.empty_validity")
        first = _first_day(rule, subject)
        if isinstance(expiry, date) and first is not None and first > expiry:
            reason = f"begins on {first}, when all points have expired with {expiry}"
            yield Problem(place, reason, "let points.expire_after lie later", code="lint.empty_validity")


def _cannot_meet(where: Predicate, beside: Iterable[Predicate], subject: Subject) -> bool:
    """Check whether a rule can be met by itself but not together with others."""
    return not subject.regions.never(where) and subject.regions.never(where, *beside)


def _dates(rule: AccrualRule, subject: Subject) -> Iterator[Predicate]:
    """Yield the predicates that a rule's validity sets on purchase dates."""
    first = _first_day(rule, subject)
    if first is not None:
        yield Compare(">=", PurchaseField("date"), Literal(first))
    if rule.valid_until is not None:
        last = to_date(subject.calendar.day_of(rule.end_instant - 1))
        yield Compare("<=", PurchaseField("date"), Literal(last))


def _first_day(rule: AccrualRule, subject: Subject) -> date | None:
    return None if rule.valid_from is None else to_date(subject.calendar.day_of(rule.first_instant))


def _what_earns(subject: Subject) -> tuple[Predicate, ...]:
    """Return what a line must meet to earn points (``S12``); that no line does is a finding of its own."""
    exclude = subject.program.earns.exclude
    return () if exclude is None or subject.regions.always(exclude) else (Not(exclude),)


def _filters(subject: Subject) -> Iterator[_Filter]:
    program, regions = subject.program, subject.regions
    for rule in program.accrual:
        if rule.where is not None:
            yield _Filter(f"accrual.{rule.name}", "where", rule.where, regions)
    for item in program.achievements:
        if item.where is not None:
            yield _Filter(f"achievements.{item.name}", "where", item.where, subject.of_activity(item.on))
    if program.earns.exclude is not None:
        yield _Filter("earns.exclude", "exclude", program.earns.exclude, regions)
    for tier in program.tiers:
        if tier.keep is not None:
            # A rule that always holds keeps a tier for life, which cannot be declared otherwise.
            yield _Filter(f"tiers.{tier.name}.keep", "keep", tier.keep, regions, may_always_hold=True)
    for segment in program.segments:
        yield _Filter(f"segments.{segment.name}", "where", segment.where, regions, optional=False)
    for reward in program.rewards:
        if reward.where is not None:
            yield _Filter(f"rewards.{reward.id}", "where", reward.where, regions)
