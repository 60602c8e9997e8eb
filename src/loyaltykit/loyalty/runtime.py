"""State that commands and questions share (storage, clock, calendar), and the path of a write."""

from __future__ import annotations

import logging
from datetime import datetime
from time import time_ns
from typing import Final, cast

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import Joint
from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.decide.dispatch import check_kind, decide
from loyaltykit.domain.decide.edits import resolved
from loyaltykit.domain.decide.merges import decide_joint, named_by
from loyaltykit.domain.decide.redemptions import reward_of
from loyaltykit.domain.facts.rulebook import Rulebook
from loyaltykit.domain.facts.versions import Rules
from loyaltykit.domain.forms.custom_fields import member_problems
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import (
    AchievementShare,
    Arrival,
    Event,
    Purchase,
    Redemption,
    Transaction,
)
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import KeepApart, Merge, Unmerge
from loyaltykit.errors import (
    ClosedError,
    IdempotencyConflictError,
    InvalidValueError,
    NotEnrolledError,
    Problem,
    ProgramChangedError,
    RewardUnavailableError,
    TooLateError,
    UnknownMemberError,
    UnknownTransactionError,
)
from loyaltykit.loyalty.clock import Clock, clock_of, read_clock, system_clock
from loyaltykit.loyalty.paging import Window
from loyaltykit.ports import Reads, Snapshot, Storage, UnitOfWork
from loyaltykit.storage.registry import open_storage
from loyaltykit.values import Instant, check_moment, to_instant

logger = logging.getLogger("loyaltykit")

# Clocks of points of sale may run ahead by this much.
_AHEAD_US: Final = 5 * 60 * 1_000_000


