"""The parts of a programme about points: what gives them, what they are counted on, how long they live."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyaltykit as lk
from loyaltykit.rules import bonus, days, end_of, line, member, months, per_amount, per_purchase, per_unit, times
from loyaltykit.values import NEVER_US, to_instant

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
BARE = datetime(2025, 3, 1, 12)  # noqa: DTZ001 - a naive time is what is refused


def problems_of(make: Any, **parts: Any) -> list[str]:
    """The fields that a value is refused for."""
    with pytest.raises(lk.InvalidValueError) as caught:
        make(**parts)
    assert all(problem.reason and problem.way_out for problem in caught.value.problems)
    return [problem.field for problem in caught.value.problems]


def rule(**parts: Any) -> lk.AccrualRule:
    plain: dict[str, Any] = {"name": "base", "earn": per_amount()}
    return lk.AccrualRule(**plain | parts)


# -- accrual rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("earn", [per_amount(), per_purchase(5), per_unit(5), times(1), times("1.5"), bonus(5)])
def test_there_are_five_ways_to_earn(earn: Any) -> None:
    """S13: per amount, per purchase, per unit, a multiple of one or more, and a bonus."""
    assert rule(earn=earn).earn == earn


def test_a_rule_is_valid_from_until() -> None:
    """S13: from inclusive, until exclusive; missing ends are no ends; equal instants make equal rules."""
    plain = rule()
    assert (plain.first_instant, plain.end_instant) == (-NEVER_US, NEVER_US)
    dated = rule(valid_from=NOON, valid_until=NOON + timedelta(days=1))
    assert (dated.first_instant, dated.end_instant) == (to_instant(NOON), to_instant(NOON) + 86_400_000_000)
    abroad = NOON.astimezone(ZoneInfo("Asia/Shanghai"))
    assert dated == rule(valid_from=abroad, valid_until=NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"earn": 5}, ["earn"]),
        ({"earn": None}, ["earn"]),
        ({"earn": times("0.5")}, ["earn"]),
        ({"where": "tea"}, ["where"]),
        ({"where": line.category}, ["where"]),
        ({"group": ""}, ["group"]),
        ({"group": 5}, ["group"]),
        ({"priority": 1.5}, ["priority"]),
        ({"priority": 10**6 + 1}, ["priority"]),
        ({"priority": None}, ["priority"]),
        ({"valid_from": BARE}, ["valid_from"]),
        ({"valid_until": date(2025, 1, 1)}, ["valid_until"]),
        ({"valid_from": NOON, "valid_until": NOON}, ["valid_until"]),
        ({"valid_from": NOON, "valid_until": NOON - timedelta(days=1)}, ["valid_until"]),
        (
            {"name": 5, "earn": 5, "where": 5, "group": 5, "priority": "x", "valid_from": 5, "valid_until": 5},
            ["name", "earn", "where", "group", "priority", "valid_from", "valid_until"],
        ),
    ],
)
def test_a_rule_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: all problems at once, each with the name of the rule."""
    places = fields if "name" in fields else [f"accrual.base.{field}" for field in fields]
    assert problems_of(rule, **parts) == places


# -- what earns --------------------------------------------------------------------------------------------------------


