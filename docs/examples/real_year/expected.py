"""The same figures worked out apart: plain Arrow sums the lines into baskets, plain SQL does the rest.

Nothing here uses the library; only the thresholds are shared. The tier rule is written a second time, as an analyst
would write it: a rolling sum over 90 days, the highest tier it reaches within each month, and a step from one month to
the next. That is possible because a tier of this programme ends only at the end of a month (``TIERS`` in
``programme``).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from docs.examples.real_year.figures import MemberMonth, MonthFigures, YearFigures
from docs.examples.real_year.files import INSTANT, NEW_YORK, CardYear, file, member_id
from docs.examples.real_year.programme import GOLD_DOLLARS, SILVER_DOLLARS, TIER_NAMES, WINDOW_DAYS

DAY = 86_400_000_000  # microseconds

BASKETS = (
    "CREATE TABLE basket (household INTEGER, month INTEGER, wall INTEGER, lines INTEGER, units INTEGER, cents INTEGER)"
)
HOUSEHOLDS = "CREATE TABLE household (number INTEGER PRIMARY KEY)"
MONTHS = "CREATE TABLE month (number INTEGER PRIMARY KEY, starts INTEGER)"

# What each household reached within each month, and what a look back from the month's first instant finds.
STANDING = """
CREATE TABLE standing AS
WITH rolling AS (
    SELECT household, month, SUM(cents) OVER (
        PARTITION BY household ORDER BY wall RANGE BETWEEN :window PRECEDING AND CURRENT ROW
    ) AS spent
    FROM basket
),
reached AS (SELECT household, month, MAX(spent) AS spent FROM rolling GROUP BY household, month),
looked_back AS (
    SELECT basket.household, month.number AS month, SUM(cents) AS spent
    FROM month JOIN basket ON basket.wall >= month.starts - :window AND basket.wall < month.starts
    GROUP BY basket.household, month.number
)
SELECT
    household.number AS household,
    month.number AS month,
    (COALESCE(reached.spent, 0) >= :silver) + (COALESCE(reached.spent, 0) >= :gold) AS reached,
    (COALESCE(looked_back.spent, 0) >= :silver) + (COALESCE(looked_back.spent, 0) >= :gold) AS kept
FROM household CROSS JOIN month
LEFT JOIN reached ON reached.household = household.number AND reached.month = month.number
LEFT JOIN looked_back ON looked_back.household = household.number AND looked_back.month = month.number
"""

# A tier that was reached in a month is not looked at when that month ends, but when the next one does. Then it is kept,
# or one falls one step. The lowest has no end.
TIERS = """
CREATE TABLE tier AS
WITH RECURSIVE step (household, month, entered, reached) AS (
    SELECT household, month, 0, reached FROM standing WHERE month = 1
    UNION ALL
    SELECT
        standing.household,
        standing.month,
        CASE
            WHEN step.reached > step.entered THEN step.reached
            WHEN step.entered = 0 OR standing.kept >= step.entered THEN step.entered
            ELSE step.entered - 1
        END,
        standing.reached
    FROM step JOIN standing ON standing.household = step.household AND standing.month = step.month + 1
)
SELECT household, month, MAX(entered, reached) AS rank FROM step
"""

BOUGHT = """
SELECT tier.household, tier.month, tier.rank, COUNT(wall), COALESCE(SUM(units), 0), COALESCE(SUM(cents), 0)
FROM tier LEFT JOIN basket ON basket.household = tier.household AND basket.month = tier.month
GROUP BY tier.household, tier.month, tier.rank
"""


def expected_figures(year: CardYear) -> YearFigures:
    """What the library must find."""
    with closing(sqlite3.connect(":memory:")) as database:
        _load(database, year)
        terms = {"window": WINDOW_DAYS * DAY, "silver": SILVER_DOLLARS * 100, "gold": GOLD_DOLLARS * 100}
        database.execute(STANDING, terms)
        database.execute("CREATE INDEX standing_by_household ON standing (household, month)")
        database.execute(TIERS)
        members: dict[int, dict[str, MemberMonth]] = defaultdict(dict)
        for household, month, rank, purchases, units, cents in database.execute(BOUGHT):
            bought = MemberMonth(TIER_NAMES[rank], purchases, units, Decimal(cents).scaleb(-2))
            members[month][member_id(household)] = bought
        (lines,) = database.execute("SELECT SUM(lines) FROM basket").fetchone()
        months = tuple(MonthFigures(month.name, members[month.number]) for month in year.months)
        return YearFigures(months, lines, _coupons(year))


def _coupons(year: CardYear) -> int:
    rows = file("coupon_redemptions").read()
    dates = zip(rows["household_id"].to_pylist(), pc.month(rows["redemption_date"]).to_pylist(), strict=True)
    return sum(household in year.numbers and month <= year.month_count for household, month in dates)


def _load(database: sqlite3.Connection, year: CardYear) -> None:
    for statement in (BASKETS, HOUSEHOLDS, MONTHS):
        database.execute(statement)
    database.executemany("INSERT INTO household VALUES (?)", [(number,) for number in year.numbers])
    walls = [month.start.astimezone(NEW_YORK).replace(tzinfo=None) for month in year.months]
    starts = enumerate(((wall - datetime(1970, 1, 1)) // INSTANT for wall in walls), 1)  # noqa: DTZ001 - a wall clock
    database.executemany("INSERT INTO month VALUES (?, ?)", starts)
    database.executemany("INSERT INTO basket VALUES (?, ?, ?, ?, ?, ?)", _baskets(year))
    database.execute("CREATE INDEX basket_by_wall ON basket (wall)")
    database.execute("CREATE INDEX basket_by_household ON basket (household, month)")


def _baskets(year: CardYear) -> Iterator[tuple[int, ...]]:
    """Household, month, local wall time in microseconds, lines, units and cents of every basket."""
    lines = file("transactions").read(["basket_id", "household_id", "transaction_timestamp", "sales_value", "quantity"])
    keys = ["basket_id", "household_id", "transaction_timestamp"]
    baskets = lines.group_by(keys).aggregate([("quantity", "count"), ("quantity", "sum"), ("sales_value", "sum")])
    utc = pc.assume_timezone(baskets["transaction_timestamp"].cast(pa.timestamp("us")), "UTC")
    walls = pc.local_timestamp(utc.cast(pa.timestamp("us", NEW_YORK.key)))
    # A basket's dollars are the sum of a few floats, far closer to a whole cent than half of one.
    cents = [round(100 * dollars) for dollars in baskets["sales_value_sum"].to_pylist()]
    counts = (baskets["quantity_count"], baskets["quantity_sum"])
    columns = (baskets["household_id"], pc.month(walls), walls.cast(pa.int64()), *counts)
    rows = zip(*(column.to_pylist() for column in columns), cents, strict=True)
    return (row for row in rows if row[0] in year.numbers and row[1] <= year.month_count)
