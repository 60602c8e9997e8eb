"""The versions of a record, in the order of recording (T8, T12)."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.members.diff import difference
from loyaltykit.domain.views.record_versions import read_versions
from loyaltykit.values import to_instant
from tests.support.stories import START, day

MEMBER = lk.Member(id="m", enrolled_at=START, name="Li", region="east")


def edit(id: str, number: int, **parts: str) -> lk.MemberEdit:
    member = MEMBER.evolve(**parts)
    changes = difference(MEMBER, member)
    parts = {"member": member, "changes": changes, "actor": "staff-7", "occurred_at": day(number)}
    return lk.MemberEdit(id=id, member_id="m", **parts)


def test_t8_a_late_edit_is_a_version_of_its_own_date() -> None:
    """T8: it does not know what was changed later, and what was changed later stays."""
    told = [(edit("late", 5, name="Wang"), to_instant(day(5))), (edit("early", 2, region="west"), to_instant(day(9)))]
    versions = read_versions(MEMBER, to_instant(START), told, ShopCalendar("Europe/Berlin"))
    assert [(item.number, item.id, item.member.name, item.member.region) for item in versions] == [
        (1, None, "Li", "east"),
        (2, "late", "Wang", "east"),
        (3, "early", "Li", "west"),
    ]
    assert [(item.occurred_at, item.recorded_at) for item in versions] == [
        (START, START),
        (day(5), day(5)),
        (day(2), day(9)),
    ]
