"""Lints of segments of one family that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from loyaltykit.domain.lint.subject import Subject
from loyaltykit.errors import Problem
from loyaltykit.rules.nodes import MemberField
from loyaltykit.rules.satisfiability.examples import Example, as_rule, example

_IDENTIFYING: Final = tuple(MemberField(name) for name in ("id", "name", "phone", "email"))


def overlapping_segments(subject: Subject) -> Iterator[Problem]:
    """Find two segments of one family that one member can be in."""
    for first, second in combinations(subject.program.segments, 2):
        if first.family is None or first.family != second.family:
            continue
        both = example(subject.regions, first.where, second.where)
        if both is not None:
            yield Problem(
                f"segments.{second.name}",
                f"overlaps {first.name} of its family {first.family}: both hold for {_who(both, subject)}",
                "narrow one of the two, or remove one from the family",
                code="lint.overlapping_segments",
            )


def _who(both: Example, subject: Subject) -> str:
    """Describe an example member, without identifying fields."""
    shown = {key: value for key, value in both.items() if key not in _IDENTIFYING}
    if not shown:
        return "somebody" if both else "everyone"
    return f"a member whose {subject.words(as_rule(shown, subject.program.scope))}"
