"""Who takes part: the member record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias, TypedDict, Unpack, get_args

from attrs import evolve, field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, as_tuple, check_fields, instant_or_none, raise_problems
from loyaltykit.domain.members.birthday import Birthday, to_birthday
from loyaltykit.domain.members.contacts import (
    CONTACT_KINDS,
    Contact,
    ContactKind,
    check_contacts,
    check_reachable,
    preferred,
    with_preferred,
)
from loyaltykit.errors import Problem
from loyaltykit.read_only import NOTHING, ReadOnly
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, check_id, check_moment, check_text, to_instant, to_nfc, to_nfc_or_none

Status: TypeAlias = Literal["pending", "active", "closed"]
"""A pending record waits for its review: it earns, and cannot spend. A closed one is kept and does neither."""

STATUSES: Final[tuple[Status, ...]] = get_args(Status)

MAX_TAGS: Final = 100
MAX_EXTERNAL_IDS: Final = 50

_TEXTS: Final = ("name", "gender", "region")
_SHORT: Final[tuple[ContactKind, ...]] = ("phone", "email")
_KEYS: Final = ("channel", "store", "reviewer")


def _to_set(texts: Iterable[str]) -> tuple[str, ...]:
    """Return tags as a set: their order and repetitions mean nothing."""
    given = as_tuple(texts)
    if not given or not isinstance(given, tuple) or not all(isinstance(text, str) for text in given):
        return given
    return tuple(sorted({to_nfc(text) for text in given}))


def _to_fields(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return custom values with texts in NFC and collections of texts as sets."""
    if given is NOTHING or not isinstance(given, Mapping):
        return given
    return ReadOnly({name: _to_value(value) for name, value in given.items()})


def _to_value(value: object) -> object:
    if isinstance(value, str):
        return to_nfc(value)
    return _to_set(value) if isinstance(value, list | tuple | set | frozenset) else value


def _contacts(items: Iterable[Contact]) -> tuple[Contact, ...]:
    return as_tuple(items)


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


@named_arguments
@wire_name("member")
@frozen(kw_only=True)
class Member:
    """One person in the programme. Personal values live here and nowhere else.

    All texts are kept in NFC; each may be missing.

    Args:
        id: the shop's own opaque id, never a phone number.
        name: any script, up to 1,000 characters.
        phone, email: the short way to say the preferred contact of that kind; read back, it is that one.
        gender, region: texts.
        birthday: a date, or a ``Birthday`` when the year is unknown or the calendar is another one.
        tags: up to 100 short texts, a set.
        fields: values of the programme's declared member fields; several choices as a collection of texts.
        enrolled_at: when the member joined; None means the clock's now.
        contacts: up to 50 ``Contact``, the one to use first or marked as preferred.
        preferences: what the member likes: up to 100 short texts, a set.
        channel, store: where the member registered.
        external_ids: the ids under which other channels know the member, by channel.
        status: ``"active"``, ``"pending"`` until somebody has reviewed the record, or ``"closed"``.
        reviewer: an opaque id of who reviews the record, or did.
        review_due: the day by which that should have happened.

    ``enrolled_instant`` is ``enrolled_at`` in microseconds.

    Raises:
        InvalidValueError: every problem of the record at once.

    >>> Member(id="m-1", name="张三", birthday=date(1990, 2, 28)).birthday
    Birthday(month=2, day=28, year=1990, calendar='solar')
    >>> Member(id="m-1", phone="+8613800138000") == Member(id="m-1", contacts=[Contact("phone", "+8613800138000")])
    True
    """

    id: str
    name: str | None = field(default=None, converter=to_nfc_or_none)
    # Both follow from the contacts, which are what counts when records are compared.
    phone: str | None = field(default=None, converter=to_nfc_or_none, eq=False)
    email: str | None = field(default=None, converter=to_nfc_or_none, eq=False)
    gender: str | None = field(default=None, converter=to_nfc_or_none)
    birthday: Birthday | None = field(default=None, converter=to_birthday)
    region: str | None = field(default=None, converter=to_nfc_or_none)
    tags: tuple[str, ...] = field(default=(), converter=_to_set)
    fields: Mapping[str, object] = field(default=NOTHING, converter=_to_fields)
    enrolled_at: datetime | None = field(default=None, eq=instant_or_none)
    contacts: tuple[Contact, ...] = field(default=(), converter=_contacts)
    preferences: tuple[str, ...] = field(default=(), converter=_to_set)
    channel: str | None = field(default=None, converter=to_nfc_or_none)
    store: str | None = field(default=None, converter=to_nfc_or_none)
    external_ids: Mapping[str, str] = field(default=NOTHING, converter=as_mapping)
    status: Status = "active"
    reviewer: str | None = None
    review_due: date | None = None
    enrolled_instant: Instant = field(init=False, eq=False, repr=False, default=NEVER_US)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.id, "id", problems)
        _check_texts(self, problems)
        _check_contacts(self, problems)
        if self.birthday is not None and not isinstance(self.birthday, Birthday):
            problems.append(Problem("birthday", "is not a date", "pass a date or a Birthday"))
        _check_set(self.tags, "tags", problems)
        check_fields(self.fields, "fields", problems, sets=True)
        if self.enrolled_at is not None:
            check_moment(self.enrolled_at, "enrolled_at", problems)
        _check_registration(self, problems)
        raise_problems(problems)
        if self.enrolled_at is not None:
            object.__setattr__(self, "enrolled_instant", to_instant(self.enrolled_at))

    @property
    def address(self) -> str | None:
        """Return the preferred address."""
        found = preferred(self.contacts, "address")
        return None if found is None else found.value

    def evolve(self, **changes: Unpack[MemberChanges]) -> Member:
        """Return the same record with some parts changed.

        A new ``phone`` or ``email`` takes the place of the preferred one, and None takes that one away; give
        ``contacts`` to say more than that.

        Raises:
            InvalidValueError: every problem of the new record at once.

        >>> both = Member(id="m-1", phone="+8613800138000", email="li@example.com")
        >>> both.evolve(phone="+8613900139000").contacts
        (Contact(kind='phone'), Contact(kind='email'))
        >>> both.evolve(phone=None).phone is None
        True
        """
        contacts = self.contacts
        for kind in _SHORT:
            if kind in changes:
                gone = preferred(contacts, kind)
                contacts = tuple(item for item in contacts if item is not gone)
        return evolve(self, **{"phone": None, "email": None, "contacts": contacts} | changes)

    def __repr__(self) -> str:
        return f"Member(id={self.id!r})"


