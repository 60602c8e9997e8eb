"""The card's programme: what gives points, how long they live, three tiers, and a few groups of households."""

from __future__ import annotations

import loyaltykit as lk
from docs.examples.real_year.files import NEW_YORK
from loyaltykit.rules import (
    bonus,
    days,
    days_since_purchase,
    end_of,
    line,
    member,
    months,
    per_amount,
    per_unit,
    purchase,
    purchases,
    spend,
    times,
)

# -- what is asked of a household ------------------------------------------------------------------------------------
AGE = lk.Field("age", str, choices=("19-24", "25-34", "35-44", "45-54", "55-64", "65+"))
KIDS = lk.Field("kids_count", str, choices=("0", "1", "2", "3+"))
HOUSEHOLD_FIELDS = (
    AGE,
    KIDS,
    lk.Field("income", str),
    lk.Field("home_ownership", str),
    lk.Field("marital_status", str),
    lk.Field("household_size", str),
    lk.Field("household_comp", str),
)

CARD = lk.Field("card", str, required=True, pattern=r"\d{8}", title="Card number")

# -- points ----------------------------------------------------------------------------------------------------------
COUPON_POINTS = 250
FRESH = ("PRODUCE", "SALAD BAR", "SEAFOOD", "SEAFOOD-PCKGD")

ACCRUAL = (
    lk.AccrualRule("one a dollar", per_amount(points=1, every="1.00")),
    lk.AccrualRule("fresh food counts double", per_amount(points=1, every="1.00"), where=line.category.is_in(FRESH)),
    lk.AccrualRule("half as much again at the deli", times("1.5"), where=line.category.is_in(["DELI", "PASTRY"])),
    lk.AccrualRule("five a bunch of flowers", per_unit(5), where=line.category == "FLORAL"),
    lk.AccrualRule("a big basket", bonus(25), where=purchase.amount >= 100),
)
POINTS = lk.PointsPolicy(expire_after=months(6))
EARNS = lk.EarningPolicy(exclude=line.category == "SPIRITS")

# -- tiers -----------------------------------------------------------------------------------------------------------
WINDOW_DAYS = 90
SILVER_DOLLARS = 400
GOLD_DOLLARS = 1_000

recent_spend = spend.over(days(WINDOW_DAYS))

# A tier lasts to the end of the next month, and is looked at again at each month's end; one falls a step at a time.
TIERS = lk.TierLadder(
    lk.Tier("regular"),
    lk.Tier("silver", enter=recent_spend >= SILVER_DOLLARS, multiplier="1.25"),
    lk.Tier("gold", enter=recent_spend >= GOLD_DOLLARS, multiplier="1.5"),
    valid_for=end_of("month", after=months(1)),
    downgrade="one_down",
)
TIER_NAMES = tuple(tier.name for tier in TIERS)

# -- groups ----------------------------------------------------------------------------------------------------------
EVERYONE = ~member.id.is_missing()
has_kids = member[KIDS].is_in(["1", "2", "3+"])

SEGMENTS = (
    lk.Segment("asleep for 60 days", days_since_purchase >= 60),
    lk.Segment("fresh food fans", spend.where(line.category.is_in(FRESH)).over(days(90)) >= 100),
    lk.Segment("weekend shoppers", purchases.where(purchase.weekday >= 6).over(days(90)) >= 10),
    lk.Segment("families", has_kids),
    lk.Segment("gold families", has_kids & (member.tier == "gold")),
    lk.Segment("under 35", member[AGE].is_in(["19-24", "25-34"])),
    lk.Segment("not surveyed", ~member.tags.has("surveyed")),
)

PROGRAM = lk.Program(
    name="The Grocer's Card",
    currency="USD",
    timezone=NEW_YORK.key,
    fields=[*HOUSEHOLD_FIELDS, CARD],
    accrual=ACCRUAL,
    earns=EARNS,
    points=POINTS,
    tiers=TIERS,
    segments=SEGMENTS,
)
