"""The programme of both web applications."""

import loyaltykit as lk
from loyaltykit.rules import months, per_amount, spend

CLUB = lk.Program(
    name="Tea House Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
    points=lk.PointsPolicy(expire_after=months(12)),
    tiers=lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=spend.over(months(12)) >= 2000, multiplier="1.2"),
        valid_for=months(12),
    ),
)
