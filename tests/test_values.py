"""Numbers, ids and instants: exact whatever the ambient decimal context, and bounded at the door."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, strategies as st

from loyaltykit.errors import Problem
from loyaltykit.values import (
    MAX_POINTS,
    UnreadableDecimal,
    check_decimal,
    check_id,
    check_moment,
    check_points,
    check_text,
    currency_scale,
    is_storable,
    read_decimal,
    spread,
    to_datetime,
    to_decimal,
    to_instant,
    to_minor,
)

HOSTILE = decimal.Context(prec=3, rounding=decimal.ROUND_UP, traps=list(decimal.Context().flags))
"""Three digits, everything rounded up, and every condition an exception."""

minors = st.integers(-(10**18) + 1, 10**18 - 1)
scales = st.integers(0, 4)


def exact_largest_remainder(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Parts rounded down, then one more for the largest remainders; written apart from the library."""
    parts = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def reasons(check: Any, value: object, **terms: Any) -> list[str]:
    """Why a check refuses a value."""
    problems: list[Problem] = []
    check(value, "field", problems, **terms)
    assert all(problem.field == "field" and problem.way_out for problem in problems)
    return [problem.reason for problem in problems]


# -- money -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "scale"),
    [("CNY", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("XXX", 2)],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, scale: int) -> None:
    """S14: minor units are hundredths unless the currency says otherwise."""
    assert currency_scale(currency) == scale


@given(minors, scales)
def test_minor_units_and_decimals_are_the_same_number(minor: int, scale: int) -> None:
    """Numbers: what goes out as a decimal comes back as the same minor units, and is that many of them."""
    amount = to_decimal(minor, scale)
    assert Fraction(amount) == Fraction(minor, 10**scale)
    assert to_minor(amount, scale) == minor


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**11), max_value=10**11), scales)
def test_an_amount_finer_than_its_currency_is_no_amount(amount: Decimal, scale: int) -> None:
    """Numbers: nothing is rounded at the door; minor units exist exactly when the amount is a whole number of them."""
    exact = Fraction(amount) * 10**scale
    assert to_minor(amount, scale) == (exact if exact.denominator == 1 else None)


@given(minors, scales)
def test_the_ambient_decimal_context_changes_nothing(minor: int, scale: int) -> None:
    """Numbers: a host that works with three digits and traps everything gets the same money."""
    text = f"{to_decimal(minor, scale):f}"
    with decimal.localcontext(HOSTILE):
        amount = read_decimal(text)
        assert not isinstance(amount, UnreadableDecimal)
        assert to_minor(amount, scale) == minor
        assert str(to_decimal(minor, scale)) == str(amount)
        assert reasons(check_decimal, amount) == (["is negative"] if minor < 0 else [])


@given(minors, st.integers(0, 17))
def test_numbers_enter_exactly(digits: int, places: int) -> None:
    """Numbers: a Decimal, an int and a text of one number are one number, to the last of 18 digits."""
    exact = Fraction(digits, 10**places)
    number = Decimal(digits).scaleb(-places, decimal.Context(prec=40))
    assert Fraction(read_decimal(number)) == Fraction(read_decimal(f"{number:f}")) == exact
    assert read_decimal(digits) == digits


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.1, "is a float"),
        (float("nan"), "is a float"),
        (Decimal("NaN"), "is not a finite number"),
        (Decimal("sNaN"), "is not a finite number"),
        (Decimal("-Infinity"), "is not a finite number"),
        (Decimal("1E+18"), "has more than 18 digits"),
        (Decimal("1E-19"), "has more than 18 digits"),
        (Decimal("1E+999999"), "has more than 18 digits"),
        (Decimal("0E-999999"), "has more than 18 digits"),
        (10**18, "has more than 18 digits"),
        (-(10**4_000), "has more than 18 digits"),
        ("1" * 19, "has more than 18 digits"),
        ("1" * 5_000, "is not a decimal number"),
        ("", "is not a decimal number"),
        (" 1", "is not a decimal number"),
        ("1e5", "is not a decimal number"),
        ("1_000", "is not a decimal number"),
        ("1,5", "is not a decimal number"),
        (".5", "is not a decimal number"),
        ("NaN", "is not a decimal number"),
        ("１２", "is not a decimal number"),
        ("\ud800", "is not a decimal number"),
        (True, "is not a number"),
        (None, "is not a number"),
        (b"1", "is not a number"),
        ([1], "is not a number"),
        (Fraction(1, 3), "is not a number"),
    ],
)
def test_what_is_no_amount_says_why(value: object, reason: str) -> None:
    """I31: floats, infinities, overlong numbers and foreign spellings are refused by name, with the way out."""
    for context in (decimal.Context(), HOSTILE):
        with decimal.localcontext(context):
            number = read_decimal(value)
            assert isinstance(number, UnreadableDecimal)
            assert number.reason == reason
            assert reasons(check_decimal, number) == [reason]


@pytest.mark.parametrize(
    "value", ["999999999999999999", "0.999999999999999999", "-1", "+1.50", 10**18 - 1, Decimal("1E+17")]
)
def test_eighteen_digits_are_enough(value: Any) -> None:
    """The limit is inclusive."""
    assert Fraction(read_decimal(value)) == Fraction(value)


@pytest.mark.parametrize(
    ("number", "positive", "found"),
    [
        (0, False, []),
        (0, True, ["is not above zero"]),
        (-1, True, ["is not above zero"]),
        (-1, False, ["is negative"]),
        (1, True, []),
    ],
)
def test_amounts_have_a_sign(number: int, positive: bool, found: list[str]) -> None:
    """Bad input: negative amounts are refused; zero is one where it means something."""
    assert reasons(check_decimal, Decimal(number), positive=positive) == found


