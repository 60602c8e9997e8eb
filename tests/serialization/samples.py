"""One value of every class with a wire form: what the golden files hold, and what the properties begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

import loyaltykit as lk
import loyaltykit.wire
from loyaltykit import answers, matching, quality, records
from loyaltykit.calendars import NEVER
from loyaltykit.domain.transactions import AchievementShare, Arrival, ArrivingLot
from loyaltykit.domain.views.tier_status import NextTier
from loyaltykit.problems import problem_of
from loyaltykit.rules import (
    all_of,
    anniversary,
    any_of,
    bonus,
    calendar,
    days,
    end_of,
    event,
    events,
    inactivity,
    line,
    member,
    months,
    per_amount,
    per_purchase,
    per_unit,
    purchase,
    purchases,
    since_tier,
    spend,
    times,
    visits,
)
from loyaltykit.rules.explain import explain
from loyaltykit.rules.fields import Scope
from loyaltykit.serialization import registered_names
from tests.test_errors import SAMPLES as ERRORS

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOON: Final = datetime(2025, 3, 1, 12, tzinfo=UTC)
AGAIN: Final = datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=BERLIN)
"""An hour that the shop's clock shows twice: where naive comparison goes wrong."""
LATER: Final = datetime(2026, 3, 1, tzinfo=BERLIN)
BY_HAND: Final[dict[str, Any]] = {"actor": "staff-7", "reason": "our mistake"}

MEMBER: Final = lk.Member(
    id="m-1",
    name="张三",
    contacts=[
        lk.Contact("phone", "+8613800138000", label="work", verified=True),
        lk.Contact("email", "li@example.com"),
    ],
    gender="male",
    birthday=lk.Birthday(2, 29),
    tags=["vip", "tea"],
    fields={
        "goal": "weight",
        "drinks": {"tea", "coffee"},
        "since": date(2020, 1, 1),
        "height": Decimal("1.80"),
        "n": 3,
    },
    enrolled_at=AGAIN,
    external_ids={"wechat": "w-1"},
    review_due=date(2025, 4, 1),
)

PROGRAM: Final = lk.Program(
    name="Tea House Club",
    currency="EUR",
    timezone="Europe/Berlin",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), title="Goal", title_zh="目标"),
        lk.Field("height", Decimal, least=Decimal("0.5"), most=Decimal("2.5")),
        lk.Field("age group", str, derived=[lk.Case("child", member.age < 18), lk.Case("adult", member.age >= 18)]),
    ],
    purchase_fields=[lk.Field("table", int)],
    line_fields=[lk.Field("organic", bool)],
    events=[lk.EventType("review", fields=[lk.Field("stars", int, least=1, most=5)])],
    accrual=[
        lk.AccrualRule("base", per_amount(points=1, every="1.00"), cap=lk.Cap(500, per="day")),
        lk.AccrualRule("tea", per_unit(2), where=line.category.is_in(["tea", "herbs"]) & line["organic"].is_missing()),
        lk.AccrualRule("visit", per_purchase(5), where=~(purchase.channel == "web")),
        lk.AccrualRule("first", bonus(10), where=purchases.over(calendar("year")) < 1),
        lk.AccrualRule("birthday", times("1.5"), where=member.tags.has("vip")),
    ],
    achievements=[lk.Achievement("review", 20, on="review", where=event["stars"] >= 4)],
    points=lk.PointsPolicy(
        active_after=days(14),
        expire_after=inactivity(months(12)),
        on_reversal=lk.extend(30),
        caps=[lk.Cap(9_000, "month")],
    ),
    earns=lk.EarningPolicy(exclude=line.category == "gift card", excluded_payments=["gift card"]),
    tiers=lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=spend.over(months(12)) >= 2000, multiplier="1.2"),
        lk.Tier(
            "gold",
            enter=all_of(spend.over(anniversary()) >= "5000.50", any_of(visits >= 4, events("review") > 2)),
            keep=spend.over(since_tier()) >= 4000,
        ),
        valid_for=months(12),
    ),
    segments=[lk.Segment("tall", member["height"] > Decimal("1.8"))],
    rewards=[lk.Reward("pot", 800, kind="coupon", value="2.50", valid_for=days(90), available_from=NOON)],
    late=lk.LatePolicy(limit_days=30),
    notices=lk.NoticePolicy(birthday_days=7),
)

