"""Small programmes to be linted."""

from __future__ import annotations

from typing import Any

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import Predicate, months, per_amount, purchases, spend, visits

BASE = lk.AccrualRule("base", per_amount(points=1, every="1.00"))
IN_A_YEAR = spend.over(months(12))
OFTEN = purchases.over(months(12))
NEVER, ALWAYS = (visits > 2) & (visits < 3), (visits > 2) | (visits <= 2)
REVIEW = lk.EventType("review", fields=[lk.Field("stars", int)])


def found(**parts: Any) -> list[tuple[str, str]]:
    """Codes and places."""
    return [(finding.code, finding.field) for finding in lint(program(**parts))]


def program(**parts: Any) -> lk.Program:
    plain: dict[str, Any] = {"name": "Club", "currency": "EUR", "timezone": "Europe/Berlin", "accrual": [BASE]}
    return lk.Program(**plain | parts)


def ladder(*rules: Predicate | tuple[Predicate, Predicate]) -> lk.TierLadder:
    """Tiers named t-1, t-2, … above the lowest, of rules to enter, or to enter and to keep."""
    pairs = [rule if isinstance(rule, tuple) else (rule, None) for rule in rules]
    tiers = (lk.Tier(f"t-{rank}", enter=enter, keep=keep) for rank, (enter, keep) in enumerate(pairs, start=1))
    return lk.TierLadder(lk.Tier("t-0"), *tiers)
