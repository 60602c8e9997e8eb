"""Contacts: what they may be, which are masked, and which identify somebody."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.members.contacts import is_masked

MASKED = ["138xxxxx8888", "138****8888", "138xxxxxxx", "138 XXXX 8888", "+86 138＊＊＊＊8888", "xx", "(138)••••8888"]
WHOLE = ["+8613800138000", "13800138000", "010-8888 8888", "555 1234 x12", "x", "138x1234", ""]


@pytest.mark.parametrize("value", MASKED)
def test_a_masked_phone_identifies_nobody(value: str) -> None:
    """Requirement 17 of the articles: 138xxxx8888 is how a number is shown; it is kept, and is no key."""
    contact = lk.Contact("phone", value)
    assert contact.is_masked
    assert contact.key is None
    with pytest.raises(lk.InvalidValueError, match="verified: "):
        lk.Contact("phone", value, verified=True)


@pytest.mark.parametrize("value", WHOLE)
def test_a_whole_phone_is_not_masked(value: str) -> None:
    """An extension (x12) hides nothing."""
    assert not is_masked("phone", value)


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("phone", "+8613800138000", "+8613800138000"),
        ("phone", "13800138000", None),  # whose country?
        ("phone", "+86 138 0013 8000", None),
        ("phone", "+0123456", None),
        ("email", "Li@Example.com", "li@example.com"),
        ("email", "l***@example.com", None),
        ("email", "nobody", None),
        ("email", "@example.com", None),
        ("email", "li@", None),
        ("address", "1 Tea Street", None),
    ],
)
def test_what_identifies_somebody(kind: Any, value: str, key: str | None) -> None:
    """Decision 0020: phones in E.164 and e-mails without regard to capitals; nothing else."""
    assert lk.Contact(kind, value).key == key


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"kind": "fax"}, ["kind"]),
        ({"kind": ["phone"]}, ["kind"]),
        ({"value": ""}, ["value"]),
        ({"value": "\u3000"}, ["value"]),
        ({"value": None}, ["value"]),
        ({"value": 5}, ["value"]),
        ({"value": "\ud800"}, ["value"]),
        ({"value": "x" * 1_001}, ["value"]),
        ({"label": " work"}, ["label"]),
        ({"verified": 1}, ["verified"]),
        ({"preferred": None}, ["preferred"]),
        (
            {"kind": 5, "value": 5, "label": 5, "verified": 5, "preferred": 5},
            ["kind", "value", "label", "verified", "preferred"],
        ),
    ],
)
def test_a_contact_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: all problems together, and no value in the message."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Contact(**({"kind": "phone", "value": "1"} | parts))
    assert [problem.field for problem in caught.value.problems] == fields


def made(kind: Any, value: str) -> lk.Contact | None:
    with suppress(lk.InvalidValueError):
        return lk.Contact(kind, value)
    return None


@given(st.sampled_from(["phone", "email", "address"]), st.text(min_size=1, max_size=40))
def test_a_contact_shows_nothing_personal(kind: Any, value: str) -> None:
    """I31: neither the repr nor a refusal shows the value; a key is stable."""
    contact = made(kind, value)
    if contact is None:
        return
    assert repr(contact) == f"Contact(kind={kind!r})"
    assert contact.key is None or lk.Contact(kind, contact.key).key == contact.key
