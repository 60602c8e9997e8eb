"""A shop and the oracle side by side: whatever is told to one is told to both, and their answers must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from hypothesis import currently_in_test_context, note

import loyaltykit as lk
from loyaltykit.storage.registry import open_storage
from tests.machine.checks import FAR, FIRED, Checks
from tests.machine.compared import (
    attempt,
    balance_of_oracle,
    balance_of_shop,
    brief,
    change_of,
    correction_parts,
    notices_of,
    outcome,
    rows_of_oracle,
    rows_of_shop,
    tier_of_oracle,
    tier_of_shop,
    utc,
    version_of,
    version_parts,
    vouchers_of,
)
from tests.machine.world import World
from tests.oracle.oracle import Oracle
from tests.oracle.order import Merge, Unmerge
from tests.oracle.records import Update, parts_of
from tests.support.clock import Clock

EVERYTHING = 10_000
"""More notices than a story makes."""


class Pair(Checks):
    """One programme, one storage, one clock.

    Args:
        world: the programme and where its story begins.
        storage: an empty one, or its URL.
        now: where the clock stands at first.
    """

    def __init__(self, world: World, storage: Any = "memory://", now: datetime | None = None) -> None:
        self.world = world
        self.clock = Clock(now or world.start)
        self.storage = open_storage(storage) if isinstance(storage, str) else storage
        self.shop = lk.Loyalty(world.program, storage=self.storage, clock=self.clock)
        self.oracle = Oracle(world.program)
        self.sent: list[lk.Transaction] = []
        self.looked_at: list[tuple[Any, Any]] = []
        self.written: dict[str, Counter[tuple[object, ...]]] = {}

    # -- telling both ----------------------------------------------------------------------------------------------

    def agreed(self, read: Callable[[Callable[[], Any]], Any], what: str, ours: Any, theirs: Any) -> Any:
        """What the oracle gives for something, and the shop too."""
        expected = read(ours)
        got = read(theirs)
        if currently_in_test_context():
            note(f"{self.now} {what} -> {expected}")
        assert got == expected, f"{what}: shop {got}, oracle {expected}"
        return expected

    def enrol(self, member: lk.Member) -> None:
        shop, oracle = self.shop, self.oracle
        done = self.agreed(attempt, "enroll", lambda: oracle.enroll(member, self.now), lambda: shop.enroll(member))
        FIRED[done or "enrolled"] += 1

    def send(self, transaction: lk.Transaction, *, looking: bool = False) -> bool:
        """Quote, then record; whether it was accepted.

        What a quote says is what the record then gives (``C2``); with ``looking``, that it changed nothing is checked.
        """
        held = self.held() if looking else None
        quoted = outcome(lambda: self.shop.quote(transaction))
        assert not looking or self.held() == held, "C2"
        is_known = any(item.id == transaction.id for item in self.sent)
        before = self.lots_before(transaction)
        ours, theirs = (lambda: self.oracle.record(transaction, self.now)), lambda: self.shop.record(transaction)
        expected = self.agreed(outcome, brief(transaction), ours, theirs)
        assert quoted == expected, f"quoted {quoted}, recorded {expected}"
        if len(expected) == 2:
            FIRED[str(expected[0])] += 1
            return False
        self.sent.append(transaction)
        if not is_known:
            self.check_i20(transaction, expected)
            self.check_i5(transaction, before)
            self.check_i21(transaction)
            self.check_i22(transaction, before)
            self.note(transaction, expected)
        return True

    def merge(self, survivor: str, other: str, id: str) -> None:
        """S23: two are one, once and for both ids; a quarrel with what has been written would show in ``agree``."""
        item = Merge(id, survivor, other, self.now)
        by_hand: dict[str, Any] = {"id": id, "actor": "staff", "reason": "two cards", "occurred_at": self.now}

        def theirs() -> lk.Receipt:
            return self.shop.members.merge(survivor, other, **by_hand)

        expected = self.agreed(
            outcome, f"merge {other} into {survivor}", lambda: self.oracle.merge(item, self.now), theirs
        )
        assert outcome(theirs) == expected, "I9"
        assert self.shop.member(other) == self.shop.member(survivor)
        FIRED.update(f"notice {kind}" for _, kind, *_ in expected[15])

    def unmerge(self, other: str, id: str) -> bool:
        """S23: each side's own again, or a refusal; whether they are two now."""
        item, by_hand = Unmerge(id, other, self.now), {"actor": "staff", "reason": "two after all"}
        ours, theirs = self.oracle.unmerge, self.shop.members.unmerge
        done = self.agreed(
            outcome, f"unmerge {other}", lambda: ours(item, self.now), lambda: theirs(other, id=id, **by_hand)
        )
        if len(done) == 2:
            FIRED[str(done[0])] += 1
            return False
        self.written = {}  # each statement has rows of its own again
        return True

    def edit(self, given: Update) -> bool:
        """T10, T12: another record from some date on, or a refusal; whether it was taken."""
        parts = {name: getattr(given, name) for name in ("id", "actor", "base", "reason", "occurred_at")}

        def theirs() -> Any:
            return self.shop.members.update(given.member, **parts)

        done = self.agreed(version_of, f"edit {given}", lambda: self.oracle.update(given, self.now), theirs)
        FIRED[done if isinstance(done, str) else "edited"] += 1
        assert isinstance(done, str) or version_of(theirs) == done, "I9"
        return not isinstance(done, str)

    def change(self, new: lk.Program, since: datetime, migration: lk.Migration, correction: str | None) -> bool:
        """T7: another version, previewed and declared; whether it was taken."""
        how: dict[str, Any] = {"effective_from": since, "migration": migration, "correction": correction}
        what = f"change {len(self.programs)} from {since}, {migration}, {correction}"
        previewed = change_of(lambda: self.shop.programs.preview(new, **how))
        ours, theirs = self.oracle.change, self.shop.programs.change
        expected = self.agreed(
            change_of, what, lambda: ours(new, since, migration, correction), lambda: theirs(new, **how)
        )
        assert previewed == expected, f"previewed {previewed}, changed {expected}"
        history = self.shop.programs.history()
        assert [version.program for version in history] == self.programs
        assert self.shop.programs.current() == self.oracle.versions.at(self.now).program
        if isinstance(expected, str):
            FIRED[expected] += 1
            return False
        FIRED["somebody moves"] += bool(expected[0])
        FIRED["decided again by a correction"] += bool(expected[1])
        assert change_of(lambda: theirs(new, **how)) == ({}, []), "I9"
        assert len(self.shop.programs.history()) == len(history), "I9"
        return True

    def open_again(self, program: lk.Program) -> None:
        """T7: a shop opens with a programme that holds now or is announced."""
        may_open = self.oracle.may_open(program, self.now)
        got = attempt(lambda: lk.Loyalty(program, storage=self.storage, clock=self.clock))
        assert got == (None if may_open else "ProgramChangedError"), f"{got}, oracle {may_open}"
        FIRED[got or "opened again"] += 1

    def settle(self, at: datetime) -> None:
        """I8, I16, S21: what is written says what was true before; a second run finds nothing; old answers stand."""
        before = self.look()
        expected = self.oracle.settle(at, self.now)
        settlement = self.shop.settle(as_of=at)
        assert settlement.expired_points == expected.expired, f"{at} shop {settlement}, oracle {expected}"
        got, wanted = notices_of(settlement.notices), notices_of(expected.notices)
        assert got == wanted, f"{at} shop tells {got}, oracle {wanted}"
        for change in settlement.tier_changes:
            self.check_tier_change(change, at)
        again = self.shop.settle(as_of=at)
        assert (again.expired_points, again.members, tuple(again.tier_changes)) == (0, 0, ()), "I8"
        assert self.look() == before, "I8"
        assert all(balance.lots == lots for balance, lots in self.looked_at), "I16"
        self.looked_at = before
        FIRED["expiry written"] += bool(expected.expired)
        FIRED.update(f"notice {item.kind}" for item in expected.notices)

    def look(self) -> list[Any]:
        """What the shop says about everybody, now and later; the lots are read at once."""
        balances = [
            self.shop.balance(member, as_of=at)
            for member, account in self.accounts().items()
            for at in (self.now, self.now + timedelta(days=5), self.now + FAR)
            if at >= account.enrolled_at
        ]
        return [(balance, balance.lots) for balance in balances]

    def held(self) -> Any:
        """What the shop has written, and what it says about everybody."""
        tiers = [self.shop.tier(member).name for member in self.oracle.store.members if self.is_enrolled(member)]
        return (self.storage.position(), self.look(), tiers, self.shop.outbox.due(EVERYTHING))

    def is_enrolled(self, member: str) -> bool:
        return self.account(member).enrolled_at <= self.now

    # -- asking both -------------------------------------------------------------------------------------------------

    def agree(self, moments: Iterable[datetime] = ()) -> None:
        """Every answer about every member, now and at these moments; every invariant that can be seen from outside."""
        for member, account in self.accounts().items():
            for at in {self.now, *moments}:
                if at >= account.enrolled_at:
                    self.agree_on_points(member, at)
                    self.agree_on_tier(member, at)
                    self.agree_on_vouchers(member, at)
                    self.agree_on_record(member, at)
            self.agree_on_history(member)
            self.check_i7(member)
            self.check_i17(member)
        self.check_transfers()
        self.agree_on_outbox()

    def verify(self) -> None:
        """The shop finds nothing wrong with itself."""
        findings = list(self.shop.storage.verify())
        assert not findings, str(findings)

    def agree_on_points(self, member: str, at: datetime) -> None:
        balance, expected = self.shop.balance(member, as_of=at), balance_of_oracle(self.oracle, member, at)
        got = balance_of_shop(balance)
        assert got == expected, f"{at} shop {got}, oracle {expected}"
        rows = list(self.shop.statement(member, as_of=at))
        self.agree_on_statement(member, rows, at)
        self.check_sums(balance, rows)

    def agree_on_statement(self, member: str, rows: list[Any], at: datetime) -> None:
        pairs = zip_longest(rows_of_shop(rows), rows_of_oracle(self.oracle, member, at))
        differ = [pair for pair in pairs if pair[0] != pair[1]]
        assert not differ, f"{at} rows of the shop and of the oracle: {differ}"
        told = self.oracle.statement(member, at)
        FIRED["expiry corrected"] += any(row.kind == "reversal" and row.lapse is not None for row in told)

    def agree_on_tier(self, member: str, at: datetime) -> None:
        got, expected = tier_of_shop(self.shop.tier(member, as_of=at)), tier_of_oracle(self.oracle, member, at)
        assert got == expected, f"{at} shop {got}, oracle {expected}"
        FIRED["grace"] += self.account(member).walk_to(at).standing.grace_end is not None
        FIRED["a tier by hand shows"] += expected[-1] is not None

    def agree_on_history(self, member: str) -> None:
        """T8, S38: every version of the record, and every correcting row that was told."""
        rows = [correction_parts(row) for _, row in self.shop.members.tiers(member).corrections]
        told = [correction_parts(row) for row in self.oracle.corrections(member)]
        assert rows == told, f"{rows}, told {told}"
        got = [version_parts(version) for version in self.shop.members.history(member)]
        expected = [version_parts(version) for version in self.oracle.history(member)]
        assert got == expected, f"shop {got}, oracle {expected}"

    def agree_on_record(self, member: str, at: datetime) -> None:
        got, expected = (parts_of(asked.member(member, at)) for asked in (self.shop, self.oracle))
        assert got == expected, f"{at} shop {got}, oracle {expected}"

    def agree_on_vouchers(self, member: str, at: datetime) -> None:
        """S24: every voucher, and what has become of it by then."""
        got = vouchers_of(self.shop.vouchers(member, as_of=at))
        expected = vouchers_of(self.oracle.vouchers(member, at))
        assert got == expected, f"{at} shop {got}, oracle {expected}"
        FIRED.update(f"voucher {voucher['status']}" for voucher in expected)

    def agree_on_outlook(self, member: str, at: datetime) -> None:
        """T11: what is needed to keep the tier and to reach the next, and the tier projected at the end."""
        status, expected = self.shop.tier(member, as_of=at), self.oracle.outlook(member, at)
        keeps = None if status.keep is None else status.keep.outcome
        next = None if status.next is None else (status.next.name, status.next.explanation.outcome)
        got = (utc(status.grace_until), keeps, next, status.projected)
        wanted = (expected.grace_until, expected.keeps, expected.next, expected.projected)
        assert got == wanted, f"{at} shop {got}, oracle {wanted}"

    def agree_on_segment(self, segment: lk.Segment, at: datetime) -> None:
        """A segment's name means what it says in the version of that moment (``T7``)."""
        where = self.oracle.versions.at(at).program.segment(segment.name).where
        got, expected = list(self.shop.select(segment.name, as_of=at).ids()), self.oracle.select(where, at)
        assert got == expected, f"{segment.name} {at} shop {got}, oracle {expected}"
        FIRED[f"segment {segment.name}"] += bool(expected)

    def agree_on_outbox(self) -> None:
        """S21: all that was told, once."""
        got, expected = notices_of(self.shop.outbox.due(EVERYTHING)), notices_of(self.oracle.store.notices)
        assert got == expected, f"shop {got}, oracle {expected}"
