"""A shop and the naive model side by side: whatever is told to one is told to both, and their answers must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from attrs import asdict
from hypothesis import currently_in_test_context, note

import loyaltykit as lk
from loyaltykit.calendars import Inactivity
from loyaltykit.domain.merges import Merge
from tests.clock import Clock
from tests.model import Account, Model
from tests.model_time import MICROSECOND
from tests.model_worlds import World

FIRED: Counter[str] = Counter()
"""How often each thing was done, each error was met, each rare thing was seen, in all pairs together."""

FAR = timedelta(days=70)
"""How far ahead of the clock questions are asked."""


class Pair:
    """One programme, one storage, one clock.

    Args:
        world: the programme and where its story begins.
        storage: an empty one, or its URL.
        now: where the clock stands at first.
    """

    def __init__(self, world: World, storage: Any = "memory://", now: datetime | None = None) -> None:
        self.world = world
        self.clock = Clock(now or world.start)
        self.shop = lk.Loyalty(world.program, storage=storage, clock=self.clock)
        self.model = Model(world.program)
        self.sent: list[lk.Transaction] = []
        self.looked_at: list[tuple[Any, Any]] = []
        self.written: dict[str, Counter[tuple[object, ...]]] = {}

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def accounts(self) -> dict[str, Account]:
        return self.model.accounts

    # -- telling both ----------------------------------------------------------------------------------------------

    def enrol(self, member: lk.Member) -> None:
        expected = attempt(lambda: self.model.enroll(member, self.now))
        got = attempt(lambda: self.shop.enroll(member))
        assert got == expected, f"shop {got}, model {expected}"
        FIRED[expected or "enrolled"] += 1

    def send(self, transaction: lk.Transaction, *, looking: bool = False) -> bool:
        """Quote, then record; whether it was accepted.

        What a quote says is what the record then gives (``C2``); with ``looking``, that it changed nothing is checked.
        """
        quoted = outcome(lambda: self.shop.quote(transaction))
        if looking:
            self.agree()
        known = any(item.id == transaction.id for item in self.sent)
        before = self.lots_before(transaction)
        expected = outcome(lambda: self.model.record(transaction, self.now))
        got = outcome(lambda: self.shop.record(transaction))
        if currently_in_test_context():
            note(f"{self.now} {brief(transaction)} -> {expected}")
        assert got == expected, f"shop {got}, model {expected}"
        assert quoted == expected, f"quoted {quoted}, recorded {expected}"
        if len(expected) == 2:
            FIRED[str(expected[0])] += 1
            return False
        self.sent.append(transaction)
        FIRED["points back"] += expected[11] < 0
        self.check_i20(transaction, expected)
        if not known:
            self.note_grants(transaction, expected)
            self.check_i5(transaction, before)
            self.check_i21(transaction)
            self.check_i22(transaction, before)
        return True

    def merge(self, survivor: str, other: str, id: str) -> None:
        """S23: two are one, once and for both ids; a quarrel with what has been written would show in ``agree``."""
        by_hand: dict[str, Any] = {"id": id, "actor": "staff", "reason": "two cards", "occurred_at": self.now}
        merge = Merge(member_id=survivor, other=other, **by_hand)
        expected = outcome(lambda: self.model.merge(merge))
        got = outcome(lambda: self.shop.members.merge(survivor, other, **by_hand))
        if currently_in_test_context():
            note(f"{self.now} {brief(merge)} -> {expected}")
        assert got == expected, f"shop {got}, model {expected}"
        assert outcome(lambda: self.shop.members.merge(survivor, other, **by_hand)) == expected, "I9"
        assert self.shop.member(other) == self.shop.member(survivor)

    def unmerge(self, other: str, id: str) -> bool:
        """S23: each side's own again, or a refusal; whether they are two now."""
        expected = outcome(lambda: self.model.unmerge(other, id, self.now))
        got = outcome(lambda: self.shop.members.unmerge(other, id=id, actor="staff", reason="two after all"))
        if currently_in_test_context():
            note(f"{self.now} unmerge {other} -> {expected}")
        assert got == expected, f"shop {got}, model {expected}"
        if len(expected) == 2:
            FIRED[str(expected[0])] += 1
            return False
        self.written = {}  # each statement has rows of its own again
        return True

    def settle(self, at: datetime) -> None:
        """I8, I16: what is written says what was true before; a second run finds nothing; old answers stand."""
        before = self.look()
        expected = self.model.settle(at, self.now)
        settlement = self.shop.settle(as_of=at)
        assert settlement.expired_points == expected, f"{at} shop {settlement.expired_points}, model {expected}"
        for change in settlement.tier_changes:
            self.check_tier_change(change, at)
        again = self.shop.settle(as_of=at)
        assert (again.expired_points, again.members, tuple(again.tier_changes)) == (0, 0, ()), "I8"
        assert self.look() == before, "I8"
        assert all(balance.lots == lots for balance, lots in self.looked_at), "I16"
        self.looked_at = before
        FIRED["expiry written"] += bool(expected)

    def look(self) -> list[Any]:
        """What the shop says about everybody, now and later; the lots are read at once."""
        balances = [
            self.shop.balance(member, as_of=at)
            for member, account in self.accounts.items()
            for at in (self.now, self.now + timedelta(days=5), self.now + FAR)
            if at >= account.enrolled_at
        ]
        return [(balance, balance.lots) for balance in balances]

    # -- asking both -------------------------------------------------------------------------------------------------

    def agree(self, moments: Iterable[datetime] = ()) -> None:
        """Every answer about every member, now and at these moments; every invariant that can be seen from outside."""
        for member, account in self.accounts.items():
            for at in {self.now, *moments}:
                if at >= account.enrolled_at:
                    self.agree_on_points(member, at)
                    self.agree_on_tier(member, at)
                    self.agree_on_vouchers(member, at)
            self.check_i7(member)
            self.check_i17(member)
        self.check_transfers()

    def verify(self) -> None:
        """The shop finds nothing wrong with itself."""
        findings = list(self.shop.storage.verify())
        assert not findings, str(findings)

    def agree_on_points(self, member: str, at: datetime) -> None:
        balance, expected = self.shop.balance(member, as_of=at), self.model.balance(member, at)
        numbers = (balance.available, balance.debt, balance.pending, balance.held)
        wanted = (expected.available, expected.debt, expected.pending, expected.held)
        assert numbers == wanted, f"{at} shop {numbers}, model {wanted}"
        lots = tuple(
            (lot.id, lot.points, lot.remaining, utc(lot.active_from), utc(lot.expires_at)) for lot in balance.lots
        )
        assert lots == expected.lots, f"{at} shop {lots}, model {expected.lots}"
        rows = list(self.shop.statement(member, as_of=at))
        self.agree_on_statement(member, rows, at)
        self.check_sums(balance, rows)

    def agree_on_tier(self, member: str, at: datetime) -> None:
        status, expected = self.shop.tier(member, as_of=at), self.model.tier(member, at)
        got = (status.name, status.rank, utc(status.since), utc(status.until), status.multiplier)
        wanted = (expected.name, expected.rank, expected.since, expected.until, expected.multiplier)
        assert got == wanted, f"{at} shop {got}, model {wanted}"
        standing = self.accounts[member].standing(at)
        FIRED["grace"] += standing.grace_end is not None

    def agree_on_vouchers(self, member: str, at: datetime) -> None:
        """S24: every voucher, and what has become of it by then."""
        got = [voucher_parts(voucher) for voucher in self.shop.vouchers(member, as_of=at)]
        expected = [voucher_parts(voucher) for voucher in self.model.vouchers(member, at)]
        assert got == expected, f"{at} shop {got}, model {expected}"
        for voucher in expected:
            FIRED[f"voucher {voucher['status']}"] += 1

    def agree_on_outlook(self, member: str, at: datetime) -> None:
        """T11: what is needed to keep the tier and to reach the next, and the tier projected at the end."""
        status, expected = self.shop.tier(member, as_of=at), self.model.outlook(member, at)
        keeps = None if status.keep is None else status.keep.outcome
        next = None if status.next is None else (status.next.name, status.next.explanation.outcome)
        got = (utc(status.grace_until), keeps, next, status.projected)
        wanted = (expected.grace_until, expected.keeps, expected.next, expected.projected)
        assert got == wanted, f"{at} shop {got}, model {wanted}"

    def agree_on_statement(self, member: str, rows: list[Any], at: datetime) -> None:
        total, expected = 0, []
        for row in self.model.statement(member, at):
            total += row.points
            expected.append((row.kind, row.points, row.at, row.recorded_at, row.cause, row.actor, row.reason, total))
            FIRED["expiry corrected"] += row.kind == "reversal" and row.lapse is not None
        got = [
            (
                row.kind,
                row.points,
                utc(row.occurred_at),
                utc(row.recorded_at),
                row.cause,
                row.actor,
                row.reason,
                row.balance,
            )
            for row in rows
        ]
        differ = [pair for pair in zip_longest(got, expected) if pair[0] != pair[1]]
        assert not differ, f"{at} rows of the shop and of the model: {differ}"

    def agree_on_segment(self, segment: lk.Segment, at: datetime) -> None:
        got, expected = list(self.shop.select(segment.name, as_of=at).ids()), self.model.select(segment.where, at)
        assert got == expected, f"{segment.name} {at} shop {got}, model {expected}"
        FIRED[f"segment {segment.name}"] += bool(expected)

    # -- invariants by number ----------------------------------------------------------------------------------------

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
        may_owe = self.world.program.points.on_return == "allow_negative"
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
        follows = isinstance(self.world.program.points.expire_after, Inactivity)
        if not isinstance(transaction, lk.Transfer) or (follows and at < self.now):
            return  # what the receiver did since puts the end off
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
        """I7: at its end a lot is dead, one microsecond before alive."""
        points = self.accounts[member].points.as_of(self.now)
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
        streaks = {item.name for item in self.world.program.achievements if item.streak is not None}
        FIRED["a streak was rewarded"] += any(name in streaks for name, _, _ in shares)
        if friend is not None:
            rows = self.accounts[friend].points.postings
            FIRED["a friend got a share"] += any(row.cause == transaction.id for row in rows)

    def check_tier_change(self, change: Any, until: datetime) -> None:
        """T10: a change written by a settlement is a check of the model, with its own date."""
        at = utc(change.at)
        assert at is not None
        assert at <= until
        rows = self.accounts[change.member_id].walk(until).rows
        before = [row.standing.rank for row in rows if row.at < at][-1:]
        after = [row.standing.rank for row in rows if row.at == at][:1]
        ranks = self.world.program.tiers.rank
        assert (before, after) == ([ranks(change.before)], [ranks(change.after)])
        FIRED["tier change written"] += 1


def utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC: in two zones Python compares no hour that a change of the clocks repeats."""
    return None if moment is None else moment.astimezone(UTC)


def attempt(call: Callable[[], object]) -> str | None:
    """The name of the error that a call raises, or None; an error that is not of the library escapes (``I31``)."""
    try:
        call()
    except lk.LoyaltyError as error:
        return type(error).__name__
    return None


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """The receipt that a call gives, as plain values, or the error it raises with what can be spent (``S18``)."""
    try:
        receipt = call()
    except lk.LoyaltyError as error:
        return (type(error).__name__, getattr(error, "available", getattr(error, "held", None)))
    return (
        receipt.id,
        receipt.kind,
        receipt.member_id,
        utc(receipt.occurred_at),
        receipt.points,
        [part if isinstance(part, tuple) else (part.rule, part.points, part.asked) for part in receipt.breakdown],
        list(receipt.lines),
        receipt.multiplier,
        receipt.tier_before,
        receipt.tier_after,
        receipt.moved,
        receipt.points_paid,
        receipt.voucher and voucher_parts(receipt.voucher),
    )


def voucher_parts(voucher: Any) -> dict[str, Any]:
    """A voucher of the shop or of the model, as plain values."""
    parts = asdict(voucher)
    return {name: utc(part) if isinstance(part, datetime) else part for name, part in parts.items()}


def is_debit(transaction: lk.Transaction) -> bool:
    """Whether it spends points in spend order."""
    if isinstance(transaction, lk.Purchase):
        return transaction.paid_with is not None
    return isinstance(transaction, lk.Redemption | lk.Hold | lk.Transfer)


def brief(transaction: lk.Transaction) -> str:
    """A transaction with what it says, for the story of a failure."""
    parts = asdict(transaction, recurse=False, filter=lambda part, value: part.init and value not in (None, (), {}))
    return f"{type(transaction).__name__}({', '.join(f'{name}={value}' for name, value in parts.items())})"
