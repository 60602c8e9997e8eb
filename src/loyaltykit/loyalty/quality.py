"""The quality report of a whole store (decision 0023)."""

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


def read_quality(
    snapshot: Snapshot,
    at: Instant,
    *,
    expected: Iterable[str] | None,
    stale_after_days: int,
    checker: RecordChecker | None,
    examples: int,
) -> QualityReport:
    """Return the report on the records of an instant; see ``Members.quality``."""
    rules, members = snapshot.rules(), _open_members(snapshot, at)
    return quality_report(
        [member for member, _ in members],
        rules.at(at).program,
        to_date(rules.calendar.day_of(at)),
        expected=EXPECTED if expected is None else expected,
        changed_on={member.id: day for member, day in members},
        stale_after_days=stale_after_days,
        checker=checker,
        examples=examples,
    )


def _open_members(snapshot: Snapshot, at: Instant) -> list[tuple[Member, date]]:
    """The members that are not closed at an instant, with the shop's day of the last version of each."""
    day_of = snapshot.rules().calendar.day_of
    found = ((account, account.member_at(at)) for account in enrolled_accounts(snapshot, at))
    return [(member, to_date(day_of(account.changed_at(at)))) for account, member in found if member.status != "closed"]
