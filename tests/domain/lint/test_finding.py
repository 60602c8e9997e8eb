"""A finding is a problem with a field, a reason and a way out."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from tests.support.lint import ALWAYS, program


def test_a_finding_has_a_place_a_reason_and_a_way_out() -> None:
    """A finding is a problem, with words in both languages."""
    [finding] = lint(program(rewards=[lk.Reward("pot", 5, where=ALWAYS)]))
    assert finding == lk.Problem(
        "rewards.pot",
        "has a rule (where) that everything always meets",
        "leave where out, or say what it was meant to leave out",
        code="lint.always_applies",
    )
    assert str(finding) == f"{finding.field}: {finding.reason} ({finding.way_out})"
    assert finding.describe("zh") == "rewards.pot：规则总是成立（请删除或收窄该规则）"