def test_everything_paid_earns_unless_told_otherwise() -> None:
    """S12: net, with tax, nothing excluded."""
    assert lk.EarningPolicy() == lk.EarningPolicy(amount="net", tax=True, exclude=None, excluded_payments=[])


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"amount": "paid"}, ["amount"]),
        ({"amount": None}, ["amount"]),
        ({"amount": []}, ["amount"]),
        ({"tax": 1}, ["tax"]),
        ({"tax": None}, ["tax"]),
        ({"exclude": True}, ["exclude"]),
        ({"excluded_payments": "cash"}, ["excluded_payments"]),
        ({"excluded_payments": 5}, ["excluded_payments"]),
        ({"excluded_payments": [""]}, ["excluded_payments"]),
        ({"excluded_payments": [5]}, ["excluded_payments"]),
        (
            {"amount": 5, "tax": 5, "exclude": 5, "excluded_payments": 5},
            ["amount", "tax", "exclude", "excluded_payments"],
        ),
    ],
)
def test_what_earns_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: unknown words name the known ones."""
    assert problems_of(lk.EarningPolicy, **parts) == fields


# -- how points live ---------------------------------------------------------------------------------------------------


def test_points_never_expire_unless_told_otherwise() -> None:
    """S3, S7, S9, S13: the defaults."""
    plain = lk.PointsPolicy()
    assert (plain.expire_after, plain.rounding, plain.on_return) == (lk.NEVER, "floor", "allow_negative")
    assert (plain.debt_limit, plain.on_reversal) == (None, "lapse")


@pytest.mark.parametrize(
    "expiry", [months(12), days(90), end_of("year"), end_of("month", after=days(5)), date(2025, 12, 31), lk.NEVER]
)
def test_an_expiry_is_a_span_an_end_a_date_or_never(expiry: Any) -> None:
    """S3: all modes."""
    assert lk.PointsPolicy(expire_after=expiry).expire_after == expiry
    assert lk.PointsPolicy(expire_after=lk.inactivity(months(1))).expire_after == lk.inactivity(months(1))


@pytest.mark.parametrize("choice", ["floor", "half_up", "ceiling"])
def test_rounding_is_one_of_three(choice: Any) -> None:
    """S13: floor, half up, ceiling."""
    assert lk.PointsPolicy(rounding=choice).rounding == choice


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"expire_after": 12}, ["expire_after"]),
        ({"expire_after": None}, ["expire_after"]),
        ({"expire_after": "never"}, ["expire_after"]),
        ({"expire_after": NOON}, ["expire_after"]),
        ({"expire_after": timedelta(days=1)}, ["expire_after"]),
        ({"expire_after": date.max}, ["expire_after"]),
        ({"expire_after": date.min}, ["expire_after"]),
        ({"expire_after": date(2200, 1, 1)}, ["expire_after"]),
        ({"rounding": "up"}, ["rounding"]),
        ({"rounding": Decimal("sNaN")}, ["rounding"]),
        ({"on_return": None}, ["on_return"]),
        ({"on_reversal": "extend"}, ["on_reversal"]),
        ({"on_reversal": 30}, ["on_reversal"]),
        ({"debt_limit": -1}, ["debt_limit"]),
        ({"debt_limit": True}, ["debt_limit"]),
        ({"debt_limit": 1.5}, ["debt_limit"]),
        ({"debt_limit": 10**15 + 1}, ["debt_limit"]),
        (
            {"expire_after": 5, "rounding": 5, "on_return": 5, "on_reversal": 5, "debt_limit": "x"},
            ["expire_after", "rounding", "on_return", "on_reversal", "debt_limit"],
        ),
    ],
)
def test_a_policy_that_cannot_be_says_all_that_is_wrong(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: dates outside of every shop's time, unknown words, limits below zero."""
    assert problems_of(lk.PointsPolicy, **parts) == fields


def test_limits_of_a_debt_are_inclusive() -> None:
    """S7: no debt at all is a limit too."""
    assert lk.PointsPolicy(debt_limit=0).debt_limit == 0
    assert lk.PointsPolicy(debt_limit=10**15).debt_limit == 10**15


@pytest.mark.parametrize("count", [0, -1, 1.0, True, None, "30", 10**9])
def test_an_extension_is_a_number_of_days(count: Any) -> None:
    """S9: like any span."""
    assert problems_of(lk.extend, days=count) == ["days"]
    assert lk.extend(30) == lk.extend(days=30)


def test_words_of_rules_take_predicates() -> None:
    """S12: a row predicate, not a term of it."""
    assert lk.EarningPolicy(exclude=line.category == "gift").exclude == (line.category == "gift")
    assert rule(where=member.gender == "f").where == (member.gender == "f")
