"""The counts of a quality report: issues, channels, and how an issue changed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from loyaltykit.domain.quality.checks import QualityKind
from loyaltykit.errors import problem_of
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.words.wording import Language


@frozen
class QualityIssue:
    """How often one thing is wrong.

    Args:
        kind: missing, invalid, stale, contradictory or duplicate.
        field: of which part; ``"fields.goal"`` for a declared one.
        code: what exactly.
        channel: where these members registered; None where that is not known.
        count: how many members.
        ids: some of them, as examples.
        parameters: what the words of some codes name; see ``Problem``.
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


@frozen
class ChannelQuality:
    """How many records came by one channel, and how good they are: see ``QualityReport.score``."""

    channel: str | None
    members: int
    score: Decimal


@frozen
class IssueChange:
    """How one count changed between two reports, over all channels."""

    kind: QualityKind
    field: str
    code: str
    before: int
    after: int
    parameters: Mapping[str, Any] = NOTHING
