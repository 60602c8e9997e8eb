"""Numbers, ids and instants: how they are read, kept and written.

Points are ``int``. Money is an ``int`` of minor units beside its currency; a caller may pass a ``Decimal``, an
``int`` of whole units or a decimal string, never a float. Instants are ``int`` microseconds since 1970-01-01 UTC; at
the door they are aware datetimes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Context, Decimal
from typing import TypeAlias
from unicodedata import normalize

from loyaltykit.errors import Problem
from loyaltykit.problems import problem_of

Instant: TypeAlias = int
"""Microseconds since 1970-01-01 UTC."""

Minor: TypeAlias = int
"""An amount in the smallest unit of its currency (cents, fen, yen)."""

Amount: TypeAlias = Decimal | int | str
"""What callers may pass as an amount of money."""

NEVER_US: Instant = 2**62
"""Later than every instant: the end of what has none."""

DAY_US = 86_400_000_000
FINEST_SCALE = 4
"""No currency has more decimals than this: amounts are kept in ten-thousandths until their currency is known."""

MAX_DIGITS = 18
MAX_ID_LENGTH = 128
MAX_TEXT_LENGTH = 1_000
MAX_POINTS = 10**15
"""The most points of one transaction, and the most that may ever come to one member: sums stay below 2^63."""

ZERO = Decimal(0)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEPARATOR = "\x1f"
_MICROSECOND = timedelta(microseconds=1)
_DECIMAL_TEXT = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
# The ambient context may be anything: a host may have set six digits. Money is worked out in this one.
_EXACT = Context(prec=80)

# The active currencies of ISO 4217.
_CURRENCIES = frozenset(
    (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
        "CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
        "GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK "
        "LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR "
        "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
        "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF "
        "YER ZAR ZMW ZWG"
    ).split()
)
_OTHER_NAMES = {"RMB": "CNY", "CNH": "CNY", "NTD": "TWD"}

# Those whose minor unit is not a hundredth.
_SCALES = {
    **dict.fromkeys(("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF").split(), 0),
    **dict.fromkeys(("BHD IQD JOD KWD LYD OMR TND").split(), 3),
    **dict.fromkeys(("CLF UYW").split(), 4),
}


def currency_scale(currency: str) -> int:
    """Return how many decimals an amount of this currency has.

    >>> currency_scale("CNY"), currency_scale("JPY"), currency_scale("KWD")
    (2, 0, 3)
    """
    return _SCALES.get(currency, 2)


def check_currency(code: object, field: str, problems: list[Problem]) -> None:
    """Check that a currency is one of ISO 4217.

    >>> problems = []
    >>> check_currency("CNY", "currency", problems); check_currency("RMB", "currency", problems)
    >>> print(problems[0])
    currency: is not a currency code of ISO 4217 (use 'CNY')
    """
    if not isinstance(code, str) or code not in _CURRENCIES:
        problems.append(problem_of(field, "currency.unknown", known=_currency_like(code)))


def _currency_like(code: object) -> str:
    name = code.upper() if isinstance(code, str) and len(code) == 3 else ""
    name = _OTHER_NAMES.get(name, name)
    return repr(name) if name in _CURRENCIES else 'three letters, such as "CNY"'


def to_instant(moment: datetime) -> Instant:
    """Return the instant of an aware datetime.

    >>> to_instant(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(instant: Instant, zone: tzinfo = UTC) -> datetime:
    """Return an instant as an aware datetime in a zone.

    >>> to_datetime(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def to_decimal(minor: Minor, scale: int) -> Decimal:
    """Return minor units as a decimal amount.

    >>> to_decimal(214900, 2)
    Decimal('2149.00')
    """
    return Decimal(minor).scaleb(-scale, _EXACT)


def to_minor(amount: Decimal, scale: int) -> Minor | None:
    """Return a decimal amount in minor units, or None when it has more decimals than its currency.

    >>> to_minor(Decimal("12.50"), 2), to_minor(Decimal("0.005"), 2)
    (1250, None)
    """
    scaled = amount.scaleb(scale, _EXACT)
    minor = int(scaled)
    return minor if minor == scaled else None


class UnreadableDecimal(Decimal):
    """A value that is not a number, kept until validation so that all problems are reported together."""

    reason: str

    def __new__(cls, reason: str) -> UnreadableDecimal:
        """Make a zero with the reason why it is not what the caller passed."""
        unreadable = super().__new__(cls, 0)
        unreadable.reason = reason
        return unreadable


def read_decimal(value: Amount) -> Decimal:
    """Return what a caller passed as a decimal number, or an ``UnreadableDecimal``.

    >>> read_decimal("300.00"), read_decimal(5), read_decimal(0.1).reason
    (Decimal('300.00'), Decimal('5'), 'is a float')
    """
    if value is ZERO:
        return ZERO
    reason = _why_not_decimal(value)
    if reason is not None:
        return UnreadableDecimal(reason)
    number = value if isinstance(value, Decimal) else Decimal(value)
    return number if _digits(number) <= MAX_DIGITS else UnreadableDecimal(f"has more than {MAX_DIGITS} digits")


def to_fine(amount: Decimal, field: str, problems: list[Problem]) -> int:
    """Return an amount in ten-thousandths of its currency's unit; one with more decimals goes to ``problems``.

    >>> to_fine(Decimal("12.50"), "amount", [])
    125000
    """
    fine = to_minor(amount, FINEST_SCALE)
    if fine is None:
        problems.append(Problem(field, f"has more than {FINEST_SCALE} decimals", "round it to the currency first"))
        return 0
    return fine


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts, whatever the ambient decimal context.

    >>> exact_sum([Decimal("0.10"), Decimal("0.20")])
    Decimal('0.30')
    """
    total = ZERO
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def check_decimal(
    number: Decimal, field: str, problems: list[Problem], *, positive: bool = False, way_out: str | None = None
) -> None:
    """Check that a number is readable and not negative (or, with ``positive``, above zero).

    ``way_out`` is what to do about one that is not, where an example of such a number says too little.

    >>> problems = []
    >>> check_decimal(read_decimal(0.1), "amount", problems)
    >>> print(problems[0])
    amount: is a float (pass a Decimal, an int or a string such as "12.50")
    """
    if isinstance(number, UnreadableDecimal):
        example = 'pass a Decimal, an int or a string such as "12.50"'
        problems.append(Problem(field, number.reason, example, code="number.invalid"))
    elif positive and number <= 0:
        problems.append(Problem(field, "is not above zero", way_out or "pass a number above zero", code="number.zero"))
    elif number < 0:
        problems.append(
            Problem(field, "is negative", way_out or "pass a number of zero or more", code="number.negative")
        )


def _why_not_decimal(value: object) -> str | None:
    if isinstance(value, Decimal):
        return None if value.is_finite() else "is not a finite number"
    if isinstance(value, str):
        return None if _DECIMAL_TEXT.fullmatch(value) else "is not a decimal number"
    if isinstance(value, float):
        return "is a float"
    if isinstance(value, int) and not isinstance(value, bool):
        return None if abs(value) < 10**MAX_DIGITS else f"has more than {MAX_DIGITS} digits"
    return "is not a number"


def _digits(number: Decimal) -> int:
    text = str(number)
    if len(text) <= MAX_DIGITS and "E" not in text:
        return len(text)
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # finite: checked before
    return max(len(digits) + max(exponent, 0), -exponent)


def check_id(value: object, field: str, problems: list[Problem]) -> None:
    """Check that an id is 1 to 128 printable characters without spaces at its ends.

    >>> problems = []
    >>> check_id("m-1", "id", problems); check_id(" ", "id", problems)
    >>> [problem.reason for problem in problems]
    ['is empty']
    """
    reason = _why_not_id(value)
    if reason is not None:
        way_out = f"pass a string of 1 to {MAX_ID_LENGTH} printable characters"
        problems.append(Problem(field, reason, way_out, code="id.invalid"))


def _why_not_id(value: object) -> str | None:
    if not isinstance(value, str):
        return "is not a string"
    if 0 < len(value) <= MAX_ID_LENGTH and value.isprintable() and value.strip() == value:
        return None
    if not value.strip():
        return "is empty"
    if len(value) > MAX_ID_LENGTH:
        return f"is longer than {MAX_ID_LENGTH} characters"
    return "has unprintable characters or spaces at its ends"


def joined_id(*parts: str) -> str:
    """Return an id made of several; no caller's id has the separator, since it is not printable."""
    return _SEPARATOR.join(parts)


def id_parts(name: str) -> list[str]:
    """Return the ids that an id was made of.

    >>> id_parts(joined_id("o-1", "2"))
    ['o-1', '2']
    """
    return name.split(_SEPARATOR)


def check_text(value: object, field: str, problems: list[Problem]) -> None:
    """Check that an optional text is None or up to 1,000 characters that every storage can hold."""
    if value is None:
        return
    if not isinstance(value, str):
        problems.append(Problem(field, "is not a string", "pass a string or None", code="text.type"))
    elif len(value) > MAX_TEXT_LENGTH:
        problems.append(problem_of(field, "text.long"))
    elif not is_storable(value):
        problems.append(problem_of(field, "text.invalid"))


def is_storable(text: str) -> bool:
    """Return whether every storage can hold the text: valid Unicode, no NUL."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate; looking at each character takes ten times as long
        return False
    return True


def to_nfc(value: str) -> str:
    """Return a text in Unicode's composed form, in which equal texts are equal; other values are left for validation.

    >>> to_nfc("e\u0301") == "\u00e9"
    True
    """
    # Composing takes quadratic time in hostile text: what is far beyond every limit is left for validation to refuse.
    if not isinstance(value, str) or value.isascii() or len(value) > 4 * MAX_TEXT_LENGTH:
        return value
    return normalize("NFC", value)


def to_nfc_or_none(value: str | None) -> str | None:
    """Return the same for a text that may be missing."""
    return None if value is None else to_nfc(value)


def check_moment(value: object, field: str, problems: list[Problem]) -> None:
    """Check that a moment is an aware datetime of the years 1900 to 2199."""
    if not isinstance(value, datetime):
        problems.append(problem_of(field, "moment.type"))
    elif value.utcoffset() is None:
        problems.append(problem_of(field, "moment.naive"))
    elif not 1900 <= value.year < 2200:
        problems.append(problem_of(field, "moment.range"))


def check_points(value: object, field: str, problems: list[Problem]) -> None:
    """Check that points are a whole number other than zero, at most 10^15 either way."""
    if not isinstance(value, int) or isinstance(value, bool):
        problems.append(problem_of(field, "points.type"))
    elif value == 0:
        problems.append(problem_of(field, "points.zero"))
    elif abs(value) > MAX_POINTS:
        problems.append(problem_of(field, "points.limit"))


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a whole number in proportion to weights by largest remainder; ties go to the earlier (``S11``, ``S13``).

    >>> spread(10, [1, 1, 1])
    (4, 3, 3)
    >>> spread(-7, [2, 1])
    (-5, -2)
    """
    whole = sum(weights)
    if whole == 0:
        return (0,) * len(weights)
    if total < 0:
        return tuple(-part for part in spread(-total, weights))
    parts = [total * weight // whole for weight in weights]
    missing = total - sum(parts)
    if missing:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for i in by_remainder[:missing]:
            parts[i] += 1
    return tuple(parts)
