"""The words in which tests tell what happens to a member: a shop, its clock, one line for each thing that happens.

``happenings`` draws random stories; ``PROGRAMS`` are the programmes they run in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings, strategies as st

import loyaltykit as lk
from loyaltykit.ports import Storage
from loyaltykit.rules import days, end_of, events, months, per_amount, spend
from loyaltykit.storage.memory import MemoryStorage
from tests.support.clock import Clock

BERLIN = ZoneInfo("Europe/Berlin")
MICROSECOND = timedelta(microseconds=1)
BASE = lk.AccrualRule("base", per_amount(points=1, every="1.00"))


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in the shop's zone."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


START = at(2024, 1, 1)
LATE = at(2045, 1, 1)


def day(number: int, hour: int = 12) -> datetime:
    """A moment of the ``number``-th day after the start."""
    return START + timedelta(days=number, hours=hour)


def club(**changes: Any) -> lk.Program:
    """A programme of one point for a euro, points that live ten days, one tier."""
    plain = lk.Program(
        name="Club",
        currency="EUR",
        timezone="Europe/Berlin",
        accrual=[BASE],
        points=lk.PointsPolicy(expire_after=days(10)),
    )
    return plain.evolve(**changes)


def policy(**terms: Any) -> lk.Program:
    """The same programme under another policy of points."""
    return club(points=lk.PointsPolicy(**({"expire_after": days(10)} | terms)))


FEW = settings(max_examples=max(settings().max_examples // 2, 10))
"""For properties that run whole stories twice or ask about many days."""


class Story:
    """One shop with one member ``m``; its clock stands far ahead, so that every date can be told.

    Args:
        program: None for ``club()``.
        enrolled: when the member joined.
        storage: None for a new one in memory.
    """

    def __init__(
        self, program: lk.Program | None = None, enrolled: datetime = START, storage: Storage | None = None
    ) -> None:
        self.clock = Clock(LATE)
        self.storage = storage or MemoryStorage()
        self.shop = lk.Loyalty(program or club(), storage=self.storage, clock=self.clock)
        self.shop.enroll(lk.Member(id="m", enrolled_at=enrolled))

    # -- what happens ----------------------------------------------------------------------------------------------

    def buy(self, id: str, when: datetime, amount: str | int = 100, **more: Any) -> lk.Receipt:
        return self.shop.record(lk.Purchase(id=id, member_id="m", amount=amount, occurred_at=when, **more))

    def bring_back(self, id: str, of: str, when: datetime, **more: Any) -> lk.Receipt:
        return self.shop.record(lk.Return(id=id, of=of, occurred_at=when, **more))

    def spend(self, id: str, when: datetime, points: int) -> lk.Receipt:
        return self.shop.record(lk.Redemption(id=id, member_id="m", points=points, occurred_at=when))

    def undo(self, id: str, of: str, when: datetime, points: int | None = None) -> lk.Receipt:
        return self.shop.record(lk.Reversal(id=id, of=of, points=points, occurred_at=when))

    def adjust(self, id: str, when: datetime, points: int, **more: Any) -> lk.Receipt:
        return self.shop.record(adjustment(id, when, points, **more))

    def hold(self, id: str, when: datetime, points: int, until: datetime | None = None) -> lk.Receipt:
        return self.shop.record(lk.Hold(id=id, member_id="m", points=points, until=until, occurred_at=when))

    def capture(self, id: str, of: str, when: datetime, points: int | None = None) -> lk.Receipt:
        return self.shop.record(lk.Capture(id=id, of=of, points=points, occurred_at=when))

    def release(self, id: str, of: str, when: datetime) -> lk.Receipt:
        return self.shop.record(lk.Release(id=id, of=of, occurred_at=when))

    def activate(self, id: str, of: str, when: datetime) -> lk.Receipt:
        return self.shop.record(lk.Activation(id=id, of=of, occurred_at=when))

    def visit(self, id: str, when: datetime) -> lk.Receipt:
        return self.shop.record(lk.Visit(id=id, member_id="m", occurred_at=when))

    # -- what is told ----------------------------------------------------------------------------------------------

    def available(self, when: datetime) -> int:
        return self.shop.balance("m", as_of=when).available

    def debt(self, when: datetime) -> int:
        return self.shop.balance("m", as_of=when).debt

    def places(self, when: datetime) -> tuple[int, int, int, int]:
        """Pending, available, held, owed."""
        balance = self.shop.balance("m", as_of=when)
        return (balance.pending, balance.available, balance.held, balance.debt)

    def lots(self, when: datetime) -> list[tuple[str, int]]:
        return [(lot.id, lot.remaining) for lot in self.shop.balance("m", as_of=when).lots]

    def rows(self, when: datetime = LATE) -> list[tuple[str, int]]:
        return [(row.kind, row.points) for row in self.shop.statement("m", as_of=when)]

    def tier(self, when: datetime) -> str:
        return self.shop.tier("m", as_of=when).name

    def term(self, when: datetime) -> tuple[str, datetime, datetime | None]:
        """Tier, since when, until when."""
        status = self.shop.tier("m", as_of=when)
        return (status.name, status.since, status.until)


def adjustment(id: str, when: datetime, points: int, **more: Any) -> lk.Adjustment:
    """Points put right by hand, for a reason."""
    return lk.Adjustment(
        id=id, member_id="m", points=points, occurred_at=when, actor="staff-7", reason="by hand", **more
    )


# -- random stories ----------------------------------------------------------------------------------------------------

_LADDER = (
    lk.Tier("low"),
    lk.Tier("mid", enter=spend.over(days(15)) >= 100, multiplier="1.2"),
    lk.Tier("high", enter=spend.over(days(20)) >= 300, keep=spend.over(days(9)) > 10, multiplier="1.5"),
)
REWARDS = (
    lk.Reward("cup", 10, kind="coupon", value="1.00", valid_for=days(5)),
    lk.Reward("pot", 60, where=spend.over(days(20)) >= 100, per_member=1, available_from=day(2)),
)
PROGRAMS = (
    club(tiers=lk.TierLadder(*_LADDER, valid_for=days(12), grace_days=3)),
    club(
        points=lk.PointsPolicy(expire_after=lk.inactivity(days(6)), on_return="within_balance", rounding="half_up"),
        tiers=lk.TierLadder(*_LADDER, valid_for=days(8), downgrade="requalify", on_return="immediately"),
        rewards=REWARDS,
    ),
    club(
        points=lk.PointsPolicy(expire_after=end_of("month"), on_reversal=lk.extend(5), debt_limit=50), rewards=REWARDS
    ),
    club(
        points=lk.PointsPolicy(on_return="only_pending", rounding="ceiling"),
        tiers=lk.TierLadder(
            lk.Tier("low"), lk.Tier("high", enter=events("review") >= 2, multiplier="3"), valid_for=months(1)
        ),
        events=[lk.EventType("review")],
    ),
    club(points=lk.PointsPolicy(active_after=days(7), expire_after=days(20), on_return="only_pending")),
    club(points=lk.PointsPolicy(active_after="activation", expire_after=days(30), debt_limit=80)),
)
KINDS = (
    *("purchase", "purchase", "purchase", "return", "redemption", "redemption", "reversal", "adjustment", "visit"),
    *("paid purchase", "hold", "hold", "capture", "release", "activation", "opening", "reward", "voucher use"),
)
_AMOUNTS = ("10.00", "0.01", "33.33", "100.00", "150.50", "250.00", "0")


@st.composite
def happenings(
    draw: st.DrawFn, *, kinds: Sequence[str] = KINDS, max_size: int = 9, in_order: bool = False
) -> list[lk.Transaction]:
    """What happens to ``m`` within two months of its enrolment; some of it may be refused."""
    told: list[lk.Transaction] = []
    count = draw(st.integers(1, max_size))
    moments = draw(
        st.lists(st.builds(day, st.integers(0, 60), st.sampled_from([0, 12])), min_size=count, max_size=count)
    )
    for serial, when in enumerate(sorted(moments) if in_order else moments):
        kind = draw(st.sampled_from(kinds))
        told.append(draw(_one(kind, f"{kind[:2]}-{serial * 7 % 10}{serial}", when, told)))
    return told


def _one(kind: str, id: str, when: datetime, told: Sequence[lk.Transaction]) -> st.SearchStrategy[lk.Transaction]:
    bought = [item.id for item in told if isinstance(item, lk.Purchase)] or ["unknown"]
    spent = [item.id for item in told if isinstance(item, lk.Redemption | lk.Capture)] or ["unknown"]
    held = [item.id for item in told if isinstance(item, lk.Hold)] or ["unknown"]
    points = st.sampled_from([1, 10, 60, 150])
    strategies: dict[str, st.SearchStrategy[lk.Transaction]] = {
        "purchase": st.builds(
            lk.Purchase,
            id=st.just(id),
            member_id=st.just("m"),
            amount=st.sampled_from(_AMOUNTS),
            occurred_at=st.just(when),
        ),
        "return": st.builds(
            lk.Return,
            id=st.just(id),
            of=st.sampled_from(bought),
            amount=st.none() | st.sampled_from(["0.01", "5", "33.33"]),
            occurred_at=st.just(when),
        ),
        "redemption": st.builds(
            lk.Redemption, id=st.just(id), member_id=st.just("m"), points=points, occurred_at=st.just(when)
        ),
        "reversal": st.builds(
            lk.Reversal,
            id=st.just(id),
            of=st.sampled_from(spent),
            points=st.none() | st.sampled_from([1, 7, 40]),
            occurred_at=st.just(when),
        ),
        "adjustment": st.builds(adjustment, st.just(id), st.just(when), st.sampled_from([5, 80, -5, -80])),
        "paid purchase": st.builds(
            lk.Purchase,
            id=st.just(id),
            member_id=st.just("m"),
            amount=st.sampled_from(["33.33", "250.00"]),
            paid_with=st.builds(lk.PointsPayment, points=points, value=st.sampled_from(["0.01", "7.77", "33.33"])),
            occurred_at=st.just(when),
        ),
        "hold": st.builds(
            lk.Hold,
            id=st.just(id),
            member_id=st.just("m"),
            points=points,
            until=st.none() | st.sampled_from([when + timedelta(hours=1), when + timedelta(days=9)]),
            occurred_at=st.just(when),
        ),
        "capture": st.builds(
            lk.Capture,
            id=st.just(id),
            of=st.sampled_from(held),
            points=st.none() | st.sampled_from([1, 40]),
            occurred_at=st.just(when),
        ),
        "release": st.builds(lk.Release, id=st.just(id), of=st.sampled_from(held), occurred_at=st.just(when)),
        "activation": st.builds(lk.Activation, id=st.just(id), of=st.sampled_from(bought), occurred_at=st.just(when)),
        "opening": st.builds(
            lk.OpeningBalance,
            id=st.just(id),
            member_id=st.just("m"),
            lots=st.lists(st.builds(lk.OpeningLot, points=points), min_size=1, max_size=2),
            occurred_at=st.just(when),
        ),
        "reward": st.builds(
            lk.Redemption,
            id=st.just(id),
            member_id=st.just("m"),
            reward=st.sampled_from(["cup", "pot"]),
            occurred_at=st.just(when),
        ),
        "voucher use": st.builds(lk.VoucherUse, id=st.just(id), of=st.sampled_from(spent), occurred_at=st.just(when)),
        "visit": st.builds(lk.Visit, id=st.just(id), member_id=st.just("m"), occurred_at=st.just(when)),
        "event": st.builds(
            lk.Event, id=st.just(id), member_id=st.just("m"), name=st.just("review"), occurred_at=st.just(when)
        ),
    }
    return strategies[kind]


def accepted(shop: lk.Loyalty, told: Sequence[lk.Transaction]) -> list[lk.Transaction]:
    """Record what is told, in that order; what was not refused."""
    taken = []
    for transaction in told:
        try:
            shop.record(transaction)
        except lk.RefusedError:
            continue
        taken.append(transaction)
    return taken
