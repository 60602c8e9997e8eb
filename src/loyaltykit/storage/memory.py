"""Everything in this process's memory: the reference storage, written to be read.

One lock guards the store. A unit of work writes straight into it and remembers how to undo; a snapshot is a position:
what carries a higher sequence number does not exist for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from threading import RLock
from types import TracebackType

from attrs import define, field

from loyaltykit.domain.account import Account, Decision, rebuild
from loyaltykit.domain.member import Member
from loyaltykit.domain.program import Program
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InvalidValueError, Problem, ProgramChangedError, UnknownMemberError
from loyaltykit.ports import Enrolment, Record
from loyaltykit.values import Instant


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
    """What is kept, and the one lock that guards it."""

    rulebook: Rulebook | None = None
    sequence: int = 0
    enrolments: dict[str, Enrolment] = field(factory=dict)
    records: dict[str, Record] = field(factory=dict)
    history: dict[str, list[Record]] = field(factory=dict)
    accounts: dict[str, Account] = field(factory=dict)
    lock: RLock = field(factory=RLock)


class MemoryStorage:
    """A storage that lasts as long as the object."""

    def __init__(self) -> None:
        self._tables = _Tables()

    def open(self, program: Program) -> Rulebook:
        """Keep the programme, or compare it with the one that is kept."""
        tables = self._tables
        with tables.lock:
            if tables.rulebook is None:
                tables.rulebook = Rulebook(program)
            elif tables.rulebook.program != program:
                raise ProgramChangedError(tables.rulebook.program.difference(program))
            return tables.rulebook

    def unit(self) -> MemoryUnit:
        """A unit of work; it holds the lock until it ends."""
        return MemoryUnit(self._tables)

    def snapshot(self, position: int | None = None) -> MemorySnapshot:
        """A view of now, or of an earlier position; it holds the lock while it is open."""
        return MemorySnapshot(self._tables, position)

    def position(self) -> int:
        """The sequence number of the last thing written."""
        with self._tables.lock:
            return self._tables.sequence

    def close(self) -> None:
        """Nothing is held but memory."""


class _Reads:
    """What units and snapshots have in common: reads up to a sequence number, under the lock."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        return self._tables.records.get(transaction_id)

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        return self._tables.enrolments.get(member_id)

    def records(self, member_id: str) -> Sequence[Record]:
        """Everything recorded for a member, in the order of recording."""
        return self._tables.history.get(member_id, ())

    def account(self, member_id: str) -> Account:
        """The folded account, kept up to date with every record."""
        tables = self._tables
        account = tables.accounts.get(member_id)
        if account is None:
            account = tables.accounts[member_id] = self._fold(member_id)
        return account

    def _fold(self, member_id: str) -> Account:
        enrolment = self.find_enrolment(member_id)
        if enrolment is None:
            raise UnknownMemberError
        rulebook = self._tables.rulebook
        assert rulebook is not None  # a storage is opened before it is used
        recorded = ((record.transaction, record.decision) for record in self.records(member_id))
        return rebuild(enrolment.member, rulebook, recorded)


class MemoryUnit(_Reads):
    """Writes that apply together; see ``ports.UnitOfWork``."""

    def __enter__(self) -> MemoryUnit:
        self._tables.lock.acquire()
        self._start = self._tables.sequence
        self._written: list[Enrolment | Record] = []
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
        tables.sequence += 1
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
        tables.sequence += 1
        record = Record(tables.sequence, member_id, recorded_at, transaction, given, decision)
        self._written.append(record)
        tables.history.setdefault(member_id, []).append(record)
        if transaction is not None:
            tables.records[transaction.id] = record
        account.apply(transaction, decision)

    def _undo(self) -> None:
        """Take back what was written, last first; accounts that were touched are folded again when asked for."""
        tables = self._tables
        for written in reversed(self._written):
            if isinstance(written, Enrolment):
                tables.accounts.pop(written.member.id, None)
                del tables.enrolments[written.member.id]
                continue
            tables.accounts.pop(written.member_id, None)
            tables.history[written.member_id].pop()
            if written.transaction is not None:
                tables.records.pop(written.transaction.id, None)
        tables.sequence = self._start


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

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        record = super().find_record(transaction_id)
        return record if record is not None and record.sequence <= self._position else None

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        enrolment = super().find_enrolment(member_id)
        return enrolment if enrolment is not None and enrolment.sequence <= self._position else None

    def records(self, member_id: str) -> Sequence[Record]:
        """What was recorded for a member up to the position."""
        history = super().records(member_id)
        if not history or history[-1].sequence <= self._position:
            return history
        return history[: bisect_right(history, self._position, key=_sequence)]

    def account(self, member_id: str) -> Account:
        """The account as of the position: the one at hand, unless something was recorded for it since."""
        history = super().records(member_id)
        if history and history[-1].sequence > self._position:
            return self._fold(member_id)
        if self.find_enrolment(member_id) is None:
            raise UnknownMemberError
        return super().account(member_id)

    def member_ids(self) -> Iterator[str]:
        """The ids of all members, in order."""
        enrolments = self._tables.enrolments
        return iter(sorted(item for item in enrolments if enrolments[item].sequence <= self._position))


def _sequence(record: Record) -> int:
    return record.sequence
