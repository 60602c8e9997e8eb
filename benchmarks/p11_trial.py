"""P11: what a trial costs with 10 and with 10,000 lots: a decision that tries entries on a copy before it is made.

A purchase paid with points, a return, a redemption half an hour late, and a redemption after a hold that timed out.
Each is quoted, so that every round asks the same of the same account: a quote takes the path of ``record`` and writes
nothing.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

import loyaltykit as lk
from benchmarks.harness import Report, Side, Target, alternate, compare, stopwatch
from loyaltykit.rules import per_amount

FEW, MANY = 10, 10_000
ASKED = 20
ROUNDS = 15
IN_ORDER, HALF_AN_HOUR_LATE = Target(1.5), Target(2)
OPENING = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=4)
LATE = timedelta(minutes=30)

PROGRAM = lk.Program(
    name="P11",
    currency="EUR",
    timezone="UTC",
    accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
)


def store(member_id: str, lots: int) -> lk.Loyalty:
    """Return a store with one member and as many live lots, the last just before now."""
    shop = lk.Loyalty(PROGRAM, clock=lambda: NOW)
    shop.enroll(lk.Member(id=member_id, enrolled_at=OPENING))
    bought = (
        lk.Purchase(id=f"o-{number}", member_id=member_id, amount="50.00", occurred_at=NOW - (lots - number) * STEP)
        for number in range(lots)
    )
    report = shop.ingest(bought)
    assert report.recorded == lots
    return shop


def asked(kind: str, lots: int) -> tuple[lk.Loyalty, lk.Transaction]:
    """Return a store, and what is quoted there."""
    shop = store("m", lots)
    payment = lk.PointsPayment(points=40, value="0.40")
    if kind == "paid with points":
        return shop, lk.Purchase(id="new", member_id="m", amount="50.00", paid_with=payment, occurred_at=NOW)
    if kind == "return":
        return shop, lk.Return(id="new", of=f"o-{lots - 1}", occurred_at=NOW)
    if kind == "late redemption":
        shop.record(lk.Redemption(id="r", member_id="m", points=40, occurred_at=NOW))
        return shop, lk.Redemption(id="new", member_id="m", points=40, occurred_at=NOW - LATE)
    shop.record(lk.Hold(id="h", member_id="m", points=40, occurred_at=NOW - LATE, until=NOW - LATE / 2))
    return shop, lk.Redemption(id="new", member_id="m", points=40, occurred_at=NOW)


KINDS = {
    "paid with points": IN_ORDER,
    "return": IN_ORDER,
    "late redemption": HALF_AN_HOUR_LATE,
    "after a time-out": IN_ORDER,
}


def measure() -> Report:
    """The rounds, and their table."""
    sides = {f"{kind}, {lots}": _quote(*asked(kind, lots)) for kind in KINDS for lots in (FEW, MANY)}
    gc.collect()
    gc.freeze()
    rounds = alternate(sides, ROUNDS)
    gc.unfreeze()
    return Report(
        tuple(
            compare(rounds, f"P11 lots 10 → 10,000, {kind}", f"{kind}, {MANY}", f"{kind}, {FEW}", target)
            for kind, target in KINDS.items()
        )
    )


def _quote(shop: lk.Loyalty, given: lk.Transaction) -> Side:
    def work() -> None:
        for _ in range(ASKED):
            shop.quote(given)

    return lambda: stopwatch(work) / ASKED
