"""The public class that runs a membership programme."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from time import perf_counter

from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.ledger.vouchers import Voucher
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program, Segment
from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.views.balance import Balance, read_balance
from loyaltykit.domain.views.statement import Statement
from loyaltykit.domain.views.tier_status import TierStatus, read_status
from loyaltykit.errors import InvalidValueError, Problem, UnknownMemberError
from loyaltykit.loyalty.clock import Clock
from loyaltykit.loyalty.intake import IngestReport, ingest_all
from loyaltykit.loyalty.maintenance import Maintenance
from loyaltykit.loyalty.members import Members
from loyaltykit.loyalty.outbox import Outbox
from loyaltykit.loyalty.programs import Programs
from loyaltykit.loyalty.runtime import Runtime, enrolled_account, logger, receipt_of
from loyaltykit.loyalty.selection import Selection, SortTerm, make_selection
from loyaltykit.loyalty.settlement import Settlement, settle_all
from loyaltykit.loyalty.statements import StatementQuery, read_page
from loyaltykit.loyalty.transactions import Transactions
from loyaltykit.ports import Snapshot, Storage
from loyaltykit.progress import Progress
from loyaltykit.rules.nodes import Predicate


class Loyalty:
    """A shop's membership programme. It is a context manager, and threads can share it.

    Everything that happens is recorded with ``record``; ``quote`` previews it. Less frequent work is in ``members``,
    ``transactions``, ``programs``, ``outbox`` and ``storage``.

    Args:
        program: the programme. An empty store keeps it; a store that has another one is not opened.
        storage: a URL such as ``"memory://"``, or a storage object.
        clock: function that returns now as an aware datetime; None for the system's clock. Tests pass their own.

    Raises:
        ProgramChangedError: the store has another programme.
        InvalidValueError: an argument is not valid.

    >>> from loyaltykit import Member, Program
    >>> with Loyalty(Program(name="Club", currency="CNY", timezone="Asia/Shanghai")) as shop:
    ...     shop.enroll(Member(id="m-1", name="张三")).id
    'm-1'
    """

    def __init__(self, program: Program, storage: str | Storage = "memory://", *, clock: Clock | None = None) -> None:
        if not isinstance(program, Program):
            way_out = "pass a Program; Program.from_json(text) reads one from JSON"
            raise InvalidValueError([Problem("program", "is not a Program", way_out)])
        self._name = program.name
        self._runtime = Runtime(program, storage, clock)
        self.members = Members(self._runtime)
        self.transactions = Transactions(self._runtime)
        self.programs = Programs(self._runtime)
        self.outbox = Outbox(self._runtime)
        self.storage = Maintenance(self._runtime)

    def __enter__(self) -> Loyalty:
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Loyalty({self._name!r})"

    def close(self) -> None:
        """Close the storage. Later calls raise ``ClosedError``."""
        self._runtime.close()

    # -- writing ---------------------------------------------------------------------------------------------------

    def enroll(self, member: Member) -> Member:
        """Enroll a member. Sending the same member again changes nothing (``S15``).

        Args:
            member: with an id of the shop's own; without ``enrolled_at`` it is enrolled now.

        Returns:
            The member as stored.

        Raises:
            IdempotencyConflictError: the id belongs to a member with other content.
            InvalidValueError: a custom value does not fit its field, or the enrolment is in the future.
        """
        if not isinstance(member, Member):
            raise InvalidValueError([Problem("member", "is not a Member", "pass a Member")])
        with self._runtime.storage.unit() as unit:
            self._runtime.enroll(unit, member, self._runtime.now())
            return unit.account(member.id).record

    def record(self, transaction: Transaction) -> Receipt:
        """Record a transaction. Sending it again changes nothing and returns the first receipt (``S15``).

        Args:
            transaction: with an id of the caller's, unique among all transactions.

        Returns:
            The receipt: points, breakdown, tier and notices.

        Raises:
            RefusedError: it is not possible. Nothing was written, and the id is still free.
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
        """Preview a transaction; nothing is written (``C2``).

        Args:
            transaction: without ``occurred_at``, the receipt has the instant that was used: record it with that one.

        Returns:
            The receipt that ``record`` would return now; for a recorded id, the one it returned.

        Raises:
            RefusedError: ``record`` would refuse it.
            IdempotencyConflictError: the id was used with other content.
        """
        with self._runtime.storage.snapshot() as snapshot:
            return receipt_of(self._runtime.preview(snapshot, transaction, self._runtime.now()))

    def ingest(self, items: Iterable[Member | Transaction], progress: Progress | None = None) -> IngestReport:
        """Enroll and record many members and transactions, in the order given. A second run changes nothing.

        A refused item does not stop the others.

        Args:
            items: members and transactions, mixed; a generator is read item by item.
            progress: called with the number of items done and, if known, their total.

        Returns:
            Counts, and position, id and error of each refused item.

        Raises:
            InvalidValueError: ``items`` is not a collection.
        """
        return ingest_all(self._runtime, items, progress)

    def settle(self, as_of: datetime | None = None, progress: Progress | None = None) -> Settlement:
        """Record due expiries and tier checks. Answers do not depend on it (``S2``, ``T10``).

        Args:
            as_of: record what is due up to this instant; None for now.
            progress: called with the number of members done and their total.

        Raises:
            InvalidValueError: the instant is in the future.
        """
        return settle_all(self._runtime, self._runtime.instant(as_of), progress)

    # -- reading ---------------------------------------------------------------------------------------------------

    def member(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> Member:
        """Return a member's record as of an instant.

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = None if as_of is None else self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            if at is not None:
                return enrolled_account(snapshot, member_id, at).record_at(at)
            if not isinstance(member_id, str):
                raise UnknownMemberError
            return snapshot.account(member_id).record

    def balance(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> Balance:
        """Return a member's points as of an instant. No job has to run for it to be right (``S2``).

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            return read_balance(enrolled_account(snapshot, member_id, at), at)

    def tier(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> TierStatus:
        """Return a member's tier as of an instant, with its reasons (``T10``, ``T11``).

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            return read_status(enrolled_account(snapshot, member_id, at), at)

    def vouchers(
        self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None
    ) -> tuple[Voucher, ...]:
        """Return all vouchers issued to a member up to an instant, oldest first, with their state then (``S24``).

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = self._runtime.instant(as_of)
        with self._known(known_at) as snapshot:
            states = list(enrolled_account(snapshot, member_id, at).vouchers.values())
        zone = self._runtime.calendar.zone
        seen = [state.seen_at(at, zone) for state in states if state.issued_at <= at]
        return tuple(sorted(seen, key=lambda voucher: (voucher.issued_at, voucher.code)))

    def statement(
        self,
        member_id: str,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Statement:
        """Return every change of a member's points, in order, with its reason (``C5``).

        All pages show the state of the store at the first one, and the running balance is that of the whole statement.

        Args:
            member_id: id of the member.
            as_of: the last instant to include, with expiries that are due and not recorded yet; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).
            since: start of the range of rows, inclusive; None for no bound.
            until: end of the range, exclusive; None for no bound.
            limit: most rows of a page, an integer from 1 to 10,000; None for all rows.
            after: ``next`` of the page before, with the other arguments unchanged; None for the first page.

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        query = StatementQuery(member_id, as_of, known_at, self._runtime.window(since, until), limit, after)
        return read_page(self._runtime, query)

    def select(
        self,
        who: Predicate | Segment | str,
        as_of: datetime | None = None,
        order_by: Sequence[SortTerm] | SortTerm = (),
        known_at: datetime | None = None,
    ) -> Selection:
        """Select members; nothing is computed before it is asked for (``C5``).

        Args:
            who: a predicate, a segment, or the name of one of the programme's segments.
            as_of: the instant to judge at; None for now.
            order_by: terms to sort by, ascending unless ``descending(term)``, missing values last; ties by id.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            InvalidProgramError: the programme has no such segment.
            InvalidRuleError: the predicate does not fit the programme.
        """
        return make_selection(self._runtime, who, as_of, order_by, known_at)

    def _known(self, known_at: datetime | None) -> AbstractContextManager[Snapshot]:
        """A snapshot of what was recorded before an instant."""
        return self._runtime.storage.snapshot(None if known_at is None else self._runtime.position(known_at))
