"""The versions of one member's record: who changed what, when, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.members.diff import FieldChange
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.tiers.standing import enrollment_order
from loyaltykit.domain.transactions.edits import MemberEdit, patched, record_at
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime


@wire_name("record_version")
@frozen(kw_only=True)
class RecordVersion:
    """One version of a member's record. Its ``repr`` shows nothing personal.

    Args:
        number: 1 for the enrolment, then one more with every edit, in recording order.
        member: the record from ``occurred_at`` on, as it was known with this version.
        occurred_at: since when it holds.
        recorded_at: since when it is known.
        id: the edit's; None for the enrolment.
        actor, reason: who edited it, and why.
        changes: the changed fields; empty if the record was confirmed as it was.
    """

    number: int
    member: Member
    occurred_at: datetime = field(eq=instant_or_none)
    recorded_at: datetime = field(eq=instant_or_none)
    id: str | None = None
    actor: str | None = None
    reason: str | None = None
    changes: tuple[FieldChange, ...] = ()


def read_versions(
    enrolled: Member, since: Instant, edits: Iterable[tuple[MemberEdit, Instant]], calendar: ShopCalendar
) -> tuple[RecordVersion, ...]:
    """Return all versions, in recording order.

    Args:
        enrolled: the record at the enrolment.
        since: when that was recorded.
        edits: the edits, each with when it was recorded.
        calendar: the shop's.
    """
    zone = calendar.zone
    first = RecordVersion(
        number=1,
        member=enrolled,
        occurred_at=to_datetime(enrolled.enrolled_instant, zone),
        recorded_at=to_datetime(since, zone),
    )
    found, known, standing, latest = [first], list[MemberEdit](), enrolled, enrollment_order(enrolled)
    for edit, recorded_at in edits:
        known.append(edit)
        if edit.order > latest:
            member = standing = patched(standing, edit.changes)
            latest = edit.order
        else:
            member, standing = record_at(enrolled, known, edit.order), record_at(enrolled, known, latest)
        found.append(
            RecordVersion(
                number=len(found) + 1,
                member=member,
                occurred_at=to_datetime(edit.instant, zone),
                recorded_at=to_datetime(recorded_at, zone),
                id=edit.id,
                actor=edit.actor,
                reason=edit.reason,
                changes=edit.changes,
            )
        )
    return tuple(found)