def _check_texts(member: Member, problems: list[Problem]) -> None:
    for name in _TEXTS:
        check_text(getattr(member, name), name, problems)


def _check_contacts(member: Member, problems: list[Problem]) -> None:
    """Check the contacts, and add those given by ``phone`` and ``email``."""
    given = member.contacts != ()
    if not given and member.phone is None and member.email is None:
        return
    found = len(problems)
    if given:
        check_contacts(member.contacts, problems)
    for kind in _SHORT:
        value = getattr(member, kind)
        if value is not None:
            check_reachable(value, kind, problems)
    if found == len(problems):
        _settle_contacts(member, problems)


def _settle_contacts(member: Member, problems: list[Problem]) -> None:
    """Make ``contacts`` and the short ``phone`` and ``email`` agree."""
    contacts = member.contacts
    for kind in reversed(_SHORT):
        value = getattr(member, kind)
        if value is not None:
            contacts = with_preferred(contacts, kind, value, problems)
    # The order matters among contacts of one kind only, so the kinds have an order of their own.
    contacts = tuple(sorted(contacts, key=_place)) if len(contacts) > 1 else contacts
    object.__setattr__(member, "contacts", contacts)
    for kind in _SHORT:
        chosen = preferred(contacts, kind)
        object.__setattr__(member, kind, None if chosen is None else chosen.value)


def _place(contact: Contact) -> int:
    return CONTACT_KINDS.index(contact.kind)


def _check_set(texts: object, name: str, problems: list[Problem]) -> None:
    if not isinstance(texts, tuple) or len(texts) > MAX_TAGS:
        problems.append(Problem(name, f"is not a list of up to {MAX_TAGS} texts", "pass a list of strings"))
        return
    for text in texts:
        check_id(text, name, problems)


def _check_registration(member: Member, problems: list[Problem]) -> None:
    """Check where the record came from, its ids in other channels, and its status."""
    _check_set(member.preferences, "preferences", problems)
    for name in _KEYS:
        value = getattr(member, name)
        if value is not None:
            check_id(value, name, problems)
    if member.external_ids is not NOTHING:
        _check_external_ids(member.external_ids, problems)
    if not isinstance(member.status, str) or member.status not in STATUSES:
        problems.append(Problem("status", "is not a status", 'use "pending", "active" or "closed"'))
    due = member.review_due
    if due is not None and (isinstance(due, datetime) or not isinstance(due, date)):
        problems.append(Problem("review_due", "is not a date", "pass a date, or None"))


def _check_external_ids(ids: object, problems: list[Problem]) -> None:
    if not isinstance(ids, Mapping) or len(ids) > MAX_EXTERNAL_IDS:
        reason = f"is not a mapping of up to {MAX_EXTERNAL_IDS} channels"
        problems.append(Problem("external_ids", reason, "pass a dict of channels and ids"))
        return
    for channel, value in ids.items():
        check_id(channel, "external_ids", problems)
        check_id(value, "external_ids", problems)
