"""A storage in the memory of this process: the reference storage, written to be read.

One lock guards the store. A unit of work writes into it directly and keeps an undo log. A snapshot is a position:
records with a higher sequence number are not visible in it.
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

# The sequence number of the record, the place of the notice in it, and the notice: the order of the outbox.
_Waiting: TypeAlias = tuple[int, int, Notice]

# What a change of a voucher adds to the number of vouchers that are out.
_OUT: Final[Mapping[ChangeKind, int]] = {"issued": 1, "used": 0, "cancelled": -1}


_MERGES = (Merge, Unmerge)


def from_url(url: str) -> MemoryStorage:
    """Return a new, empty storage. The URL is ``memory://`` and nothing else.

    >>> from_url("memory://").position()
    0
    """
    if url != "memory://":
        raise InvalidValueError([Problem("storage", "has something after memory://", "use memory:// alone")])
    return MemoryStorage()


@define(eq=False)
class _Tables:
    """The contents and their lock; ``stamps`` are the ``recorded_at`` of all sequence numbers."""

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
        """Take the next sequence number and return a time of recording that never decreases."""
        self.sequence += 1
        if self.stamps and self.stamps[-1] > recorded_at:
            recorded_at = self.stamps[-1]
        self.stamps.append(recorded_at)
        return recorded_at


class MemoryStorage:
    """A storage that exists as long as the object."""

    def __init__(self) -> None:
        self._tables = _Tables()

    def open(self, program: Program, recorded_at: Instant) -> ProgramHistory:
        """Store the programme in an empty store; return the stored versions."""
        tables = self._tables
        with tables.lock:
            if tables.rules is None:
                tables.rules = ProgramHistory([Version(1, program, recorded_at=recorded_at)])
            return tables.rules

    def unit(self) -> MemoryUnit:
        """Return a unit of work; it holds the lock until it ends."""
        return MemoryUnit(self._tables)

    def snapshot(self, position: int | None = None) -> MemorySnapshot:
        """Return a view of now or of an earlier position; it holds the lock while it is open."""
        return MemorySnapshot(self._tables, position)

    def position(self, known_at: Instant | None = None) -> int:
        """Return the sequence number of the last write, or of the last one recorded before an instant."""
        with self._tables.lock:
            return self._tables.sequence if known_at is None else bisect_left(self._tables.stamps, known_at)

    def close(self) -> None:
        """Do nothing: only memory is held."""


class _Reads:
    """Reads that units and snapshots share, up to a sequence number, under the lock."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def rules(self) -> ProgramHistory:
        """Return all versions of the programme."""
        rules = self._tables.rules
        assert rules is not None  # a storage is opened before it is used
        return rules

    def find_record(self, transaction_id: str) -> Record | None:
        """Return the record of that transaction, or None."""
        return self._tables.records.get(transaction_id)

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """Return the enrolment of that member, or None."""
        return self._tables.enrolments.get(member_id)

    def records(self, member_id: str) -> Sequence[Record]:
        """Return everything recorded for a member, in the order of recording."""
        family = self._tables.families.get(member_id)
        if family is None:
            return self._recorded(member_id)
        records, joint = self._recorded_for(family), self.joint(member_id)
        return [
            evolve(records[seen.place], transaction=seen.transaction, decision=seen.decision)
            for seen in joint.records(member_id)
        ]

    def joint(self, *member_ids: str) -> MergedMembers:
        """Return all members ever merged with these, and everything recorded for them."""
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
        """The records that name a member."""
        return self._tables.history.get(member_id, ())

    def _recorded_for(self, family: Iterable[str]) -> list[Record]:
        return sorted((record for name in family for record in self._recorded(name)), key=_sequence)

    def account(self, member_id: str) -> Account:
        """Return the folded account, kept up to date with every record."""
        tables = self._tables
        if tables.survivors:
            member_id = tables.survivors.get(member_id, member_id)
        account = tables.accounts.get(member_id)
        if account is None:
            account = tables.accounts[member_id] = self._fold(member_id)
        return account

    def rewards_out(self, reward_id: str) -> int:
        """Return how many vouchers of a reward are out; updated with every record."""
        return self._tables.rewards_out.get(reward_id, 0)

    def member_ids(self) -> Iterator[str]:
        """Yield the ids of all members, in order; of merged members, the survivor's."""
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
        """Store a member whose id is not taken."""
        tables = self._tables
        assert member.id not in tables.enrolments  # the caller checks
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
        """Store a transaction or a settlement with its decision."""
        tables = self._tables
        account = self.account(member_id)
        recorded_at = tables.stamp(recorded_at)
        history = tables.history.setdefault(member_id, [])
        number = 0 if given is None else 1 + next((item.number for item in reversed(history) if item.number), 0)
        record = Record(tables.sequence, member_id, recorded_at, transaction, given, decision, number)
        self._written.append(record)
        history.append(record)
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
        """Store another version; accounts are folded by it on the next read."""
        tables = self._tables
        recorded_at = tables.stamp(version.recorded_at)
        tables.rules = self.rules().with_version(evolve(version, sequence=tables.sequence, recorded_at=recorded_at))
        tables.accounts.clear()

    def acknowledge(self, notice_ids: Iterable[str]) -> int:
        """Remove notices from the outbox; return how many were in it."""
        outbox = self._tables.outbox
        found = [outbox.pop(notice_id) for notice_id in dict.fromkeys(notice_ids) if notice_id in outbox]
        self._acknowledged += found
        return len(found)

    def _join(self, transaction: Merge | Unmerge) -> None:
        """Update families after a merge or an unmerge; their accounts are folded again on the next read."""
        other = transaction.other if isinstance(transaction, Merge) else transaction.member_id
        family = self._family(transaction.member_id, other)
        self._tables.families.update(dict.fromkeys(family, family))
        self._find_survivors(family)

    def _find_survivors(self, family: frozenset[str]) -> None:
        """Find the survivor of each member of a family."""
        tables = self._tables
        enrolled = [name for name in family if name in tables.enrolments]
        joint = self.joint(*enrolled)
        tables.survivors.update((name, joint.survivor(name)) for name in enrolled)
        for name in family:
            tables.accounts.pop(name, None)

    def _count(self, change: VoucherChange, sign: int) -> None:
        """Count a voucher that is issued or cancelled; with -1, undo that."""
        out = self._tables.rewards_out
        out[change.reward] = out.get(change.reward, 0) + sign * _OUT[change.kind]

    def _undo(self) -> None:
        """Undo the writes, last first; the accounts concerned are folded again on the next read."""
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
                self._find_survivors(self._family(written.member_id))
        tables.sequence = self._start
        del tables.stamps[self._start :]
        if tables.rules is not self._rules:
            tables.rules = self._rules
            tables.accounts.clear()
        self._restore_notices()

    def _restore_notices(self) -> None:
        """Restore acknowledged notices to their places, except those that this unit wrote."""
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
        # Read under the lock, so that it does not include writes that an open unit may undo.
        self._position = self._tables.sequence if self._asked is None else self._asked
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self._tables.lock.release()

    def rules(self) -> ProgramHistory:
        """Return the versions of the programme that were known at the position."""
        return super().rules().known_by(self._position)

    def find_record(self, transaction_id: str) -> Record | None:
        """Return the record of that transaction, or None."""
        record = super().find_record(transaction_id)
        return record if record is not None and record.sequence <= self._position else None

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """Return the enrolment of that member, or None."""
        enrolment = super().find_enrolment(member_id)
        return enrolment if enrolment is not None and enrolment.sequence <= self._position else None

    def _recorded(self, member_id: str) -> Sequence[Record]:
        history = super()._recorded(member_id)
        if not history or history[-1].sequence <= self._position:
            return history
        return history[: bisect_right(history, self._position, key=_sequence)]

    def account(self, member_id: str) -> Account:
        """Return the account as of the position: the cached one, unless something was recorded for it since."""
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
        """Return the first notices written up to the position and not acknowledged by now."""
        written = (notice for at, _, notice in self._tables.outbox.values() if at <= self._position)
        return list(islice(written, limit))

    def since(self, position: int, after: tuple[str, int], limit: int) -> Sequence[Record]:
        """Return the first records by member and number that were written after a position."""
        members = sorted(name for name in self._tables.history if name >= after[0])
        written = (record for name in members for record in _written_after(self._recorded(name), position))
        new = (record for record in written if record.number and (record.member_id, record.number) > after)
        return list(islice(new, limit))


def _written_after(records: Sequence[Record], position: int) -> Sequence[Record]:
    return records[bisect_right(records, position, key=_sequence) :]


def _sequence(record: Record) -> int:
    return record.sequence
