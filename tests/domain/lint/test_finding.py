"""A finding is a value with a place, a reason and a way out."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from tests.support.lint import ALWAYS, program


def test_a_finding_has_a_place_a_reason_and_a_way_out() -> None:
    """As problems do; it is a value."""
    [finding] = lint(program(rewards=[lk.Reward("pot", 5, where=ALWAYS)]))
    assert finding == lk.answers.LintFinding(
        "always applies",
        "rewards.pot",
        "has a rule (where) that everything always meets",
        "leave where out, or say what it was meant to leave out",
    )
    assert str(finding) == f"{finding.place}: {finding.reason} ({finding.way_out})"
