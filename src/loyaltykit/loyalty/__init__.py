"""The shell: one class that a shop's software talks to."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from time import perf_counter

from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.vouchers import Voucher
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program, Segment
from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.views.balance import Balance, LotView
from loyaltykit.domain.views.statement import RecordedPosting, StatementRow, lot_views, read_statement
from loyaltykit.domain.views.tier_status import TierStatus, read_status
from loyaltykit.errors import InvalidValueError, Problem, UnknownMemberError
from loyaltykit.loyalty.intake import IngestReport, take_in
from loyaltykit.loyalty.maintenance import Maintenance
from loyaltykit.loyalty.members import Members
from loyaltykit.loyalty.outbox import Outbox
from loyaltykit.loyalty.programs import Programs
from loyaltykit.loyalty.runtime import Clock, Runtime, enrolled_account, logger, receipt_of
from loyaltykit.loyalty.selection import Selection, SortTerm, choose
from loyaltykit.loyalty.settlement import Settlement, settle_all
from loyaltykit.ports import Snapshot, Storage
from loyaltykit.progress import Progress
from loyaltykit.rules.nodes import Predicate
from loyaltykit.values import to_datetime


class Loyalty:
    """A shop's membership programme. A context manager, safe to share between threads.

    Args:
        program: the rules. An empty store keeps them; a store that holds others refuses to open.
        storage: a URL such as ``"memory://"``, or a storage object.
        clock: returns now as an aware datetime; None for the system's. Tests pass their own.

    Raises:
        ProgramChangedError: the store holds another programme.

    >>> from loyaltykit import Member, Program
    >>> with Loyalty(Program(name="Club", currency="CNY", timezone="Asia/Shanghai")) as shop:
    ...     shop.enroll(Member(id="m-1", name="张三")).id
    'm-1'
    """

    def __init__(self, program: Program, storage: str | Storage = "memory://", *, clock: Clock | None = None) -> None:
        if not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
        self._runtime = Runtime(program, storage, clock)
        self.members = Members(self._runtime)
        self.programs = Programs(self._runtime)
        self.outbox = Outbox(self._runtime)
        self.storage = Maintenance(self._runtime)

    def __enter__(self) -> Loyalty:
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Loyalty({self.programs.current.name!r})"

    def close(self) -> None:
        """Let go of the storage; every later call raises ``ClosedError``."""
        self._runtime.close()

    # -- writing ---------------------------------------------------------------------------------------------------

    def enroll(self, member: Member) -> Member:
        """Take a member in.

        Args:
            member: with an id of the shop's own; without ``enrolled_at`` the clock's now counts.

        Returns:
            The member as it is kept. The same member again changes nothing (``S15``).

        Raises:
            IdempotencyConflictError: the id belongs to a member with other content.
            InvalidValueError: a custom value does not fit its field, or the enrolment lies in the future.
        """
        if not isinstance(member, Member):
            raise InvalidValueError([Problem("member", "is not a Member", "pass a Member")])
        with self._runtime.storage.unit() as unit:
            self._runtime.enroll(unit, member, self._runtime.now())
            return unit.account(member.id).current_member

    def record(self, transaction: Transaction) -> Receipt:
        """Write down something that happened.

        Args:
            transaction: with the caller's id. Sending it again returns the first receipt and changes nothing (``S15``).

        Returns:
            What it led to.

        Raises:
            RefusedError: it cannot be; nothing was written and its id stays free.
            IdempotencyConflictError: the id was used with other content.
        """
        started = perf_counter()
        with self._runtime.storage.unit() as unit:
            decision, _ = self._runtime.write(unit, transaction, self._runtime.now())
        receipt = receipt_of(decision)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s %s %.2f ms", receipt.kind, receipt.id, (perf_counter() - started) * 1_000)
        return receipt

    def quote(self, transaction: Transaction) -> Receipt:
        """Preview what recording would lead to; nothing is written (``C2``).

        Args:
            transaction: without ``occurred_at``, the receipt says which instant was taken: record it with that one.

        Returns:
            The receipt that ``record`` would give now; of a recorded id, the one it gave.

        Raises:
            RefusedError: ``record`` would refuse it.
            IdempotencyConflictError: the id was used with other content.
        """
        with self._runtime.storage.snapshot() as snapshot:
            return receipt_of(self._runtime.preview(snapshot, transaction, self._runtime.now()))

    def ingest(self, items: Iterable[Member | Transaction], progress: Progress | None = None) -> IngestReport:
        """Take in many members and transactions, in the order given; running it again is harmless.

        Args:
            items: mixed as they come; a generator is read as it goes.
            progress: called with how many are done and, if known, how many there are.

        Returns:
            Counts, and position, id and error of each refused item: the rest is taken in all the same.
        """
        return take_in(self._runtime, items, progress)

    def settle(self, as_of: datetime | None = None, progress: Progress | None = None) -> Settlement:
        """Write down expiries and tier checks that are due; what they say was true before (``S2``, ``T10``).

        Args:
            as_of: up to when; None means now.
            progress: called with how many members are done, and how many there are.

        Raises:
            InvalidValueError: the instant lies ahead of the clock.
        """
        return settle_all(self._runtime, self._runtime.instant(as_of), progress)

    # -- reading ---------------------------------------------------------------------------------------------------

    def member(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> Member:
        """The member's record as of an instant.

        Args:
            member_id: whose.
            as_of: any instant since the enrolment; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at = None if as_of is None else self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            if at is not None:
                return enrolled_account(snapshot, member_id, at).member_at(at)
            if not isinstance(member_id, str):
                raise UnknownMemberError
            return snapshot.account(member_id).current_member

    def balance(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> Balance:
        """A member's points as of an instant, right without any job having run (``S2``).

        Args:
            member_id: whose.
            as_of: any instant since the enrolment; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at = self._runtime.instant(as_of)
        storage, position = self._runtime.storage, self._runtime.position(known_at)
        with storage.snapshot(position) as snapshot:
            account = enrolled_account(snapshot, member_id, at)
            ledger = catch_up(account.ledger, at)[0]
            points = {name: getattr(ledger, name)(at) for name in ("available", "pending", "held", "debt")}

        def read_lots() -> tuple[LotView, ...]:
            with storage.snapshot(position) as then:
                return lot_views(then.account(member_id), at)

        zone = self._runtime.calendar.zone
        return Balance(as_of=to_datetime(at, zone), **points, read_lots=read_lots)

    def tier(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> TierStatus:
        """A member's tier as of an instant, with its reasons (``T10``, ``T11``).

        Args:
            member_id: whose.
            as_of: any instant since the enrolment; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            return read_status(enrolled_account(snapshot, member_id, at), at)

    def vouchers(
        self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None
    ) -> tuple[Voucher, ...]:
        """The vouchers that a member was issued up to an instant, oldest first, whatever became of them (``S24``).

        Args:
            member_id: whose.
            as_of: any instant since the enrolment; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            states = list(enrolled_account(snapshot, member_id, at).vouchers.values())
        zone = self._runtime.calendar.zone
        seen = [state.as_of(at, zone) for state in states if state.issued_at <= at]
        return tuple(sorted(seen, key=lambda voucher: (voucher.issued_at, voucher.code)))

    def statement(
        self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None
    ) -> Sequence[StatementRow]:
        """Everything that happened to a member's points, in order, with its reason (``C5``).

        Args:
            member_id: whose.
            as_of: up to when, what is due and not written yet included; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``). Each row says
                since when it is known.

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            account = enrolled_account(snapshot, member_id, at)
            written = [
                RecordedPosting(
                    posting,
                    record.recorded_at,
                    record.transaction.actor if record.transaction else None,
                    record.transaction.reason if record.transaction else None,
                )
                for record in snapshot.records(member_id)
                for posting in record.decision.postings
            ]
            return read_statement(account, written, at)

    def select(
        self,
        who: Predicate | Segment | str,
        as_of: datetime | None = None,
        order_by: Sequence[SortTerm] | SortTerm = (),
        known_at: datetime | None = None,
    ) -> Selection:
        """Choose members; nothing is worked out before it is asked for (``C5``).

        Args:
            who: a predicate, a segment, or the name of one of the programme's segments.
            as_of: the instant to judge at; None means now.
            order_by: terms to sort by, smallest first unless ``descending(term)``, missing last; ties, and everything
                else, by id.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            InvalidProgramError: the programme has no such segment.
            InvalidRuleError: the predicate does not fit the programme.
        """
        return choose(self._runtime, who, as_of, order_by, known_at)

    def _known(self, known_at: datetime | None) -> AbstractContextManager[Snapshot]:
        """What was recorded before an instant."""
        return self._runtime.storage.snapshot(None if known_at is None else self._runtime.position(known_at))
