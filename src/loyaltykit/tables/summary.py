"""Counts of the rows of a file that were accepted and rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.errors import Problem
from loyaltykit.problems import problem_of, words_of
from loyaltykit.rules.words.wording import Language, check_language
from loyaltykit.tables.rows import RowResult

_MAX_REASONS = 1_000


@frozen(kw_only=True)
class ImportSummary:
    """The result of reading a file, in numbers.

    Args:
        rows: the number of rows, without headings and empty rows.
        rejected: the number of rows with problems.
        members: the number of members in the other rows.
        transactions: the number of transactions in the other rows.
        reasons: each problem and its number, most frequent first.
        unknown_columns: letters of the columns that were not read, because their heading is unknown.
    """

    rows: int
    rejected: int
    members: int
    transactions: int
    reasons: tuple[tuple[Problem, int], ...] = ()
    unknown_columns: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """The number of rows without problems."""
        return self.rows - self.rejected

    def describe(self, language: Language = "en") -> str:
        """Return the summary as text.

        Args:
            language: ``"en"`` or ``"zh"``.

        >>> print(ImportSummary(rows=3, rejected=1, members=2, transactions=4).describe("zh"))
        共 3 行：接受 2 行，退回 1 行；会员 2 名，交易 4 笔
        """
        check_language(language)
        words = _WORDS[language]
        lines = [words["rows"].format(s=self)]
        for problem, count in self.reasons:
            lines.append(words["reason"].format(problem.field, words_of(problem, language)[0], count))
        if self.unknown_columns:
            lines.append(words["unknown"].format(", ".join(self.unknown_columns)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "rows": "{s.rows} rows: {s.accepted} accepted, {s.rejected} rejected; "
        "{s.members} members, {s.transactions} transactions",
        "reason": "{}: {}: {}",
        "unknown": "columns not read: {}",
    },
    "zh": {
        "rows": "共 {s.rows} 行：接受 {s.accepted} 行，退回 {s.rejected} 行；"
        "会员 {s.members} 名，交易 {s.transactions} 笔",
        "reason": "{}：{}：{}",
        "unknown": "未读取的列：{}",
    },
}


@frozen
class ImportCounter:
    """A counter that makes the summary while a file is read."""

    counts: Counter[str] = field(factory=Counter)
    reasons: Counter[Problem] = field(factory=Counter)

    def add(self, result: RowResult) -> None:
        """Add the result of reading one or more rows."""
        counts = self.counts
        counts["rows"] += len(result.rows)
        if result.problems:
            counts["rejected"] += len(result.rows)
            self._add_reasons(result.problems)
        for item in result.items:
            counts["members" if isinstance(item, Member) else "transactions"] += 1

    def _add_reasons(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            full = len(self.reasons) >= _MAX_REASONS and problem not in self.reasons
            self.reasons[problem_of("row", "row.other") if full else problem] += 1

    def summary(self, unknown_columns: tuple[str, ...]) -> ImportSummary:
        """Return the summary of what was read so far."""
        return ImportSummary(
            rows=self.counts["rows"],
            rejected=self.counts["rejected"],
            members=self.counts["members"],
            transactions=self.counts["transactions"],
            reasons=tuple(self.reasons.most_common()),
            unknown_columns=unknown_columns,
        )
