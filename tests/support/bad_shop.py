"""A shop in which something happened, to which bad input is sent: afterwards nothing about it may have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, member, months, per_amount, spend
from loyaltykit.storage.memory import MemoryStorage
from tests.support.digest import canonical

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
BARE = datetime(2025, 3, 1, 12)  # noqa: DTZ001 - a naive time is what is refused

PROGRAM = lk.Program(
    name="Club",
    currency="EUR",
    timezone="Europe/Berlin",
    accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
    points=lk.PointsPolicy(expire_after=months(12)),
    tiers=lk.TierLadder(
        lk.Tier("all"), lk.Tier("gold", enter=spend.over(months(12)) >= 1000, multiplier="1.5"), valid_for=months(12)
    ),
    segments=[lk.Segment("active", spend >= 1)],
    fields=[lk.Field("goal", int), lk.Field("note", str, choices=("a", "b"))],
    line_fields=[lk.Field("size", str)],
    purchase_fields=[lk.Field("gift", bool)],
    events=[lk.EventType("review", fields=[lk.Field("stars", int)])],
    rewards=[
        lk.Reward("cup", 5, kind="coupon", value="2.50", valid_for=days(2)),
        lk.Reward("gone", 1, stock=0),
        lk.Reward("early", 1, available_from=NOW + timedelta(microseconds=1)),
        lk.Reward("over", 1, available_until=NOW),
        lk.Reward("golden", 1, where=member.tier == "gold"),
    ],
)


class Shop:
    """A shop in which something happened, and its whole state."""

    def __init__(self, program: lk.Program = PROGRAM) -> None:
        self.storage = MemoryStorage()
        self.loyalty = lk.Loyalty(program, storage=self.storage, clock=lambda: NOW)
        self.loyalty.enroll(lk.Member(id="m", name="Ada", enrolled_at=NOW - timedelta(days=100)))
        lines = [lk.Line(amount=40, quantity=4), lk.Line(amount=10)]
        for transaction in (
            lk.Purchase(id="p", member_id="m", lines=lines, occurred_at=NOW - timedelta(days=9)),
            lk.Purchase(id="single", member_id="m", amount=10, occurred_at=NOW - timedelta(days=8)),
            lk.Redemption(id="rd", member_id="m", points=20, occurred_at=NOW - timedelta(days=7)),
            lk.Hold(id="h", member_id="m", points=3, occurred_at=NOW - timedelta(days=6)),
            lk.Hold(id="over", member_id="m", points=2, occurred_at=NOW - timedelta(days=6), until=NOW),
        ):
            self.loyalty.record(transaction)

    @property
    def state(self) -> tuple[str, int]:
        return canonical(self.storage), self.storage.position()


def kept_out(shop: Shop, call: Callable[[], object], kind: type[lk.LoyaltyError], fields: list[str]) -> lk.LoyaltyError:
    """The call is refused for these fields, with reasons and ways out, and nothing at all has changed."""
    before = shop.state
    with pytest.raises(lk.LoyaltyError) as caught:
        call()
    error = caught.value
    problems = error.problems if isinstance(error, lk.InvalidValueError) else (error,)
    assert isinstance(error, kind)
    assert [problem.field for problem in problems] == fields
    for problem in problems:
        assert problem.reason
        assert problem.way_out
        assert problem.reason in str(error)
    assert shop.state == before
    return error
