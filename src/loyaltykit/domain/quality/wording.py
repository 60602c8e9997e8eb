"""Quality reports, and the change between two, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import evolve

from loyaltykit.domain.forms.labels import headings
from loyaltykit.domain.quality.issues import ChannelQuality, IssueChange, QualityIssue
from loyaltykit.problems import problem_of, words_of
from loyaltykit.rules.fields import Field
from loyaltykit.rules.words.wording import Language

_KINDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {name: name for name in ("missing", "invalid", "stale", "contradictory", "duplicate")},
    "zh": {"missing": "缺失", "invalid": "无效", "stale": "过期", "contradictory": "矛盾", "duplicate": "重复"},
}
_PATTERNS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "head_one": "{members} member record on {on}: score {score}",
        "head": "{members} member records on {on}: score {score}",
        "line": "  {field}: {count} ({share} %){why}{ids}",
        "why": " {why};",
        "ids": " for example {ids}",
        "channels": "by channel",
        "channel": "  {channel}: {members}, score {score}",
        "unknown": "unknown",
        "between": ", ",
        "change": "{earlier} to {later}: {members:+d} member records, score {score:+}",
        "changed": "  {kind}, {field}: {before} -> {after}{why}",
        "changed_why": " ({why})",
        "record": "Record",
    },
    "zh": {
        "head_one": "{on}共{members}条会员资料：得分{score}",
        "head": "{on}共{members}条会员资料：得分{score}",
        "line": "  {field}：{count}条（{share}%）{why}{ids}",
        "why": "{why}；",
        "ids": "例如{ids}",
        "channels": "按渠道",
        "channel": "  {channel}：{members}条，得分{score}",
        "unknown": "未知",
        "between": "、",
        "change": "{earlier}至{later}：会员资料{members:+d}条，得分{score:+}",
        "changed": "  {kind}，{field}：{before} → {after}{why}",
        "changed_why": "（{why}）",
        "record": "资料",
    },
}
_SHOWN: Final = 5
"""Examples of a line that several channels share."""


def describe_report(
    issues: Sequence[QualityIssue],
    channels: Sequence[ChannelQuality],
    language: Language,
    declared: Mapping[str, Field],
    *,
    on: date,
    members: int,
    score: Decimal,
) -> str:
    """Describe a report in lines; see ``QualityReport.describe``."""
    headings(language)
    words = _PATTERNS[language]
    head = words["head_one" if members == 1 else "head"].format(members=f"{members:,}", on=on, score=score)
    lines = [head, *_issue_lines(issues, members, language, declared)]
    return "\n".join([*lines, *(_channel_lines(channels, words) if len(channels) > 1 else ())])


def describe_change(
    issues: Sequence[IssueChange], language: Language, *, earlier: date, later: date, members: int, score: Decimal
) -> str:
    """Describe a change in lines; see ``QualityChange.describe``."""
    headings(language)
    head = _PATTERNS[language]["change"].format(earlier=earlier, later=later, members=members, score=score)
    return "\n".join([head, *(_change_line(item, language) for item in issues)])


def _change_line(item: IssueChange, language: Language) -> str:
    words, why = _PATTERNS[language], _why(item, language)
    return words["changed"].format(
        kind=_KINDS[language][item.kind],
        field=_heading(item.field, language, {}),
        before=item.before,
        after=item.after,
        why=words["changed_why"].format(why=why) if why else "",
    )


def _issue_lines(
    issues: Sequence[QualityIssue], members: int, language: Language, declared: Mapping[str, Field]
) -> Iterator[str]:
    kind = None
    for issue in _over_channels(issues):
        if issue.kind != kind:
            kind = issue.kind
            yield _KINDS[language][kind]
        yield _issue_line(issue, members, language, declared)


def _channel_lines(channels: Sequence[ChannelQuality], words: Mapping[str, str]) -> Iterator[str]:
    yield words["channels"]
    for item in channels:
        channel = words["unknown"] if item.channel is None else item.channel
        yield words["channel"].format(channel=channel, members=f"{item.members:,}", score=item.score)


def _over_channels(issues: Sequence[QualityIssue]) -> list[QualityIssue]:
    """Return the issues of all channels together."""
    found: dict[tuple[object, ...], QualityIssue] = {}
    for issue in issues:
        place = (issue.kind, issue.field, issue.code, issue.parameters)
        known = found.get(place)
        if known is None:
            found[place] = issue
        else:
            ids = tuple(sorted({*known.ids, *issue.ids})[:_SHOWN])
            found[place] = evolve(known, count=known.count + issue.count, ids=ids)
    return [*found.values()]


def _issue_line(issue: QualityIssue, members: int, language: Language, declared: Mapping[str, Field]) -> str:
    words, why = _PATTERNS[language], _why(issue, language)
    share = f"{1_000 * issue.count // members / 10:.1f}"
    return words["line"].format(
        field=_heading(issue.field, language, declared),
        count=f"{issue.count:,}",
        share=share,
        why=words["why"].format(why=why) if why else "",
        ids=words["ids"].format(ids=words["between"].join(issue.ids)) if issue.ids else "",
    )


def _heading(place: str, language: Language, declared: Mapping[str, Field]) -> str:
    above, _, name = place.partition(".")
    known = headings(language)
    if above == "fields" and name:
        return declared[name].heading(language) if name in declared else name
    if name:
        return f"{known[above]} {name}"
    return known.get(above, _PATTERNS[language]["record"])


def _why(item: QualityIssue | IssueChange, language: Language) -> str:
    """Return the reason of an issue; the kind says that of missing and duplicate parts."""
    if item.kind in ("missing", "duplicate"):
        return ""
    return words_of(problem_of(item.field, item.code, **item.parameters), language)[0]
