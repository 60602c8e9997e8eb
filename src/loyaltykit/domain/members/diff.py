"""What changed between two states of one member record, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias, cast

import attrs
from attrs import frozen

from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.domain.members.contacts import CONTACT_KINDS, Contact, ContactKind
from loyaltykit.domain.members.member import Member
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.serialization import wire_name

_WHOLE: Final = (
    *("id", "name", "gender", "birthday", "region", "tags", "preferences"),
    *("channel", "store", "status", "reviewer", "review_due"),
)


Part: TypeAlias = str | int | bool | Decimal | date | datetime | Birthday | tuple[Contact | str, ...] | None
"""What a part of a record holds: a value, its contacts of one kind, or a set of texts."""


@wire_name("field_change")
@frozen
class FieldChange:
    """One part that differs, with its old and its new value; None for nothing.

    The values are personal, and its ``repr`` does not show them.

    >>> FieldChange("region", "Wuhan", "Shanghai")
    FieldChange(field='region')
    """

    field: str
    old: Part = attrs.field(eq=instant_or_none)
    new: Part = attrs.field(eq=instant_or_none)

    def __repr__(self) -> str:
        return f"FieldChange(field={self.field!r})"


def difference(old: Member, new: Member) -> tuple[FieldChange, ...]:
    """Return everything in which two states of a record differ; nothing for equal ones.

    Contacts are compared by kind (``contacts.phone``), declared fields and external ids one by one (``fields.goal``).

    Raises:
        InvalidValueError: one of them is not a Member.

    >>> before = Member(id="m-1", region="Wuhan", fields={"goal": "weight"})
    >>> difference(before, before.evolve(region="Shanghai", phone="+8613800138000", fields={}))
    (FieldChange(field='region'), FieldChange(field='contacts.phone'), FieldChange(field='fields.goal'))
    """
    for name, given in (("old", old), ("new", new)):
        if not isinstance(given, Member):
            raise InvalidValueError([Problem(name, "is not a Member", "pass a Member")])
    return tuple(change for change in _pairs(old, new) if change.old != change.new)


def _pairs(old: Member, new: Member) -> Iterator[FieldChange]:
    for name in _WHOLE:
        yield FieldChange(name, getattr(old, name), getattr(new, name))
    if instant_or_none(old.enrolled_at) != instant_or_none(new.enrolled_at):
        yield FieldChange("enrolled_at", old.enrolled_at, new.enrolled_at)
    for kind in CONTACT_KINDS:
        yield FieldChange(f"contacts.{kind}", of_kind(old, kind), of_kind(new, kind))
    yield from _entries("external_ids", old.external_ids, new.external_ids)
    yield from _entries("fields", old.fields, new.fields)


def of_kind(member: Member, kind: ContactKind) -> tuple[Contact, ...]:
    """Return the contacts of one kind, in order."""
    return tuple(item for item in member.contacts if item.kind == kind)


def _entries(place: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FieldChange]:
    for name in sorted({*old, *new}):
        yield FieldChange(f"{place}.{name}", cast("Part", old.get(name)), cast("Part", new.get(name)))
