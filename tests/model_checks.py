"""Invariants by number that are checked on a shop and its model, step by step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import loyaltykit as lk
from loyaltykit.calendars import Inactivity
from tests.clock import Clock
from tests.model import Account, Model
from tests.model_answers import is_debit, utc
from tests.model_time import MICROSECOND

FIRED: Counter[str] = Counter()
"""How often each thing was done, each error was met, each rare thing was seen, in all pairs together."""

FAR = timedelta(days=70)
"""How far ahead of the clock questions are asked."""

LOTS_AT_ONCE = 12
"""How many lots are looked at in one step: all of them, but in long stories."""


class Checks:
    """What must hold, whatever the answers are."""

    clock: Clock
    shop: lk.Loyalty
    model: Model
    sent: list[lk.Transaction]
    written: dict[str, Counter[tuple[object, ...]]]

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def programs(self) -> list[lk.Program]:
        """All that were ever declared."""
        return [law.shop.program for law in self.model.laws.laws]

    @property
    def accounts(self) -> dict[str, Account]:
        return self.model.accounts

    def check_sums(self, balance: Any, rows: list[Any]) -> None:
        """I1, I2, I3, I4: what came is what went and what is there; nothing is overdrawn without a reason."""
        sums: Counter[str] = Counter()
        for row in rows:
            sums[row.kind] += row.points
        outstanding = balance.available + balance.pending + balance.held - balance.debt
        came = sums["accrual"] + sums["adjustment"] + sums["opening"] + sums["transfer"]
        went = -sums["redemption"] - sums["reversal"] - sums["expiry"] - sums["clawback"]
        assert came == went + outstanding == went + balance.total, "I1"
        assert balance.total == sum(row.points for row in rows), "I2"
        assert balance.available == sum(lot.remaining for lot in balance.lots), "I2"
        assert all(0 < lot.remaining <= lot.points for lot in balance.lots), "I3"
        by_hand = sum(-row.points for row in rows if row.kind == "adjustment" and row.points < 0)
        may_owe = any(program.points.on_return == "allow_negative" for program in self.programs)
        assert 0 <= balance.debt <= (by_hand - sums["clawback"] if may_owe else 0), "I4"
        for name in ("debt", "held", "pending"):
            FIRED[name] += bool(getattr(balance, name))

    def check_transfers(self) -> None:
        """I1: what one gives another one gets."""
        rows = [row for account in self.accounts.values() for row in account.points.postings if row.kind == "transfer"]
        told = [
            row.points
            for member in self.accounts
            for row in self.shop.statement(member, as_of=self.now + FAR)
            if row.kind == "transfer"
        ]
        assert sum(told) == 0, "I1"
        assert len(told) == len(rows), "I11"

    def lots_before(self, transaction: lk.Transaction) -> dict[str, Any]:
        """The balances that a debit is about to change, as of its date."""
        at = transaction.occurred_at or self.now
        who = {getattr(transaction, "member_id", None), getattr(transaction, "to", None)} & set(self.accounts)
        return {
            member: (balance, balance.lots)
            for member in who
            if is_debit(transaction) and at >= self.accounts[member].enrolled_at
            for balance in [self.shop.balance(member, as_of=at)]
        }

    def check_i5(self, transaction: lk.Transaction, before: dict[str, Any]) -> None:
        """I5: no later lot is touched while an earlier one has points left; a late debit finds other limits."""
        is_now = (transaction.occurred_at or self.now) == self.now
        if is_debit(transaction) and is_now:
            was = before[transaction.member_id][1]
            left = {lot.id: lot.remaining for lot in self.shop.balance(transaction.member_id, as_of=self.now).lots}
            touched = [left.get(lot.id, 0) < lot.remaining for lot in was]
            emptied = [left.get(lot.id, 0) == 0 for lot in was]
            assert all(emptied[: sum(touched) - 1]), "I5"
            assert not any(touched[sum(touched) :]), "I5"
            FIRED["I5"] += 1

    def check_i21(self, transaction: lk.Transaction) -> None:
        """I21: a hold ends once, and gives at most what it holds."""
        if isinstance(transaction, lk.Capture | lk.Release):
            ends = [
                item for item in self.sent if isinstance(item, lk.Capture | lk.Release) and item.of == transaction.of
            ]
            hold = next(item for item in self.sent if item.id == transaction.of)
            assert isinstance(hold, lk.Hold)
            assert len({item.id for item in ends}) == 1, "I21"
            assert (getattr(transaction, "points", None) or 0) <= hold.points, "I21"

    def check_i22(self, transaction: lk.Transaction, before: dict[str, Any]) -> None:
        """I22: a transfer brings over what goes, with the end that it has; what was owed is repaid with it."""
        at = transaction.occurred_at or self.now
        follows = any(isinstance(program.points.expire_after, Inactivity) for program in self.programs)
        if not isinstance(transaction, lk.Transfer):
            return
        signs = self.accounts[transaction.to].points.activities
        if follows and (at < self.now or any(moment >= at for moment in signs)):
            return  # what the receiver did since, a little ahead of the clock too, puts the end off
        ends: dict[str, Counter[datetime | None]] = {}
        for member, (balance, lots) in before.items():
            after = self.shop.balance(member, as_of=at)
            if after.debt != balance.debt:
                return
            ends[member] = Counter()
            for sign, some in ((1, after.lots), (-1, lots)):
                for lot in some:
                    ends[member][utc(lot.expires_at)] += sign * lot.remaining
        gone, come = ends[transaction.member_id], ends[transaction.to]
        assert all(gone[end] == -come[end] for end in {*gone, *come}), "I22"
        assert come.total() == transaction.points, "I22"
        FIRED["I22"] += 1

    def check_i7(self, member: str) -> None:
        """I7: at its end a lot is dead, one microsecond before alive; of many lots, some each time."""
        points = self.accounts[member].points.as_of(self.now)
        lots = points.live_lots(self.now)
        turn = len(self.sent) * LOTS_AT_ONCE % max(len(lots), 1)
        for lot in (lots + lots)[turn : turn + min(len(lots), LOTS_AT_ONCE)]:
            end = points.expires_at(lot)
            if end <= self.now + FAR:
                points = points.as_of(end - MICROSECOND)
                last = {item.id for item in self.shop.balance(member, as_of=end - MICROSECOND).lots}
                assert (lot.id in last) == (points.remaining(lot, end - MICROSECOND) > 0), "I7"
                assert lot.id not in {item.id for item in self.shop.balance(member, as_of=end).lots}, "I7"

    def check_i17(self, member: str) -> None:
        """I17: what was written once stands for ever, as it was written."""
        rows = Counter(
            (row.kind, row.points, utc(row.occurred_at), utc(row.recorded_at), row.cause)
            for row in self.shop.statement(member, as_of=self.now + FAR)
            if row.recorded_at is not None
        )
        assert not self.written.get(member, Counter()) - rows, "I17"
        self.written[member] = rows

    def check_i20(self, transaction: lk.Transaction, receipt: tuple[Any, ...]) -> None:
        """I20: less than one point from the exact number; breakdown and lines sum to the total."""
        if isinstance(transaction, lk.Purchase):
            points, parts, lines = receipt[4:7]
            exact = self.accounts[transaction.member_id].earned[transaction.id].priced.exact
            assert abs(sum(asked for _, _, asked in parts) - exact) < 1, "I20"
            assert points == sum(share for _, share, _ in parts) == sum(lines), "I20"

    def note_grants(self, transaction: lk.Transaction, receipt: tuple[Any, ...]) -> None:
        """See what caps and achievements did."""
        shares, friend = receipt[5], getattr(transaction, "other_member_id", None)
        FIRED["a cap cut something"] += any(points < asked for _, points, asked in shares)
        FIRED["an achievement was given"] += bool(shares) and not isinstance(transaction, lk.Purchase)
        streaks = {item.name for program in self.programs for item in program.achievements if item.streak is not None}
        FIRED["a streak was rewarded"] += any(name in streaks for name, _, _ in shares)
        if friend is not None:
            rows = self.accounts[friend].points.postings
            FIRED["a friend got a share"] += any(row.cause == transaction.id for row in rows)

    def note_late(self, transaction: lk.Transaction, receipt: tuple[Any, ...]) -> None:
        """See what late facts did."""
        at, account = transaction.occurred_at, self.accounts[receipt[2]]
        FIRED["before the enrolment"] += at is not None and at < account.enrolled_at
        FIRED["decided again"] += bool(receipt[13])
        FIRED["restated up"] += any(points > 0 for points in receipt[14].values())
        FIRED["restated down"] += any(points < 0 for points in receipt[14].values())

    def check_tier_change(self, change: Any, until: datetime) -> None:
        """T10: a change written by a settlement is a check of the model, with its own date."""
        at = utc(change.at)
        assert at is not None
        assert at <= until
        account = self.accounts[change.member_id]
        assert (account.name_at(at - MICROSECOND), account.name_at(at)) == (change.before, change.after)
        FIRED["tier change written"] += 1
