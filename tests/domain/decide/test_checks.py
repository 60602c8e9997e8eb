"""`check_transaction`: everything that is wrong with what a form or a JSON body sends, at once and with its place."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import loyaltykit as lk
from tests.serialization.samples import PROGRAM, TRANSACTIONS

CLUB = PROGRAM.evolve(
    fields=[
        lk.Field("goal", str),
        lk.Field("drinks", set),
        lk.Field("since", date),
        lk.Field("height", Decimal),
        lk.Field("n", int),
    ],
    segments=[],
    purchase_fields=[lk.Field("table", int), lk.Field("day", date)],
)


def problems_of(**raw: Any) -> list[tuple[str, str]]:
    """Place and reason of everything that is wrong."""
    transaction, problems = lk.check_transaction(raw, CLUB)
    assert transaction is None
    assert all(problem.way_out and problem.code for problem in problems)
    return [(problem.field, problem.reason) for problem in problems]


def purchase(**parts: Any) -> dict[str, Any]:
    """What a till sends of a purchase."""
    return {"type": "purchase", "id": "o-1", "member_id": "m-1", "amount": "9.90"} | parts


@pytest.mark.parametrize("value", TRANSACTIONS, ids=lambda value: value.kind)
def test_what_to_json_writes_passes(value: lk.Transaction) -> None:
    """Every kind of transaction, with everything that it can hold (``I28``)."""
    assert lk.check_transaction(json.loads(lk.to_json(value)), CLUB) == (value, ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, [("type", "is not a kind of transaction")]),
        ({"type": 5}, [("type", "is not a kind of transaction")]),
        ({"type": "arrival"}, [("type", "is not a kind of transaction")]),
        (
            {"type": "purchase", "member": "m-1"},
            [
                ("member", "is not a part of this transaction"),
                ("id", "is missing"),
                ("member_id", "is missing"),
                ("amount", "is missing"),
            ],
        ),
        (purchase(amount=9.9), [("amount", "is a float")]),
        (purchase(occurred_at="soon"), [("occurred_at", "is not a date or a point in time")]),
        (purchase(lines=5), [("lines", "is not a list of Line")]),
        (purchase(lines=[7]), [("lines[0]", "is not a mapping of keys and values")]),
        (purchase(paid_with=7), [("paid_with", "is not a PointsPayment")]),
        (purchase(fields=7), [("fields", "is not a mapping")]),
        (purchase(**{"x" * 65: 1}), [("transaction", "is not a part of this transaction")]),
        (
            purchase(
                id=" x",
                currency="CHF",
                lines=[{"amount": "9.90", "qty": 1}, {"amount": "0.001"}, {"amount": "1", "fields": {"organic": 1}}],
            ),
            [
                ("lines[0].qty", "is not a part of this transaction"),
                ("lines[2].fields.organic", "is not of type boolean"),
                ("id", "has unprintable characters or spaces at its ends"),
                ("lines", "do not add up to the amount"),
            ],
        ),
        (
            purchase(id=" x", amount=None, currency="CHF", lines=[{"amount": "0.001", "fields": {"organic": 1}}]),
            [
                ("lines[0].fields.organic", "is not of type boolean"),
                ("id", "has unprintable characters or spaces at its ends"),
                ("rate", "is missing for a foreign currency"),
                ("lines[0].amount", "has more decimals than its currency"),
            ],
        ),
        (
            {"type": "event", "id": "e", "member_id": "m", "name": "reviw", "attributes": {"stars": 5}},
            [("name", "is not a declared kind of event")],
        ),
        ({"type": "event", "id": "e", "member_id": "m", "name": 5}, [("name", "is not a string")]),
        (
            {"type": "event", "id": "e", "member_id": "m", "name": "review", "attributes": {"stars": 6}},
            [("attributes.stars", "is more than 5")],
        ),
        (
            {"type": "tier_grant", "id": "g", "member_id": "m", "tier": "golden", "actor": "s", "reason": "r"},
            [("tier", "is not a tier of the programme")],
        ),
        (
            {
                "type": "opening_balance",
                "id": "x",
                "member_id": "m",
                "lots": [{"points": -1, "expires_at": {"type": "nver"}}],
            },
            [("lots[0].expires_at", "does not name a type that fits here"), ("lots[0].points", "is negative")],
        ),
        (
            {"type": "return", "id": "x", "of": "o-1", "lines": [{"line": "one"}]},
            [("lines[0].line", "is not an int")],
        ),
        (
            purchase(fields={"day": {"type": "date", "value": "soon"}}),
            [("fields.day", "is not of type date")],
        ),
    ],
)
def test_everything_wrong_comes_at_once(raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """With its place in the data and the reason; what follows from another problem is left out."""
    assert problems_of(**raw) == expected


def test_unknown_names_get_a_suggestion() -> None:
    """Of kinds, keys, events and tiers."""
    for raw, way_out in (
        (purchase(type="purchse"), "did you mean 'purchase'?"),
        (purchase(chanel="web"), "did you mean 'channel'?"),
        ({"type": "event", "id": "e", "member_id": "m", "name": "revew"}, "did you mean 'review'?"),
        (
            {"type": "tier_grant", "id": "e", "member_id": "m", "tier": "gld", "actor": "s", "reason": "r"},
            "did you mean 'gold'?",
        ),
    ):
        _, problems = lk.check_transaction(raw, CLUB)
        assert [problem.way_out for problem in problems] == [way_out]


def test_what_is_no_mapping_is_one_problem() -> None:
    """And what is not a programme is the caller's mistake."""
    wrong: Any = [1]
    assert [problem.code for problem in lk.check_transaction(wrong, CLUB)[1]] == ["transaction.type"]
    with pytest.raises(lk.InvalidValueError, match="is not a Program"):
        lk.check_transaction({}, wrong)
