"""Reading the versions of records out of a storage."""

from __future__ import annotations

from datetime import date

from loyaltykit.calendars import to_date
from loyaltykit.domain.member import Member
from loyaltykit.domain.profiles import ProfileChange
from loyaltykit.domain.record_versions import RecordVersion, read_versions
from loyaltykit.loyalty.runtime import enrolled_accounts
from loyaltykit.ports import Reads, Snapshot
from loyaltykit.values import Instant


def versions_of(reads: Reads, member_id: str, change_id: str | None = None) -> tuple[RecordVersion, ...]:
    """The versions of a member's record.

    Args:
        reads: a unit or a snapshot.
        member_id: whose; of one who was merged, those of the survivor.
        change_id: of a change that is recorded: then the versions that it is one of, whoever survives by now.

    Raises:
        UnknownMemberError: nobody has this id.
    """
    changed = None if change_id is None else reads.find_record(change_id)
    owner = reads.account(member_id).member.id if changed is None else changed.member_id
    enrolment = reads.find_enrolment(owner)
    assert enrolment is not None  # whoever has an account was enrolled
    edits = [
        (record.transaction, record.recorded_at)
        for record in reads.records(owner)
        if isinstance(record.transaction, ProfileChange) and record.transaction.member_id == owner
    ]
    return read_versions(enrolment.member, enrolment.recorded_at, edits, reads.rules().calendar)


def open_records(snapshot: Snapshot, at: Instant) -> list[tuple[Member, date]]:
    """The records of an instant that are not closed, with the shop's day of the last version of each."""
    day_of = snapshot.rules().calendar.day_of
    found = ((account, account.record_at(at)) for account in enrolled_accounts(snapshot, at))
    return [(record, to_date(day_of(account.changed_at(at)))) for account, record in found if record.status != "closed"]
