"""Issues of a quality report: each says what is wrong as a problem does."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.domain.quality.issues import QualityIssue
from loyaltykit.problems import problem_of


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_issue_is_described_as_the_problem_of_its_code(language: str) -> None:
    """Field, code and parameters have one meaning in records, transactions, lint and the quality report."""
    issue = QualityIssue("invalid", "phone", "phone.invalid", None, 2, ("m-1", "m-2"))
    assert issue.describe(language) == problem_of("phone", "phone.invalid").describe(language)  # type: ignore[arg-type]
    with pytest.raises(lk.errors.InvalidRuleError):
        issue.describe("fr")  # type: ignore[arg-type]
