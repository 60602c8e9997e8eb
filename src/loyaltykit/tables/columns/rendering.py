"""Conversion of values to cells, from which ``parsing`` reads equal values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.domain.members.contacts import Contact
from loyaltykit.tables.columns.parsing import CellOptions
from loyaltykit.tables.formats.cells import Cell


def render_moment(moment: datetime, options: CellOptions) -> Cell:
    """Return the local time in the shop's zone, or a text with the offset if the local time is ambiguous.

    >>> from loyaltykit.calendars import ShopCalendar
    >>> shop = CellOptions(ShopCalendar("Asia/Shanghai"), "CNY")
    >>> str(render_moment(datetime(2025, 1, 1, 16, tzinfo=UTC), shop))
    '2025-01-02'
    """
    local = moment.astimezone(options.shop.zone)
    wall = local.replace(tzinfo=None, fold=0)
    if wall.microsecond or wall.replace(tzinfo=options.shop.zone).utcoffset() != local.utcoffset():
        return _with_offset(local)
    return wall.date() if wall.time() == time() else wall


def _with_offset(local: datetime) -> str:
    # Offsets of old times have seconds, which ISO 8601 cannot express, so these are written in UTC.
    offset = local.strftime("%z")
    if len(offset) > 5:
        local = local.astimezone(UTC)
    return local.isoformat()


def render_birthday(birthday: Birthday) -> Cell:
    """Return a date, or a text if the year is missing or the calendar is not the solar one.

    >>> render_birthday(Birthday(2, 29))
    '--02-29'
    """
    if birthday.calendar == "solar" and birthday.year is not None:
        return date(birthday.year, birthday.month, birthday.day)
    return birthday.to_text()


def render_contacts(contacts: Iterable[Contact]) -> Cell:
    """Return contacts with all their attributes as JSON; None if plain columns hold them without loss.

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
    """Return ids by channel as JSON; None for none.

    >>> render_ids({"wechat": "o6_bm"})
    '{"wechat": "o6_bm"}'
    """
    return json.dumps(dict(ids), ensure_ascii=False) if ids else None
