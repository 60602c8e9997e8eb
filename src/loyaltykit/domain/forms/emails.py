"""E-mail addresses, by the ``email-validator`` package (the extra ``email``): syntax only, nothing is looked up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from loyaltykit.domain.forms.text import plain_text
from loyaltykit.domain.members.contacts import is_masked
from loyaltykit.errors import MissingExtraError
from loyaltykit.values import to_nfc

if TYPE_CHECKING:
    from email_validator import ValidatedEmail


def read_email(text: str) -> tuple[str, str | None]:
    """Return an address in its normal form with None, or the text with the code of what is wrong with it.

    A masked address is kept as it came.

    Raises:
        MissingExtraError: the package is not installed.

    >>> read_email(" Li@EXAMPLE.com "), read_email("li@@example.com")[1]
    (('Li@example.com', None), 'email.invalid')
    """
    plain = plain_text(text)
    if is_masked("email", plain):
        return to_nfc(text.strip()), None
    check, refusal = email_rules()
    try:
        return check(plain, check_deliverability=False).normalized, None
    except refusal:
        return text, "email.invalid"


@cache
def email_rules() -> tuple[Callable[..., ValidatedEmail], type[Exception]]:
    """Return the function that checks an address, and the error that it raises.

    Raises:
        MissingExtraError: the package is not installed.
    """
    try:
        from email_validator import EmailNotValidError, validate_email
    except ImportError as error:
        raise MissingExtraError("email_validator", "email") from error
    return validate_email, EmailNotValidError
