"""The real year by hand: the floor of P7, a loop over plain rows with ints and dicts.

It knows one programme, that of ``docs/examples/real_year``: what each department's lines give, three tiers over 90 days
that last to the end of the next month, points that live six months. Times are microseconds on the shop's wall.
"""

from __future__ import annotations

from calendar import monthrange
from collections import deque
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

Row: TypeAlias = tuple[str, str, int, list[tuple[str | None, int, int]]]
"""A basket: its id, its member's id, its wall time, and department, quantity and cents of each line."""

DAY_US = 86_400_000_000
WINDOW_US = 90 * DAY_US
SILVER_CENTS, GOLD_CENTS = 400_00, 1_000_00
QUARTERS = (4, 5, 6)  # the multipliers 1, 1.25 and 1.5
HALVES = dict.fromkeys(("PRODUCE", "SALAD BAR", "SEAFOOD", "SEAFOOD-PCKGD"), 4) | {"DELI": 3, "PASTRY": 3}
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone


class YearLoop:
    """All members' points and tiers. An account is [rank, last month of the tier, spend, window, lots, balance]."""

    def __init__(self, member_ids: Sequence[str]) -> None:
        self.accounts: dict[str, list] = {id_: [0, 0, 0, deque(), deque(), 0] for id_ in member_ids}
        self.receipts: dict[str, tuple[int, int, int]] = {}
        self.postings: list[tuple[str, str, str, int, int]] = []
        self._expiries: dict[int, int] = {}

    def ingest(self, rows: Sequence[Row], month: int) -> None:
        """The baskets of one month, in the order of their times."""
        accounts, receipts, postings, expiries = self.accounts, self.receipts, self.postings, self._expiries
        for basket_id, member_id, wall, lines in rows:
            if basket_id in receipts:
                continue
            # Half cents that count, so that a department's half point stays whole.
            total = halves = bonus = 0
            for department, quantity, cents in lines:
                total += cents
                if department != "SPIRITS":
                    bonus = 25
                    halves += HALVES.get(department, 2) * cents
                    if department == "FLORAL":
                        halves += 1000 * quantity
            account = accounts[member_id]
            rank, _, spend, window, lots, _ = account
            points = halves * QUARTERS[rank] // 800 + (bonus if total >= 100_00 else 0)
            while window and window[0][0] < wall - WINDOW_US:
                spend -= window.popleft()[1]
            window.append((wall, total))
            spend += total
            account[2] = spend
            reached = 2 if spend >= GOLD_CENTS else 1 if spend >= SILVER_CENTS else 0
            if reached > rank:
                account[0], account[1] = reached, month + 1
            if points:
                day = wall // DAY_US
                if day not in expiries:
                    expiries[day] = expiry(day)
                lots.append((expiries[day], points, basket_id))
                postings.append(("accrual", basket_id, member_id, points, wall))
                account[5] += points
            receipts[basket_id] = (points, rank, max(rank, reached))

    def settle(self, wall: int, month: int) -> None:
        """The end of a month: write down what expired, look again at the tiers that end."""
        for member_id, account in self.accounts.items():
            rank, until, spend, window, lots, _ = account
            while lots and lots[0][0] <= wall:
                expired, points, lot_id = lots.popleft()
                self.postings.append(("expiry", lot_id, member_id, -points, expired))
                account[5] -= points
            if rank and until == month:
                while window and window[0][0] < wall - WINDOW_US:
                    spend -= window.popleft()[1]
                account[2] = spend
                kept = spend >= (GOLD_CENTS if rank == 2 else SILVER_CENTS)
                account[0], account[1] = rank if kept else rank - 1, month + 1

    def standing(self) -> dict[str, tuple[int, int]]:
        """Balance and rank of every member."""
        return {member_id: (account[5], account[0]) for member_id, account in self.accounts.items()}


def expiry(day: int) -> int:
    """The wall time at which points of a day expire: the end of the same day six months later, clamped."""
    bought = date.fromordinal(day + date(1970, 1, 1).toordinal())
    year, month = divmod(bought.year * 12 + bought.month - 1 + 6, 12)
    last = datetime(year, month + 1, min(bought.day, monthrange(year, month + 1)[1]))  # noqa: DTZ001
    return (last + timedelta(days=1) - EPOCH) // timedelta(microseconds=1)
