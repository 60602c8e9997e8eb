"""Everything in this process's memory: the reference storage, written to be read.

One lock guards the store. A unit of work writes straight into it and remembers how to undo; a snapshot is a position:
what carries a higher sequence number does not exist for it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import RLock
from types import TracebackType
from typing import Final, TypeAlias

from attrs import define, evolve, field

from loyaltykit.domain.accounts.account import Account, rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from loyaltykit.domain.facts.versions import ProgramHistory, Version
from loyaltykit.domain.ledger.vouchers import ChangeKind, VoucherChange
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.errors import InvalidValueError, Problem, UnknownMemberError
from loyaltykit.ports import Enrolment, Record
from loyaltykit.values import Instant

# A notice behind the sequence number of its record and its place in it: the order of the outbox.
_Waiting: TypeAlias = tuple[int, int, Notice]

# What a change of a voucher adds to those that are out.
_OUT: Final[Mapping[ChangeKind, int]] = {"issued": 1, "used": 0, "cancelled": -1}


_MERGES = (Merge, Unmerge)


def from_url(url: str) -> MemoryStorage:
    """A new, empty storage; the URL is just ``memory://``.

    >>> from_url("memory://").position()
    0
    """
    if url != "memory://":
        raise InvalidValueError([Problem("storage", "has something behind memory://", "memory has no name")])
    return MemoryStorage()


@define(eq=False)
class _Tables:
    """What is kept, and the one lock that guards it; ``stamps`` are the ``recorded_at`` of all sequence numbers."""

    rules: ProgramHistory | None = None
    sequence: int = 0
    stamps: list[Instant] = field(factory=list)
    enrolments: dict[str, Enrolment] = field(factory=dict)
    records: dict[str, Record] = field(factory=dict)
    history: dict[str, list[Record]] = field(factory=dict)
    accounts: dict[str, Account] = field(factory=dict)
    families: dict[str, frozenset[str]] = field(factory=dict)
    survivors: dict[str, str] = field(factory=dict)
    rewards_out: dict[str, int] = field(factory=dict)
    outbox: dict[str, _Waiting] = field(factory=dict)
    lock: RLock = field(factory=RLock)

    def stamp(self, recorded_at: Instant) -> Instant:
        """Give out the next sequence number, and a time of recording that never runs back."""
        self.sequence += 1
        if self.stamps and self.stamps[-1] > recorded_at:
            recorded_at = self.stamps[-1]
        self.stamps.append(recorded_at)
        return recorded_at


class MemoryStorage:
    """A storage that lasts as long as the object."""

    def __init__(self) -> None:
        self._tables = _Tables()

    def open(self, program: Program, recorded_at: Instant) -> ProgramHistory:
        """Keep the programme in an empty store; the versions that are kept."""
        tables = self._tables
        with tables.lock:
            if tables.rules is None:
                tables.rules = ProgramHistory([Version(1, program, recorded_at=recorded_at)])
            return tables.rules

    def unit(self) -> MemoryUnit:
        """A unit of work; it holds the lock until it ends."""
        return MemoryUnit(self._tables)

    def snapshot(self, position: int | None = None) -> MemorySnapshot:
        """A view of now, or of an earlier position; it holds the lock while it is open."""
        return MemorySnapshot(self._tables, position)

    def position(self, known_at: Instant | None = None) -> int:
        """The sequence number of the last thing written, or of what was recorded before an instant."""
        with self._tables.lock:
            return self._tables.sequence if known_at is None else bisect_left(self._tables.stamps, known_at)

    def close(self) -> None:
        """Nothing is held but memory."""


class _Reads:
    """What units and snapshots have in common: reads up to a sequence number, under the lock."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def rules(self) -> ProgramHistory:
        """All versions of the programme."""
        rules = self._tables.rules
        assert rules is not None  # a storage is opened before it is used
        return rules

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        return self._tables.records.get(transaction_id)

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        return self._tables.enrolments.get(member_id)

    def records(self, member_id: str) -> Sequence[Record]:
        """Everything recorded for a member, in the order of recording."""
        family = self._tables.families.get(member_id)
        if family is None:
            return self._recorded(member_id)
        records, joint = self._recorded_for(family), self.joint(member_id)
        return [
            evolve(records[seen.place], transaction=seen.transaction, decision=seen.decision)
            for seen in joint.records(member_id)
        ]

    def joint(self, *member_ids: str) -> MergedMembers:
        """All who were ever merged with these members, and everything recorded for them."""
        family = self._family(*member_ids)
        found = {name: enrolment.member for name in sorted(family) if (enrolment := self.find_enrolment(name))}
        if not found.keys() >= set(member_ids):
            raise UnknownMemberError
        records = self._recorded_for(family)
        recorded = [(record.member_id, record.transaction, record.decision) for record in records]
        return MergedMembers(found, recorded, [record.sequence for record in records])

    def _family(self, *member_ids: str) -> frozenset[str]:
        families = self._tables.families
        return frozenset().union(*(families.get(name, (name,)) for name in member_ids))

    def _recorded(self, member_id: str) -> Sequence[Record]:
        """What named a member."""
        return self._tables.history.get(member_id, ())

    def _recorded_for(self, family: Iterable[str]) -> list[Record]:
        return sorted((record for name in family for record in self._recorded(name)), key=_sequence)

    def account(self, member_id: str) -> Account:
        """The folded account, kept up to date with every record."""
        tables = self._tables
        if tables.survivors:
            member_id = tables.survivors.get(member_id, member_id)
        account = tables.accounts.get(member_id)
        if account is None:
            account = tables.accounts[member_id] = self._fold(member_id)
        return account

    def rewards_out(self, reward_id: str) -> int:
        """How many of a reward are out; counted along with every record."""
        return self._tables.rewards_out.get(reward_id, 0)

    def member_ids(self) -> Iterator[str]:
        """The ids of all members, in order; of those that are one, the survivor's."""
        families = self._tables.families
        enrolled = (item for item in self._tables.enrolments if self.find_enrolment(item) is not None)
        return iter(sorted(item for item in enrolled if item not in families or not self.joint(item).is_merged(item)))

    def _fold(self, member_id: str) -> Account:
        enrolment = self.find_enrolment(member_id)
        if enrolment is None:
            raise UnknownMemberError
        if member_id in self._tables.families:
            return self.joint(member_id).account(member_id, self.rules())
        recorded = ((record.transaction, record.decision) for record in self._recorded(member_id))
        return rebuild(enrolment.member, self.rules(), recorded)


