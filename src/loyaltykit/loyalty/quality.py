"""The quality report over the whole store (decision 0023)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loyaltykit.calendars import to_date
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.quality.report import QualityReport
from loyaltykit.domain.quality.review import EXPECTED, quality_report
from loyaltykit.loyalty.runtime import enrolled_accounts
from loyaltykit.ports import Snapshot
from loyaltykit.values import Instant


def judge(
    snapshot: Snapshot,
    at: Instant,
    *,
    expected: Iterable[str] | None,
    stale_after_days: int,
    checker: RecordChecker | None,
    examples: int,
) -> QualityReport:
    """The report on the records of an instant; see ``Members.quality``."""
    rules, records = snapshot.rules(), open_records(snapshot, at)
    return quality_report(
        [member for member, _ in records],
        rules.at(at).program,
        to_date(rules.calendar.day_of(at)),
        expected=EXPECTED if expected is None else expected,
        changed_on={member.id: day for member, day in records},
        stale_after_days=stale_after_days,
        checker=checker,
        examples=examples,
    )


def open_records(snapshot: Snapshot, at: Instant) -> list[tuple[Member, date]]:
    """The records of an instant that are not closed, with the shop's day of the last version of each."""
    day_of = snapshot.rules().calendar.day_of
    found = ((account, account.member_at(at)) for account in enrolled_accounts(snapshot, at))
    return [(record, to_date(day_of(account.changed_at(at)))) for account, record in found if record.status != "closed"]
