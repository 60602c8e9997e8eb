"""Versions of member records, read from a storage."""

from __future__ import annotations

from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.views.record_versions import RecordVersion, read_versions
from loyaltykit.ports import Reads


def read_member_versions(reads: Reads, member_id: str, edit_id: str | None = None) -> tuple[RecordVersion, ...]:
    """Return the versions of a member's record.

    Args:
        reads: a unit of work or a snapshot.
        member_id: id of the member; for a merged member, the versions are the survivor's.
        edit_id: id of a recorded edit; then the versions of the member that it edited, merged since or not.

    Raises:
        UnknownMemberError: no such member.
    """
    edit = None if edit_id is None else reads.find_record(edit_id)
    owner = reads.account(member_id).member.id if edit is None else edit.member_id
    enrolment = reads.find_enrolment(owner)
    assert enrolment is not None  # every account has one
    edits = [
        (record.transaction, record.recorded_at)
        for record in reads.records(owner)
        if isinstance(record.transaction, MemberEdit) and record.transaction.member_id == owner
    ]
    return read_versions(enrolment.member, enrolment.recorded_at, edits, reads.rules().calendar)
