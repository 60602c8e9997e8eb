"""What the small programmes of the machine have in common: segments, rewards, and where their story begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from attrs import frozen

import loyaltykit as lk
from loyaltykit.rules import (
    anniversary,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    event,
    events,
    line,
    member,
    months,
    per_amount,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)


@frozen
class World:
    """A programme, the day on which its story begins, what it may become, and what is paid in it."""

    program: lk.Program
    start: datetime
    others: tuple[lk.Program, ...] = ()
    amounts: tuple[str, ...] = ("10.00", "0.01", "1.50", "33.33", "100.00", "0", "250.00")
    foreign: tuple[str, Decimal] | None = None


TELLING = lk.NoticePolicy(points_expiring_days=3, tier_ending_days=4, voucher_expiring_days=2, birthday_days=5)
"""Everything that members can be told (``S21``)."""

REVIEW = lk.EventType("review", fields=[lk.Field("stars", int)])
REFERRAL = lk.EventType("referral")
BASE = lk.AccrualRule("base", per_amount(points=1, every="1.00"))
TEA = line.category == "tea"

SEGMENTS = [
    lk.Segment("dormant", days_since_purchase >= 20),
    lk.Segment("tea lovers", spend.where(TEA).over(days(30)) >= 33),
    lk.Segment("young or unknown", (member.age < 30) | member.birthday_month.is_missing()),
    lk.Segment("birthday soon", member.days_to_birthday <= 30),
    lk.Segment("high", member.tier.is_in(["mid", "high"]) & ~(spend.over(since_tier()) < 100)),
    lk.Segment("visitors", (visits.over(calendar("month")) >= 1) | (days_since_visit < 3)),
    lk.Segment("web", purchases.where(purchase.channel == "web").over(anniversary()) >= 1),
    lk.Segment("many", units >= 4),
    lk.Segment("big", purchases.where((purchase.amount >= 100) & (line.quantity >= 2)) >= 1),
    lk.Segment("critics", events("review").where(event["stars"] < 3).over(months(2)) >= 1),
    lk.Segment("rich", points_accrued.where(purchase.channel != "web").over(months(2)) > 9),
    lk.Segment("weekend", (days_since_purchase.where(purchase.weekday >= 6) < 10) | (days_since_enrolment == 31)),
]


def rewards_from(start: datetime) -> list[lk.Reward]:
    """Something for everybody; the coupon can be had in some weeks only."""
    first, last = start + timedelta(days=10), start + timedelta(days=40)
    return [
        lk.Reward("cup", 3, per_member=2, stock=3, valid_for=days(3)),
        lk.Reward("pot", 20, where=spend.over(days(20)) >= 33, stock=1),
        lk.Reward("off", 10, kind="amount_off", value=1, where=member.tier != "low", valid_for=months(1)),
        lk.Reward("tea", 5, kind="coupon", valid_for=days(6), available_from=first, available_until=last),
    ]


def world(zone: str, start: tuple[int, int, int], currency: str = "EUR", **parts: object) -> World:
    """A world with the usual segments; what is not a part of the programme describes the world."""
    own = {name: parts.pop(name) for name in ("amounts", "foreign", "others") if name in parts}
    first_day = datetime(*start, 12, tzinfo=UTC)
    settings = {"accrual": [BASE], "segments": SEGMENTS, "events": [REVIEW], "rewards": rewards_from(first_day)} | parts
    program = lk.Program(name="Club", currency=currency, timezone=zone, **settings)
    return World(program, first_day, **own)