class MemoryUnit(_Reads):
    """Writes that apply together; see ``ports.UnitOfWork``."""

    def __enter__(self) -> MemoryUnit:
        self._tables.lock.acquire()
        self._start, self._rules = self._tables.sequence, self._tables.rules
        self._written: list[Enrolment | Record] = []
        self._acknowledged: list[_Waiting] = []
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        try:
            if kind is not None:
                self._undo()
        finally:
            self._tables.lock.release()

    def add_enrolment(self, member: Member, given: Member, recorded_at: Instant) -> None:
        """Keep a member whose id is not taken."""
        tables = self._tables
        assert member.id not in tables.enrolments  # the shell has looked
        recorded_at = tables.stamp(recorded_at)
        enrolment = Enrolment(tables.sequence, member, given, recorded_at)
        tables.enrolments[member.id] = enrolment
        self._written.append(enrolment)

    def add_record(
        self,
        member_id: str,
        transaction: Transaction | None,
        given: Transaction | None,
        decision: Decision,
        recorded_at: Instant,
    ) -> None:
        """Keep a transaction or a settlement with its decision."""
        tables = self._tables
        account = self.account(member_id)
        recorded_at = tables.stamp(recorded_at)
        record = Record(tables.sequence, member_id, recorded_at, transaction, given, decision)
        self._written.append(record)
        tables.history.setdefault(member_id, []).append(record)
        if given is not None:
            tables.records[given.id] = record
        if isinstance(transaction, _MERGES):
            self._join(transaction)
        else:
            account.apply(transaction, decision)
        if decision.voucher is not None:
            self._count(decision.voucher, 1)
        if decision.notices:
            waiting = enumerate(decision.notices)
            tables.outbox.update((notice.id, (record.sequence, place, notice)) for place, notice in waiting)

    def add_version(self, version: Version) -> None:
        """Keep another version; accounts are folded by it when asked for."""
        tables = self._tables
        recorded_at = tables.stamp(version.recorded_at)
        tables.rules = self.rules().with_version(evolve(version, sequence=tables.sequence, recorded_at=recorded_at))
        tables.accounts.clear()

    def acknowledge(self, notice_ids: Iterable[str]) -> int:
        """Take notices out of the outbox; how many stood there."""
        outbox = self._tables.outbox
        found = [outbox.pop(notice_id) for notice_id in dict.fromkeys(notice_ids) if notice_id in outbox]
        self._acknowledged += found
        return len(found)

    def _join(self, transaction: Merge | Unmerge) -> None:
        """Note who belongs to whom after a merge or an unmerge; their accounts are folded again when asked for."""
        other = transaction.other if isinstance(transaction, Merge) else transaction.member_id
        family = self._family(transaction.member_id, other)
        self._tables.families.update(dict.fromkeys(family, family))
        self._look_again(family)

    def _look_again(self, family: frozenset[str]) -> None:
        """Who survives in a family."""
        tables = self._tables
        enrolled = [name for name in family if name in tables.enrolments]
        joint = self.joint(*enrolled)
        tables.survivors.update((name, joint.survivor(name)) for name in enrolled)
        for name in family:
            tables.accounts.pop(name, None)

    def _count(self, change: VoucherChange, sign: int) -> None:
        """Count a voucher that is issued or cancelled, or with -1 take that back."""
        out = self._tables.rewards_out
        out[change.reward] = out.get(change.reward, 0) + sign * _OUT[change.kind]

    def _undo(self) -> None:
        """Take back what was written, last first; accounts that were touched are folded again when asked for."""
        tables = self._tables
        for written in reversed(self._written):
            if isinstance(written, Enrolment):
                tables.accounts.pop(written.member.id, None)
                del tables.enrolments[written.member.id]
                continue
            tables.accounts.pop(tables.survivors.get(written.member_id, written.member_id), None)
            tables.history[written.member_id].pop()
            if written.decision.voucher is not None:
                self._count(written.decision.voucher, -1)
            for notice in written.decision.notices:
                tables.outbox.pop(notice.id, None)
            if written.given is not None:
                tables.records.pop(written.given.id, None)
            if isinstance(written.transaction, Merge | Unmerge):
                self._look_again(self._family(written.member_id))
        tables.sequence = self._start
        del tables.stamps[self._start :]
        if tables.rules is not self._rules:
            tables.rules = self._rules
            tables.accounts.clear()
        self._put_back()

    def _put_back(self) -> None:
        """What was acknowledged, and not written by this unit, waits again at its place."""
        before = [item for item in self._acknowledged if item[0] <= self._start]
        if before:
            outbox = self._tables.outbox
            waiting = sorted((*outbox.values(), *before), key=lambda item: item[:2])
            outbox.clear()
            outbox.update((item[2].id, item) for item in waiting)


