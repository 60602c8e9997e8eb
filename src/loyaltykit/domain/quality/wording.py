"""A quality report, and the change between two, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import evolve

from loyaltykit.domain.forms.labels import headings
from loyaltykit.domain.forms.problems import PROBLEM_WORDS
from loyaltykit.rules.fields import Field
from loyaltykit.rules.words.wording import Language

if TYPE_CHECKING:
    from loyaltykit.domain.quality.report import IssueChange, QualityChange, QualityIssue, QualityReport

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
_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("", ""),
    "duplicate": ("", ""),
    "masked": ("is masked", "经过遮掩"),
    "phone.invalid": ("is not a number in international form", "不是国际格式的号码"),
    "review.overdue": ("the review is overdue", "审核已逾期"),
    "record.old": ("was not changed for a long time", "长期未更新"),
    "enrolled.future": ("is in the future", "晚于今天"),
    "birthday.future": ("is in the future", "晚于今天"),
    "birthday.oldest": ("is too long ago", "过于久远"),
    "birthday.after_enrolment": ("is after the enrolment", "晚于注册时间"),
}
_SHOWN: Final = 5
"""Examples of a line that several channels share."""

_UNFIT: Final = ("does not fit its declaration", "与字段规定不符")


def describe_report(report: QualityReport, language: Language, declared: Mapping[str, Field]) -> str:
    """The report in lines; see ``QualityReport.describe``."""
    return "\n".join(_report_lines(report, language, declared))


def describe_change(change: QualityChange, language: Language) -> str:
    """The change in lines; see ``QualityChange.describe``."""
    headings(language)
    words = _PATTERNS[language]
    head = words["change"].format(
        earlier=change.earlier, later=change.later, members=change.members, score=change.score
    )
    return "\n".join([head, *(_change_line(item, language) for item in change.issues)])


def _change_line(item: IssueChange, language: Language) -> str:
    words, why = _PATTERNS[language], _why(item.code, language)
    return words["changed"].format(
        kind=_KINDS[language][item.kind],
        field=_heading(item.field, language, {}),
        before=item.before,
        after=item.after,
        why=words["changed_why"].format(why=why) if why else "",
    )


def _report_lines(report: QualityReport, language: Language, declared: Mapping[str, Field]) -> Iterator[str]:
    headings(language)
    words = _PATTERNS[language]
    head = words["head_one" if report.members == 1 else "head"]
    yield head.format(members=f"{report.members:,}", on=report.on, score=report.score)
    kind = None
    for issue in _over_channels(report.issues):
        if issue.kind != kind:
            kind = issue.kind
            yield _KINDS[language][kind]
        yield _issue_line(issue, report.members, language, declared)
    if len(report.channels) > 1:
        yield words["channels"]
        for item in report.channels:
            channel = words["unknown"] if item.channel is None else item.channel
            yield words["channel"].format(channel=channel, members=f"{item.members:,}", score=item.score)


def _over_channels(issues: tuple[QualityIssue, ...]) -> list[QualityIssue]:
    """The issues of all channels together."""
    found: dict[tuple[str, str, str], QualityIssue] = {}
    for issue in issues:
        place = (issue.kind, issue.field, issue.code)
        known = found.get(place)
        if known is None:
            found[place] = issue
        else:
            ids = tuple(sorted({*known.ids, *issue.ids})[:_SHOWN])
            found[place] = evolve(known, count=known.count + issue.count, ids=ids)
    return [*found.values()]


def _issue_line(issue: QualityIssue, members: int, language: Language, declared: Mapping[str, Field]) -> str:
    words, why = _PATTERNS[language], _why(issue.code, language)
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


def _why(code: str, language: Language) -> str:
    at = 0 if language == "en" else 1
    if code in _CODES:
        return _CODES[code][at]
    message = PROBLEM_WORDS[code][2 * at]
    return _UNFIT[at] if "{" in message else message
