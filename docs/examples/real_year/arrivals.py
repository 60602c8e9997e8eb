"""The same purchases as they would come from three tills that are offline for weeks.

Each till keeps its baskets for four weeks and then delivers them in an order of its own, every basket twice; the three
deliveries come mixed. Coupons are not late: they are redeemed at the service desk, which is always online. The order is
drawn from a fixed seed, so that every run is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import TypeAlias

import loyaltykit as lk
from docs.examples.real_year.data import Item

Arrival: TypeAlias = tuple[datetime, lk.Purchase | lk.Redemption]
"""When something reaches the shop, and what."""

TILLS = 3
WEEKS_OFFLINE = 4
SENT = 2
SEED = 2017


def on_time(items: Iterable[Item]) -> Iterator[Arrival]:
    """Everything at the instant at which it happens, in that order."""
    for item in items:
        if isinstance(item, lk.Purchase | lk.Redemption):
            assert item.occurred_at is not None  # every row has its time
            yield item.occurred_at, item


def shuffled(items: Iterable[Item], began: datetime) -> Iterator[Arrival]:
    """Coupons at their instant, purchases when their till delivers.

    Args:
        items: in the order in which they happened.
        began: when the tills went offline first.
    """
    period = timedelta(weeks=WEEKS_OFFLINE)
    for block, arrivals in groupby(on_time(items), key=lambda arrival: (arrival[0] - began) // period):
        happened = list(arrivals)
        yield from (arrival for arrival in happened if isinstance(arrival[1], lk.Redemption))
        bought = [item for _, item in happened if isinstance(item, lk.Purchase)]
        online = began + (block + 1) * period
        yield from ((online, purchase) for purchase in _delivered(bought, block))


def till_of(purchase: lk.Purchase) -> int:
    """Which till a basket went through: stores share three, by their number."""
    assert purchase.store is not None  # every row has its store
    return int(purchase.store.removeprefix("store-")) % TILLS


def _delivered(bought: Sequence[lk.Purchase], block: int) -> Iterator[lk.Purchase]:
    """One delivery of each till, mixed as the network lets them through."""
    queues = []
    for till in range(TILLS):
        queue = [purchase for purchase in bought if till_of(purchase) == till] * SENT
        Random(f"{SEED}/{block}/{till}").shuffle(queue)
        queues.append(queue)
    turns = [till for till, queue in enumerate(queues) for _ in queue]
    Random(f"{SEED}/{block}").shuffle(turns)
    return (queues[till].pop() for till in turns)