class Runtime:
    """The shared state behind ``Loyalty`` and its faces.

    Args:
        program: the programme of the shop.
        storage: a URL or a storage.
        clock: returns now as an aware datetime; None for the system's clock.
    """

    def __init__(self, program: Program, storage: str | Storage, clock: Clock | None) -> None:
        self._storage = _storage_of(storage)
        self._clock = clock_of(clock)
        self._closed = False
        now = self.now()
        rules = self._storage.open(program, now)
        if not rules.is_live(program, now):
            raise ProgramChangedError(rules.at(now).program.difference(program))
        # The currency and the time zone of a store never change; everything else is read in each unit of work.
        self.calendar = rules.calendar
        self.scale = rules.scale

    @property
    def storage(self) -> Storage:
        """The storage.

        Raises:
            ClosedError: it was closed.
        """
        if self._closed:
            raise ClosedError
        return self._storage

    def close(self) -> None:
        """Close the storage."""
        self._closed = True
        self._storage.close()

    def now(self) -> Instant:
        """Return now by the clock."""
        if self._clock is system_clock:
            return time_ns() // 1_000  # the same value, faster
        return to_instant(self._moment())

    def _moment(self) -> datetime:
        return read_clock(self._clock)

    def instant(self, as_of: datetime | None, field: str = "as_of") -> Instant:
        """Return the instant that a question is about; None means now.

        Raises:
            InvalidValueError: it is naive, or not a datetime.
        """
        if as_of is None:
            return self.now()
        problems: list[Problem] = []
        check_moment(as_of, field, problems)
        if problems:
            raise InvalidValueError(problems)
        return to_instant(as_of)

    def window(self, since: datetime | None, until: datetime | None) -> Window:
        """Return the range of business time that a question is about.

        Raises:
            InvalidValueError: a bound is naive, or not a datetime.
        """
        begin = None if since is None else self.instant(since, "since")
        return Window(begin, None if until is None else self.instant(until, "until"))

    def position(self, known_at: datetime | None) -> int:
        """Return the position of what was recorded before an instant; None means everything so far (``I16``).

        Raises:
            InvalidValueError: it is naive, not a datetime, or in the future.
        """
        if known_at is None:
            return self.storage.position()
        at = self.instant(known_at, "known_at")
        if at > self.now():
            way_out = "omit it for everything known so far"
            raise InvalidValueError([Problem("known_at", "is in the future", way_out, code="instant.future")])
        return self.storage.position(at)

    # -- members ---------------------------------------------------------------------------------------------------

    def enroll(self, unit: UnitOfWork, member: Member, now: Instant) -> bool:
        """Store a member; return whether it was new.

        Raises:
            IdempotencyConflictError: the id belongs to a member with other content.
            InvalidValueError: a custom value does not fit its field, or the enrolment is in the future.
        """
        known = unit.find_enrolment(member.id)
        if known is not None:
            if known.given == member:
                return False
            raise IdempotencyConflictError
        resolved = member if member.enrolled_at is not None else evolve(member, enrolled_at=self._moment())
        problems = member_problems(member, unit.rules().at(now).program.scope.member)
        if resolved.enrolled_instant > now + _AHEAD_US:
            problems.append(_ahead("enrolled_at"))
        if problems:
            raise InvalidValueError(problems)
        unit.add_enrolment(resolved, member, now)
        return True

    # -- transactions ----------------------------------------------------------------------------------------------

    def write(self, unit: UnitOfWork, given: Transaction, now: Instant) -> tuple[Decision, bool]:
        """Write a transaction; return its decision, and whether it was new (``S15``)."""
        known = self._known(unit, given)
        if known is not None:
            return known, False
        transaction, member_id, decision = self._decide(unit, given, now)
        # Refusals by the account of another member must come before anything is written.
        beside = _beside(unit, decision) if decision.beside else ()
        unit.add_record(member_id, transaction, given, decision, now)
        for arrival, arrived in beside:
            unit.add_record(arrival.member_id, arrival, None, arrived, now)
        return decision, True

    def preview(self, reads: Reads, given: Transaction, now: Instant) -> Decision:
        """Return the decision that writing would lead to, with nothing written (``C2``)."""
        known = self._known(reads, given)
        if known is not None:
            return known
        decision = self._decide(reads, given, now)[2]
        _beside(reads, decision)
        return decision

    def _known(self, reads: Reads, given: Transaction) -> Decision | None:
        if not isinstance(given, Transaction):
            raise InvalidValueError([Problem("transaction", "is not a transaction", "pass a Purchase, a Return, …")])
        known = reads.find_record(given.id)
        if known is None:
            return None
        if known.given != given:
            raise IdempotencyConflictError
        return known.decision

    def _decide(self, reads: Reads, given: Transaction, now: Instant) -> tuple[Transaction, str, Decision]:
        """The dated transaction, the id of its member, and the decision."""
        transaction = given
        if given.occurred_at is None:
            transaction = evolve(given, occurred_at=self._moment())
        if transaction.instant > now + _AHEAD_US:
            raise InvalidValueError([_ahead("occurred_at")])
        rules = reads.rules()
        if rules.limits_arrival:
            _check_lateness(rules, transaction, now)
        if isinstance(transaction, Purchase):
            # Most are, and the checks below concern other kinds.
            return transaction, transaction.member_id, decide(reads.account(transaction.member_id), transaction)
        if isinstance(transaction, _ABOUT_MEMBERS):
            return _decide_about_members(reads, given, transaction, now)
        member_id = _member_of(reads, transaction)
        account = reads.account(member_id)
        if isinstance(transaction, Event):
            _check_other_member(reads, transaction)
        elif isinstance(transaction, Redemption) and transaction.reward is not None:
            _check_stock(reads, rules.at(transaction.instant), transaction.reward)
        elif isinstance(transaction, KeepApart):
            _check_two(reads, account, transaction)
        return transaction, member_id, decide(account, transaction)


def _decide_about_members(
    reads: Reads, given: Transaction, dated: Merge | Unmerge | MemberEdit, now: Instant
) -> tuple[Transaction, str, Decision]:
    """The same for merges, unmerges and edits."""
    if isinstance(dated, MemberEdit):
        account = reads.account(dated.member_id)
        edit = resolved(account, dated, now, is_dated=given.occurred_at is not None)
        return edit, account.member.id, decide(account, edit)
    joint = _joint(reads, dated)
    return dated, named_by(joint, dated), decide_joint(joint, reads.rules(), dated)


def _storage_of(storage: object) -> Storage:
    if isinstance(storage, str):
        return open_storage(storage)
    if all(callable(getattr(storage, name, None)) for name in ("open", "unit", "snapshot", "position", "close")):
        return cast("Storage", storage)
    raise InvalidValueError([Problem("storage", "is not a storage", 'pass a URL such as "memory://", or a storage')])


