"""The counts of a quality report: issues, channels, and how an issue changed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from loyaltykit.domain.quality.checks import QualityKind
from loyaltykit.problems import problem_of
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.words.wording import Language
from loyaltykit.serialization import wire_name


@wire_name("quality_issue")
@frozen
class QualityIssue:
    """How many records have one issue.

    Args:
        kind: missing, invalid, stale, contradictory or duplicate.
        field: the part; ``"fields.goal"`` for a declared one.
        code: the code of the issue.
        channel: where these members registered; None if unknown.
        count: how many members.
        ids: the first of them, as examples.
        parameters: values in the words of some codes; see ``Problem``.
    """

    kind: QualityKind
    field: str
    code: str
    channel: str | None
    count: int
    ids: tuple[str, ...]
    parameters: Mapping[str, Any] = NOTHING

    def describe(self, language: Language = "en") -> str:
        """Return what is wrong in one line, as ``Problem`` does.

        Raises:
            InvalidRuleError: problems are not described in that language.
        """
        return problem_of(self.field, self.code, **self.parameters).describe(language)


@wire_name("channel_quality")
@frozen
class ChannelQuality:
    """How many records have a channel, and their score: see ``QualityReport.score``."""

    channel: str | None
    members: int
    score: Decimal


@wire_name("issue_change")
@frozen
class IssueChange:
    """How the count of one issue changed between two reports, over all channels."""

    kind: QualityKind
    field: str
    code: str
    before: int
    after: int
    parameters: Mapping[str, Any] = NOTHING
