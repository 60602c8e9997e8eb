"""Edits of a member's record (``T10``, ``T12``)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_tuple
from loyaltykit.domain.members.contacts import CONTACT_KINDS
from loyaltykit.domain.members.diff import FieldChange, of_kind
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import PROFILE_RANK, Order, Transaction
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id

MAX_VERSION: Final = 10**9


def _changes(items: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("member_edit")
@frozen(kw_only=True)
class MemberEdit(Transaction):
    """An edit of a member's record, valid from ``occurred_at`` on. An actor is required.

    Args:
        member_id: whose record.
        member: the whole record as it should be, with the parts that stay.
        base: the number of the version that it was made on; None for whichever stands.
        changes: in which parts it differs from that version: worked out when it is recorded, and all that counts from
            then on.

    >>> member = Member(id="m-1", region="Wuhan")
    >>> MemberEdit(id="ed-1", member_id="m-1", member=member, base=1, actor="staff-7").member
    Member(id='m-1')
    """

    kind = "member_edit"
    rank = PROFILE_RANK
    moves_metrics = True

    member_id: str
    member: Member
    base: int | None = None
    changes: tuple[FieldChange, ...] = field(default=(), converter=_changes)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        # Of two at one instant the one that was made on the other comes after it.
        order: Order = (self.instant, self.rank, f"{self.base or 0:010d} {self.id}")
        object.__setattr__(self, "order", order)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        if not isinstance(self.member, Member):
            problems.append(Problem("member", "is not a Member", "pass the whole record"))
        if self.base is not None and not _is_number(self.base):
            problems.append(Problem("base", "is not the number of a version", "pass version.number, or None"))
        if not str(self.actor or "").strip():
            problems.append(Problem("actor", "is missing", "pass who changes the record"))


def _is_number(base: object) -> bool:
    return isinstance(base, int) and not isinstance(base, bool) and 1 <= base < MAX_VERSION


def patched(member: Member, changes: Iterable[FieldChange]) -> Member:
    """Return a record with some parts changed, whatever the others are.

    >>> patched(Member(id="m-1", name="Li"), [FieldChange("region", None, "Wuhan")]).region
    'Wuhan'
    """
    parts: dict[str, Any] = {}
    contacts: dict[str, Any] = {kind: of_kind(member, kind) for kind in CONTACT_KINDS}
    entries: dict[str, dict[str, object]] = {"fields": {**member.fields}, "external_ids": {**member.external_ids}}
    for change in changes:
        place, _, name = change.field.partition(".")
        if place in entries:
            _put(entries[place], name, change.new)
        elif place == "contacts":
            contacts[name] = change.new
        else:
            parts[place] = change.new
    together = tuple(item for kind in CONTACT_KINDS for item in contacts[kind])
    whole: dict[str, Any] = {"contacts": together, **entries, **parts}
    return member.evolve(**whole)


def _put(entries: dict[str, object], name: str, value: object) -> None:
    if value is None:
        entries.pop(name, None)
    else:
        entries[name] = value


def record_at(member: Member, edits: Iterable[MemberEdit], until: Order) -> Member:
    """Return a record as of a place in the member's past.

    Args:
        member: as it was enrolled.
        edits: its changes, in any order.
        until: later ones do not count; the one at it does.
    """
    for edit in sorted(edits, key=attrgetter("order")):
        if edit.order <= until:
            member = patched(member, edit.changes)
    return member
