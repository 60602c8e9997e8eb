"""Lint: programmes that are well formed and cannot be meant as they are, such as tiers that no member can reach.

``lint`` never reads members. A finding is proven by the rules alone; if they are too complex to decide, there is none.
"""

from __future__ import annotations

from loyaltykit.domain.lint.points import accrual_on_points, expiry_not_longer_than_pending
from loyaltykit.domain.lint.rules import always_applies, empty_validity, never_applies
from loyaltykit.domain.lint.segments import overlapping_segments
from loyaltykit.domain.lint.subject import Subject
from loyaltykit.domain.lint.tiers import keep_harder_than_enter, thresholds_not_monotone, unreachable_tier
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import Problem

__all__ = ["lint"]

_LINTS = (
    never_applies,
    always_applies,
    empty_validity,
    accrual_on_points,
    expiry_not_longer_than_pending,
    unreachable_tier,
    thresholds_not_monotone,
    keep_harder_than_enter,
    overlapping_segments,
)


def lint(program: Program) -> tuple[Problem, ...]:
    """Return everything in a programme that cannot be meant as it is written, with a way out for each.

    Args:
        program: any programme; its constructor has checked that it is well formed.

    Returns:
        The findings, one kind after the other, each kind in the order of the programme.

    >>> from loyaltykit.domain.program.program import Segment
    >>> from loyaltykit.rules import visits
    >>> regulars = Segment("regulars", (visits >= 12) & (visits < 10))
    >>> for finding in lint(Program(name="Club", currency="EUR", timezone="Europe/Paris", segments=[regulars])):
    ...     print(finding.code, "at", finding.field)
    lint.never_applies at segments.regulars
    """
    subject = Subject(program)
    return tuple(finding for look in _LINTS for finding in look(subject))
