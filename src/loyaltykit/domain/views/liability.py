"""Liability: outstanding points by tier and by month of expiry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeAlias

from attrs import field, frozen

from loyaltykit.calendars import ShopCalendar, to_date
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import as_mapping, instant_or_none
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, to_datetime

Month: TypeAlias = date | None
"""The first day of a month in the shop's zone; None for never."""


@wire_name("liability")
@frozen(kw_only=True)
class Liability:
    """Points outstanding as of an instant: available, pending and held.

    Args:
        as_of: the instant.
        rows: points by tier and by the month of their last day, given by its first day; None for never.
        tiers: the names of all tiers, the lowest first.
        members: how many members there are.
        debt: points that members owe; not subtracted from other members' points.

    >>> some = Liability(as_of=datetime(2025, 3, 1), rows={("gold", date(2025, 12, 1)): 70, ("gold", None): 5})
    >>> some.points, some.by_tier, some.by_month
    (75, {'gold': 75}, {datetime.date(2025, 12, 1): 70, None: 5})
    >>> print(some)
    expires  gold  total
    2025-12    70     70
    never       5      5
    total      75     75
    """

    as_of: datetime = field(eq=instant_or_none)
    rows: Mapping[tuple[str, Month], int] = field(repr=False, converter=as_mapping)
    tiers: tuple[str, ...] = ()
    members: int = 0
    debt: int = 0

    @property
    def points(self) -> int:
        """Return all outstanding points."""
        return sum(self.rows.values())

    @property
    def by_tier(self) -> dict[str, int]:
        """Return points by tier, the lowest first; tiers without points are included."""
        names = dict.fromkeys((*self.tiers, *(tier for tier, _ in self.rows)))
        return {name: sum(points for (tier, _), points in self.rows.items() if tier == name) for name in names}

    @property
    def by_month(self) -> dict[Month, int]:
        """Return points by the month of their last day, the soonest first; points that never expire come last."""
        totals: dict[Month, int] = {}
        for (_, month), points in self.rows.items():
            totals[month] = totals.get(month, 0) + points
        return {month: totals[month] for month in sorted(totals, key=lambda month: month or date.max)}

    def __str__(self) -> str:
        """Return a table of months and tiers."""
        by_tier, by_month = self.by_tier, self.by_month
        table = [["expires", *by_tier, "total"]]
        for month, total in by_month.items():
            cells = [self.rows.get((tier, month), 0) for tier in by_tier]
            table.append([f"{month:%Y-%m}" if month else "never", *map(str, cells), str(total)])
        table.append(["total", *map(str, by_tier.values()), str(self.points)])
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        return "\n".join(_line(row, widths) for row in table)


def _line(row: list[str], widths: list[int]) -> str:
    cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *cells])


def measure_liability(accounts: Iterable[Account], rules: ProgramHistory, at: Instant) -> Liability:
    """Return the liability of a shop.

    Args:
        accounts: the accounts of all members enrolled by the instant.
        rules: the versions of the programme.
        at: the instant.
    """
    rows: Counter[tuple[str, Month]] = Counter()
    members = debt = 0
    for account in accounts:
        ledger = catch_up(account.ledger, at)[0]
        tier = account.state_at(at).view.tier
        for points, expires_at in _outstanding(ledger, at):
            rows[tier, _month_of(expires_at, rules.calendar)] += points
        members += 1
        debt += ledger.debt(at)
    names = rules.at(at).names
    ordered = sorted(rows, key=lambda row: (names.index(row[0]), row[1] or date.max))
    moment = to_datetime(at, rules.calendar.zone)
    rows_in_order = {row: rows[row] for row in ordered}
    return Liability(as_of=moment, rows=rows_in_order, tiers=tuple(names), members=members, debt=debt)


def _outstanding(ledger: Ledger, at: Instant) -> Iterator[tuple[int, Instant]]:
    """Yield available, pending and held points at an instant, with the end of their lots."""
    for state in ledger.lots_at(at):
        yield state.left, state.expires_at
    for state in ledger.waiting if at >= ledger.position else ledger.lots.values():
        if state.is_pending(at) and (left := state.left_at(at)):
            yield left, state.expires_at
    for hold in ledger.holds.values():
        if hold.held_at(at):
            yield from ((part.points, ledger.lots[part.lot].expires_at) for part in hold.parts)


def _month_of(expires_at: Instant, calendar: ShopCalendar) -> Month:
    """Return the month of the last day of points."""
    return None if expires_at >= NEVER_US else to_date(calendar.day_of(expires_at - 1)).replace(day=1)