_ABOUT_MEMBERS = (Merge, Unmerge, MemberEdit)


def _check_lateness(rules: Rules, transaction: Transaction, now: Instant) -> None:
    """Check the limit of lateness of the version in force at arrival (``T8``)."""
    limit = rules.at(now).program.late.limit_days
    if limit is not None and rules.calendar.day_of(now) - rules.calendar.day_of(transaction.instant) > limit:
        raise TooLateError(limit)


def _check_other_member(reads: Reads, event: Event) -> None:
    if event.other_member_id is not None and reads.find_enrolment(event.other_member_id) is None:
        raise UnknownMemberError("other_member_id")


def _check_two(reads: Reads, account: Account, apart: KeepApart) -> None:
    if reads.find_enrolment(apart.other) is None:
        raise UnknownMemberError("other")
    if reads.account(apart.other).member.id == account.member.id:
        raise InvalidValueError([Problem("other", "is the same member by a merge", "record an Unmerge instead")])


def _beside(reads: Reads, decision: Decision) -> list[tuple[Arrival | AchievementShare, Decision]]:
    """What a decision leads to for other members, with the decisions of their accounts."""
    for arrival in decision.beside:
        if reads.find_enrolment(arrival.member_id) is None:
            raise UnknownMemberError("to")
        assert decision.told is not None  # a settlement concerns one member
        if reads.account(arrival.member_id).member.id == decision.told.member_id:
            field = "to" if isinstance(arrival, Arrival) else "other_member_id"
            raise InvalidValueError([Problem(field, "is the same member by a merge", "name another member")])
    return [(arrival, decide(reads.account(arrival.member_id), arrival)) for arrival in decision.beside]


def _joint(reads: Reads, transaction: Merge | Unmerge) -> Joint:
    """The family of the members that a merge or an unmerge names."""
    named = {"other": transaction.member_id}
    if isinstance(transaction, Merge):
        named = {"survivor": transaction.member_id, "other": transaction.other}
    for field, member_id in named.items():
        if reads.find_enrolment(member_id) is None:
            raise UnknownMemberError(field)
    return reads.joint(*named.values())


def _check_stock(reads: Reads, rulebook: Rulebook, reward_id: str) -> None:
    """Check the stock of a reward. All members share it, so that no account knows it (``S24``)."""
    stock = reward_of(rulebook, reward_id).stock
    if stock is not None and reads.rewards_out(reward_id) >= stock:
        raise RewardUnavailableError("is out of stock", "redeem another reward, or wait until a redemption is reversed")


def _ahead(field: str) -> Problem:
    return Problem(field, "is more than five minutes in the future", "check its time zone, and the clock that set it")


def _member_of(reads: Reads, transaction: Transaction) -> str:
    """Return the member of a transaction; one that follows another belongs to the member of that."""
    check_kind(transaction)
    kinds = transaction.follows
    if not kinds:
        member_id: str = transaction.member_id  # type: ignore[attr-defined]  # every kind that follows none has one
        return member_id
    found = reads.find_record(transaction.of)  # type: ignore[attr-defined]  # every kind that follows has one
    if found is None or not isinstance(found.transaction, kinds):
        other = None if found is None or found.transaction is None else found.transaction.kind.replace("_", " ")
        raise UnknownTransactionError("of", kinds[0].kind.replace("_", " "), other)
    return found.member_id


def receipt_of(decision: Decision) -> Receipt:
    """Return the receipt of a transaction's decision."""
    receipt = decision.receipt
    assert receipt is not None  # every transaction has one
    return receipt


def enrolled_account(reads: Reads, member_id: str, at: Instant) -> Account:
    """Return the account of a member that was enrolled at an instant.

    Raises:
        UnknownMemberError: no such member.
        NotEnrolledError: the instant precedes the enrolment.
    """
    if not isinstance(member_id, str):
        raise UnknownMemberError
    account = reads.account(member_id)
    if at < account.member.enrolled_instant:
        raise NotEnrolledError("as_of")
    return account


def enrolled_accounts(snapshot: Snapshot, at: Instant) -> list[Account]:
    """Return the accounts of all members that were enrolled at an instant, by id."""
    accounts = (snapshot.account(member_id) for member_id in snapshot.member_ids())
    return [account for account in accounts if account.member.enrolled_instant <= at]
