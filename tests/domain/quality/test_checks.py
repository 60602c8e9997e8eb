"""What a look at one member record finds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RecordChecker
from tests.support.quality import CLUB, TODAY, found


@pytest.mark.parametrize(
    ("parts", "issues"),
    [
        ({}, []),
        ({"name": None}, ["missing name missing"]),
        ({"phone": None, "birthday": None}, ["missing birthday missing", "missing phone missing"]),
        ({"fields": {}}, ["missing fields.size missing"]),
        ({"phone": "138****8888"}, ["invalid phone masked"]),
        ({"phone": "13800008888"}, ["invalid phone phone.invalid"]),
        ({"email": "nobody"}, ["invalid email email.invalid"]),
        ({"email": "l***@example.com"}, ["invalid email masked"]),
        ({"contacts": [lk.Contact("address", "1 Tea Street")]}, []),
        ({"fields": {"size": "L"}}, ["invalid fields.size field.type"]),
        ({"fields": {"size": 5, "goal": "sleep"}}, ["invalid fields.goal field.choice"]),
        ({"fields": {"size": 5, "shoe": 1}}, ["invalid fields.shoe field.unknown"]),
        ({"fields": {"size": 5, "goal": "health", "target": "health"}}, ["contradictory fields.target field.renamed"]),
        ({"birthday": date(2025, 6, 2)}, ["contradictory birthday birthday.future"]),
        ({"birthday": date(1905, 6, 1)}, []),
        ({"birthday": date(1904, 6, 1)}, ["contradictory birthday birthday.oldest"]),
        ({"birthday": lk.Birthday(6, 2)}, []),
        (
            {"enrolled_at": datetime(1990, 2, 27, 15, 59, tzinfo=UTC)},
            ["contradictory birthday birthday.after_enrolment"],
        ),
        ({"enrolled_at": datetime(1990, 2, 27, 16, tzinfo=UTC)}, []),
        ({"enrolled_at": datetime(2025, 6, 1, 16, tzinfo=UTC)}, ["contradictory enrolled_at enrolled.future"]),
        ({"status": "pending"}, []),
        ({"status": "pending", "review_due": TODAY}, []),
        ({"status": "pending", "review_due": TODAY - timedelta(1)}, ["stale review_due review.overdue"]),
        ({"status": "active", "review_due": TODAY - timedelta(1)}, []),
        ({"external_ids": {"wechat": "o1"}}, []),
    ],
)
def test_what_is_wrong_with_one_record(parts: dict[str, Any], issues: list[str]) -> None:
    """R14: missing, invalid, stale and contradictory parts; days are the shop's (C1)."""
    assert found(parts) == issues


def test_a_record_grows_stale() -> None:
    """By its last change, else by its enrolment; a closed one may rest, and of an undated one nothing is known."""
    old = datetime(2023, 1, 1, tzinfo=UTC)
    assert found({"enrolled_at": old}) == []
    stale = ["stale record record.old"]
    assert found({"enrolled_at": old}, changed_on={}) == stale
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 2)}) == []
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 1)}) == stale
    assert found({"enrolled_at": old}, changed_on={"m": date(2023, 6, 1)}, stale_after_days=731) == []
    assert found({"enrolled_at": old, "status": "closed"}, changed_on={}) == []
    assert found({}, changed_on={}) == []


def test_records_can_be_checked_again() -> None:
    """The same set of checks as for an import: numbers that nobody has, addresses that cannot be."""
    parts = {"email": "li@localhost", "phone": "+8612121212", "fields": {"size": "L"}}
    assert found(parts) == ["invalid fields.size field.type"]
    assert found(parts, checker=RecordChecker(CLUB, "CN")) == [
        "invalid email email.invalid",
        "invalid fields.size field.type",
        "invalid phone phone.invalid",
    ]
    assert found({}, checker=RecordChecker(CLUB)) == []
    assert found({"tags": [str(i) for i in range(100)], "phone": "12"}, checker=RecordChecker(CLUB)) == [
        "invalid phone phone.invalid",
        "invalid phone phone.region",
    ]


def test_what_is_expected_is_the_shops_choice() -> None:
    """Required fields always are; a default stands in for a value."""
    assert found({}, expected=()) == []
    assert found({"fields": {}}, expected=[]) == ["missing fields.size missing"]
    assert found({}, expected=["region", "fields.goal", "fields.must"]) == [
        "missing fields.goal missing",
        "missing region missing",
    ]
    assert found({"fields": {"size": 5, "target": "health"}}, expected=["fields.goal"]) == []
