"""Checks of one member record: missing, invalid, stale and contradictory parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from attrs import frozen

from loyaltykit.calendars import Day, ShopCalendar, to_date, to_day
from loyaltykit.domain.facts.member_fields import stored_value
from loyaltykit.domain.forms.checker import RECORD_FIELDS, RecordChecker, record_of
from loyaltykit.domain.forms.custom_fields import value_problems
from loyaltykit.domain.members.birthday import LeapDay
from loyaltykit.domain.members.member import Member
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.fields import Field
from loyaltykit.values import NEVER_US

QualityKind: TypeAlias = Literal["missing", "invalid", "stale", "contradictory", "duplicate"]
KINDS: Final[tuple[QualityKind, ...]] = get_args(QualityKind)
JUDGED: Final = tuple(
    part for part in RECORD_FIELDS if part not in ("id", "status", "fields", "contacts", "external_ids")
)
"""The built-in parts that a record can be expected to have."""

OLDEST: Final = 120
"""Years; a greater age is taken for a mistyped year."""


class FoundIssue(NamedTuple):
    """One issue with one part of a record."""

    kind: QualityKind
    field: str
    code: str
    parameters: Mapping[str, Any] = NOTHING


@frozen
class Expectations:
    """The expectations that records are checked against.

    Args:
        expected: the parts that every record should have: built-in ones by name, declared ones as ``fields.goal``.
        declared: the programme's member fields by name.
        calendar: the shop's.
        leap_day: where a birthday of 29 February is observed.
        today: the shop's day.
        changed_on: when each record was last changed, by id; None if unknown.
        stale_after_days: how long a record may stay unchanged.
        checker: checks every record as if it were entered today; None for a quick check.
    """

    expected: tuple[str, ...]
    declared: Mapping[str, Field]
    calendar: ShopCalendar
    leap_day: LeapDay
    today: Day
    changed_on: Mapping[str, date] | None
    stale_after_days: int
    checker: RecordChecker | None


def find_issues(member: Member, rules: Expectations) -> Iterator[FoundIssue]:
    """Yield every issue found in one record; one part may have several."""
    for place in rules.expected:
        if not has_part(member, place, rules.declared):
            yield FoundIssue("missing", place, "missing")
    yield from _contacts(member)
    for problem in value_problems(member.fields, rules.declared):
        if problem.code != "field.missing":
            kind: QualityKind = "contradictory" if problem.code == "field.renamed" else "invalid"
            yield FoundIssue(kind, problem.field, problem.code, problem.parameters)
    if rules.checker is not None:
        yield from _checked_again(member, rules.checker)
    yield from _stale(member, rules)
    yield from _contradictions(member, rules)


def has_part(member: Member, place: str, declared: Mapping[str, Field]) -> bool:
    """Check whether a record has a part; a default counts as a value.

    >>> has_part(Member(id="m-1", name="张三"), "name", {}), has_part(Member(id="m-1"), "tags", {})
    (True, False)
    """
    above, _, name = place.partition(".")
    if above == "fields" and name:
        item = declared[name]
        return stored_value(member, item) is not None or item.default is not None
    return bool(getattr(member, place))


def parts_of(member: Member, rules: Expectations) -> set[str]:
    """Return the parts that a record has or should have, of which a score is a share."""
    built_in = {name for name in JUDGED if has_part(member, name, rules.declared)}
    own = {f"fields.{name}" for name in member.fields}
    return {*rules.expected, *built_in, *own, *(f"external_ids.{name}" for name in member.external_ids)}


def _contacts(member: Member) -> Iterator[FoundIssue]:
    for item in member.contacts:
        if item.is_masked:
            yield FoundIssue("invalid", item.kind, "masked")
        elif item.kind != "address" and item.key is None:
            yield FoundIssue("invalid", item.kind, f"{item.kind}.invalid")


def _checked_again(member: Member, checker: RecordChecker) -> Iterator[FoundIssue]:
    for problem in checker.check(record_of(member))[1]:
        above, _, _ = problem.code.partition(".")
        if not problem.field.startswith("fields"):
            of_contact = problem.field.startswith("contacts") and above in ("phone", "email")
            place = above if of_contact else problem.field.partition("[")[0]
            yield FoundIssue("invalid", place, problem.code, problem.parameters)


def _stale(member: Member, rules: Expectations) -> Iterator[FoundIssue]:
    if member.status == "pending" and member.review_due is not None and to_day(member.review_due) < rules.today:
        yield FoundIssue("stale", "review_due", "review.overdue")
    if rules.changed_on is None or member.status == "closed":
        return
    enrolled = _enrolled_day(member, rules)
    changed = rules.changed_on.get(member.id)
    last = enrolled if changed is None else to_day(changed)
    if last is not None and rules.today - last > rules.stale_after_days:
        yield FoundIssue("stale", "record", "record.old")


def _enrolled_day(member: Member, rules: Expectations) -> Day | None:
    return None if member.enrolled_instant == NEVER_US else rules.calendar.day_of(member.enrolled_instant)


def _contradictions(member: Member, rules: Expectations) -> Iterator[FoundIssue]:
    enrolled = _enrolled_day(member, rules)
    if enrolled is not None and enrolled > rules.today:
        yield FoundIssue("contradictory", "enrolled_at", "enrolled.future")
    born = member.birthday
    if born is None or born.year is None:
        return
    age = born.age(to_date(rules.today), rules.leap_day)
    if age is None:
        yield FoundIssue("contradictory", "birthday", "birthday.future")
    elif age > OLDEST:
        yield FoundIssue("contradictory", "birthday", "birthday.oldest")
    elif enrolled is not None and enrolled <= rules.today and born.age(to_date(enrolled), rules.leap_day) is None:
        yield FoundIssue("contradictory", "birthday", "birthday.after_enrolment")
