"""What a storage must offer. Anyone can write one: these protocols, each method with its law, are all there is.

A storage keeps enrolments and records, and nothing else: every account is the fold of its records. How it keeps folded
accounts at hand is its own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from loyaltykit.domain.account import Account, Decision
from loyaltykit.domain.member import Member
from loyaltykit.domain.program import Program
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.transactions import Transaction
from loyaltykit.values import Instant


@frozen
class Enrolment:
    """A member as it was enrolled.

    Args:
        sequence: its place among everything in the store.
        member: with ``enrolled_at`` resolved.
        given: as the caller passed it (``S15``).
        recorded_at: when it arrived.
    """

    sequence: int
    member: Member
    given: Member
    recorded_at: Instant


@frozen
class Record:
    """A transaction or a settlement, with everything it led to: stored as a whole, or not at all.

    Args:
        sequence: its place among everything in the store.
        member_id: whose.
        recorded_at: when it arrived.
        transaction: with ``occurred_at`` resolved; None for a settlement.
        given: as the caller passed it (``S15``); None for a settlement.
        decision: what it led to.
    """

    sequence: int
    member_id: str
    recorded_at: Instant
    transaction: Transaction | None
    given: Transaction | None
    decision: Decision


class Reads(Protocol):
    """What can be asked, in a unit of work or of a snapshot. All answers belong to one state."""

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        ...

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        ...

    def records(self, member_id: str) -> Sequence[Record]:
        """Everything recorded for a member, in the order of recording; empty for an unknown one."""
        ...

    def account(self, member_id: str) -> Account:
        """The fold of a member's records; not to be changed by the caller.

        Raises:
            UnknownMemberError: nobody has this id.
        """
        ...


class UnitOfWork(Reads, Protocol):
    """Writes that apply together: all of them when the block ends, none of them when it raises."""

    def add_enrolment(self, member: Member, given: Member, recorded_at: Instant) -> None:
        """Keep a member whose id is not taken."""
        ...

    def add_record(
        self,
        member_id: str,
        transaction: Transaction | None,
        given: Transaction | None,
        decision: Decision,
        recorded_at: Instant,
    ) -> None:
        """Keep a transaction whose id is not taken, or a settlement; later reads of the unit see it."""
        ...


class Snapshot(Reads, Protocol):
    """The state at one position: what is written later does not show."""

    def member_ids(self) -> Iterator[str]:
        """The ids of all members, in order."""
        ...


class Storage(Protocol):
    """A place that keeps one programme and its members."""

    def open(self, program: Program) -> Rulebook:
        """Keep the programme in an empty store, or compare it with the one that is kept.

        Raises:
            ProgramChangedError: the store holds another programme.
        """
        ...

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work; no other unit writes to the same accounts meanwhile."""
        ...

    def snapshot(self, position: int | None = None) -> AbstractContextManager[Snapshot]:
        """A consistent view: of now, or of a position that ``position()`` gave earlier."""
        ...

    def position(self) -> int:
        """The sequence number of the last thing written; it only grows."""
        ...

    def close(self) -> None:
        """Let go of what is held; calling it again does nothing."""
        ...
