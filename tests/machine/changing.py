"""Small programmes that change while the machine runs, and what they may become (``T7``, ``T8``)."""

from __future__ import annotations

import loyaltykit as lk
from loyaltykit.rules import (
    bonus,
    days,
    end_of,
    event,
    inactivity,
    line,
    months,
    per_amount,
    purchase,
    purchases,
    since_tier,
    spend,
    times,
    visits,
)
from tests.machine.world import BASE, SEGMENTS, TEA, TELLING, World, world

MONTH, TWO_MONTHS = spend.over(months(1)), spend.over(months(2))

_LADDER = lk.TierLadder(
    lk.Tier("low"),
    lk.Tier("mid", enter=MONTH >= 100, multiplier="1.2"),
    lk.Tier("high", enter=TWO_MONTHS >= 300, keep=MONTH > 10, multiplier="1.5"),
    valid_for=months(1),
    grace_days=5,
)
_INSERTED = lk.TierLadder(
    lk.Tier("low"),
    lk.Tier("mid", enter=MONTH >= 33, multiplier="1.2"),
    lk.Tier("upper", enter=(TWO_MONTHS >= 150) | (visits.over(days(9)) >= 3), multiplier="1.35"),
    lk.Tier("high", enter=TWO_MONTHS >= 400, multiplier="2"),
    valid_for=days(20),
    downgrade="requalify",
    grace_days=3,
    on_return="immediately",
)
_REMOVED = lk.TierLadder(
    lk.Tier("low", multiplier="1.1"), lk.Tier("high", enter=MONTH >= 250, multiplier="2"), valid_for=lk.NEVER
)
_RENAMED = lk.TierLadder(
    lk.Tier("base"),
    lk.Tier("low", enter=MONTH >= 30, multiplier="1.05"),
    lk.Tier("silver", enter=spend.over(since_tier()) >= 100, keep=MONTH >= 50, multiplier="1.25"),
    lk.Tier("high", enter=TWO_MONTHS >= 300, multiplier="1.5"),
    valid_for=end_of("month"),
)


def _changed_segments(others: list[lk.Segment]) -> list[lk.Segment]:
    """The same names, one of them with another meaning."""
    return [lk.Segment(item.name, spend >= 100) if item.name == "high" else item for item in others]


CHANGING = world(
    "Europe/Berlin",
    (2025, 2, 25),
    notices=TELLING,
    points=lk.PointsPolicy(expire_after=months(1)),
    tiers=_LADDER,
    late=lk.LatePolicy(before_enrolment_days=5),
)
"""Another ladder, other rules for points, other rewards; facts before the enrolment; the clocks change on 30 March."""

_OTHER = CHANGING.program
CHANGING = World(
    _OTHER,
    CHANGING.start,
    (
        _OTHER,
        _OTHER.evolve(
            tiers=_INSERTED,
            accrual=[BASE, lk.AccrualRule("tea", per_amount(points=1, every="2.00"), where=TEA)],
            points=lk.PointsPolicy(expire_after=days(15), rounding="half_up", on_reversal=lk.extend(5)),
            segments=_changed_segments(SEGMENTS),
            late=lk.LatePolicy(before_enrolment_days=5, restate=True),
        ),
        _OTHER.evolve(
            tiers=_REMOVED,
            accrual=[
                lk.AccrualRule("base", per_amount(points=3, every="10.00", steps=True)),
                lk.AccrualRule("welcome", bonus(25), where=purchases == 1),
            ],
            points=lk.PointsPolicy(expire_after=months(2), on_return="within_balance"),
            rewards=[lk.Reward("cup", 5, valid_for=days(1)), lk.Reward("pot", 30)],
            late=lk.LatePolicy(limit_days=15),
        ),
        _OTHER.evolve(
            tiers=_RENAMED,
            accrual=[BASE, lk.AccrualRule("web", times("1.5"), where=purchase.channel == "web")],
            points=lk.PointsPolicy(expire_after=inactivity(days(12)), debt_limit=40, active_after=days(4)),
            achievements=[lk.Achievement("critic", 40, on="review", where=event["stars"] < 3)],
        ),
    ),
)

_POINTS = lk.PointsPolicy(expire_after=days(20))
RESTATING = world(
    "Asia/Kathmandu",
    (2025, 3, 1),
    notices=TELLING,
    points=_POINTS,
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=(spend.over(days(15)) >= 33) | (visits.over(days(5)) >= 2), multiplier="1.5"),
        lk.Tier("high", enter=spend.over(days(15)) >= 250, multiplier="2.5"),
        valid_for=days(10),
        on_return="immediately",
    ),
    late=lk.LatePolicy(restate=True, before_enrolment_days=10),
)
"""Points of later purchases are put right, whether they wait, die of inactivity, are capped or cannot be owed."""


def _others(program: lk.Program) -> tuple[lk.Program, ...]:
    units = lk.AccrualRule("big", per_amount(1, "10.00", steps=True), where=line.quantity >= 2)
    return (
        program,
        program.evolve(points=lk.PointsPolicy(expire_after=inactivity(days(9)), active_after="activation")),
        program.evolve(points=lk.PointsPolicy(expire_after=days(12), active_after=days(3), on_return="only_pending")),
        program.evolve(
            points=lk.PointsPolicy(expire_after=end_of("month"), on_return="within_balance", caps=[lk.Cap(150)]),
            accrual=[BASE, units],
            late=lk.LatePolicy(restate=True),
        ),
        program.evolve(tiers=_INSERTED, points=lk.PointsPolicy(debt_limit=20, rounding="ceiling")),
    )


RESTATING = World(RESTATING.program, RESTATING.start, _others(RESTATING.program))
