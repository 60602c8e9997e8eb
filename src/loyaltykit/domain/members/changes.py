"""What ``Member.evolve`` takes, for type checkers: the arguments of the constructor."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from loyaltykit.domain.members.birthday import Birthday
    from loyaltykit.domain.members.contacts import Contact
    from loyaltykit.domain.members.member import Status


class MemberChanges(TypedDict, total=False):
    """The arguments of ``Member``."""

    id: str
    name: str | None
    phone: str | None
    email: str | None
    gender: str | None
    birthday: date | Birthday | None
    region: str | None
    tags: Iterable[str]
    fields: Mapping[str, object]
    enrolled_at: datetime | None
    contacts: Iterable[Contact]
    preferences: Iterable[str]
    channel: str | None
    store: str | None
    external_ids: Mapping[str, str]
    status: Status
    reviewer: str | None
    review_due: date | None