LINES: Final = [
    lk.Line(
        amount="12.50", sku="longjing", category="tea", quantity=2, discount="1", tax="2.00", fields={"organic": True}
    ),
    lk.Line(amount=7),
]
TRANSACTIONS: Final[list[lk.Transaction]] = [
    lk.Purchase(
        id="o-1",
        member_id="m-1",
        occurred_at=AGAIN,
        lines=LINES,
        channel="store",
        store="s-1",
        payments={"cash": "15.00", "points": "4.50"},
        paid_with=lk.PointsPayment(points=450, value="4.50"),
        currency="CHF",
        rate="1.05",
        fields={"table": 7, "day": date(2025, 1, 1)},
    ),
    lk.Return(id="r-1", of="o-1", occurred_at=NOON, lines=[lk.ReturnedLine(line=0, quantity=1)]),
    lk.Visit(id="v-1", member_id="m-1", channel="gym"),
    lk.Event(id="e-1", member_id="m-1", name="review", attributes={"stars": 5}, other_member_id="m-2"),
    lk.Redemption(id="rd-1", member_id="m-1", points=500, reason="voucher 50"),
    lk.Reversal(id="rv-1", of="rd-1", points=100),
    lk.Adjustment(id="a-1", member_id="m-1", points=50, expires_at=LATER, **BY_HAND),
    lk.OpeningBalance(id="ob-1", member_id="m-1", lots=[lk.OpeningLot(points=300, expires_at=NEVER)]),
    lk.Transfer(id="t-1", member_id="m-1", to="m-2", points=200),
    lk.Hold(id="h-1", member_id="m-1", points=500, until=LATER),
    lk.Capture(id="c-1", of="h-1", points=400),
    lk.Release(id="l-1", of="h-1"),
    lk.Activation(id="d-1", of="o-1"),
    lk.VoucherUse(id="u-1", of="rd-1"),
    lk.TierGrant(id="g-1", member_id="m-1", tier="gold", mode="fixed", until=LATER, **BY_HAND),
    lk.TierGrantEnd(id="ge-1", of="g-1", **BY_HAND),
    lk.Merge(id="mg-1", member_id="m-1", other="m-2", **BY_HAND),
    lk.Unmerge(id="um-1", member_id="m-2", **BY_HAND),
    lk.KeepApart(id="ap-1", member_id="m-1", other="m-2", **BY_HAND),
    lk.MemberEdit(
        id="ed-1",
        member_id="m-1",
        member=MEMBER,
        base=1,
        actor="staff-7",
        changes=[
            records.FieldChange("birthday", None, lk.Birthday(2, 29)),
            records.FieldChange("contacts.phone", (), MEMBER.contacts[:1]),
            records.FieldChange("tags", ("old",), ("tea", "vip")),
            records.FieldChange("enrolled_at", NOON, AGAIN),
        ],
    ),
]
WRITTEN_BESIDE: Final[list[lk.Transaction]] = [
    AchievementShare(id="e-1", member_id="m-2", shares=(("friend", 20),)),
    Arrival(id="t-1", member_id="m-2", lots=(ArrivingLot(points=200, expires_at=1, inactivity=months(12)),)),
]
"""Kinds of transaction that the library writes itself."""

VOUCHER: Final = lk.Voucher(
    code="rd-1", reward="pot", kind="gift", value=Decimal("2.50"), issued_at=AGAIN, used_at=NOON
)
NOTICE: Final = lk.Notice(
    id="points.added:o-1", kind="points.added", member_id="m-1", occurred_at=AGAIN, data={"points": 5}
)
CORRECTION: Final = answers.TierCorrection(
    effective_from=AGAIN, effective_until=None, before="regular", after="silver", cause="o-2"
)
VERSION: Final = answers.ProgramVersion(
    number=2, program=PROGRAM, effective_from=AGAIN, migration=lk.Migration("both", {"old": "gold"}), recorded_at=NOON
)
RULE: Final = (spend.over(months(12)) >= 2000) & (member["height"] > 1)
VALUES: Final = {spend.over(months(12)).reference: 150_000, member["height"].reference: Decimal("1.8")}
EXPLANATION: Final = explain(RULE, VALUES.get, PROGRAM.scope)