# -- spreading ---------------------------------------------------------------------------------------------------------

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=8)


@given(st.integers(-(10**12), 10**12), weights)
def test_spread_sums_to_the_total_by_largest_remainder(total: int, shares: list[int]) -> None:
    """S11, S13, I20: parts sum to the total, each is less than one off its exact share, ties go to the earlier one."""
    assume(any(shares))
    parts = spread(total, shares)
    exact = [Fraction(abs(total) * share, sum(shares)) for share in shares]
    assert sum(parts) == total
    assert all(abs(abs(part) - share) < 1 for part, share in zip(parts, exact, strict=True))
    assert [abs(part) for part in parts] == exact_largest_remainder(abs(total), exact)


@given(st.integers(-100, 100), weights)
def test_what_is_taken_back_is_spread_as_it_was_given(total: int, shares: list[int]) -> None:
    """S11: giving and taking the same total touch the same lines."""
    assert spread(-total, shares) == tuple(-part for part in spread(total, shares))


def test_nothing_is_spread_over_nothing() -> None:
    """S11: lines without any weight get nothing; so do lines of weight zero beside others."""
    assert spread(5, [0, 0]) == (0, 0)
    assert spread(5, [0, 1, 0]) == (0, 5, 0)
    assert spread(0, []) == ()


# -- ids, texts, points, moments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["a", "会员-1", "m" * 128, "a b", "é"])
def test_ids_are_opaque(value: str) -> None:
    """Any 1 to 128 printable characters are an id."""
    assert reasons(check_id, value) == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        ("m" * 129, "is longer than 128 characters"),
        (" m", "has unprintable characters or spaces at its ends"),
        ("m\n", "has unprintable characters or spaces at its ends"),
        ("m\0", "has unprintable characters or spaces at its ends"),
        ("\ud800", "has unprintable characters or spaces at its ends"),
        ("a\u202eb", "has unprintable characters or spaces at its ends"),
        (1, "is not a string"),
        (b"m", "is not a string"),
        (None, "is not a string"),
    ],
)
def test_what_is_no_id_says_why(value: object, reason: str) -> None:
    """Bad input: empty and overlong ids, and such as no storage could keep."""
    assert reasons(check_id, value) == [reason]


@given(st.text(max_size=1_000, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_unicode_text_is_a_text(value: str) -> None:
    """Texts may hold anything that every storage can."""
    assert reasons(check_text, value) == []
    assert is_storable(value)
    value.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, []),
        ("x" * 1_000, []),
        ("x" * 1_001, ["is longer than 1000 characters"]),
        ("a\0", ["has a lone surrogate or a NUL"]),
        ("茶\0", ["has a lone surrogate or a NUL"]),
        ("a\udfff", ["has a lone surrogate or a NUL"]),
        (5, ["is not a string"]),
        (b"x", ["is not a string"]),
    ],
)
def test_what_is_no_text_says_why(value: object, found: list[str]) -> None:
    """Bad input: lone surrogates and NUL break one storage or another, so no storage gets them."""
    assert reasons(check_text, value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1, []),
        (-MAX_POINTS, []),
        (MAX_POINTS, []),
        (0, ["is zero"]),
        (MAX_POINTS + 1, ["is beyond 10^15"]),
        (-(10**4_000), ["is beyond 10^15"]),
        (True, ["is not an int"]),
        (1.0, ["is not an int"]),
        (Decimal(1), ["is not an int"]),
        ("1", ["is not an int"]),
        (None, ["is not an int"]),
    ],
)
def test_points_are_whole_and_bounded(value: object, found: list[str]) -> None:
    """Numbers: points are ints, never zero where something moves."""
    assert reasons(check_points, value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (datetime(1900, 1, 1, tzinfo=UTC), []),
        (datetime(2199, 12, 31, 23, 59, tzinfo=UTC), []),
        (datetime(1899, 12, 31, tzinfo=UTC), ["is outside the years 1900 to 2199"]),
        (datetime(2200, 1, 1, tzinfo=UTC), ["is outside the years 1900 to 2199"]),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), ["is outside the years 1900 to 2199"]),
        (datetime(2025, 1, 1), ["is a naive datetime"]),  # noqa: DTZ001 - what is tested
        (datetime(2025, 1, 1).date(), ["is not a datetime"]),  # noqa: DTZ001
        ("2025-01-01", ["is not a datetime"]),
        (0, ["is not a datetime"]),
        (None, ["is not a datetime"]),
    ],
)
def test_moments_are_aware_and_of_our_time(value: object, found: list[str]) -> None:
    """Bad input: naive times are refused, and years in which no shop was open."""
    assert reasons(check_moment, value) == found


ZONES = ["UTC", "Asia/Shanghai", "America/Sao_Paulo", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]


@given(st.integers(-(2**50), 2**52), st.sampled_from(ZONES))
def test_an_instant_is_the_same_in_every_zone(instant: int, zone: str) -> None:
    """C1: to a datetime of any zone and back is the same microsecond, folds and skipped hours included."""
    moment = to_datetime(instant, ZoneInfo(zone))
    assert to_instant(moment) == instant
    assert moment.astimezone(UTC) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)


def test_the_two_folds_of_a_time_are_two_instants() -> None:
    """C1: Python compares two moments of one zone by their wall time; instants are compared in UTC."""
    first = datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    second = first.replace(fold=1)
    assert first == second
    assert to_instant(second) - to_instant(first) == 3_600_000_000
