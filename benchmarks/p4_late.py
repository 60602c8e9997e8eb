"""P4, late: a member with ten years behind takes a purchase that is a year late, beside a member with one year.

Both make 1,000 purchases a year, one posting each, and each late purchase lies at the beginning of the last year: what
came after it is the same for both. The third side folds the ten years from scratch with the late purchase in them, as a
library without checkpoints would. Points end after a year, and what has expired is written down before.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import loyaltykit as lk
from benchmarks.harness import Report, Side, Target, alternate, compare, duration, stopwatch
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.rules import days, months, per_amount, spend
from loyaltykit.storage.memory import MemoryStorage

A_YEAR = 1_000
YEARS = 10
LATE = 5
ROUNDS = 15
AS_OF_ONE_YEAR = Target(2)  # a copy may lie as far before the late purchase as that lies before now
NOW = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
OPENING = NOW - (YEARS + 1) * YEAR

PROGRAM = lk.Program(
    name="P4",
    currency="EUR",
    timezone="UTC",
    accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
    points=lk.PointsPolicy(expire_after=months(12)),
    tiers=lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=spend.over(days(365)) >= 500, multiplier="1.2"),
        lk.Tier("gold", enter=spend.over(days(365)) >= 5000, multiplier="1.5"),
        valid_for=months(12),
    ),
)


def purchase(number: object, ago: timedelta) -> lk.Purchase:
    """One, so long before now."""
    return lk.Purchase(id=f"o-{number}", member_id="m", amount="50.00", occurred_at=NOW - ago)


def past(years: int) -> Iterator[lk.Purchase]:
    """So many years of purchases, oldest first."""
    for number in range(years * A_YEAR, 0, -1):
        yield purchase(number, number * YEAR / A_YEAR)


def store(years: int) -> MemoryStorage:
    """A store with one member and that much of a past, settled."""
    storage = MemoryStorage()
    shop = lk.Loyalty(PROGRAM, storage, clock=lambda: NOW)
    shop.enroll(lk.Member(id="m", enrolled_at=OPENING))
    report = shop.ingest(past(years))
    assert report.recorded == years * A_YEAR
    shop.settle()
    return storage


def measure() -> Report:
    """The rounds, and their table."""
    ten, one = store(YEARS), store(1)
    gc.collect()
    gc.freeze()
    rounds = alternate({"one year": _take(one), "ten years": _take(ten), "from scratch": _fold(ten)}, ROUNDS)
    gc.unfreeze()
    with ten.snapshot() as snapshot:
        postings = len(snapshot.account("m").ledger.postings)
    return Report(
        rows=(
            compare(rounds, "P4 a year late, after ten years", "ten years", "one year", AS_OF_ONE_YEAR),
            compare(rounds, "P4 a year late, after ten years", "ten years", "from scratch"),
        ),
        notes=(
            f"P4, late: {YEARS * A_YEAR:,} purchases ({postings:,} postings with expiries) beside {A_YEAR:,}. "
            f"Folding ten years from scratch takes {duration(rounds.median('from scratch'))}, "
            f"{rounds.ratio('from scratch', 'ten years'):.1f} × as long as taking the late purchase.",
        ),
    )


def _take(storage: MemoryStorage) -> Side:
    shop, numbers = lk.Loyalty(PROGRAM, storage, clock=lambda: NOW), count()

    def side() -> float:
        late = [purchase(f"late-{next(numbers)}", YEAR) for _ in range(LATE)]
        return stopwatch(_each(shop.record, late)) / LATE

    return side


def _each(record: Callable[[lk.Purchase], lk.Receipt], late: list[lk.Purchase]) -> Callable[[], None]:
    def work() -> None:
        for one in late:
            record(one)

    return work


def _fold(storage: MemoryStorage) -> Side:
    with storage.snapshot() as snapshot:
        rules, member = snapshot.rules(), snapshot.account("m").member
        bought = [record.transaction for record in snapshot.records("m") if record.transaction]
    late = purchase("late", YEAR)
    ordered = sorted([*bought, late], key=lambda transaction: transaction.order)
    return lambda: stopwatch(lambda: Timeline(member, rules, ordered))
