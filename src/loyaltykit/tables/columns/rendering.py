"""Values into cells, so that ``parsing`` reads exactly the same value again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.domain.members.contacts import Contact
from loyaltykit.tables.columns.parsing import Manner
from loyaltykit.tables.formats.cells import Cell


def render_moment(moment: datetime, manner: Manner) -> Cell:
    """The wall time of the shop; where that would be read as another instant, the text with its offset.

    >>> from loyaltykit.calendars import ShopCalendar
    >>> shop = Manner(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> str(render_moment(datetime(2025, 1, 1, 16, tzinfo=UTC), shop))
    '2025-01-02'
    """
    local = moment.astimezone(manner.shop.zone)
    wall = local.replace(tzinfo=None, fold=0)
    if wall.microsecond or wall.replace(tzinfo=manner.shop.zone).utcoffset() != local.utcoffset():
        return _with_offset(local)
    return wall.date() if wall.time() == time() else wall


def _with_offset(local: datetime) -> str:
    # Offsets of old times have seconds, which ISO 8601 has no place for: UTC has none.
    offset = local.strftime("%z")
    if len(offset) > 5:
        local = local.astimezone(UTC)
    return local.isoformat()


def render_birthday(birthday: Birthday) -> Cell:
    """A date, or a text where the year is missing or the calendar is another one.

    >>> render_birthday(Birthday(2, 29))
    '--02-29'
    """
    if birthday.calendar == "solar" and birthday.year is not None:
        return date(birthday.year, birthday.month, birthday.day)
    return birthday.to_text()


def render_contacts(contacts: Iterable[Contact]) -> Cell:
    """All contacts with everything that is known of them, as JSON; None where one phone and one e-mail say it all.

    >>> render_contacts([Contact("phone", "+8613800138000", label="work")])
    '[{"kind": "phone", "value": "+8613800138000", "label": "work"}]'
    """
    items = [_plain(contact) for contact in contacts]
    kinds = [item["kind"] for item in items]
    if len(set(kinds)) == len(kinds) and all(len(item) == 2 for item in items):
        return None
    return json.dumps(items, ensure_ascii=False)


def _plain(contact: Contact) -> dict[str, Any]:
    parts = {"label": contact.label, "verified": contact.verified, "preferred": contact.preferred}
    return {"kind": contact.kind, "value": contact.value} | {name: value for name, value in parts.items() if value}


def render_ids(ids: Mapping[str, str]) -> Cell:
    """Ids by channel, as JSON; None for none.

    >>> render_ids({"wechat": "o6_bm"})
    '{"wechat": "o6_bm"}'
    """
    return json.dumps(dict(ids), ensure_ascii=False) if ids else None
