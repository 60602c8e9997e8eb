"""Counting issues over many records, in any order."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from attrs import define, field

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.quality.checks import KINDS, FoundIssue
from loyaltykit.domain.quality.issues import ChannelQuality, QualityIssue
from loyaltykit.domain.quality.report import QualityReport
from loyaltykit.values import to_decimal


@define
class _Scores:
    """How many records, parts and parts with an issue there are."""

    members: int = 0
    parts: int = 0
    bad: int = 0

    def score(self) -> Decimal:
        """Return the score, rounded down: only records without issues get 100."""
        return to_decimal(1_000 * (self.parts - self.bad) // self.parts if self.parts else 1_000, 1)


@define
class _KeyHolder:
    """A member with a key, its parts with issues, and the parts known to be duplicates."""

    id: str
    channel: str | None
    bad: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


@define
class _Count:
    issue: FoundIssue
    channel: str | None
    count: int = 0
    ids: list[str] = field(factory=list)


@define
class IssueCounter:
    """Counts of all issues found so far.

    Args:
        examples: how many ids are kept for each issue, the first ones in order.
    """

    examples: int
    _counts: dict[tuple[FoundIssue, str | None], _Count] = field(factory=dict)
    _total: _Scores = field(factory=_Scores)
    _channels: dict[str | None, _Scores] = field(factory=dict)
    _holders: dict[tuple[str, str], _KeyHolder] = field(factory=dict)

    def add(self, member: Member, found: Iterable[FoundIssue], parts: set[str]) -> None:
        """Count a record, the issues found in it, and the parts that it has or should have."""
        holder, distinct = _KeyHolder(member.id, member.channel), dict.fromkeys(found)
        whole = len(parts.union(item.field for item in distinct))
        for scores in self._scores(member.channel):
            scores.members += 1
            scores.parts += whole
        for item in distinct:
            self._note(item, holder)
        for place, key in keys_of(member):
            first = self._holders.setdefault((place, key), holder)
            if first is not holder:
                self._note_twice(place, first)
                self._note_twice(place, holder)

    def _note_twice(self, place: str, holder: _KeyHolder) -> None:
        if place not in holder.twice:
            holder.twice = (*holder.twice, place)
            self._note(FoundIssue("duplicate", place, "duplicate"), holder)

    def _note(self, item: FoundIssue, holder: _KeyHolder) -> None:
        count = self._counts.setdefault((item, holder.channel), _Count(item, holder.channel))
        count.count += 1
        insort(count.ids, holder.id)
        del count.ids[self.examples :]
        if item.field not in holder.bad:
            holder.bad = (*holder.bad, item.field)
            for scores in self._scores(holder.channel):
                scores.bad += 1

    def _scores(self, channel: str | None) -> tuple[_Scores, _Scores]:
        return self._total, self._channels.setdefault(channel, _Scores())

    def report(self, on: date) -> QualityReport:
        """Return the report of all records so far."""
        return QualityReport(
            on,
            self._total.members,
            self._total.score(),
            tuple(_issue(count) for count in sorted(self._counts.values(), key=_place)),
            tuple(
                ChannelQuality(channel, scores.members, scores.score())
                for channel, scores in sorted(self._channels.items(), key=lambda item: (item[0] is None, item[0] or ""))
            ),
        )


def keys_of(member: Member) -> Iterator[tuple[str, str]]:
    """Yield the keys of a record, each with its part.

    >>> [*keys_of(Member(id="m-1", external_ids={"wechat": "o1"}))]
    [('external_ids.wechat', 'o1')]
    """
    for item in member.contacts:
        if item.key is not None:
            yield item.kind, item.key
    for channel, value in member.external_ids.items():
        yield f"external_ids.{channel}", value


def _place(count: _Count) -> tuple[int, str, str, bool, str]:
    kind, place, code, _ = count.issue
    return KINDS.index(kind), place, code, count.channel is None, count.channel or ""


def _issue(count: _Count) -> QualityIssue:
    kind, place, code, parameters = count.issue
    return QualityIssue(kind, place, code, count.channel, count.count, tuple(count.ids), parameters)
