"""E-mail addresses: read by their syntax, masked ones kept, and without the extra."""

from __future__ import annotations

import sys

import pytest

import loyaltykit as lk
from loyaltykit.domain.forms.checker import check_record
from loyaltykit.domain.forms.emails import email_rules
from tests.support.records import CLUB, read


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Li@EXAMPLE.com", "Li@example.com"),
        ("ｌｉ＠example．com", "li@example.com"),
        ("l***@example.com", "l***@example.com"),
    ],
)
def test_an_address_is_read_as_people_write_it(raw: str, value: str) -> None:
    """R3: width and the case of the domain do no harm; a masked address is kept."""
    assert read(email=raw).email == value


def test_the_missing_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only when it is used: a masked address needs none."""
    email_rules.cache_clear()
    monkeypatch.setitem(sys.modules, "email_validator", None)
    assert check_record({"id": "m", "email": "l**@x.com"}, CLUB)[1] == ()
    with pytest.raises(lk.errors.MissingExtraError, match=r"pip install 'loyaltykit\[email\]'"):
        check_record({"id": "m", "email": "li@example.com"}, CLUB)
