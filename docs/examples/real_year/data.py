"""Rows as members, purchases and redemptions, streamed in the order in which things happened.

What the columns become:

* ``Line.amount`` is ``sales_value``: what the shop receives for the line, so that the lines sum to the year's sales.
* ``Line.discount`` is ``retail_disc + coupon_disc + coupon_match_disc``: everything that was taken off.
* ``Line.category`` is the product's department; 17 products are on no list and have none.
* Purchase times are UTC. A coupon's date is a local one: its redemption takes the last instant of that day.

Ids are made of what a row says (household, basket) or, for a coupon, of its place in the file: 480 household-days have
several coupons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

import loyaltykit as lk
from docs.examples.real_year.files import INSTANT, NEW_YORK, CardYear, Month, file, member_id
from docs.examples.real_year.people import member_of
from docs.examples.real_year.programme import COUPON_POINTS

Item: TypeAlias = lk.Member | lk.Purchase | lk.Redemption

LINES_AT_ONCE = 100_000
BASKET_COLUMNS = ("basket_id", "household_id", "store_id", "transaction_timestamp")
LINE_COLUMNS = ("product_id", "quantity", "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")


def items_by_month(year: CardYear) -> Iterator[tuple[Month, Iterator[Item]]]:
    """Each month with its items, to be read in turn; a month may have none."""
    ends, reached = [month.end for month in year.months], 0
    streams: list[Iterator[Item]] = [members(year), purchases(year), redemptions(year)]
    happened = merge(*streams, key=_when)
    for i, items in groupby(happened, key=lambda item: bisect_right(ends, _when(item))):
        yield from ((month, iter(())) for month in year.months[reached:i])
        if i == len(ends):
            return
        yield year.months[i], items
        reached = i + 1
    yield from ((month, iter(())) for month in year.months[reached:])


def _when(item: Item) -> datetime:
    when = item.enrolled_at if isinstance(item, lk.Member) else item.occurred_at
    assert when is not None  # every row has its time
    return when


def members(year: CardYear) -> Iterator[lk.Member]:
    """Every household, with what is known of 801 of them, and a person invented for each."""
    return (member_of(number, year) for number in sorted(year.numbers))


def purchases(year: CardYear) -> Iterator[lk.Purchase]:
    """Every basket with its lines: the file is in the order of its times, and the lines of a basket stand together."""
    batches = file("transactions").iter_batches(LINES_AT_ONCE, columns=BASKET_COLUMNS + LINE_COLUMNS)
    wanted = pa.array(year.numbers)
    rows = chain.from_iterable(_rows(batch.filter(pc.is_in(batch["household_id"], wanted))) for batch in batches)
    for (basket, household, store, seconds), lines in groupby(rows, key=itemgetter(0)):
        yield lk.Purchase(
            id=f"basket-{basket}",
            member_id=member_id(household),
            occurred_at=datetime.fromtimestamp(seconds, UTC),
            store=f"store-{store}",
            lines=[_line(*columns[1:]) for columns in lines],
        )


def redemptions(year: CardYear) -> Iterator[lk.Redemption]:
    """Every coupon as points spent."""
    rows = file("coupon_redemptions").read()
    days = _seconds(rows["redemption_date"]).to_pylist()
    for row, (household, seconds) in enumerate(zip(rows["household_id"].to_pylist(), days, strict=True)):
        if household in year.numbers:
            yield lk.Redemption(
                id=f"coupon-{row:04}",
                member_id=member_id(household),
                points=COUPON_POINTS,
                occurred_at=last_instant(datetime.fromtimestamp(seconds, UTC).date()),
                reason="coupon",
            )


@cache
def last_instant(day: date) -> datetime:
    """The last instant of a day in the shop's zone.

    >>> last_instant(date(2017, 1, 1)).isoformat()
    '2017-01-02T04:59:59.999999+00:00'
    """
    return datetime.combine(day + timedelta(days=1), time(), NEW_YORK).astimezone(UTC) - INSTANT


# A value is a value: four lines in five repeat an earlier one (the same milk at the same price), and share it.
@cache
def _line(product: int, quantity: int, sales: float, *discounts: float) -> lk.Line:
    return lk.Line(
        sku=str(product),
        category=_departments().get(product),
        quantity=quantity,
        amount=_dollars(sales),
        discount=sum(map(_dollars, discounts), Decimal(0)),
    )


@cache
def _departments() -> dict[int, str]:
    products = file("products").read(["product_id", "department"])
    return dict(zip(products["product_id"].to_pylist(), products["department"].to_pylist(), strict=True))


@cache
def _dollars(amount: float) -> Decimal:
    """The file holds dollars as floats; each is within a millionth of a cent of a whole cent."""
    return Decimal(round(100 * amount)).scaleb(-2)


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[tuple[int, int, int, int], int, int, float, float, float, float]]:
    """For each line its basket, then the rest of its columns."""
    *ids, times = (batch[name] for name in BASKET_COLUMNS)
    baskets = zip(*(column.to_pylist() for column in (*ids, _seconds(times))), strict=True)
    return zip(baskets, *(batch[name].to_pylist() for name in LINE_COLUMNS), strict=True)


def _seconds(times: pa.Array) -> pa.Array:
    return times.cast(pa.timestamp("s")).cast(pa.int64())
