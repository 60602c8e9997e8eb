"""Records that change: each part worked out by itself from all edits, nothing kept (``T10``, ``T12``, ``S38``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import field, frozen

import loyaltykit as lk
from tests.oracle.order import Edit, Place, moment_of, place_of
from tests.oracle.versions import Version, invalid
from tests.oracle.wall import FOREVER

PARTS = ("name", "gender", "birthday", "region", "tags", "status")
"""The parts that are edited in these tests."""


@frozen
class RecordVersion:
    """One version of a record, as it was known with it."""

    number: int
    parts: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    id: str | None = None
    actor: str | None = None
    reason: str | None = None
    changes: Mapping[str, Any] = field(factory=dict)


@frozen
class Update:
    """What the caller passes to change a record: the whole record as it should be."""

    id: str
    member: lk.Member
    actor: str
    base: int | None = None
    reason: str | None = None
    occurred_at: datetime | None = None


def parts_of(member: lk.Member) -> dict[str, Any]:
    return {part: getattr(member, part) for part in PARTS}


def record_at(enrolled: lk.Member, edits: Sequence[Edit], last: Place) -> lk.Member:
    """Return the record behind a place: of the edits of a part up to it the latest counts."""
    parts: dict[str, Any] = {}
    for edit in sorted(edits, key=place_of):
        parts |= edit.parts if place_of(edit) <= last else {}
    return enrolled.evolve(**parts)


def behind(moment: datetime) -> Place:
    """Return the place behind everything that happened at a moment."""
    return (moment, 99, "")


def versions_of(enrolled: lk.Member, since: datetime, edits: Sequence[tuple[Edit, datetime]]) -> list[RecordVersion]:
    """Return all versions in the order of recording, each by the edits that were known with it."""
    assert enrolled.enrolled_at is not None
    found = [RecordVersion(1, parts_of(enrolled), enrolled.enrolled_at, since)]
    known: list[Edit] = []
    for edit, recorded_at in edits:
        known.append(edit)
        parts, by = parts_of(record_at(enrolled, known, place_of(edit))), (edit.id, edit.actor, edit.reason)
        found.append(RecordVersion(len(found) + 1, parts, moment_of(edit), recorded_at, *by, dict(edit.parts)))
    return found


def resolved(enrolled: lk.Member, edits: Sequence[Edit], given: Update, version: Version, now: datetime) -> Edit:
    """Return the edit that an update makes: from when on, on which version, and in which parts."""
    refuse_stale(edits, given, enrolled)
    assert enrolled.enrolled_at is not None
    latest = max([enrolled.enrolled_at, *(edit.occurred_at for edit in edits)])
    at = max(now, latest) if given.occurred_at is None else given.occurred_at
    is_back = given.occurred_at is not None and (at < latest or version.wall.day(at) < version.wall.day(now))
    if is_back and not given.reason:
        raise invalid("reason")
    before, wanted = parts_of(record_at(enrolled, edits, behind(at))), parts_of(given.member)
    changed = {part: value for part, value in wanted.items() if before[part] != value}
    return Edit(given.id, enrolled.id, at, len(edits) + 1, changed, given.actor, given.reason)


def refuse_stale(edits: Sequence[Edit], given: Update, enrolled: lk.Member) -> None:
    """Refuse what was made on a version that does not stand, or not of this member."""
    if given.base is None or (given.base == len(edits) + 1 and given.member.id == enrolled.id):
        return
    if given.base > len(edits) + 1 and given.member.id == enrolled.id:
        raise invalid("base")
    raise lk.errors.StaleEditError(len(edits) + 1, ())


UNDOING = (lk.Return, lk.Reversal, lk.Release, lk.TierGrantEnd, lk.Adjustment, Edit)
SPENDING = (lk.Redemption, lk.Hold, lk.Transfer, lk.VoucherUse)


def refuse_inactive(record: lk.Member, item: object, role: str = "member_id") -> None:
    """Refuse what a pending or a closed record may not do: what undoes something always may."""
    spends = isinstance(item, SPENDING) or getattr(item, "paid_with", None) is not None
    is_refused = record.status == "closed" or (record.status == "pending" and spends)
    if is_refused and not isinstance(item, UNDOING):
        raise lk.errors.NotActiveError(role, record.status)


EVER: Place = behind(FOREVER)
