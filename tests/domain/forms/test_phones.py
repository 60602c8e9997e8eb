"""Phone numbers: masked, national, of a region, and without the extra."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.forms.checker import check_record
from loyaltykit.domain.forms.phones import phone_rules
from tests.support.records import CLUB, read


def test_a_masked_phone_is_kept_and_is_no_key() -> None:
    """R17: unverified text, whatever else is known."""
    (contact,) = read(phone="138xxxxx8888").contacts
    assert (contact.verified, contact.key) == (False, None)


def test_a_national_number_needs_a_country() -> None:
    """Without a default region only numbers with a country code are known."""
    assert [problem.code for problem in check_record({"id": "m", "phone": "13800138000"}, CLUB)[1]] == ["phone.region"]
    assert check_record({"id": "m", "phone": "+8613800138000"}, CLUB)[1] == ()
    assert [problem.code for problem in check_record({"id": "m", "phone": "+86"}, CLUB)[1]] == ["phone.invalid"]


@pytest.mark.parametrize("region", ["cn", "XX", "China", 5, ""])
def test_a_region_is_a_country(region: Any) -> None:
    """Bad input: a mistake in the call, told before any record is read."""
    with pytest.raises(lk.InvalidValueError, match="default_region"):
        check_record({"id": "m"}, CLUB, region)


def test_the_missing_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only when it is used: a masked number needs none, and a wrong region is told without it."""
    phone_rules.cache_clear()
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert check_record({"id": "m", "phone": "138****8888", "tags": "a"}, CLUB, "CN")[1] == ()
    with pytest.raises(lk.errors.MissingExtraError, match=r"pip install 'loyaltykit\[phone\]'"):
        check_record({"id": "m", "phone": "13800138000"}, CLUB, "CN")
    with pytest.raises(lk.InvalidValueError, match="default_region"):
        check_record({"id": "m"}, CLUB, "china")
