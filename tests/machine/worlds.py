"""Small programmes on which the machine runs the core against the model, each with the dates that are hard for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from attrs import evolve
from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.rules import (
    anniversary,
    bonus,
    calendar,
    days,
    end_of,
    event,
    events,
    inactivity,
    lifetime,
    line,
    member,
    months,
    per_amount,
    per_purchase,
    per_unit,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    times,
    units,
    visits,
)
from loyaltykit.rules.windows import to_window
from tests.machine.changing import CHANGING, RESTATING
from tests.machine.world import BASE, REFERRAL, REVIEW, TEA, TELLING, World, world

ROLLING = world(
    "Europe/Berlin",
    (2025, 1, 25),
    notices=TELLING,
    points=lk.PointsPolicy(expire_after=months(1)),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(months(1)) >= 100, multiplier="1.2"),
        lk.Tier(
            "high",
            enter=(spend.over(months(2)) >= 300) & (purchases.over(days(45)) >= 2),
            keep=spend.over(months(1)) > 10,
            multiplier="1.5",
        ),
        valid_for=months(1),
        grace_days=5,
    ),
)
"""Rolling windows and validity in months, grace and one step down; the clocks change on 30 March."""

CALENDAR = world(
    "America/Sao_Paulo",
    (2018, 10, 20),
    currency="BRL",
    points=lk.PointsPolicy(expire_after=end_of("month", after=days(20)), debt_limit=40),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(calendar("month")) >= 33, multiplier="1.25"),
        lk.Tier("high", enter=spend.over(calendar("quarter", first_month=2)) >= 200, multiplier="2"),
        valid_for=end_of("month"),
        downgrade="requalify",
        on_return="immediately",
    ),
)
"""Calendar windows, falls at returns, a limit of debt; midnight does not exist on 4 November."""

INACTIVE = world(
    "Asia/Shanghai",
    (2024, 2, 25),
    currency="CNY",
    points=lk.PointsPolicy(expire_after=inactivity(days(10)), rounding="ceiling"),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=visits.over(days(10)) >= 2, multiplier="1.1"),
        lk.Tier("high", enter=(visits.over(days(20)) >= 3) & (events("review") >= 1), multiplier="1.7"),
        valid_for=days(10),
        downgrade="requalify",
        grace_days=3,
    ),
)
"""Points that die of inactivity, tiers by visits and events, across 29 February."""

PENDING = world(
    "America/Havana",
    (2024, 10, 25),
    notices=TELLING,
    points=lk.PointsPolicy(active_after=days(3), expire_after=days(15), on_return="only_pending"),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=units.over(anniversary()) >= 3, keep=spend.over(since_tier()) >= 100, multiplier="1.5"),
        lk.Tier("high", enter=spend.over(since_tier()) >= 300, multiplier="3"),
        valid_for=days(20),
    ),
)
"""Points wait three days, returns take pending points only; one midnight comes twice on 3 November."""

WAITING = world(
    "Europe/Paris",
    (2025, 3, 1),
    points=lk.PointsPolicy(active_after=days(6), expire_after=days(14)),
    tiers=lk.TierLadder(
        lk.Tier("low"), lk.Tier("mid", enter=spend.over(days(10)) >= 100, multiplier="1.5"), valid_for=days(10)
    ),
)
"""Points wait for nearly half of their life, and repay what is owed when they become active."""

DELIVERED = world(
    "America/Santiago",
    (2025, 3, 15),
    notices=TELLING,
    points=lk.PointsPolicy(active_after="activation", expire_after=inactivity(days(12)), on_reversal=lk.extend(5)),
    tiers=lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=purchases >= 2, multiplier="1.25")),
)
"""Points wait until somebody says that a purchase was delivered, and die of inactivity."""

WITHIN = world(
    "Australia/Lord_Howe",
    (2025, 3, 20),
    points=lk.PointsPolicy(expire_after=date(2025, 4, 20), on_return="within_balance"),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=points_accrued.over(days(15)) >= 100, multiplier="1.5"),
        lk.Tier("high", enter=points_accrued.over(months(1)) >= 300, multiplier="2.5"),
        valid_for=days(15),
        on_return="immediately",
    ),
)
"""Returns take what is there; all points end with one day; tiers by points; the clocks move half an hour on 6 April."""

ROUNDED = world(
    "Africa/Cairo",
    (2024, 4, 18),
    points=lk.PointsPolicy(expire_after=months(1), rounding="half_up"),
    accrual=[
        lk.AccrualRule("base", per_amount(points=1, every="3.00")),
        lk.AccrualRule("steps", per_amount(points=2, every="20.00", steps=True), where=TEA),
        lk.AccrualRule("welcome", bonus(25), where=purchases == 1),
        lk.AccrualRule("double tea", times(2), where=TEA & (purchase.channel == "store"), group="multiples"),
        lk.AccrualRule("web", times("1.5"), where=purchase.channel == "web", group="multiples", priority=1),
        lk.AccrualRule("big web", times("1.5"), where=purchase.amount >= 100, group="multiples"),
        lk.AccrualRule("units", per_unit(2), where=line.quantity >= 2, group="extras"),
        lk.AccrualRule("visit", per_purchase(3), where=member.tier != "low", group="extras"),
        lk.AccrualRule("sold", per_purchase(1), valid_until=datetime(2024, 5, 1, tzinfo=UTC)),
        lk.AccrualRule(
            "birthday", times(2), where=member.birthday_month == 4, valid_from=datetime(2024, 4, 26, tzinfo=UTC)
        ),
    ],
    earns=lk.EarningPolicy(
        amount="gross", tax=False, exclude=line.category == "gift card", excluded_payments=["voucher"]
    ),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.where(TEA) >= 33, multiplier="1.1"),
        lk.Tier("high", enter=purchases.over(months(1)) >= 3, multiplier="1.33"),
        valid_for=months(1),
        grace_days=2,
    ),
)
"""Every way to earn, groups, excluded lines and payments, half-up rounding; midnight does not exist on 26 April."""

EXTENDED = world(
    "Europe/London",
    (2025, 10, 15),
    currency="GBP",
    notices=TELLING,
    points=lk.PointsPolicy(expire_after=days(12), on_reversal=lk.extend(7), debt_limit=100),
    earns=lk.EarningPolicy(amount="net_of_points"),
    tiers=lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=spend >= 100, multiplier="1.2"), valid_for=lk.NEVER),
)
"""Reversals extend what had lapsed; the clocks change on 26 October."""

FOREIGN = world(
    "Asia/Tokyo",
    (2025, 2, 20),
    currency="JPY",
    amounts=("100", "1", "33", "999", "1000", "0", "2500"),
    foreign=("USD", Decimal("149.505")),
    accrual=[
        lk.AccrualRule("base", per_amount(points=3, every=100)),
        lk.AccrualRule("steps", per_amount(5, 300, steps=True)),
    ],
    points=lk.PointsPolicy(expire_after=lk.NEVER),
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(calendar("half")) >= 1000, multiplier="1.5"),
        lk.Tier("high", enter=spend.over(calendar("year", first_month=4)) >= 4000, multiplier="2"),
        valid_for=end_of("quarter", after=months(1)),
        downgrade="requalify",
    ),
)
"""A currency without decimals beside a foreign one; points that never expire."""

CAPPED = world(
    "America/New_York",
    (2025, 2, 24),
    notices=TELLING,
    points=lk.PointsPolicy(
        expire_after=days(25),
        caps=[lk.Cap(150), lk.Cap(200, per="day"), lk.Cap(330, per="week"), lk.Cap(500, per="month")],
        week_starts=7,
    ),
    accrual=[
        BASE,
        lk.AccrualRule("double tea", times(2), where=TEA, cap=lk.Cap(60, per="day")),
        lk.AccrualRule("units", per_unit(2), where=line.quantity >= 2, cap=lk.Cap(5)),
        lk.AccrualRule("web", bonus(25), where=purchase.channel == "web", cap=lk.Cap(40, per="week")),
        lk.AccrualRule("tens", per_amount(1, "10.00", steps=True), cap=lk.Cap(20, per="month")),
    ],
    achievements=[lk.Achievement("every visit", 30, on="visit", once=False)],
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=points_accrued.over(calendar("month")) >= 120, multiplier="1.5"),
        lk.Tier("high", enter=points_accrued.over(days(10)) >= 300, multiplier="2"),
        valid_for=days(12),
        on_return="immediately",
    ),
)
"""Caps of every kind, weeks from Sunday, tiers by what was granted; the clocks change on Sunday 9 March."""

ACHIEVED = world(
    "Asia/Kolkata",
    (2025, 1, 20),
    events=[REVIEW, REFERRAL],
    points=lk.PointsPolicy(active_after=days(2), expire_after=inactivity(days(12)), caps=[lk.Cap(70, per="day")]),
    achievements=[
        lk.Achievement("second visit", 20, on="visit", count=2, once=False),
        lk.Achievement("weeks", 25, on="visit", count=2, streak="week"),
        lk.Achievement(
            "regular", 15, on="visit", where=(visits.over(days(9)) >= 2) & (member.tier != "low"), once=False
        ),
        lk.Achievement("critic", 40, on="review", where=event["stars"] < 3),
        lk.Achievement("two days", 30, on="review", count=2, streak="day", once=False),
        lk.Achievement("friend", 60, on="referral", other_points=50),
        lk.Achievement("third friend", 10, on="referral", count=3, once=False),
    ],
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=points_accrued.over(days(15)) >= 40, multiplier="1.5"),
        lk.Tier("high", enter=(points_accrued >= 120) & (events("referral").over(months(1)) >= 1), multiplier="2"),
        valid_for=days(15),
        downgrade="requalify",
    ),
)
"""Points for visits, reviews and friends, within a cap of the day; they keep what dies of inactivity alive."""

WORLDS = {
    "rolling": ROLLING,
    "calendar": CALENDAR,
    "inactive": INACTIVE,
    "pending": PENDING,
    "waiting": WAITING,
    "delivered": DELIVERED,
    "within": WITHIN,
    "rounded": ROUNDED,
    "extended": EXTENDED,
    "foreign": FOREIGN,
    "capped": CAPPED,
    "achieved": ACHIEVED,
    "changing": CHANGING,
    "restating": RESTATING,
}


def any_world() -> st.SearchStrategy[World]:
    """Worlds put together at random from parts of the others, for what only some combination shows."""
    windows = [months(1), days(20), calendar("month"), calendar("quarter", 2), anniversary(), lifetime(), since_tier()]
    ends = [months(1), days(12), end_of("month"), end_of("quarter", after=days(10)), lk.NEVER]
    points = st.builds(
        lk.PointsPolicy,
        active_after=st.sampled_from([None, None, days(5), months(1), "activation"]),
        expire_after=st.sampled_from([*ends, inactivity(days(10)), inactivity(months(1)), date(2025, 3, 20)]),
        rounding=st.sampled_from(["floor", "half_up", "ceiling"]),
        on_return=st.sampled_from(["allow_negative", "allow_negative", "within_balance", "only_pending"]),
        debt_limit=st.sampled_from([None, None, 40, 0]),
        on_reversal=st.sampled_from(["lapse", lk.extend(7)]),
        caps=st.sampled_from([(), (), (lk.Cap(90), lk.Cap(100, per="day")), (lk.Cap(150, per="week"),)]),
    )
    window = st.sampled_from(windows)
    counts = [spend >= 100, purchases >= 2, points_accrued >= 100, units >= 3, visits >= 2, events("review") >= 1]
    low = st.builds(
        lambda count, over: evolve(count, left=evolve(count.left, window=to_window(over))),
        st.sampled_from(counts),
        window,
    )
    high = st.builds(lambda over, more: (spend.over(over) >= 300) & (purchases.over(more) >= 2), window, window)
    keep = st.builds(lambda over: spend.over(over) >= 10, window)
    tiers = st.builds(
        lambda enter, top, kept, **terms: lk.TierLadder(
            lk.Tier("low"),
            lk.Tier("mid", enter=enter, multiplier="1.2", keep=kept),
            lk.Tier("high", enter=top, multiplier="1.75"),
            **terms,
        ),
        low,
        high,
        st.none() | keep,
        valid_for=st.sampled_from(ends),
        downgrade=st.sampled_from(["one_down", "requalify"]),
        grace_days=st.sampled_from([0, 0, 3]),
        on_return=st.sampled_from(["next_check", "immediately"]),
    )
    late = [lk.LatePolicy(), lk.LatePolicy(restate=True, before_enrolment_days=6), lk.LatePolicy(limit_days=40)]
    told = st.sampled_from([None, TELLING, lk.NoticePolicy(points_active=False, tier_ending_days=9)])
    parts = {"points": points, "tiers": tiers, "late": st.sampled_from(late), "notices": told}
    program = st.builds(
        evolve,
        st.sampled_from([item.program for item in WORLDS.values() if item.foreign is None]),
        **parts,
        accrual=st.sampled_from([(BASE,), ROUNDED.program.accrual]),
        earns=st.sampled_from(
            [
                lk.EarningPolicy(),
                ROUNDED.program.earns,
                lk.EarningPolicy(amount="gross"),
                lk.EarningPolicy(amount="net_of_points"),
            ]
        ),
    )
    return st.builds(
        lambda program, other, start: World(program, start, (program, evolve(program, **other))),
        program,
        st.fixed_dictionaries(parts),
        st.sampled_from([item.start for item in WORLDS.values()]),
    )
