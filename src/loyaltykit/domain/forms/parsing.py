"""The parts of a member record, each read out of what was written, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final, cast

from attrs import define, evolve, field

from loyaltykit.calendars import ShopCalendar, birthday_calendar, to_day
from loyaltykit.domain.forms.custom_fields import is_blank, number_text, read_value
from loyaltykit.domain.forms.emails import read_email
from loyaltykit.domain.forms.phones import read_phone
from loyaltykit.domain.forms.text import GENDERS, STATUSES, plain_text, read_birthday, read_moment, read_texts
from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.domain.members.contacts import CONTACT_KINDS, Contact, ContactKind, preferred
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.problems import problem_of
from loyaltykit.values import MAX_TEXT_LENGTH, check_id, is_storable, to_datetime, to_nfc

_YEARS: Final = range(1900, 2200)


@define
class Reading:
    """One record while it is read.

    Args:
        region: the country of phones without a country code.
        calendar: the shop's.
    """

    region: str | None
    calendar: ShopCalendar
    problems: list[Problem] = field(factory=list)

    def fail(self, place: str, code: str) -> None:
        """Note what is wrong with a part."""
        self.problems.append(problem_of(place, code))

    def text(self, place: str, value: object) -> str | None:
        """Return a text in NFC, without spaces around it."""
        if not isinstance(value, str):
            self.fail(place, "text.type")
        elif len(text := to_nfc(value.strip())) > MAX_TEXT_LENGTH:
            self.fail(place, "text.long")
        elif not is_storable(text):
            self.fail(place, "text.invalid")
        else:
            return text
        return None

    def id(self, place: str, value: object) -> str | None:
        """Return an id; a number becomes its text, as spreadsheets hold them."""
        given = number_text(value)
        text = given.strip() if isinstance(given, str) else given
        found: list[Any] = []
        check_id(text, place, found)
        if found:
            self.fail(place, "id.invalid")
            return None
        return cast("str", text)

    def phone(self, place: str, value: object) -> str | None:
        """Return a phone in E.164, or masked; a number becomes its text."""
        text = self.text(place, number_text(value))
        if text is None:
            return None
        phone, code = read_phone(text, self.region)
        return self._sound(place, phone, code)

    def email(self, place: str, value: object) -> str | None:
        """Return an e-mail address in its normal form, or masked."""
        text = self.text(place, value)
        if text is None:
            return None
        address, code = read_email(text)
        return self._sound(place, address, code)

    def gender(self, place: str, value: object) -> str | None:
        """Return ``male`` or ``female`` for their words in several languages; any other word as it is."""
        text = self.text(place, value)
        return None if text is None else GENDERS.get(plain_text(text).casefold(), text)

    def status(self, place: str, value: object) -> str | None:
        """Return a status."""
        found = STATUSES.get(plain_text(value).casefold()) if isinstance(value, str) else None
        if found is None:
            self.fail(place, "status.unknown")
        return found

    def date(self, place: str, value: object) -> date | None:
        """Return a date."""
        found = read_value(value, "date")
        if isinstance(found, date) and not isinstance(found, datetime):
            return found
        self.fail(place, "date.invalid")
        return None

    def birthday(self, place: str, value: object) -> Birthday | None:
        """Return a birthday, perhaps without its year or in another calendar."""
        if isinstance(value, Birthday):
            return value
        if isinstance(value, date):
            return Birthday.of(value)
        found = read_birthday(value) if isinstance(value, str) else None
        if found is not None and found[3] != "solar" and birthday_calendar(found[3]) is None:
            self.fail(place, "birthday.calendar")
            return None
        with suppress(InvalidValueError):
            if found is not None:
                return Birthday(*found)
        self.fail(place, "birthday.invalid")
        return None

    def moment(self, place: str, value: object) -> datetime | None:
        """Return a point in time; a date is its first instant in the shop's zone."""
        zone = self.calendar.zone
        found = read_moment(value, zone) if isinstance(value, str) else value
        if not isinstance(found, date) or found.year not in _YEARS:
            self.fail(place, "moment.invalid")
            return None
        if isinstance(found, datetime):
            return found if found.utcoffset() is not None else found.replace(tzinfo=zone)
        return to_datetime(self.calendar.start_of(to_day(found)), zone)

    def texts(self, place: str, value: object) -> tuple[str, ...]:
        """Return several texts."""
        given = read_texts(value) if isinstance(value, str) else value
        if not isinstance(given, list | tuple | set | frozenset) or not all(isinstance(item, str) for item in given):
            self.fail(place, "set.type")
            return ()
        return tuple(text for item in given if (text := self.text(place, item)))

    def external_ids(self, place: str, value: object) -> dict[str, str]:
        """Return ids by channel."""
        if not isinstance(value, Mapping):
            self.fail(place, "external_ids.type")
            return {}
        given = [(channel, item) for channel, item in value.items() if not is_blank(item)]
        read = {self.id(place, channel): self.id(place, item) for channel, item in given}
        return {channel: item for channel, item in read.items() if channel is not None and item is not None}

    def contacts(self, place: str, value: object) -> tuple[Contact, ...]:
        """Return contacts, given as such or as mappings of their parts; one that comes twice is kept once."""
        if isinstance(value, str | Mapping) or not isinstance(value, Collection):
            self.fail(place, "contacts.type")
            return ()
        read = [self._contact(f"{place}[{number}]", item) for number, item in enumerate(value)]
        return _distinct([item for item in read if item is not None])

    def _contact(self, place: str, given: object) -> Contact | None:
        parts = given if isinstance(given, Mapping) else _parts(given)
        kind = parts.get("kind")
        if kind not in CONTACT_KINDS or parts.keys() - _PARTS:
            self.fail(place, "contacts.type")
            return None
        value = self.contact_value(f"{place}.value", kind, parts.get("value"))
        label = None if is_blank(parts.get("label")) else self.id(f"{place}.label", parts["label"])
        marks = {name: parts[name] for name in ("verified", "preferred") if parts.get(name) is not None}
        if value is None:
            return None
        try:
            return Contact(kind, value, label, **marks)
        except InvalidValueError:
            self.fail(place, "contacts.type")
            return None

    def contact_value(self, place: str, kind: ContactKind, value: object) -> str | None:
        """Return the value of a contact, by the checks of its kind."""
        if is_blank(value):
            self.fail(place, "text.type")
            return None
        return {"phone": self.phone, "email": self.email, "address": self.text}[kind](place, value)

    def with_short(self, contacts: tuple[Contact, ...], kind: ContactKind, value: str) -> tuple[Contact, ...]:
        """Return the contacts with a preferred value of one kind; a contradiction is a problem."""
        chosen = preferred(contacts, kind)
        if chosen is not None and chosen.preferred and chosen.value != value:
            self.fail(kind, "contact.contradiction")
        if any((item.kind, item.value) == (kind, value) for item in contacts):
            return contacts
        return (Contact(kind, value), *contacts)

    def _sound(self, place: str, value: str, code: str | None) -> str | None:
        if code is None:
            return value
        self.fail(place, code)
        return None


_PARTS: Final = {"kind", "value", "label", "verified", "preferred"}


def _parts(given: object) -> Mapping[str, Any]:
    return {name: getattr(given, name) for name in _PARTS} if isinstance(given, Contact) else {}


def _distinct(contacts: list[Contact]) -> tuple[Contact, ...]:
    """Return contacts without repetitions: verified or preferred if one of the repeated ones was."""
    found: dict[tuple[str, str], Contact] = {}
    for item in contacts:
        known = found.setdefault((item.kind, item.value), item)
        found[item.kind, item.value] = evolve(
            known,
            label=known.label or item.label,
            verified=known.verified or item.verified,
            preferred=known.preferred or item.preferred,
        )
    return tuple(found.values())