ANSWERS: Final[list[Any]] = [
    lk.Receipt(
        id="o-1",
        kind="purchase",
        member_id="m-1",
        occurred_at=AGAIN,
        points=60,
        breakdown=(answers.RuleShare("base", 40, asked=100), answers.RuleShare("tea", 20)),
        lines=(40, 20),
        multiplier=Decimal("1.20"),
        tier_before="regular",
        tier_after="silver",
        voucher=VOUCHER,
        notices=(NOTICE,),
        corrections=(CORRECTION,),
        restated={"o-7": 4, "o-10": -3},
    ),
    lk.Balance(
        as_of=AGAIN,
        available=70,
        pending=5,
        debt=3,
        lots=(answers.LotView(id="o-1", points=100, remaining=70, active_from=AGAIN, expires_at=None),),
    ),
    answers.Statement(
        (
            answers.StatementRow(
                kind="accrual", points=60, balance=60, occurred_at=AGAIN, recorded_at=NOON, cause="o-1"
            ),
        ),
        "WzcsMCwxXQ",
    ),
    answers.TransactionPage(
        items=(
            answers.RecordedTransaction(
                transaction=lk.Visit(id="v-1", member_id="m-1", occurred_at=AGAIN),
                member_id="m-1",
                recorded_at=NOON,
                number=1,
            ),
        ),
        next="WzcsInYtMSJd",
    ),
    answers.OpenHold(id="h-1", points=40, since=AGAIN, until=None),
    answers.MemberPage((MEMBER,), None, 1),
    lk.TierStatus(
        as_of=AGAIN,
        name="regular",
        rank=0,
        since=AGAIN,
        until=LATER,
        grace_until=None,
        multiplier=Decimal(1),
        metrics={"spend in the last 12 months": Decimal("1500.00"), "number of visits": 3},
        keep=None,
        next=NextTier("silver", EXPLANATION),
        projected="regular",
        timezone="Europe/Berlin",
        by_hand=answers.SetByHand(id="g-1", mode="floor", earned="regular", **BY_HAND),
    ),
    answers.TierHistory(
        decisions=(answers.TierDecision(at=AGAIN, name="silver", since=AGAIN, until=None, cause="o-1"),),
        corrections=((AGAIN, CORRECTION),),
    ),
    records.RecordVersion(number=1, member=MEMBER, occurred_at=AGAIN, recorded_at=NOON),
    answers.Liability(
        as_of=AGAIN, rows={("gold", date(2025, 12, 1)): 70, ("gold", None): 5}, tiers=("regular", "gold"), members=2
    ),
    answers.Reconciliation(
        as_of=AGAIN,
        members=2,
        agreeing=1,
        differing=(("m-2", 5, 7),),
        missing=("m-3",),
        unexpected=(("m-4", 1),),
        expected=9,
        found=11,
    ),
    answers.Finding("I3", "m-1", 4, "is not the sum of its lots"),
    answers.ProgramChange(
        version=VERSION,
        moves=(answers.MemberMove(member_id="m-1", at=AGAIN, before="silver", after="gold"),),
        corrections=(("m-1", CORRECTION),),
    ),
    answers.WhatIf(as_of=AGAIN, tiers={"m-2": ("regular", "gold"), "m-1": ("regular", "regular")}),
    lk.Settlement(
        as_of=AGAIN,
        members=1,
        expired_points=5,
        tier_changes=(answers.TierChange(member_id="m-1", at=AGAIN, before="gold", after="silver"),),
        notices=(NOTICE,),
    ),
    lk.IngestReport(enrolled=1, recorded=2, repeated=0, rejected=((3, "o-4", lk.UnknownMemberError()),)),
    quality.QualityReport(
        on=date(2025, 3, 1),
        members=2,
        score=Decimal("33.3"),
        issues=(quality.QualityIssue("missing", "birthday", "missing", "web", 1, ("m-1",)),),
        channels=(quality.ChannelQuality(None, 2, Decimal("33.3")),),
    ),
    quality.QualityChange(
        date(2025, 3, 1),
        date(2025, 4, 1),
        1,
        Decimal("-1.5"),
        (quality.IssueChange("missing", "name", "missing", 1, 2),),
    ),
    matching.MatchReport(
        groups=(matching.MatchGroup(("m-1", "m-2"), ("same_phone",)),),
        queue=(matching.LikelyPair("m-3", "m-4", 65, ("same_name", "phone_fits")),),
        crowds=(matching.Crowd("address", 400, ("m-5", "m-6")),),
    ),
    matching.MatchPolicy(weights={"same_region": 10}),
]

OTHERS: Final[list[Any]] = [
    problem_of("fields.n", "field.least", reason="is less than 1.5", least=Decimal("1.5")),
    Scope(),
    end_of("year", after=days(3)),
    days(30),
]

ROOTS: Final = [*TRANSACTIONS, *WRITTEN_BESIDE, *ANSWERS, MEMBER, PROGRAM, *ERRORS, *OTHERS]


def parts_of(value: object) -> Iterator[object]:
    """A value, then everything with a wire form inside it."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from parts_of(item)
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from parts_of(pair)
    elif type(value) in registered_names().values():
        yield value
        for part in attrs.fields(type(value)) if attrs.has(type(value)) else ():
            yield from parts_of(getattr(value, part.name))


def samples() -> dict[str, Any]:
    """One value of each class, by its wire name: the one in ``ROOTS``, or the first that is a part of one."""
    by_class: dict[type, Any] = {}
    for value in (*ROOTS, *parts_of(ROOTS)):
        by_class.setdefault(type(value), value)
    return {name: by_class[cls] for name, cls in registered_names().items() if cls in by_class}


def library_names() -> list[str]:
    """The wire names of the library's own classes; tests register some of their own."""
    return sorted(name for name, cls in registered_names().items() if cls.__module__.startswith(loyaltykit.__name__))
