"""The review of all records: what it takes, and what it tells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.quality.review import quality_report
from tests.support.quality import CLUB, TODAY, look


@given(st.text(max_size=10))
def test_nothing_personal_is_in_a_report(text: str) -> None:
    """I31: ids, counts and words of the programme alone."""
    name = "".join(sign for sign in text if sign.isprintable())
    parts: dict[str, Any] = {"name": f"kanari {name}", "phone": "kanari", "email": "kanari", "region": "kanari"}
    given_members = [lk.Member(id=id, **parts, fields={"size": "kanari", "goal": "kanari"}) for id in "ab"]
    report = look(*given_members, checker=RecordChecker(CLUB, "CN"))
    assert "kanari" not in "".join([repr(report), report.describe("en"), report.describe("zh", CLUB)])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"members": 5}, "members"),
        ({"members": [5]}, "members"),
        ({"program": "Club"}, "program"),
        ({"on": datetime(2025, 1, 1, tzinfo=UTC)}, "on"),
        ({"on": date.max}, "on"),
        ({"expected": "name"}, "expected"),
        ({"expected": 5}, "expected"),
        ({"expected": ["colour"]}, "expected"),
        ({"expected": ["fields.month"]}, "expected"),
        ({"expected": [5]}, "expected"),
        ({"changed_on": ["m"]}, "changed_on"),
        ({"changed_on": {"m": "soon"}}, "changed_on"),
        ({"checker": "CN"}, "checker"),
        ({"stale_after_days": 0}, "stale_after_days"),
        ({"examples": True}, "examples"),
    ],
)
def test_a_report_of_something_else_is_refused(options: dict[str, Any], field: str) -> None:
    """Bad input."""
    arguments = {"members": [lk.Member(id="m")], "program": CLUB, "on": TODAY} | options
    with pytest.raises(lk.InvalidValueError) as caught:
        quality_report(**arguments)
    assert caught.value.field == field
