"""What the late year came to, as tables: what was known when each month ended, and the rows that put tiers right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

import loyaltykit as lk
from docs.examples.real_year.arrivals import SENT, TILLS, WEEKS_OFFLINE
from docs.examples.real_year.files import NEW_YORK
from docs.examples.real_year.late import LateYear
from docs.examples.real_year.programme import TIER_NAMES
from docs.examples.real_year.report import Row, table
from docs.examples.real_year.tills import Standings

SHOWN_ROWS = 8


def show_late(console: Console, late: LateYear) -> None:
    """Print everything."""
    shop = late.shop
    console.print(
        f"\n[bold]The same year, late[/bold]: {late.members:,} of the households, {late.purchases:,} purchases. "
        f"{TILLS} tills are offline for {WEEKS_OFFLINE} weeks at a time; then each delivers its baskets in an order of "
        f"its own, every one {SENT} times. {shop.again:,} came again and changed nothing; {shop.late:,} came behind a "
        f"later one. {shop.refused:,} coupons found too few points, on time {late.refused_on_time:,}.",
    )
    for title, drawn in _sections(late):
        console.print(f"\n[bold]{title}[/bold]")
        console.print(drawn)


def _sections(late: LateYear) -> Iterator[tuple[str, Table]]:
    yield "At each month's end: what was known then → what is known now", known(late)
    yield "Correcting rows: closed tier decisions that came out differently", corrected(late)
    most = _most_corrected(late)
    if most is not None:
        yield f"The first correcting rows of {most}", rows_of(late, most)


def known(late: LateYear) -> Table:
    """Purchases and tiers by month, as they were known and as they are."""
    rows: list[Row] = []
    for name, now in late.now.items():
        then = late.shop.told[name]
        pairs = ((_purchases(then), _purchases(now)), *zip(_tiers(then), _tiers(now), strict=True))
        differing = sum(then[id].tier != standing.tier for id, standing in now.items())
        rows.append((name, *(f"{before:,} → {after:,}" for before, after in pairs), differing))
    return table(("month", "purchases", *TIER_NAMES, "in another tier"), rows)


def _purchases(standings: Standings) -> int:
    return sum(standing.purchases for standing in standings.values())


def _tiers(standings: Standings) -> list[int]:
    held = Counter(standing.tier for standing in standings.values())
    return [held[tier] for tier in TIER_NAMES]


def corrected(late: LateYear) -> Table:
    """How many rows say that a tier was another one, for how many members, and for how many days together."""
    found: dict[tuple[str, str], list[tuple[str, lk.answers.TierCorrection]]] = defaultdict(list)
    for id, row in late.shop.corrections:
        found[row.before, row.after].append((id, row))
    rows: list[Row] = []
    for (before, after), items in sorted(found.items()):
        ended = [row.effective_until - row.effective_from for _, row in items if row.effective_until is not None]
        days = round(sum(ended, timedelta()) / timedelta(days=1))
        rows.append((before, after, len(items), len({id for id, _ in items}), days, len(items) - len(ended)))
    return table(("decided", "holds", "rows", "members", "days", "without an end"), rows)


def rows_of(late: LateYear, member_id: str) -> Table:
    """A few rows of one member, in the order in which they were written."""
    rows = [row for id, row in late.shop.corrections if id == member_id][:SHOWN_ROWS]
    cells = [(_when(row.effective_from), _when(row.effective_until), row.before, row.after, row.cause) for row in rows]
    return table(("from", "until", "decided", "holds", "because of"), cells)


def _most_corrected(late: LateYear) -> str | None:
    counts = Counter(id for id, _ in late.shop.corrections)
    return max(sorted(counts), key=counts.__getitem__, default=None)


def _when(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"
