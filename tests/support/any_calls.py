"""Every public call with arguments that are right, and what may be passed in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import frozen

import loyaltykit as lk
from loyaltykit import rules
from loyaltykit.domain.forms.checker import RECORD_FIELDS
from loyaltykit.rules import calendar, days, event, events, line, member, months, per_amount, purchase, spend, visits
from tests.support.bad_shop import BARE, NOW, PROGRAM, Shop


@frozen
class Call:
    """A public call with arguments that are right."""

    make: Callable[..., object]
    right: Mapping[str, Any]


class Moved:
    """A calendar of birthdays."""

    def observed(self, year: int, month: int, day: int) -> date:
        """The same day."""
        return date(year, min(month, 12), min(day, 28))


SHOP = Shop()
TILL = SHOP.loyalty
COMMON: dict[str, Any] = {"id": "x", "occurred_at": NOW, "actor": "a", "reason": "r"}
LADDER = PROGRAM.tiers
BORN = lk.Birthday(2, 29, 2000)
RULE_OF_SPEND = spend >= 1
QUALITY = lk.quality.quality_report([lk.Member(id="x")], PROGRAM, date(2025, 1, 1))
NOTICE = lk.Notice(id="points.added:p", kind="points.added", member_id="m", occurred_at=NOW, data={"points": 1})


def _pair(*, merged: bool = False) -> Any:
    """The face of a new shop with two members, perhaps merged already."""
    shop = Shop().loyalty
    shop.enroll(lk.Member(id="n", enrolled_at=NOW - timedelta(9)))
    if merged:
        shop.members.merge("m", "n", id="merged", actor="a", reason="r")
    return shop.members


CALLS: dict[str, Call] = {
    "Member": Call(
        lk.Member,
        {"id": "x", "name": "n", "phone": "1", "email": "e", "gender": "f", "birthday": date(1990, 1, 1), "region": "r"}
        | {"tags": ["a"], "fields": {"goal": 1}, "enrolled_at": NOW, "contacts": [lk.Contact("address", "a")]}
        | {"preferences": ["p"], "channel": "c", "store": "s", "external_ids": {"c": "1"}, "status": "pending"}
        | {"reviewer": "r", "review_due": date(2025, 1, 1)},
    ),
    "Member.evolve": Call(lk.Member(id="x").evolve, {"name": "n", "phone": "1", "contacts": (), "birthday": None}),
    "Contact": Call(lk.Contact, {"kind": "phone", "value": "1", "label": "l", "verified": True, "preferred": False}),
    "Birthday": Call(lk.Birthday, {"month": 1, "day": 2, "year": 1990, "calendar": "solar"}),
    "Birthday.of": Call(lk.Birthday.of, {"moment": date(1990, 1, 1)}),
    "Birthday.observed": Call(BORN.observed, {"year": 2025, "leap_day": "02-28"}),
    "Birthday.age": Call(BORN.age, {"on": date(2025, 1, 1), "leap_day": "02-28"}),
    "Birthday.days_until": Call(BORN.days_until, {"on": date(2025, 1, 1), "leap_day": "02-28"}),
    "check_record": Call(
        lambda program, default_region, **raw: lk.check_record(raw, program, default_region),
        {"program": PROGRAM, "default_region": "CN"} | dict.fromkeys(RECORD_FIELDS, "1"),
    ),
    "check_record with fields": Call(
        lambda goal, note: lk.check_record({"id": "x", "fields": {"goal": goal, "note": note}}, PROGRAM),
        {"goal": "1", "note": "a"},
    ),
    "check_record of": Call(lambda raw: lk.check_record(raw, PROGRAM), {"raw": {"id": "x"}}),
    "Problem.describe": Call(
        lk.check_record({}, PROGRAM)[1][0].describe,
        {"language": "en"},
    ),
    "member_schema": Call(lk.records.member_schema, {"program": PROGRAM, "language": "zh"}),
    "difference": Call(lk.records.difference, {"old": lk.Member(id="x"), "new": lk.Member(id="y")}),
    "MatchPolicy": Call(
        lk.matching.MatchPolicy,
        {"policy": "merge", "weights": {"same_name": 5}, "threshold": 60, "max_group": 20, "max_block": 200},
    ),
    "find_matches": Call(
        lk.matching.find_matches,
        {"members": [lk.Member(id="x")], "matching": lk.matching.MatchPolicy(), "apart": [("x", "y")]},
    ),
    "quality_report": Call(
        lk.quality.quality_report,
        {"members": [lk.Member(id="x")], "program": PROGRAM, "on": date(2025, 1, 1), "expected": ["name"]}
        | {"changed_on": {"x": date(2025, 1, 1)}, "stale_after_days": 5, "checker": None, "examples": 5},
    ),
    "QualityReport.since": Call(QUALITY.since, {"earlier": QUALITY}),
    "QualityReport.describe": Call(QUALITY.describe, {"language": "zh", "program": PROGRAM}),
    "QualityReport.count": Call(QUALITY.count, {"kind": "missing", "field": "name"}),
    "record_of": Call(lk.records.record_of, {"member": lk.Member(id="x")}),
    "Case": Call(
        lambda value, where: lk.Field("x", str, derived=[lk.Case(value, where)]),
        {"value": "a", "where": member.age < 18},
    ),
    "Field with all": Call(
        lk.Field,
        {"name": "x", "type": str, "choices": ("a",), "pattern": "a", "least": None, "most": None, "required": False}
        | {"default": "a", "derived": None, "was": ("old",), "retired": False, "title": "t", "title_zh": "t"},
    ),
    "Field in a range": Call(lk.Field, {"name": "x", "type": int, "least": 1, "most": 5, "default": 2}),
    "Line": Call(
        lk.Line,
        {"amount": 1, "sku": "s", "category": "c", "quantity": 1, "discount": 0, "tax": 0, "fields": {"size": "L"}},
    ),
    "Purchase": Call(
        lk.Purchase,
        {
            "member_id": "m",
            "amount": 1,
            "lines": [lk.Line(amount=1)],
            "channel": "c",
            "store": "s",
            "payments": {"a": 1},
        }
        | {"currency": "EUR", "rate": 1, "fields": {"gift": True}}
        | COMMON,
    ),
    "foreign Purchase": Call(lk.Purchase, {"member_id": "m", "amount": 1, "currency": "USD", "rate": 2} | COMMON),
    "ReturnedLine": Call(lk.ReturnedLine, {"line": 0, "quantity": 1}),
    "Return": Call(lk.Return, {"of": "single", "amount": 1, "lines": ()} | COMMON),
    "Visit": Call(lk.Visit, {"member_id": "m", "channel": "c", "store": "s"} | COMMON),
    "Event": Call(
        lk.Event,
        {"member_id": "m", "name": "review", "attributes": {"stars": 1}, "other_member_id": None} | COMMON,
    ),
    "Redemption": Call(lk.Redemption, {"member_id": "m", "points": 1} | COMMON),
    "Redemption of a reward": Call(lk.Redemption, {"member_id": "m", "reward": "cup"} | COMMON),
    "VoucherUse": Call(lk.VoucherUse, {"of": "cup-1"} | COMMON),
    "Reversal": Call(lk.Reversal, {"of": "rd", "points": 1} | COMMON),
    "Adjustment": Call(lk.Adjustment, {"member_id": "m", "points": 5, "expires_at": NOW + timedelta(1)} | COMMON),
    "Hold": Call(lk.Hold, {"member_id": "m", "points": 1, "until": NOW + timedelta(1)} | COMMON),
    "Capture": Call(lk.Capture, {"of": "h", "points": 1} | COMMON),
    "Release": Call(lk.Release, {"of": "h"} | COMMON),
    "Activation": Call(lk.Activation, {"of": "single"} | COMMON),
    "Transfer": Call(lk.Transfer, {"member_id": "m", "to": "n", "points": 1} | COMMON),
    "OpeningLot": Call(lk.OpeningLot, {"points": 1, "expires_at": NOW + timedelta(1)}),
    "OpeningBalance": Call(lk.OpeningBalance, {"member_id": "m", "lots": [lk.OpeningLot(points=1)]} | COMMON),
    "Program": Call(
        lk.Program,
        {"name": "c", "currency": "EUR", "timezone": "UTC", "accrual": (), "points": lk.PointsPolicy(), "tiers": LADDER}
        | {
            "segments": (),
            "fields": (),
            "purchase_fields": (),
            "line_fields": (),
            "events": (),
            "earns": lk.EarningPolicy(),
        }
        | {"birthday_29_february": "02-28", "notices": lk.NoticePolicy(), "rewards": (), "achievements": ()},
    ),
    "Program.evolve": Call(PROGRAM.evolve, {"name": "s", "currency": "EUR", "tiers": LADDER, "accrual": ()}),
    "Program.from_json": Call(lk.Program.from_json, {"text": PROGRAM.to_json()}),
    "Program.segment": Call(PROGRAM.segment, {"name": "active"}),
    "Program.difference": Call(PROGRAM.difference, {"other": PROGRAM}),
    "Reward": Call(
        lk.Reward,
        {"id": "x", "points": 1, "name": "n", "kind": "coupon", "value": 1, "where": RULE_OF_SPEND, "per_member": 1}
        | {"stock": 1, "valid_for": days(1), "available_from": NOW - timedelta(1), "available_until": None},
    ),
    "EventType": Call(lk.EventType, {"name": "e", "fields": [lk.Field("a", int)]}),
    "Segment": Call(lk.Segment, {"name": "e", "where": RULE_OF_SPEND, "family": "f"}),
    "NoticePolicy": Call(
        lk.NoticePolicy,
        {"points_added": True, "tier_down": False, "points_expiring_days": 3, "tier_ending_days": 0}
        | {"voucher_expiring_days": None, "birthday_days": 7},
    ),
    "AccrualRule": Call(
        lk.AccrualRule,
        {
            "name": "e",
            "earn": per_amount(),
            "where": None,
            "valid_from": NOW,
            "valid_until": None,
            "group": "g",
            "priority": 0,
            "cap": lk.Cap(5),
        },
    ),
    "EarningPolicy": Call(lk.EarningPolicy, {"amount": "net", "tax": True, "exclude": None, "excluded_payments": ()}),
    "PointsPolicy": Call(
        lk.PointsPolicy,
        {"expire_after": lk.NEVER, "rounding": "floor", "on_return": "allow_negative", "debt_limit": None}
        | {"active_after": days(1)}
        | {"on_reversal": "lapse", "caps": [lk.Cap(5, per="day")], "week_starts": 1},
    ),
    "Cap": Call(lk.Cap, {"points": 5, "per": "week"}),
    "Achievement": Call(
        lk.Achievement,
        {"name": "e", "points": 1, "on": "review", "where": RULE_OF_SPEND, "count": 1, "streak": None, "once": True}
        | {"other_points": 1},
    ),
    "Tier": Call(lk.Tier, {"name": "e", "enter": RULE_OF_SPEND, "keep": None, "multiplier": 1}),
    "TierLadder": Call(
        lambda tier, **terms: lk.TierLadder(lk.Tier("lowest"), tier, **terms),
        {"tier": lk.Tier("top", enter=RULE_OF_SPEND), "valid_for": months(1), "downgrade": "one_down", "grace_days": 0}
        | {"on_return": "next_check"},
    ),
    "TierLadder.rank": Call(LADDER.rank, {"name": "all"}),
    "TierLadder[]": Call(LADDER.__getitem__, {"name": "all"}),
    "TierLadder.replace": Call(
        lambda name, enter, keep, multiplier: LADDER.replace(name, enter=enter, keep=keep, multiplier=multiplier),
        {"name": "gold", "enter": RULE_OF_SPEND, "keep": None, "multiplier": 2},
    ),
    "TierLadder.evolve": Call(LADDER.evolve, {"tiers": LADDER.tiers, "valid_for": lk.NEVER, "grace_days": 1}),
    "Field": Call(lk.Field, {"name": "x", "type": str, "choices": ("a",)}),
    "Field.check_value": Call(lk.Field("x", Decimal).check_value, {"value": 1}),
    "extend": Call(lk.extend, {"days": 1}),
    "inactivity": Call(lk.inactivity, {"span": months(1)}),
    "register_calendar": Call(lk.register_calendar, {"name": "tests.fuzz", "calendar": Moved()}),
    "months": Call(months, {"count": 1}),
    "days": Call(days, {"count": 1}),
    "end_of": Call(rules.end_of, {"unit": "year", "after": months(1)}),
    "calendar": Call(calendar, {"unit": "year", "first_month": 1}),
    "per_amount": Call(per_amount, {"points": 1, "every": 1, "steps": False}),
    "per_purchase": Call(rules.per_purchase, {"points": 1}),
    "per_unit": Call(rules.per_unit, {"points": 1}),
    "bonus": Call(rules.bonus, {"points": 1}),
    "times": Call(rules.times, {"factor": 2}),
    "money": Call(lambda value: spend >= value, {"value": 1}),
    "text": Call(lambda value: member.gender == value, {"value": "f"}),
    "between": Call(spend.between, {"low": 1, "high": 2}),
    "is_in": Call(member.gender.is_in, {"values": ["f"]}),
    "has": Call(member.tags.has, {"tag": "t"}),
    "over": Call(spend.over, {"window": months(1)}),
    "where": Call(spend.where, {"rows": line.category == "t"}),
    "member[]": Call(member.__getitem__, {"declared": "goal"}),
    "purchase[]": Call(purchase.__getitem__, {"declared": "gift"}),
    "line[]": Call(line.__getitem__, {"declared": "size"}),
    "event[]": Call(event.__getitem__, {"declared": "stars"}),
    "events": Call(events, {"kind": "review"}),
    "all_of": Call(lambda **given: rules.all_of(*given.values()), {"first": RULE_OF_SPEND, "second": visits >= 1}),
    "any_of": Call(lambda **given: rules.any_of(*given.values()), {"first": RULE_OF_SPEND, "second": visits >= 1}),
    "&": Call(lambda other: RULE_OF_SPEND & other, {"other": visits >= 1}),
    "|": Call(lambda other: RULE_OF_SPEND | other, {"other": visits >= 1}),
    "describe": Call(lambda **given: rules.describe(*given.values()), {"rule": RULE_OF_SPEND, "language": "en"}),
    "normalize": Call(lambda **given: rules.normalize(*given.values()), {"rule": RULE_OF_SPEND}),
    "references": Call(lambda **given: rules.references(*given.values()), {"rule": RULE_OF_SPEND}),
    "descending": Call(rules.descending, {"term": spend}),
    "Loyalty": Call(lk.Loyalty, {"program": PROGRAM, "storage": "memory://", "clock": lambda: NOW}),
    "clock": Call(lambda now: lk.Loyalty(PROGRAM, clock=lambda: now).enroll(lk.Member(id="x")), {"now": NOW}),
    "enroll": Call(TILL.enroll, {"member": lk.Member(id="m2", enrolled_at=NOW)}),
    "record": Call(TILL.record, {"transaction": lk.Visit(id="x0", member_id="m")}),
    "quote": Call(TILL.quote, {"transaction": lk.Visit(id="x0", member_id="m")}),
    "ingest": Call(TILL.ingest, {"items": [lk.Visit(id="x0", member_id="m")]}),
    "ingest one": Call(lambda item: TILL.ingest([item]), {"item": lk.Visit(id="x0", member_id="m")}),
    "settle": Call(TILL.settle, {"as_of": NOW}),
    "member": Call(TILL.member, {"member_id": "m"}),
    "balance": Call(TILL.balance, {"member_id": "m", "as_of": NOW}),
    "tier": Call(TILL.tier, {"member_id": "m", "as_of": NOW}),
    "explain": Call(lambda language: TILL.tier("m").explain(language), {"language": "en"}),
    "vouchers": Call(TILL.vouchers, {"member_id": "m", "as_of": NOW}),
    "statement": Call(TILL.statement, {"member_id": "m", "as_of": NOW}),
    "page of a statement": Call(
        TILL.statement,
        {"member_id": "m", "since": NOW - timedelta(99), "until": NOW, "limit": 1}
        | {"after": TILL.statement("m", limit=1).next},
    ),
    "select": Call(
        lambda who, as_of, order_by: TILL.select(who, as_of, order_by).count(),
        {"who": "active", "as_of": NOW, "order_by": (spend,)},
    ),
    "page": Call(
        lambda limit, after: TILL.select("active", order_by=spend).page(limit, after),
        {"limit": 1, "after": TILL.select(member.id >= "", order_by=spend).page(1).next},
    ),
    "facts": Call(lambda term: list(TILL.select("active").facts(term)), {"term": spend}),
    "simulate": Call(TILL.programs.simulate, {"new": PROGRAM, "as_of": NOW}),
    "lint": Call(TILL.programs.lint, {"program": PROGRAM}),
    "liability": Call(lambda as_of: str(TILL.programs.liability(as_of)), {"as_of": NOW}),
    "reconcile": Call(lambda **given: str(TILL.storage.reconcile(**given)), {"expected": {"m": 1}, "as_of": NOW}),
    "merge": Call(
        lambda **given: _pair().merge(**given),
        {"survivor": "m", "other": "n", "id": "x", "actor": "a", "reason": "r", "occurred_at": NOW},
    ),
    "update": Call(
        lambda **given: _pair().update(**given),
        {"member": lk.Member(id="m", name="Li"), "base": 1} | COMMON,
    ),
    "search": Call(
        lambda **given: _pair().search(**given),
        {"text": "n", "where": member.id >= "", "order_by": spend, "limit": 1, "after": None, "as_of": NOW},
    ),
    "match": Call(lambda **given: _pair().match(**given), {"matching": lk.matching.MatchPolicy()}),
    "merge_matches": Call(
        lambda **given: _pair().merge_matches(**given), {"report": lk.matching.find_matches([]), "actor": "a"}
    ),
    "segments": Call(TILL.members.segments, {"member_id": "m", "as_of": NOW}),
    "get": Call(TILL.transactions.get, {"id": "single"}),
    "receipt": Call(TILL.transactions.receipt, {"id": "single"}),
    "list": Call(
        TILL.transactions.list,
        {"member_id": "m", "since": NOW - timedelta(99), "until": NOW, "kinds": ["purchase"], "limit": 1}
        | {"after": TILL.transactions.list("m", kinds=["purchase"], limit=1).next},
    ),
    "since": Call(TILL.transactions.since, {"cursor": TILL.transactions.since(limit=1).next, "limit": 1}),
    "holds": Call(TILL.transactions.holds, {"member_id": "m", "as_of": NOW}),
    "KeepApart": Call(lk.KeepApart, {"member_id": "m", "other": "n"} | COMMON),
    "Merge": Call(lk.Merge, {"member_id": "m", "other": "n"} | COMMON),
    "Unmerge": Call(lk.Unmerge, {"member_id": "n"} | COMMON),
    "MemberEdit": Call(lk.MemberEdit, {"member_id": "m", "member": lk.Member(id="m", name="Li"), "base": 1} | COMMON),
    "quality": Call(
        lambda **given: _pair().quality(**given),
        {
            "as_of": NOW,
            "known_at": None,
            "expected": ("name",),
            "stale_after_days": 9,
            "checker": lk.records.RecordChecker(PROGRAM),
            "examples": 1,
        },
    ),
    "history": Call(lambda **given: _pair().history(**given), {"member_id": "m"}),
    "unmerge": Call(
        lambda **given: _pair(merged=True).unmerge(**given), {"other": "n", "id": "x", "actor": "a", "reason": "r"}
    ),
    "due": Call(TILL.outbox.due, {"limit": 1}),
    "acknowledge": Call(TILL.outbox.acknowledge, {"ids": ["points.added:p"]}),
    "to_cloud_event": Call(lk.to_cloud_event, {"notice": NOTICE, "source": "urn:shop"}),
}

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    10**30,
    -(10**4_000),
    0.5,
    1.0,
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("1E+1000000"),
    Decimal("0E-30"),
    Fraction(1, 3),
    1j,
    "",
    " ",
    "x",
    "\ud800",
    "\0",
    "１２",
    "x" * 2_000,
    '[["s","x"],["s","m"]]',
    '[["m","NaN"],["s","m"]]',
    '[["m","sNaN"],["s","m"]]',
    '[["i",null],["s","m"]]',
    "[[[],{}]]",
    '{"type":"program"}',
    "[" * 5_000,
    b"x",
    bytearray(b"x"),
    [],
    [1],
    ["x"],
    [None],
    [[]],
    {},
    {"a": {"b": {"c": {}}}},
    {1: 2},
    {"a": float("nan")},
    (),
    (None,),
    set(),
    range(3),
    object(),
    object,
    float,
    len,
    BARE,
    NOW,
    datetime.max.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
    date.max,
    date.min,
    timedelta(1),
    UTC,
    spend,
    spend >= 1,
    member,
    lk.NEVER,
    months(1_200),
    days(36_500),
    rules.end_of("year"),
    calendar("month"),
    per_amount(),
    lk.Field("a", str),
    lk.Line(amount=1),
    lk.Member(id="odd", enrolled_at=NOW),
    lk.Visit(id="odd", member_id="m", occurred_at=NOW),
    lk.Tier("a"),
    LADDER,
    PROGRAM,
    lk.errors.InvalidRuleError([lk.Problem("a", "b", "c")]),
]
