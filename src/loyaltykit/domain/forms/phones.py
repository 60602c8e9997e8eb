"""Phone numbers, by the ``phonenumbers`` package (the extra ``phone``): E.164, or why not."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from types import ModuleType

from loyaltykit.domain.forms.text import plain_text
from loyaltykit.domain.members.contacts import is_masked
from loyaltykit.errors import InvalidValueError, MissingExtraError, Problem
from loyaltykit.values import to_nfc


def read_phone(text: str, region: str | None) -> tuple[str, str | None]:
    """Return a phone in E.164 with None, or the text with the code of what is wrong with it.

    A masked number is kept as it came.

    Args:
        text: as somebody wrote it; full-width digits and invisible marks do no harm.
        region: the country of a number without a country code, such as ``"CN"``.

    Raises:
        MissingExtraError: the package is not installed.

    >>> read_phone("138 0013 8000", "CN"), read_phone("138****8888", "CN")
    (('+8613800138000', None), ('138****8888', None))
    >>> read_phone("12", "CN")[1]
    'phone.invalid'
    """
    plain = plain_text(text)
    if is_masked("phone", plain):
        return to_nfc(text.strip()), None
    numbers = phone_rules()
    try:
        number = numbers.parse(plain, region)
    except numbers.NumberParseException as error:
        is_national = error.error_type == numbers.NumberParseException.INVALID_COUNTRY_CODE and region is None
        return text, "phone.region" if is_national and not plain.startswith("+") else "phone.invalid"
    if not numbers.is_valid_number(number):
        return text, "phone.invalid"
    if number.extension:
        return text, "phone.extension"
    return numbers.format_number(number, numbers.PhoneNumberFormat.E164), None


@cache
def phone_rules() -> ModuleType:
    """Return the module ``phonenumbers``.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import phonenumbers
    except ImportError as error:
        raise MissingExtraError("phonenumbers", "phone") from error
    return phonenumbers


def check_region(region: object) -> None:
    """Check that a default region is None or a country that has phone numbers.

    Raises:
        InvalidValueError: it is neither.
    """
    if region is None:
        return
    known = isinstance(region, str) and re.fullmatch("[A-Z]{2}", region) is not None
    # Without the package nothing can be said about it until a phone is to be checked, and then all the more.
    with suppress(MissingExtraError):
        known = known and region in phone_rules().SUPPORTED_REGIONS
    if not known:
        raise InvalidValueError([Problem("default_region", "is not a country", 'pass two capitals, such as "CN"')])
