"""Tiers that nobody rises to, and tiers that ask for less where they should ask for more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loyaltykit.domain.lint.subject import Subject
from loyaltykit.domain.program.tiers import Tier
from loyaltykit.errors import Problem
from loyaltykit.rules.nodes import AnyOf, Compare, Fact, Operator, Predicate
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.references import references
from loyaltykit.rules.satisfiability.examples import example, literal_of
from loyaltykit.rules.satisfiability.ranges import is_days_since
from loyaltykit.rules.satisfiability.regions import Regions


def unreachable_tier(subject: Subject) -> Iterator[Problem]:
    """Tiers whose rule can never hold, and tiers that are passed over (``T3``)."""
    tiers = tuple(subject.program.tiers)
    for rank, tier in enumerate(tiers):
        place = f"tiers.{tier.name}"
        passed = _passed_for(tier, tiers[rank + 1 :], subject.regions)
        if tier.enter is not None and subject.regions.never(tier.enter):
            reason = "can never be entered: nothing meets its rule"
            yield Problem(
                place, reason, "correct the rule to enter, or take the tier out", code="lint.unreachable_tier"
            )
        elif passed is not None:
            who = "everyone" if tier.enter is None else "whoever meets its rule"
            reason = f"is passed over: {who} meets the rule of {passed}"
            way_out = "ask for more in the higher tier, or take one of them out"
            yield Problem(place, reason, way_out, code="lint.unreachable_tier")


def _passed_for(tier: Tier, higher: Sequence[Tier], regions: Regions) -> str | None:
    """What everyone rises to at once who meets the rule of a tier, or None; the lowest takes everyone."""

    def is_met(rule: Predicate) -> bool:
        return regions.always(rule) if tier.enter is None else regions.implies(tier.enter, rule)

    rules = {other.name: other.enter for other in higher if other.enter is not None}
    for name, rule in rules.items():
        if is_met(rule):
            return name
    return " or ".join(rules) if rules and is_met(AnyOf(tuple(rules.values()))) else None


def thresholds_not_monotone(subject: Subject) -> Iterator[Problem]:
    """Tiers that ask for less of a fact than a lower one does."""
    tiers = tuple(subject.program.tiers)[1:]
    for rank, tier in enumerate(tiers):
        for lower in reversed(tiers[:rank]):
            asked = _asks_less(tier.enter, lower.enter, subject)
            if asked is not None:
                yield Problem(
                    f"tiers.{tier.name}.enter",
                    f"asks for less than {lower.name}: {asked[0]}, where {lower.name} asks that {asked[1]}",
                    "ask for at least as much as in every lower tier",
                    code="lint.thresholds_not_monotone",
                )
                break


def keep_harder_than_enter(subject: Subject) -> Iterator[Problem]:
    """Tiers that ask for more of a fact to be kept than to be entered (``T4``)."""
    for tier in subject.program.tiers:
        asked = _asks_less(tier.enter, tier.keep, subject)
        if asked is not None:
            yield Problem(
                f"tiers.{tier.name}.keep",
                f"asks for more than enter: {asked[1]}, where enter asks that {asked[0]}",
                "ask for no more than to enter, or leave keep out for the same rule",
                code="lint.keep_harder_than_enter",
            )


def _asks_less(less: Predicate | None, more: Predicate | None, subject: Subject) -> tuple[str, str] | None:
    """What two rules ask of one fact, in words, where the first surely asks for less of it."""
    if less is None or more is None:
        return None
    asked, regions = references(normalize(more)), subject.regions
    for fact in references(normalize(less)):
        if isinstance(fact, Fact) and fact in asked:
            here, there = _bound(less, fact, regions), _bound(more, fact, regions)
            if here is not None and there is not None and _is_less(fact, here, there):
                short = Compare(">" if is_days_since(fact) else "<", fact, literal_of(fact, there, regions.scope))
                if example(regions, less, short) is not None:
                    return _words(fact, here, subject), _words(fact, there, subject)
    return None


def _bound(rule: Predicate, fact: Fact, regions: Regions) -> int | None:
    """How much of a fact a rule asks for at least, or how long ago something may be at most; None for anything."""
    extent = regions.reach(rule, fact)
    if is_days_since(fact):
        return None if extent.missing else extent.most
    return extent.least or None


def _is_less(fact: Fact, here: int, there: int) -> bool:
    return here > there if is_days_since(fact) else here < there


def _words(fact: Fact, bound: int, subject: Subject) -> str:
    operator: Operator = "<=" if is_days_since(fact) else ">="
    return subject.words(Compare(operator, fact, literal_of(fact, bound, subject.program.scope)))
