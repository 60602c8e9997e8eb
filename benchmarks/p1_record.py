"""P1: record a purchase in memory: 20,000 purchases of 1,000 members in turn, one a minute.

What is measured is ``record`` one by one, and ``ingest`` of all at once, of ``Purchase`` values that are already built;
the peers are handed ints and strings. What building the values costs is said below the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import loyaltykit as lk
from benchmarks import record_peers as peers
from benchmarks.harness import Report, Side, Target, alternate, compare, duration, timed
from loyaltykit.rules import days, per_amount, spend

MEMBERS = 1_000
PURCHASES = 20_000
STEP = timedelta(seconds=60)
OPENING = datetime(2024, 1, 1, tzinfo=UTC)

Row: TypeAlias = tuple[str, str, int, int]
"""A purchase's id, its member's id, its instant in microseconds, its amount in cents."""


def program() -> lk.Program:
    """A point for each whole unit, three tiers over a rolling 365 days; the peers do the same."""
    year = spend.over(days(365))
    return lk.Program(
        name="P1",
        currency="EUR",
        timezone="UTC",
        accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
        tiers=lk.TierLadder(
            lk.Tier("regular"),
            lk.Tier("silver", enter=year >= peers.SILVER_CENTS // 100, multiplier="1.2"),
            lk.Tier("gold", enter=year >= peers.GOLD_CENTS // 100, multiplier="1.5"),
        ),
    )


def rows(member_ids: Sequence[str]) -> list[Row]:
    """The workload in plain values."""
    start, step = int(OPENING.timestamp()) * 1_000_000, STEP // timedelta(microseconds=1)
    return [(f"o-{i}", member_ids[i % MEMBERS], start + i * step, 1000 + (i * 7919) % 9000) for i in range(PURCHASES)]


def build(workload: Sequence[Row]) -> list[lk.Purchase]:
    """The workload in the library's values."""
    return [
        lk.Purchase(
            id=purchase_id, member_id=member_id, amount=Decimal(cents).scaleb(-2), occurred_at=OPENING + i * STEP
        )
        for i, (purchase_id, member_id, _, cents) in enumerate(workload)
    ]


def shop(member_ids: Sequence[str]) -> lk.Loyalty:
    """A store in memory with its members."""
    opened = lk.Loyalty(program())
    opened.ingest([lk.Member(id=member_id, enrolled_at=OPENING) for member_id in member_ids])
    return opened


def measure() -> Report:
    """The rounds, and their table."""
    member_ids = [f"m-{i}" for i in range(MEMBERS)]
    workload = rows(member_ids)
    purchases = build(workload)
    ways = {"floor": peers.floor, "typed events": peers.typed_events, "eventsourcing": peers.eventsourcing}
    _agree(ways, member_ids, workload, purchases)
    rounds = alternate(
        {
            **{name: _peer(make, member_ids, workload) for name, make in ways.items()},
            "record": _record(member_ids, purchases),
            "ingest": _ingest(member_ids, purchases),
            "build": lambda: timed(lambda: build(workload)) / PURCHASES,
        }
    )
    return Report(
        rows=(
            compare(rounds, "P1 record", "record", "floor", Target(20)),
            compare(rounds, "P1 ingest of many", "ingest", "floor", Target(12)),
            compare(rounds, "P1 record", "record", "eventsourcing", Target(4, faster=True)),
            compare(rounds, "P1 record", "record", "typed events"),
        ),
        notes=(
            f"P1: typed events take {rounds.ratio('typed events', 'floor'):.1f} × and eventsourcing "
            f"{rounds.ratio('eventsourcing', 'floor'):.0f} × the floor. Purchase values are built beforehand; "
            f"building one, with its checks, takes {duration(rounds.median('build'))} "
            f"({rounds.ratio('build', 'floor'):.1f} × the floor).",
        ),
    )


def _agree(
    ways: dict[str, Callable[[list[str]], peers.Record]],
    member_ids: list[str],
    workload: Sequence[Row],
    purchases: Sequence[lk.Purchase],
) -> None:
    """Who does less work is no peer: points and tiers are the same everywhere."""
    names = [tier.name for tier in program().tiers]
    with shop(member_ids) as opened:
        receipts = [opened.record(purchase) for purchase in purchases]
    ours = [(it.points, names.index(it.tier_before), names.index(it.tier_after)) for it in receipts]
    for name, make in ways.items():
        record = make(member_ids)
        assert [record(*row) for row in workload] == ours, name


def _peer(make: Callable[[list[str]], peers.Record], member_ids: list[str], workload: Sequence[Row]) -> Side:
    def side() -> float:
        record = make(member_ids)

        def work() -> None:
            for purchase_id, member_id, instant, cents in workload:
                record(purchase_id, member_id, instant, cents)

        return timed(work) / len(workload)

    return side


def _record(member_ids: Sequence[str], purchases: Sequence[lk.Purchase]) -> Side:
    def side() -> float:
        with shop(member_ids) as opened:

            def work() -> None:
                for purchase in purchases:
                    opened.record(purchase)

            return timed(work) / len(purchases)

    return side


def _ingest(member_ids: Sequence[str], purchases: Sequence[lk.Purchase]) -> Side:
    def side() -> float:
        with shop(member_ids) as opened:
            return timed(lambda: opened.ingest(purchases)) / len(purchases)

    return side
