"""Reading the versions of records out of a storage."""

from __future__ import annotations

from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.views.record_versions import RecordVersion, read_versions
from loyaltykit.ports import Reads


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
        if isinstance(record.transaction, MemberEdit) and record.transaction.member_id == owner
    ]
    return read_versions(enrolment.member, enrolment.recorded_at, edits, reads.rules().calendar)
