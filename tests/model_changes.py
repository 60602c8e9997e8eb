"""Small programmes that change while the machine runs, and what they may become (``T7``, ``T8``)."""

from __future__ import annotations

from loyaltykit.calendars import NEVER, end_of, inactivity
from loyaltykit.domain.program.achievements import Achievement
from loyaltykit.domain.program.caps import Cap
from loyaltykit.domain.program.late import LatePolicy
from loyaltykit.domain.program.points import AccrualRule, PointsPolicy, extend
from loyaltykit.domain.program.program import Program, Segment
from loyaltykit.domain.program.rewards import Reward
from loyaltykit.domain.program.tiers import Tier, TierLadder
from loyaltykit.rules import (
    bonus,
    days,
    event,
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
from tests.model_world import BASE, SEGMENTS, TEA, World, world

MONTH, TWO_MONTHS = spend.over(months(1)), spend.over(months(2))

_LADDER = TierLadder(
    Tier("low"),
    Tier("mid", enter=MONTH >= 100, multiplier="1.2"),
    Tier("high", enter=TWO_MONTHS >= 300, keep=MONTH > 10, multiplier="1.5"),
    valid_for=months(1),
    grace_days=5,
)
_INSERTED = TierLadder(
    Tier("low"),
    Tier("mid", enter=MONTH >= 33, multiplier="1.2"),
    Tier("upper", enter=(TWO_MONTHS >= 150) | (visits.over(days(9)) >= 3), multiplier="1.35"),
    Tier("high", enter=TWO_MONTHS >= 400, multiplier="2"),
    valid_for=days(20),
    downgrade="requalify",
    grace_days=3,
    on_return="immediately",
)
_REMOVED = TierLadder(Tier("low", multiplier="1.1"), Tier("high", enter=MONTH >= 250, multiplier="2"), valid_for=NEVER)
_RENAMED = TierLadder(
    Tier("base"),
    Tier("low", enter=MONTH >= 30, multiplier="1.05"),
    Tier("silver", enter=spend.over(since_tier()) >= 100, keep=MONTH >= 50, multiplier="1.25"),
    Tier("high", enter=TWO_MONTHS >= 300, multiplier="1.5"),
    valid_for=end_of("month"),
)


def _changed_segments(others: list[Segment]) -> list[Segment]:
    """The same names, one of them with another meaning."""
    return [Segment(item.name, spend >= 100) if item.name == "high" else item for item in others]


CHANGING = world(
    "Europe/Berlin",
    (2025, 2, 25),
    points=PointsPolicy(expire_after=months(1)),
    tiers=_LADDER,
    late=LatePolicy(before_enrolment_days=5),
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
            accrual=[BASE, AccrualRule("tea", per_amount(points=1, every="2.00"), where=TEA)],
            points=PointsPolicy(expire_after=days(15), rounding="half_up", on_reversal=extend(5)),
            segments=_changed_segments(SEGMENTS),
            late=LatePolicy(before_enrolment_days=5, restate=True),
        ),
        _OTHER.evolve(
            tiers=_REMOVED,
            accrual=[
                AccrualRule("base", per_amount(points=3, every="10.00", steps=True)),
                AccrualRule("welcome", bonus(25), where=purchases == 1),
            ],
            points=PointsPolicy(expire_after=months(2), on_return="within_balance"),
            rewards=[Reward("cup", 5, valid_for=days(1)), Reward("pot", 30)],
            late=LatePolicy(limit_days=15),
        ),
        _OTHER.evolve(
            tiers=_RENAMED,
            accrual=[BASE, AccrualRule("web", times("1.5"), where=purchase.channel == "web")],
            points=PointsPolicy(expire_after=inactivity(days(12)), debt_limit=40, active_after=days(4)),
            achievements=[Achievement("critic", 40, on="review", where=event["stars"] < 3)],
        ),
    ),
)

_POINTS = PointsPolicy(expire_after=days(20))
RESTATING = world(
    "Asia/Kathmandu",
    (2025, 3, 1),
    points=_POINTS,
    tiers=TierLadder(
        Tier("low"),
        Tier("mid", enter=(spend.over(days(15)) >= 33) | (visits.over(days(5)) >= 2), multiplier="1.5"),
        Tier("high", enter=spend.over(days(15)) >= 250, multiplier="2.5"),
        valid_for=days(10),
        on_return="immediately",
    ),
    late=LatePolicy(restate=True, before_enrolment_days=10),
)
"""Points of later purchases are put right, whether they wait, die of inactivity, are capped or cannot be owed."""


def _others(program: Program) -> tuple[Program, ...]:
    units = AccrualRule("big", per_amount(1, "10.00", steps=True), where=line.quantity >= 2)
    return (
        program,
        program.evolve(points=PointsPolicy(expire_after=inactivity(days(9)), active_after="activation")),
        program.evolve(points=PointsPolicy(expire_after=days(12), active_after=days(3), on_return="only_pending")),
        program.evolve(
            points=PointsPolicy(expire_after=end_of("month"), on_return="within_balance", caps=[Cap(150)]),
            accrual=[BASE, units],
            late=LatePolicy(restate=True),
        ),
        program.evolve(tiers=_INSERTED, points=PointsPolicy(debt_limit=20, rounding="ceiling")),
    )


RESTATING = World(RESTATING.program, RESTATING.start, _others(RESTATING.program))
