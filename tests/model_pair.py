"""A shop and the naive model side by side: whatever is told to one is told to both, and their answers must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from hypothesis import currently_in_test_context, note

import loyaltykit as lk
from loyaltykit.domain.transactions.merges import Merge
from loyaltykit.storage.registry import open_storage
from tests.clock import Clock
from tests.model import Model
from tests.model_answers import (
    attempt,
    balance_of_model,
    balance_of_shop,
    brief,
    change_of,
    correction_parts,
    outcome,
    rows_of_model,
    rows_of_shop,
    tier_of_model,
    tier_of_shop,
    utc,
    vouchers_of,
)
from tests.model_checks import FAR, FIRED, Checks
from tests.model_world import World


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
        self.model = Model(world.program)
        self.sent: list[lk.Transaction] = []
        self.looked_at: list[tuple[Any, Any]] = []
        self.written: dict[str, Counter[tuple[object, ...]]] = {}
        self.corrected: dict[str, list[tuple[Any, ...]]] = {}  # what receipts and changes told
        self.merged = False
        self.quotes, self.looks_every = 0, 1

    # -- telling both ----------------------------------------------------------------------------------------------

    def enrol(self, member: lk.Member) -> None:
        expected = attempt(lambda: self.model.enroll(member, self.now))
        got = attempt(lambda: self.shop.enroll(member))
        assert got == expected, f"shop {got}, model {expected}"
        FIRED[expected or "enrolled"] += 1

    def send(self, transaction: lk.Transaction, *, looking: bool = False) -> bool:
        """Quote, then record; whether it was accepted.

        What a quote says is what the record then gives (``C2``); with ``looking``, that it changed nothing is checked,
        in long stories now and then.
        """
        quoted = outcome(lambda: self.shop.quote(transaction))
        self.quotes += looking
        if looking and self.quotes % self.looks_every == 0:
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
        if not known:
            self.check_i20(transaction, expected)
            self.note_grants(transaction, expected)
            self.note_late(transaction, expected)
            self.corrected.setdefault(expected[2], []).extend(expected[13])
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
        self.merged = True

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

    def change(self, new: lk.Program, since: datetime, migration: lk.Migration, correction: str | None) -> bool:
        """T7: another version, previewed and declared; whether it was taken."""
        how: dict[str, Any] = {"effective_from": since, "migration": migration, "correction": correction}
        told = f"change {[law.number for law in self.model.laws.laws]} from {since}, {migration}, {correction}"
        previewed = change_of(lambda: self.shop.programs.preview(new, **how))
        expected = change_of(lambda: self.model.change(new, since, migration, correction))
        got = change_of(lambda: self.shop.programs.change(new, **how))
        if currently_in_test_context():
            note(f"{self.now} {told} -> {expected}")
        assert got == expected, f"shop {got}, model {expected}"
        assert previewed == expected, f"previewed {previewed}, changed {expected}"
        history = self.shop.programs.history()
        assert [version.program for version in history] == self.programs
        assert self.shop.programs.current() == self.model.laws.at(self.now).program
        if isinstance(expected, str):
            FIRED[expected] += 1
            return False
        for member, row in expected[1]:
            self.corrected.setdefault(member, []).append(row)
        FIRED["somebody moves"] += bool(expected[0])
        FIRED["decided again by a correction"] += bool(expected[1])
        assert change_of(lambda: self.shop.programs.change(new, **how)) == ({}, []), "I9"
        assert len(self.shop.programs.history()) == len(history), "I9"
        return True

    def open_again(self, program: lk.Program) -> None:
        """T7: a shop opens with a programme that holds now or is announced."""
        may_open = self.model.may_open(program, self.now)
        got = attempt(lambda: lk.Loyalty(program, storage=self.storage, clock=self.clock))
        assert got == (None if may_open else "ProgramChangedError"), f"{got}, model {may_open}"
        FIRED[got or "opened again"] += 1

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
            self.agree_on_corrections(member)
            self.check_i7(member)
            self.check_i17(member)
        self.check_transfers()

    def verify(self) -> None:
        """The shop finds nothing wrong with itself."""
        findings = list(self.shop.storage.verify())
        assert not findings, str(findings)

    def agree_on_points(self, member: str, at: datetime) -> None:
        balance, expected = self.shop.balance(member, as_of=at), balance_of_model(self.model, member, at)
        got = balance_of_shop(balance)
        assert got == expected, f"{at} shop {got}, model {expected}"
        rows = list(self.shop.statement(member, as_of=at))
        self.agree_on_statement(member, rows, at)
        self.check_sums(balance, rows)

    def agree_on_tier(self, member: str, at: datetime) -> None:
        got, expected = tier_of_shop(self.shop.tier(member, as_of=at)), tier_of_model(self.model, member, at)
        assert got == expected, f"{at} shop {got}, model {expected}"
        FIRED["grace"] += self.accounts[member].standing(at).grace_end is not None
        FIRED["a tier by hand shows"] += expected[-1] is not None

    def agree_on_corrections(self, member: str) -> None:
        """T8: every correcting row that was told stands beside the decisions; who was merged has those of both."""
        if not self.merged:
            rows = [correction_parts(row) for _, row in self.shop.members.tiers(member).corrections]
            assert rows == self.corrected.get(member, []), f"{rows}, told {self.corrected.get(member)}"

    def agree_on_vouchers(self, member: str, at: datetime) -> None:
        """S24: every voucher, and what has become of it by then."""
        got = vouchers_of(self.shop.vouchers(member, as_of=at))
        expected = vouchers_of(self.model.vouchers(member, at))
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
        pairs = zip_longest(rows_of_shop(rows), rows_of_model(self.model, member, at))
        differ = [pair for pair in pairs if pair[0] != pair[1]]
        assert not differ, f"{at} rows of the shop and of the model: {differ}"
        corrected = [
            row for row in self.model.statement(member, at) if row.kind == "reversal" and row.lapse is not None
        ]
        FIRED["expiry corrected"] += bool(corrected)

    def agree_on_segment(self, segment: lk.Segment, at: datetime) -> None:
        """A segment's name means what it says in the version of that moment (``T7``)."""
        where = self.model.laws.at(at).program.segment(segment.name).where
        got, expected = list(self.shop.select(segment.name, as_of=at).ids()), self.model.select(where, at)
        assert got == expected, f"{segment.name} {at} shop {got}, model {expected}"
        FIRED[f"segment {segment.name}"] += bool(expected)