class MemorySnapshot(_Reads):
    """The state at one position; see ``ports.Snapshot``."""

    def __init__(self, tables: _Tables, position: int | None) -> None:
        super().__init__(tables)
        self._asked = position

    def __enter__(self) -> MemorySnapshot:
        self._tables.lock.acquire()
        # The lock is held: what an open unit may still undo does not count.
        self._position = self._tables.sequence if self._asked is None else self._asked
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self._tables.lock.release()

    def rules(self) -> ProgramHistory:
        """The versions of the programme that were known at the position."""
        return super().rules().known_by(self._position)

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        record = super().find_record(transaction_id)
        return record if record is not None and record.sequence <= self._position else None

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        enrolment = super().find_enrolment(member_id)
        return enrolment if enrolment is not None and enrolment.sequence <= self._position else None

    def _recorded(self, member_id: str) -> Sequence[Record]:
        history = super()._recorded(member_id)
        if not history or history[-1].sequence <= self._position:
            return history
        return history[: bisect_right(history, self._position, key=_sequence)]

    def account(self, member_id: str) -> Account:
        """The account as of the position: the one at hand, unless something was recorded for it since."""
        if self.rules() is not super().rules():
            return self._fold(member_id)
        for name in self._tables.families.get(member_id, (member_id,)):
            history = super()._recorded(name)
            if history and history[-1].sequence > self._position:
                return self._fold(member_id)
        if self.find_enrolment(member_id) is None:
            raise UnknownMemberError
        return super().account(member_id)

    def notices(self, limit: int) -> Sequence[Notice]:
        """The first notices written up to the position that nobody has acknowledged up to now."""
        written = (notice for at, _, notice in self._tables.outbox.values() if at <= self._position)
        return list(islice(written, limit))


def _sequence(record: Record) -> int:
    return record.sequence
