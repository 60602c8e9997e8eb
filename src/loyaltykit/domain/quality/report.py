"""Quality reports of member records: missing, invalid, stale, contradictory and duplicate parts, counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import frozen

from loyaltykit.domain.program.program import Program
from loyaltykit.domain.quality.checks import KINDS, QualityKind
from loyaltykit.domain.quality.issues import ChannelQuality, IssueChange, QualityIssue
from loyaltykit.domain.quality.wording import describe_change, describe_report
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.words.wording import Language
from loyaltykit.serialization import wire_name

_Place: TypeAlias = tuple[QualityKind, str, str, Mapping[str, Any]]


@wire_name("quality_change")
@frozen
class QualityChange:
    """How quality changed between two reports.

    Args:
        earlier, later: the days of the reports.
        members: by how much the number of records rose.
        score: by how much the score rose.
        issues: the counts that changed.
    """

    earlier: date
    later: date
    members: int
    score: Decimal
    issues: tuple[IssueChange, ...]

    def describe(self, language: Language = "en") -> str:
        """Return the change in lines, in English or in Chinese.

        Raises:
            InvalidRuleError: the language is not supported.
        """
        return describe_change(
            self.issues,
            language,
            earlier=self.earlier,
            later=self.later,
            members=self.members,
            score=self.score,
        )

    def __str__(self) -> str:
        return self.describe()


@wire_name("quality_report")
@frozen
class QualityReport:
    """The quality of member records on a day. It contains no personal value: it can be printed and stored.

    Args:
        on: the shop's day.
        members: how many records were checked.
        score: the share of their parts without issues, in per cent with one decimal, rounded down. The parts of a
            record are those it has and those expected; without records it is 100.
        issues: the issues by kind, field, code and channel.
        channels: the records and the score of each channel.
    """

    on: date
    members: int
    score: Decimal
    issues: tuple[QualityIssue, ...]
    channels: tuple[ChannelQuality, ...]

    def count(self, kind: QualityKind | None = None, field: str | None = None) -> int:
        """Return how many issues there are, of a kind, of a field, of both or in total.

        A member with two issues counts twice.
        """
        return sum(
            issue.count
            for issue in self.issues
            if (kind is None or issue.kind == kind) and (field is None or issue.field == field)
        )

    def since(self, earlier: QualityReport) -> QualityChange:
        """Return what changed since an earlier report.

        Raises:
            InvalidValueError: it is not a report.
        """
        if not isinstance(earlier, QualityReport):
            raise InvalidValueError([Problem("earlier", "is not a QualityReport", "pass what quality_report gave")])
        before, after = _counts(earlier), _counts(self)
        changes = [
            IssueChange(*place[:3], before.get(place, 0), after.get(place, 0), place[3])
            for place in sorted({*before, *after}, key=lambda place: (KINDS.index(place[0]), *place[1:3]))
        ]
        changed = tuple(item for item in changes if item.before != item.after)
        return QualityChange(earlier.on, self.on, self.members - earlier.members, self.score - earlier.score, changed)

    def describe(self, language: Language = "en", program: Program | None = None) -> str:
        """Return the report in lines.

        Args:
            language: ``"en"`` or ``"zh"``.
            program: gives declared fields their titles.

        Raises:
            InvalidRuleError: the language is not supported.
            InvalidValueError: it is not a programme.
        """
        if program is not None and not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program, or None")])
        return describe_report(
            self.issues,
            self.channels,
            language,
            {} if program is None else program.scope.member,
            on=self.on,
            members=self.members,
            score=self.score,
        )

    def __str__(self) -> str:
        return self.describe()


def _counts(report: QualityReport) -> dict[_Place, int]:
    found: dict[_Place, int] = {}
    for issue in report.issues:
        place = (issue.kind, issue.field, issue.code, issue.parameters)
        found[place] = found.get(place, 0) + issue.count
    return found
