"""One set of checks for a record, an import and a form: every problem of a record at once, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.forms.custom_fields import is_blank, place_of, plain_value, read_values, value_problems
from loyaltykit.domain.forms.parsing import Reading
from loyaltykit.domain.forms.phones import check_region
from loyaltykit.domain.members.contacts import ContactKind
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.problem_words import WORDS
from loyaltykit.problems import problem_of

Reader = Callable[[Reading, str, object], object]

_SHORT: Final[tuple[ContactKind, ...]] = ("phone", "email", "address")
_READERS: Final[Mapping[str, Reader]] = {
    "id": Reading.id,
    "name": Reading.text,
    "phone": Reading.phone,
    "email": Reading.email,
    "address": Reading.text,
    "gender": Reading.gender,
    "birthday": Reading.birthday,
    "region": Reading.text,
    "tags": Reading.texts,
    "enrolled_at": Reading.moment,
    "contacts": Reading.contacts,
    "preferences": Reading.texts,
    "channel": Reading.id,
    "store": Reading.id,
    "external_ids": Reading.external_ids,
    "status": Reading.status,
    "reviewer": Reading.id,
    "review_due": Reading.date,
}

RECORD_FIELDS: Final = (*_READERS, "fields")
"""What a record may be given: the parts of a ``Member``, and its preferred address the short way."""

_STAND_IN: Final = "record"


class RecordChecker:
    """A checker of records for one programme, for many records.

    Args:
        program: declares the fields, and the zone of dates.
        default_region: the country of phones without a country code, such as ``"CN"``; None accepts none of them.

    Raises:
        InvalidValueError: there is no such region, or no programme.
        MissingExtraError: a region is given, and ``phonenumbers`` is not installed.

    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> member, problems = RecordChecker(club, "CN").check({"id": "m-1", "phone": "138 0013 8000"})
    >>> member.phone, problems
    ('+8613800138000', ())
    """

    def __init__(self, program: Program, default_region: str | None = None) -> None:
        if not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
        check_region(default_region)
        self._declared = program.scope.member
        self._calendar = ShopCalendar(program.timezone)
        self._region = default_region

    def check(self, raw: Mapping[str, Any]) -> tuple[Member | None, tuple[Problem, ...]]:
        """Return the member of a record, or everything that is wrong with it; see ``check_record``."""
        if not isinstance(raw, Mapping):
            return None, (problem_of("record", "record.type"),)
        reading = Reading(self._region, self._calendar)
        parts = _read_parts(raw, reading)
        parts["fields"] = self._read_fields(raw.get("fields"), reading)
        member = _made(parts, reading)
        return (None, tuple(reading.problems)) if reading.problems else (member, ())

    def _read_fields(self, given: object, reading: Reading) -> Mapping[str, object]:
        if given is not None and not isinstance(given, Mapping):
            reading.fail("fields", "fields.type")
            return {}
        values = read_values(given or {}, self._declared)
        found = [*value_problems(values, self._declared)]
        reading.problems.extend(found)
        return {} if found else values


def check_record(
    raw: Mapping[str, Any], program: Program, default_region: str | None = None
) -> tuple[Member | None, tuple[Problem, ...]]:
    """Return the member of a record that was entered, or everything that is wrong with it.

    One set of checks for a record, an import and a form. Texts are read as people write them: phones become E.164,
    e-mails their normal form, dates are read year first, blank values are missing. Checking what came out again gives
    the same. Masked phones and e-mails (``138****8888``) are kept as they are, and are not keys.

    Args:
        raw: texts or values by the names of ``Member``'s parts, ``address``, and ``fields`` with the declared ones.
        program: declares the fields, and the zone of dates.
        default_region: the country of phones without a country code, such as ``"CN"``.

    Returns:
        A member and no problems, or None and all of them, in the order in which the parts come.

    Raises:
        InvalidValueError: there is no such region, or no programme.
        MissingExtraError: a phone or an e-mail is to be checked, and the package for it is not installed.

    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> member, problems = check_record({"id": "m-1", "phone": "12", "birthday": "31/12/1990"}, club, "CN")
    >>> member, [problem.code for problem in problems]
    (None, ['phone.invalid', 'birthday.invalid'])
    """
    return RecordChecker(program, default_region).check(raw)


def _read_parts(raw: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if is_blank(raw.get("id")):
        reading.fail("id", "id.missing")
    for name, value in raw.items():
        read = _READERS.get(name)
        if read is None:
            if name != "fields":
                reading.fail(place_of(name, "record"), "record.unknown")
        elif not is_blank(value) and (part := read(reading, name, value)) is not None:
            parts[name] = part
    return parts


def _made(parts: dict[str, Any], reading: Reading) -> Member | None:
    """Return the member; what its constructor refuses is added to the problems."""
    if "contacts" in parts or "address" in parts:
        _join_contacts(parts, reading)
    whole: dict[str, Any] = {"id": _STAND_IN} | parts
    try:
        return Member(**whole)
    except InvalidValueError as error:
        reading.problems.extend(
            item if item.code in WORDS else evolve(item, code="record.limit") for item in error.problems
        )
    return None


def _join_contacts(parts: dict[str, Any], reading: Reading) -> None:
    """Add ``phone``, ``email`` and ``address`` to the contacts as the preferred ones."""
    contacts, known = parts.get("contacts", ()), len(reading.problems)
    for kind in _SHORT:
        if kind in parts:
            contacts = reading.with_short(contacts, kind, parts[kind])
    parts["contacts"] = contacts
    for kind in _SHORT:
        if kind == "address" or known < len(reading.problems):
            parts.pop(kind, None)


def record_of(member: Member) -> dict[str, object]:
    """Return a member as plain data, which JSON holds and ``check_record`` reads back to an equal member.

    Args:
        member: the record; its personal values are in the result.

    Raises:
        InvalidValueError: it is not a Member.

    >>> record_of(Member(id="m-1", name="张三", tags=["vip"]))
    {'id': 'm-1', 'name': '张三', 'tags': ['vip'], 'status': 'active'}
    """
    if not isinstance(member, Member):
        raise InvalidValueError([Problem("member", "is not a Member", "pass a Member")])
    names = ("id", "name", "gender", "region", "channel", "store", "status", "reviewer")
    found: dict[str, object] = {name: getattr(member, name) for name in names}
    found |= {
        "birthday": None if member.birthday is None else member.birthday.to_text(),
        "tags": [*member.tags],
        "preferences": [*member.preferences],
        "contacts": [
            {name: part for name in _CONTACT_PARTS if (part := getattr(item, name)) not in (None, False)}
            for item in member.contacts
        ],
        "external_ids": dict(member.external_ids),
        "enrolled_at": None if member.enrolled_at is None else member.enrolled_at.isoformat(),
        "review_due": None if member.review_due is None else member.review_due.isoformat(),
        "fields": {name: plain_value(value) for name, value in member.fields.items()},
    }
    return {name: found[name] for name in RECORD_FIELDS if found.get(name) not in (None, [], {})}


_CONTACT_PARTS: Final = ("kind", "value", "label", "verified", "preferred")
