"""How a member can be reached: phones, e-mails and addresses, and which of them is the preferred one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, get_args

from attrs import evolve, field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id, check_text, to_nfc, to_nfc_or_none

ContactKind: TypeAlias = Literal["phone", "email", "address"]

CONTACT_KINDS: Final[tuple[ContactKind, ...]] = get_args(ContactKind)

MAX_CONTACTS: Final = 50

_E164 = re.compile(r"\+[1-9][0-9]{4,14}")
_MASKED_PHONE = re.compile(r"\+?[0-9]*[xX*＊•●×]{2,}[0-9xX*＊•●×]*")
_SEPARATORS = str.maketrans("", "", " -().")


@named_arguments
@wire_name("contact")
@frozen
class Contact:
    """One way to reach a member.

    Args:
        kind: ``"phone"``, ``"email"`` or ``"address"``.
        value: 1 to 1,000 characters; in NFC. Phones in E.164 (``+8613800138000``) can serve as a key.
        label: the shop's own word for it, such as ``"work"``.
        verified: somebody has made sure that it reaches the member.
        preferred: the one to use; at most one of each kind.

    Raises:
        InvalidValueError: every problem at once; the message never shows the value.

    >>> Contact("phone", "+8613800138000", label="work")
    Contact(kind='phone')
    """

    kind: ContactKind
    value: str = field(converter=to_nfc)
    label: str | None = field(default=None, converter=to_nfc_or_none)
    verified: bool = False
    preferred: bool = False

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.kind, str) or self.kind not in CONTACT_KINDS:
            problems.append(Problem("kind", "is not a kind of contact", 'use "phone", "email" or "address"'))
        check_reachable(self.value, "value", problems)
        if self.label is not None:
            check_id(self.label, "label", problems)
        for name in ("verified", "preferred"):
            if not isinstance(getattr(self, name), bool):
                problems.append(Problem(name, "is not a boolean", "pass True or False"))
        if not problems and self.verified and self.is_masked:
            problems.append(Problem("verified", "is said of a masked value", "verify the whole number, and store it"))
        raise_problems(problems)

    @property
    def is_masked(self) -> bool:
        """Return whether parts of it are hidden, as in ``138****8888``: it is kept as it came, and is not a key.

        >>> Contact("phone", "138xxxxx8888").is_masked, Contact("phone", "+8613800138000").is_masked
        (True, False)
        """
        return is_masked(self.kind, self.value)

    @property
    def key(self) -> str | None:
        """Return what is equal for two members who share this contact; None when it is not a key.

        Phones are keys in E.164 alone: without a country one number is several people's. E-mails are keys without
        regard to capitals. Addresses and masked values never are.

        >>> Contact("email", "Li@Example.com").key, Contact("phone", "138****8888").key
        ('li@example.com', None)
        """
        if self.kind == "address" or self.is_masked:
            return None
        if self.kind == "phone":
            return self.value if _E164.fullmatch(self.value) else None
        local, _, domain = self.value.rpartition("@")
        return self.value.casefold() if local and domain else None

    def __repr__(self) -> str:
        return f"Contact(kind={self.kind!r})"


def is_masked(kind: str, value: str) -> bool:
    """Return whether a phone or an e-mail hides some of its characters.

    >>> is_masked("phone", "138-xxxx-8888"), is_masked("email", "l***@example.com"), is_masked("phone", "555 x12")
    (True, True, False)
    """
    if kind == "phone":
        return _MASKED_PHONE.fullmatch(value.translate(_SEPARATORS)) is not None
    return kind == "email" and "**" in value


def check_reachable(value: object, name: str, problems: list[Problem]) -> None:
    """Check that the value of a contact is a text that is not blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        problems.append(Problem(name, "is empty", "omit it, or pass what reaches the member"))
    else:
        check_text(value, name, problems)


def check_contacts(contacts: object, problems: list[Problem]) -> None:
    """Check that contacts are distinct, and that at most one of each kind is marked as preferred."""
    if not isinstance(contacts, tuple) or not all(isinstance(item, Contact) for item in contacts):
        problems.append(Problem("contacts", "is not a list of Contact", "pass a list of Contact"))
        return
    if len(contacts) > MAX_CONTACTS:
        problems.append(Problem("contacts", f"are more than {MAX_CONTACTS}", "keep those that are in use"))
    if len({(item.kind, item.value) for item in contacts}) < len(contacts):
        problems.append(Problem("contacts", "name one twice", "list each once"))
    marked = [item.kind for item in contacts if item.preferred]
    if len(set(marked)) < len(marked):
        problems.append(Problem("contacts", "prefer two of one kind", "mark one of them as preferred"))


def preferred(contacts: Iterable[Contact], kind: ContactKind) -> Contact | None:
    """Return the contact of a kind that is marked as preferred, else the first of the kind, else None.

    >>> both = Contact("phone", "+8613800138000"), Contact("phone", "+8613900139000", preferred=True)
    >>> preferred(both, "phone") is both[1], preferred(both, "email")
    (True, None)
    """
    first: Contact | None = None
    for item in contacts:
        if item.kind == kind and item.preferred:
            return item
        if item.kind == kind and first is None:
            first = item
    return first


def with_preferred(
    contacts: tuple[Contact, ...], kind: ContactKind, value: str, problems: list[Problem]
) -> tuple[Contact, ...]:
    """Return contacts in which the value of ``phone`` or ``email`` is the preferred one of its kind.

    A value that is not among them comes first; one that is becomes the preferred one. Where another is marked as
    preferred, the two ways contradict each other.
    """
    now = preferred(contacts, kind) if contacts else None
    if now is not None and now.value == value:
        return contacts
    if now is not None and now.preferred:
        problems.append(Problem(kind, "is not the contact marked as preferred", "give it in one way only"))
        return contacts
    if any((item.kind, item.value) == (kind, value) for item in contacts):
        return tuple(
            evolve(item, preferred=True) if (item.kind, item.value) == (kind, value) else item for item in contacts
        )
    return (Contact(kind, value), *contacts)
