"""What a storage must provide. Anyone can write one: it implements these protocols and the law of each method.

A storage keeps enrolments, records and the versions of the programme, and nothing else: every account is the fold of
its records by those versions. Whether folded accounts are cached is up to the storage.

Everything kept is stamped with ``recorded_at``, which never decreases: a storage keeps the later of the value passed
and the last one kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from loyaltykit.domain.facts.versions import ProgramHistory, Version
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Transaction
from loyaltykit.values import Instant


@frozen
class Enrolment:
    """A member as enrolled.

    Args:
        sequence: its place among everything in the store.
        member: with ``enrolled_at`` filled in.
        given: as the caller passed it (``S15``).
        recorded_at: time of recording.
    """

    sequence: int
    member: Member
    given: Member
    recorded_at: Instant


@frozen
class Record:
    """A transaction or a settlement with everything that it led to: stored as a whole, or not at all.

    Args:
        sequence: its place among everything in the store.
        member_id: the member that the transaction names; it never changes.
        recorded_at: time of recording.
        transaction: with ``occurred_at`` filled in; None for a settlement.
        given: as the caller passed it (``S15``); None for a settlement, and for what is written beside a transaction.
        decision: what it led to.
        number: place among what callers passed for ``member_id``, from 1 without gaps; 0 where ``given`` is None.
    """

    sequence: int
    member_id: str
    recorded_at: Instant
    transaction: Transaction | None
    given: Transaction | None
    decision: Decision
    number: int = 0


class Reads(Protocol):
    """Questions to a unit of work or a snapshot. All answers belong to one state."""

    def rules(self) -> ProgramHistory:
        """Return all versions of the programme, compiled once until another is added."""
        ...

    def find_record(self, transaction_id: str) -> Record | None:
        """Return the record of the transaction that a caller passed with this id, or None."""
        ...

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """Return the enrolment of that member, or None."""
        ...

    def records(self, member_id: str) -> Sequence[Record]:
        """Return everything recorded for a member, in the order of recording; empty for an unknown one.

        For a member who was ever merged, it is the part of ``joint`` that the member sees.
        """
        ...

    def joint(self, *member_ids: str) -> MergedMembers:
        """Return all members ever merged with these, these included, and everything recorded for them.

        Raises:
            UnknownMemberError: one of the ids is unknown.
        """
        ...

    def account(self, member_id: str) -> Account:
        """Return the fold of a member's records under all its ids. The caller must not change it.

        Raises:
            UnknownMemberError: no such member.
        """
        ...

    def rewards_out(self, reward_id: str) -> int:
        """Return how many vouchers of a reward all members together have redeemed and not reversed.

        A snapshot returns the number as of now, whatever its position: stock is what can be redeemed now. During a unit
        of work no other unit changes it.
        """
        ...


class UnitOfWork(Reads, Protocol):
    """Writes that apply together: all of them when the block ends, none of them when it raises."""

    def add_enrolment(self, member: Member, given: Member, recorded_at: Instant) -> None:
        """Store a member whose id is not taken."""
        ...

    def add_record(
        self,
        member_id: str,
        transaction: Transaction | None,
        given: Transaction | None,
        decision: Decision,
        recorded_at: Instant,
    ) -> None:
        """Store a transaction whose id is not taken, or a settlement; later reads of the unit see it.

        A transaction without ``given`` is written beside another: it has the same id, and ``find_record`` does not
        return it. The notices of the decision enter the outbox together with the record.
        """
        ...

    def add_version(self, version: Version) -> None:
        """Store another version of the programme with the next number, and assign its ``sequence``.

        Later reads of the unit use it, folds of accounts too.
        """
        ...

    def member_ids(self) -> Iterator[str]:
        """Yield the ids of all members, in order; of merged members, the survivor's."""
        ...

    def acknowledge(self, notice_ids: Iterable[str]) -> int:
        """Remove notices from the outbox and return how many were in it. Their records keep them."""
        ...


class Snapshot(Reads, Protocol):
    """The state at one position: later writes are not visible."""

    def notices(self, limit: int) -> Sequence[Notice]:
        """Return the first notices of the outbox, that is of all that are not acknowledged, in the order written."""
        ...

    def member_ids(self) -> Iterator[str]:
        """Yield the ids of all members, in order; of merged members, the survivor's."""
        ...

    def since(self, position: int, after: tuple[str, int], limit: int) -> Sequence[Record]:
        """Return the first records by (``member_id``, ``number``) that a snapshot of a position does not show.

        Only what callers passed is returned, under the member that it names, merged or not.

        Args:
            position: 0, or a position that ``Storage.position`` returned.
            after: member id and number of the last record already seen; ``("", 0)`` for none.
            limit: most records.
        """
        ...


class Storage(Protocol):
    """A place that keeps one programme and its members."""

    def open(self, program: Program, recorded_at: Instant) -> ProgramHistory:
        """Store the programme as version 1 of an empty store; return the stored versions.

        The caller compares them with the programme.
        """
        ...

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        """Return a unit of work. No other unit writes to the same accounts during it."""
        ...

    def snapshot(self, position: int | None = None) -> AbstractContextManager[Snapshot]:
        """Return a consistent view of now, or of a position that ``position()`` returned earlier."""
        ...

    def position(self, known_at: Instant | None = None) -> int:
        """Return the sequence number of the last write; it only grows.

        Args:
            known_at: return that of the last write recorded before this instant instead; None for the last of all.
        """
        ...

    def close(self) -> None:
        """Release all resources. A second call does nothing."""
        ...
