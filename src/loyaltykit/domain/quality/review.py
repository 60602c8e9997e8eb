"""The review behind a quality report: each record is read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from loyaltykit.calendars import ShopCalendar, to_day
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.quality.checks import JUDGED, Expectations, find_issues, parts_of
from loyaltykit.domain.quality.count import IssueCounter
from loyaltykit.domain.quality.report import QualityReport
from loyaltykit.errors import InvalidValueError, Problem

EXPECTED: Final = ("name", "phone", "birthday")
_MAX_EXAMPLES: Final = 1_000
_MAX_DAYS: Final = 36_500


def quality_report(
    members: Iterable[Member],
    program: Program,
    on: date,
    *,
    expected: Iterable[str] = EXPECTED,
    changed_on: Mapping[str, date] | None = None,
    stale_after_days: int = 730,
    checker: RecordChecker | None = None,
    examples: int = 5,
) -> QualityReport:
    """Read member records once, one after the other, and count their issues.

    Args:
        members: the records, in any order; only the keys that are compared for duplicates are kept in memory.
        program: declares the fields, and the zone of days.
        on: the shop's day.
        expected: the parts that every record should have, besides the required declared ones; ``"fields.goal"`` for a
            declared one.
        changed_on: when each record was last changed, by id; records older than ``stale_after_days`` are stale.
        stale_after_days: days from 1 to 36,500.
        checker: checks every record as if it were entered today, which takes ten times as long.
        examples: how many ids are kept for each issue.

    Raises:
        InvalidValueError: an argument has a wrong type or value.

    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> print(quality_report([Member(id="m-1", name="张三", phone="138****8888")], club, date(2025, 6, 1)))
    1 member record on 2025-06-01: score 33.3
    missing
      Birthday: 1 (100.0 %) for example m-1
    invalid
      Phone: 1 (100.0 %) is masked; for example m-1
    """
    _check(members, program, on, changed_on, checker)
    _check_numbers(stale_after_days, examples)
    asked = _expected(expected, program)
    calendar = ShopCalendar(program.timezone)
    leap_day, today = program.birthday_29_february, to_day(on)
    rules = Expectations(asked, program.scope.member, calendar, leap_day, today, changed_on, stale_after_days, checker)
    counter = IssueCounter(examples)
    for member in members:
        if not isinstance(member, Member):
            raise InvalidValueError([Problem("members", "contains a value that is not a Member", "pass Members")])
        counter.add(member, find_issues(member, rules), parts_of(member, rules))
    return counter.report(on)


def _check(members: object, program: object, on: object, changed_on: object, checker: object) -> None:
    problems: list[Problem] = []
    if not isinstance(members, Iterable):
        problems.append(Problem("members", "is not a list of members", "pass Members"))
    if not isinstance(program, Program):
        problems.append(Problem("program", "is not a Program", "pass a Program"))
    if isinstance(on, datetime) or not isinstance(on, date) or not 1900 <= on.year < 2200:
        problems.append(Problem("on", "is not a date from 1900 to 2199", "pass the shop's day"))
    if changed_on is not None and not (
        isinstance(changed_on, Mapping) and all(isinstance(day, date) for day in changed_on.values())
    ):
        problems.append(Problem("changed_on", "is not a mapping of ids and dates", "pass a dict, or None"))
    if checker is not None and not isinstance(checker, RecordChecker):
        problems.append(Problem("checker", "is not a RecordChecker", "pass RecordChecker(program, region), or None"))
    if problems:
        raise InvalidValueError(problems)


def _check_numbers(stale_after_days: object, examples: object) -> None:
    problems = [
        Problem(name, "is not a whole number in its range", f"pass {least} to {most}")
        for name, value, least, most in (
            ("stale_after_days", stale_after_days, 1, _MAX_DAYS),
            ("examples", examples, 0, _MAX_EXAMPLES),
        )
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most
    ]
    if problems:
        raise InvalidValueError(problems)


def _expected(expected: Iterable[str], program: Program) -> tuple[str, ...]:
    """Return the expected parts and the required ones; derived and retired fields are not part of a record."""
    given = [*expected] if isinstance(expected, Iterable) and not isinstance(expected, str) else [None]
    own = {f"fields.{item.name}": item for item in program.fields if item.derived is None and not item.retired}
    if not all(isinstance(place, str) and (place in JUDGED or place in own) for place in given):
        way_out = f"use {', '.join(JUDGED)}, or fields.NAME"
        raise InvalidValueError([Problem("expected", "names a part that records do not have", way_out)])
    required = [place for place, item in own.items() if item.required]
    return tuple(dict.fromkeys([*map(str, given), *required]))
