"""P4: balance and tier of one member now, in a store of 1,000 and of 1,000,000 members, with 10 and 10,000 postings.

1,000 members of each store have ten purchases, the others none. The member with many postings comes twice: once with
every lot alive, as purchases alone leave them, and once spending all points after each purchase, so that few are.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import loyaltykit as lk
from benchmarks.harness import Report, Rounds, Side, Target, alternate, compare, duration, stopwatch
from loyaltykit.rules import days, per_amount, spend

SMALL, LARGE = 1_000, 1_000_000
ASKED = 1_000
FEW, MANY = 10, 10_000
ROUNDS = 15
FLAT = Target(1.5)  # memory caches make the anchor itself slower in a large table; the note says by how much
OPENING = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=4)

PROGRAM = lk.Program(
    name="P4",
    currency="EUR",
    timezone="UTC",
    accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
    tiers=lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=spend.over(days(365)) >= 500),
        lk.Tier("gold", enter=spend.over(days(365)) >= 5000),
    ),
)


def opened() -> lk.Loyalty:
    """An empty store in memory whose clock stands still."""
    return lk.Loyalty(PROGRAM, clock=lambda: NOW)


def purchases(member_id: str, count: int) -> Iterator[lk.Purchase]:
    """As many purchases as postings are wanted, the last just before now: every lot stays alive."""
    for number in range(count):
        yield lk.Purchase(
            id=f"{member_id}/{number}",
            member_id=member_id,
            amount=10 + number % 90,
            occurred_at=NOW - (count - number) * STEP,
        )


def spent(member_id: str, count: int) -> Iterator[lk.Purchase | lk.Redemption]:
    """Half as many purchases, each followed by a redemption of its points."""
    for bought in purchases(member_id, count // 2):
        yield bought
        assert bought.occurred_at is not None
        yield lk.Redemption(
            id=f"{bought.id}/out",
            member_id=member_id,
            points=int(bought.total),
            occurred_at=bought.occurred_at + STEP / 2,
        )


def store(members: int, asked: Sequence[str]) -> lk.Loyalty:
    """A store in memory whose asked members have ten purchases each."""
    shop = opened()
    shop.ingest(lk.Member(id=f"m-{number}", enrolled_at=OPENING) for number in range(members))
    for member_id in asked:
        shop.ingest(purchases(member_id, FEW))
    return shop


def anchor(members: int) -> sqlite3.Connection:
    """The same number of members as rows of a table."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE member (id TEXT PRIMARY KEY, balance INTEGER, tier TEXT) WITHOUT ROWID")
    database.executemany("INSERT INTO member VALUES (?, 1, 'regular')", ((f"m-{i}",) for i in range(members)))
    return database


def measure() -> Report:
    """The rounds, and their table."""
    postings = _by_postings()
    members, built = _by_members()
    rows = (
        # How a case grows: the smaller one is its peer.
        compare(members, "P4 members 1,000 → 1,000,000", "ours, large", "ours, small", FLAT),
        compare(postings, "P4 postings 10 → 10,000, all alive", "alive, many", "alive, few", Target(3)),
        compare(postings, "P4 postings 10 → 10,000, all spent", "spent, many", "spent, few", Target(3)),
        compare(members, "P4 balance and tier, 1,000,000", "ours, large", "SELECT, large"),
    )
    notes = (
        f"P4: the SELECT by primary key itself takes {members.ratio('SELECT, large', 'SELECT, small'):.2f} × as long "
        f"in 1,000,000 rows as in 1,000. A member of the large store was enrolled in {duration(built)}.",
    )
    return Report(rows, notes)


def _by_members() -> tuple[Rounds, float]:
    asked = [f"m-{number}" for number in range(SMALL)]
    scattered = [f"m-{number}" for number in Random(4).sample(range(LARGE), ASKED)]
    shops: list[lk.Loyalty] = [store(SMALL, asked)]
    built = stopwatch(lambda: shops.append(store(LARGE, scattered)))
    small, large = shops
    gc.freeze()
    rounds = alternate(
        {
            "SELECT, small": _select(anchor(SMALL), asked),
            "SELECT, large": _select(anchor(LARGE), scattered),
            "ours, small": _ask(small, asked),
            "ours, large": _ask(large, scattered),
        },
        ROUNDS,
    )
    gc.unfreeze()
    return rounds, built / LARGE


def _by_postings() -> Rounds:
    members = {"alive, few": FEW, "alive, many": MANY, "spent, few": FEW, "spent, many": MANY}
    with opened() as shop:
        for name, count in members.items():
            shop.enroll(lk.Member(id=name, enrolled_at=OPENING))
            shop.ingest(purchases(name, count) if name.startswith("alive") else spent(name, count))
        return alternate({name: _ask(shop, [name] * ASKED) for name in members}, ROUNDS)


def _ask(shop: lk.Loyalty, member_ids: Sequence[str]) -> Side:
    def work() -> None:
        for member_id in member_ids:
            shop.balance(member_id)
            shop.tier(member_id)

    return lambda: stopwatch(work) / len(member_ids)


def _select(database: sqlite3.Connection, member_ids: Sequence[str]) -> Side:
    def work() -> None:
        for member_id in member_ids:
            database.execute("SELECT balance, tier FROM member WHERE id = ?", (member_id,)).fetchone()

    return lambda: stopwatch(work) / len(member_ids)
