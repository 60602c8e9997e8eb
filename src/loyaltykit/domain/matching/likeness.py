"""Likeness of two member records: reasons for and against one person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias, get_args
from unicodedata import normalize

from attrs import frozen

from loyaltykit.domain.members.birthday import Birthday
from loyaltykit.domain.members.contacts import Contact
from loyaltykit.domain.members.member import Member

Reason: TypeAlias = Literal[
    "same_name",
    "similar_name",
    "same_birthday",
    "same_day_of_birth",
    "phone_agrees",
    "phone_fits",
    "same_address",
    "same_email_name",
    "same_region",
    "other_gender",
    "other_birthday",
]
"""Why two records may or may not be one person. ``phone_agrees``: the same digits but for the country code;
``phone_fits``: what a masked number shows agrees with the other. ``same_day_of_birth``: one of them lacks the year."""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

WEIGHTS: Final[Mapping[str, int]] = {
    "same_name": 35,
    "similar_name": 20,
    "same_birthday": 40,
    "same_day_of_birth": 20,
    "phone_agrees": 40,
    "phone_fits": 30,
    "same_address": 35,
    "same_email_name": 20,
    "same_region": 5,
    "other_gender": -30,
    "other_birthday": -50,
}
"""What each reason weighs unless the shop says otherwise: two strong ones are enough, one never is."""

_WORD = re.compile(r"\w+")
_SIMILAR: Final = 0.85
_TAIL: Final = 4
LEAST_DIGITS: Final = 8
"""Digits of a phone that are compared at least: fewer say nothing without an area code."""

_LONGEST_COMPARED: Final = 100


@frozen
class Traits:
    """The compared parts of a record, normalized so that similar values are equal.

    ``masks`` are the digits that masked phones show at their start and end; names are their sorted words.
    """

    id: str
    keys: tuple[tuple[str, str], ...]
    name: str
    birthday: Birthday | None
    phones: tuple[str, ...]
    masks: tuple[tuple[str, str], ...]
    addresses: frozenset[str]
    email_names: frozenset[str]
    region: str
    gender: str

    @property
    def tails(self) -> frozenset[str]:
        """Return the last four digits of every phone that shows them."""
        shown = [*self.phones, *(tail for _, tail in self.masks)]
        return frozenset(digits[-_TAIL:] for digits in shown if len(digits) >= _TAIL)


def traits_of(member: Member) -> Traits:
    """Return the traits of a record.

    >>> traits_of(Member(id="m-1", name="Smith, ANNA", phone="138****8888")).name
    'anna smith'
    """
    phones = [item for item in member.contacts if item.kind == "phone"]
    emails = [item.value for item in member.contacts if item.kind == "email" and item.key is not None]
    return Traits(
        id=member.id,
        keys=tuple(sorted(set(_keys(member)))),
        name=_words(member.name),
        birthday=member.birthday,
        phones=tuple(sorted({digits for item in phones if len(digits := _digits(item)) >= LEAST_DIGITS})),
        masks=tuple(sorted({_shown(item) for item in phones if item.is_masked})),
        addresses=frozenset(_words(item.value) for item in member.contacts if item.kind == "address") - {""},
        email_names=frozenset(value.rpartition("@")[0].casefold() for value in emails),
        region=_words(member.region),
        gender=_words(member.gender),
    )


def _keys(member: Member) -> Iterator[tuple[str, str]]:
    for item in member.contacts:
        if item.key is not None:
            yield f"same_{item.kind}", item.key
    for channel, value in member.external_ids.items():
        yield f"same_id.{channel}", value


def _words(text: str | None) -> str:
    """Return the words of a text, sorted, without width, case and punctuation.

    In scripts without case (张 三), spaces carry no meaning and the order of the words is kept.
    """
    folded = normalize("NFKC", text).casefold() if text else ""
    words = _WORD.findall(folded)
    return "".join(words) if folded.upper() == folded else " ".join(sorted(words))


def _digits(contact: Contact) -> str:
    """Return the digits of a whole phone number, without leading zeros of a country or trunk prefix."""
    if contact.is_masked:
        return ""
    return "".join(sign for sign in normalize("NFKC", contact.value) if sign in "0123456789").lstrip("0")


def _shown(contact: Contact) -> tuple[str, str]:
    """Return the digits that a masked phone shows at its start and its end."""
    plain = re.sub(r"[^0-9xX*＊•●×]", "", contact.value)
    start, end = re.match("[0-9]*", plain), re.search("[0-9]*$", plain)
    assert start is not None
    assert end is not None
    return start[0], end[0]


def reasons_of(left: Traits, right: Traits) -> Iterator[Reason]:
    """Yield every reason for and against, in the order of ``REASONS``."""
    if left.name and left.name == right.name:
        yield "same_name"
    elif _is_similar(left.name, right.name):
        yield "similar_name"
    yield from _birthday_for(left.birthday, right.birthday)
    if _agree(left, right):
        yield "phone_agrees"
    elif _fit(left, right) or _fit(right, left):
        yield "phone_fits"
    if left.addresses & right.addresses:
        yield "same_address"
    if left.email_names & right.email_names:
        yield "same_email_name"
    if left.region and left.region == right.region:
        yield "same_region"
    yield from contradictions(left, right)


def contradictions(left: Traits, right: Traits) -> Iterator[Reason]:
    """Yield the reasons against: two genders, two dates of birth."""
    if left.gender and right.gender and left.gender != right.gender:
        yield "other_gender"
    one, other = left.birthday, right.birthday
    if one is None or other is None or one.calendar != other.calendar:
        return
    years = one.year is not None and other.year is not None and one.year != other.year
    if years or (one.month, one.day) != (other.month, other.day):
        yield "other_birthday"


def _birthday_for(one: Birthday | None, other: Birthday | None) -> Iterator[Reason]:
    if one is None or other is None or (one.month, one.day, one.calendar) != (other.month, other.day, other.calendar):
        return
    if one.year == other.year and one.year is not None:
        yield "same_birthday"
    elif one.year is None or other.year is None:
        yield "same_day_of_birth"


def _is_similar(one: str, other: str) -> bool:
    if not one or not other or max(len(one), len(other)) > _LONGEST_COMPARED:
        return False
    # The matcher is not symmetric: sort the names so that the answer does not depend on their order.
    first, second = sorted((one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= _SIMILAR and matcher.ratio() >= _SIMILAR


def _agree(left: Traits, right: Traits) -> bool:
    """Check whether one of two whole numbers ends with the other, as without its country code."""
    return any(one.endswith(other) or other.endswith(one) for one in left.phones for other in right.phones)


def _fit(masked: Traits, other: Traits) -> bool:
    """Check whether a masked number shows at least four last digits, and start and end fit the other number."""
    for start, end in masked.masks:
        if len(end) < _TAIL:
            continue
        if (start, end) in other.masks:
            return True
        # A country code has up to three digits.
        if any(phone.endswith(end) and start in phone[: len(start) + 3] for phone in other.phones):
            return True
    return False
