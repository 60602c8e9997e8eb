"""What a storage must offer. Anyone can write one: these protocols, each method with its law, are all there is.

A storage keeps enrolments, records and the versions of the programme, and nothing else: every account is the fold of
its records by those versions. How it keeps folded accounts at hand is its own business.

Whatever is kept is stamped with ``recorded_at``, which never runs back: a storage keeps the later of what it is given
and of what it gave last.
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
        given: as the caller passed it (``S15``); None for a settlement, and for what is written beside a transaction.
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

    def rules(self) -> ProgramHistory:
        """All versions of the programme, compiled once for as long as none is added."""
        ...

    def find_record(self, transaction_id: str) -> Record | None:
        """The record of that transaction, or None."""
        ...

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        """The enrolment of that member, or None."""
        ...

    def records(self, member_id: str) -> Sequence[Record]:
        """Everything recorded for a member, in the order of recording; empty for an unknown one.

        For a member who was ever merged, it is what ``joint`` says that the member sees.
        """
        ...

    def joint(self, *member_ids: str) -> MergedMembers:
        """All who were ever merged with these members, themselves among them, and everything recorded for them.

        Raises:
            UnknownMemberError: nobody has one of these ids.
        """
        ...

    def account(self, member_id: str) -> Account:
        """The fold of a member's records, under all ids that are one with it; not to be changed by the caller.

        Raises:
            UnknownMemberError: nobody has this id.
        """
        ...

    def rewards_out(self, reward_id: str) -> int:
        """How many of a reward all members together have redeemed and not reversed: its vouchers that are out.

        A snapshot tells it as of now, whatever its position: the stock is what can be had now. In a unit of work no
        other unit changes the number before this one ends.
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
        """Keep a transaction whose id is not taken, or a settlement; later reads of the unit see it.

        What comes without ``given`` is written beside a transaction: it bears the same id and is not found by it. The
        decision's notices go into the outbox with it, or not at all.
        """
        ...

    def add_version(self, version: Version) -> None:
        """Keep another version of the programme, whose number is the next; its place in the store is given to it.

        Later reads of the unit go by it; accounts are folded by it.
        """
        ...

    def member_ids(self) -> Iterator[str]:
        """The ids of all members, in order; of those that are one, the survivor's."""
        ...

    def acknowledge(self, notice_ids: Iterable[str]) -> int:
        """Take notices out of the outbox; how many stood there. Their records keep them."""
        ...


class Snapshot(Reads, Protocol):
    """The state at one position: what is written later does not show."""

    def notices(self, limit: int) -> Sequence[Notice]:
        """The first notices of the outbox in the order written: those of all decisions that nobody has acknowledged."""
        ...

    def member_ids(self) -> Iterator[str]:
        """The ids of all members, in order; of those that are one, the survivor's."""
        ...


class Storage(Protocol):
    """A place that keeps one programme and its members."""

    def open(self, program: Program, recorded_at: Instant) -> ProgramHistory:
        """Keep the programme as version 1 in an empty store; the versions that are kept then.

        Whether the programme is one of them is for the shell to say.
        """
        ...

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work; no other unit writes to the same accounts meanwhile."""
        ...

    def snapshot(self, position: int | None = None) -> AbstractContextManager[Snapshot]:
        """A consistent view: of now, or of a position that ``position()`` gave earlier."""
        ...

    def position(self, known_at: Instant | None = None) -> int:
        """The sequence number of the last thing written; it only grows.

        Args:
            known_at: of the last thing that was recorded before this instant; None means of all.
        """
        ...

    def close(self) -> None:
        """Let go of what is held; calling it again does nothing."""
        ...
