"""What all commands and questions share: the storage, the clock, the compiled programme, and the path of a write."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias, cast

from attrs import evolve

from loyaltykit.domain.account import Account, Decision
from loyaltykit.domain.answers import Receipt
from loyaltykit.domain.basket import declared_problems
from loyaltykit.domain.decide import decide
from loyaltykit.domain.member import Member
from loyaltykit.domain.program import Program
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.transactions import (
    Adjustment,
    Event,
    Purchase,
    Redemption,
    Return,
    Reversal,
    Transaction,
    Visit,
)
from loyaltykit.errors import (
    ClosedError,
    IdempotencyConflictError,
    InvalidValueError,
    NotEnrolledError,
    Problem,
    UnknownMemberError,
    UnknownTransactionError,
)
from loyaltykit.ports import Reads, Snapshot, Storage, UnitOfWork
from loyaltykit.storage.registry import open_storage
from loyaltykit.values import Instant, check_moment, to_instant

Clock: TypeAlias = Callable[[], datetime]

logger = logging.getLogger("loyaltykit")

# Tills are not always on time: what lies further ahead than this is a mistake.
_AHEAD_US: Final = 5 * 60 * 1_000_000


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


class Runtime:
    """The shared state behind ``Loyalty`` and its faces.

    Args:
        program: what the shop declared.
        storage: a URL or a storage.
        clock: returns an aware datetime.
    """

    def __init__(self, program: Program, storage: str | Storage, clock: Clock | None) -> None:
        self._storage = _storage_of(storage)
        self._clock = _clock_of(clock)
        self._closed = False
        self.rulebook: Rulebook = self._storage.open(program)

    @property
    def storage(self) -> Storage:
        """The storage, while the shop is open.

        Raises:
            ClosedError: it was closed.
        """
        if self._closed:
            raise ClosedError
        return self._storage

    def close(self) -> None:
        """Let go of the storage."""
        self._closed = True
        self._storage.close()

    def now(self) -> Instant:
        """The clock's now."""
        return to_instant(self._moment())

    def _moment(self) -> datetime:
        problems: list[Problem] = []
        moment = self._clock()
        check_moment(moment, "clock", problems)
        if problems:
            raise InvalidValueError(problems)
        return moment

    def instant(self, as_of: datetime | None) -> Instant:
        """The instant a question is about; None means now.

        Raises:
            InvalidValueError: it is naive, or not a datetime.
        """
        if as_of is None:
            return self.now()
        problems: list[Problem] = []
        check_moment(as_of, "as_of", problems)
        if problems:
            raise InvalidValueError(problems)
        return to_instant(as_of)

    # -- members ---------------------------------------------------------------------------------------------------

    def enroll(self, unit: UnitOfWork, member: Member, now: Instant) -> bool:
        """Keep a member; whether it was new.

        Raises:
            IdempotencyConflictError: the id belongs to a member with other content.
            InvalidValueError: a custom value does not fit, or the enrolment lies ahead of the clock.
        """
        known = unit.find_enrolment(member.id)
        if known is not None:
            if known.given == member:
                return False
            raise IdempotencyConflictError
        resolved = member if member.enrolled_at is not None else evolve(member, enrolled_at=self._moment())
        problems = declared_problems(member.fields, self.rulebook.program.scope.member, "fields")
        if resolved.enrolled_instant > now + _AHEAD_US:
            problems.append(_ahead("enrolled_at"))
        if problems:
            raise InvalidValueError(problems)
        unit.add_enrolment(resolved, member, now)
        return True

    # -- transactions ----------------------------------------------------------------------------------------------

    def write(self, unit: UnitOfWork, given: Transaction, now: Instant) -> tuple[Decision, bool]:
        """Write a transaction; its decision, and whether it was new (``S15``)."""
        known = self._known(unit, given)
        if known is not None:
            return known, False
        transaction, account, decision = self._decide(unit, given, now)
        unit.add_record(account.member.id, transaction, given, decision, now)
        return decision, True

    def preview(self, reads: Reads, given: Transaction, now: Instant) -> Decision:
        """The decision that writing would lead to, with nothing written (``C2``)."""
        return self._known(reads, given) or self._decide(reads, given, now)[2]

    def _known(self, reads: Reads, given: Transaction) -> Decision | None:
        if not isinstance(given, Transaction):
            raise InvalidValueError([Problem("transaction", "is not a transaction", "pass a Purchase, a Return, …")])
        known = reads.find_record(given.id)
        if known is None:
            return None
        if known.given != given:
            raise IdempotencyConflictError
        return known.decision

    def _decide(self, reads: Reads, given: Transaction, now: Instant) -> tuple[Transaction, Account, Decision]:
        transaction = given
        if given.occurred_at is None:
            transaction = evolve(given, occurred_at=self._moment())
        if transaction.instant > now + _AHEAD_US:
            raise InvalidValueError([_ahead("occurred_at")])
        account = reads.account(_member_of(reads, transaction))
        return transaction, account, decide(account, transaction)


def _storage_of(storage: object) -> Storage:
    if isinstance(storage, str):
        return open_storage(storage)
    if all(callable(getattr(storage, name, None)) for name in ("open", "unit", "snapshot", "position", "close")):
        return cast("Storage", storage)
    raise InvalidValueError([Problem("storage", "is not a storage", 'pass a URL such as "memory://", or a storage')])


def _clock_of(clock: object) -> Clock:
    if clock is None:
        return system_clock
    if callable(clock):
        return cast("Clock", clock)
    raise InvalidValueError([Problem("clock", "cannot be called", "pass a function that returns an aware datetime")])


_WITH_MEMBER = (Purchase, Redemption, Visit, Event, Adjustment)


def _ahead(field: str) -> Problem:
    return Problem(field, "lies more than five minutes ahead of the clock", "check the time zone, or the till's clock")


def _member_of(reads: Reads, transaction: Transaction) -> str:
    """Whose transaction it is; a return or a reversal belongs to whoever made the original."""
    if isinstance(transaction, _WITH_MEMBER):
        return transaction.member_id
    if isinstance(transaction, Return):
        return _original(reads, transaction.of, Purchase)
    assert isinstance(transaction, Reversal)  # the only other kind
    return _original(reads, transaction.of, Redemption)


def _original(reads: Reads, transaction_id: str, kind: type[Transaction]) -> str:
    found = reads.find_record(transaction_id)
    if found is None or not isinstance(found.transaction, kind):
        raise UnknownTransactionError("of", kind.kind)
    return found.member_id


def receipt_of(decision: Decision) -> Receipt:
    """The receipt of a transaction's decision."""
    receipt = decision.receipt
    assert receipt is not None  # every transaction has one
    return receipt


def enrolled_account(reads: Reads, member_id: str, at: Instant) -> Account:
    """The account of a member who was enrolled at an instant.

    Raises:
        UnknownMemberError: nobody has this id.
        NotEnrolledError: the instant lies before the enrolment.
    """
    if not isinstance(member_id, str):
        raise UnknownMemberError
    account = reads.account(member_id)
    if at < account.member.enrolled_instant:
        raise NotEnrolledError("as_of")
    return account


def enrolled_accounts(snapshot: Snapshot, at: Instant) -> list[Account]:
    """The accounts of all members who were enrolled at an instant, by id."""
    accounts = (snapshot.account(member_id) for member_id in snapshot.member_ids())
    return [account for account in accounts if account.member.enrolled_instant <= at]
