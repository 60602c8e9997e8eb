"""Invariants by number that are checked on a shop and the oracle, step by step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import loyaltykit as lk
from loyaltykit.calendars import Inactivity
from tests.machine.compared import is_debit, utc
from tests.oracle.oracle import Oracle
from tests.oracle.store import Account
from tests.oracle.wall import MICROSECOND
from tests.support.clock import Clock

FIRED: Counter[str] = Counter()
"""How often each thing was done, each error was met, each rare thing was seen, in all pairs together."""

FAR = timedelta(days=70)
"""How far ahead of the clock questions are asked."""


class Checks:
    """What must hold, whatever the answers are."""

    clock: Clock
    shop: lk.Loyalty
    oracle: Oracle
    sent: list[lk.Transaction]
    written: dict[str, Counter[tuple[object, ...]]]

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def programs(self) -> list[lk.Program]:
        """All that were ever declared."""
        return [version.program for version in self.oracle.versions.all]

    def account(self, member: str) -> Account:
        return self.oracle.store.account(member)

    def accounts(self) -> dict[str, Account]:
        """Whoever each id names."""
        return {member: self.account(member) for member in self.oracle.store.members}

    # -- after every answer --------------------------------------------------------------------------------------------

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
        rows = [row for row in self.oracle.store.ledger.postings if row.kind == "transfer"]
        survivors = {account.id for account in self.oracle.store.accounts()}
        seen = [row for member in survivors for row in self.shop.statement(member, as_of=self.now + FAR)]
        told = [row.points for row in seen if row.kind == "transfer"]
        assert sum(told) == 0, "I1"
        assert len(told) == len(rows), "I11"

    def check_i7(self, member: str) -> None:
        """I7: at its end a lot is dead, one microsecond before alive."""
        points = self.account(member).book().as_of(self.now)
        for lot in points.live_lots(self.now):
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

    # -- after every transaction ---------------------------------------------------------------------------------------

    def lots_before(self, transaction: lk.Transaction) -> dict[str, Any]:
        """The balances that a debit is about to change, as of its date."""
        at = transaction.occurred_at or self.now
        who = {getattr(transaction, "member_id", None), getattr(transaction, "to", None)} & {*self.oracle.store.members}
        asked = [member for member in who if is_debit(transaction) and at >= self.account(member).enrolled_at]
        balances = {member: self.shop.balance(member, as_of=at) for member in asked}
        return {member: (balance, balance.lots) for member, balance in balances.items()}

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

    def check_i20(self, transaction: lk.Transaction, receipt: tuple[Any, ...]) -> None:
        """I20: less than one point from the exact number; breakdown and lines sum to the total."""
        if isinstance(transaction, lk.Purchase):
            points, parts, lines = receipt[4:7]
            exact = self.oracle.store.earned[transaction.id].price.exact
            assert abs(sum(asked for _, _, asked in parts) - exact) < 1, "I20"
            assert points == sum(share for _, share, _ in parts) == sum(lines), "I20"

    def check_i21(self, transaction: lk.Transaction) -> None:
        """I21: a hold ends once, and gives at most what it holds."""
        if isinstance(transaction, lk.Capture | lk.Release):
            endings = [item for item in self.sent if isinstance(item, lk.Capture | lk.Release)]
            hold = next(item for item in self.sent if item.id == transaction.of)
            assert isinstance(hold, lk.Hold)
            assert len({item.id for item in endings if item.of == transaction.of}) == 1, "I21"
            assert (getattr(transaction, "points", None) or 0) <= hold.points, "I21"

    def check_i22(self, transaction: lk.Transaction, before: dict[str, Any]) -> None:
        """I22: a transfer brings over what goes, with the end that it has; what was owed is repaid with it."""
        if not isinstance(transaction, lk.Transfer) or self.may_put_off(transaction):
            return
        at, ends = transaction.occurred_at or self.now, dict[str, Counter[datetime | None]]()
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

    def may_put_off(self, transfer: lk.Transfer) -> bool:
        """Whether what the receiver did since, a little ahead of the clock too, puts the end off."""
        at, receiver = transfer.occurred_at or self.now, self.account(transfer.to)
        signs = [moment for moment, owner, _ in self.oracle.store.ledger.activities if owner in receiver.ids]
        follows = any(isinstance(program.points.expire_after, Inactivity) for program in self.programs)
        return follows and (at < self.now or any(moment >= at for moment in signs))

    def check_tier_change(self, change: Any, until: datetime) -> None:
        """T10: a change written by a settlement is a check of the oracle, with its own date."""
        at = utc(change.at)
        assert at is not None
        assert at <= until
        walk = self.account(change.member_id).walk(until)
        assert (walk.name_at(at - MICROSECOND), walk.name_at(at)) == (change.before, change.after)
        FIRED["tier change written"] += 1

    # -- what was seen -------------------------------------------------------------------------------------------------

    def note(self, transaction: lk.Transaction, receipt: tuple[Any, ...]) -> None:
        """See what caps, achievements and late facts did."""
        shares, friend = receipt[5], getattr(transaction, "other_member_id", None)
        streaks = {item.name for program in self.programs for item in program.achievements if item.streak is not None}
        at, postings = transaction.occurred_at, self.oracle.store.ledger.postings
        seen = {
            "a cap cut something": any(points < asked for _, points, asked in shares),
            "an achievement was given": bool(shares) and not isinstance(transaction, lk.Purchase),
            "a streak was rewarded": any(name in streaks for name, _, _ in shares),
            "a friend got a share": any(row.cause == transaction.id and row.owner == friend for row in postings),
            "before the enrolment": at is not None and at < self.account(receipt[2]).enrolled_at,
            "decided again": bool(receipt[13]),
            "restated up": any(points > 0 for points in receipt[14].values()),
            "restated down": any(points < 0 for points in receipt[14].values()),
            "points back": receipt[11] < 0,
        }
        FIRED.update({name: is_seen for name, is_seen in seen.items() if is_seen})
        FIRED.update(f"notice {kind}" for _, kind, *_ in receipt[15])
