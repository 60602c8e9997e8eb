"""Recorded transactions, read back: ``shop.transactions``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

from attrs import field, frozen

from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.transactions import AchievementShare, Arrival, Transaction
from loyaltykit.domain.views.holds import OpenHold, read_holds
from loyaltykit.errors import InvalidValueError, UnknownMemberError, UnknownTransactionError
from loyaltykit.loyalty.paging import (
    check_limit,
    check_positions,
    decode_cursor,
    encode_cursor,
    unreadable,
)
from loyaltykit.loyalty.runtime import Runtime, enrolled_account, receipt_of
from loyaltykit.ports import Reads, Record
from loyaltykit.problems import problem_of
from loyaltykit.serialization import wire_name
from loyaltykit.values import to_datetime


@wire_name("recorded_transaction")
@frozen(kw_only=True)
class RecordedTransaction:
    """A transaction as it was recorded.

    Args:
        transaction: what was sent, with ``occurred_at`` filled in; it says who did it (``actor``) and why (``reason``).
        member_id: the member that it named, or that the transaction it follows named. A merge does not change it.
        recorded_at: time of recording; rising for each member.
        number: its place among the transactions of ``member_id``: 1, 2, 3 … in the order of recording, without gaps.
    """

    transaction: Transaction
    member_id: str
    recorded_at: datetime = field(eq=instant_or_none)
    number: int


@wire_name("transaction_page")
@frozen(kw_only=True)
class TransactionPage:
    """One page of recorded transactions.

    Args:
        items: at most as many as the limit.
        next: the cursor of the next page. Of ``list``, None on the last page; of ``since``, never None: what is
            recorded later follows it.
    """

    items: tuple[RecordedTransaction, ...] = ()
    next: str | None = None


class Transactions:
    """The recorded transactions of a shop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self, id: str) -> RecordedTransaction:
        """Return a recorded transaction.

        Args:
            id: the id of the transaction.

        Raises:
            UnknownTransactionError: no transaction with this id was recorded.
        """
        with self._runtime.storage.snapshot() as snapshot:
            return self._answer(_find(snapshot, id))

    def receipt(self, id: str) -> Receipt:
        """Return the receipt of a recorded transaction: the one that ``record`` returned.

        Args:
            id: the id of the transaction.

        Raises:
            UnknownTransactionError: no transaction with this id was recorded.
        """
        with self._runtime.storage.snapshot() as snapshot:
            return receipt_of(_find(snapshot, id).decision)

    def list(
        self,
        member_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Iterable[str] | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> TransactionPage:
        """Return a member's transactions in the order of ``occurred_at``, page by page.

        All pages show the state of the store at the first one. The list of a merged member is that of the survivor
        and has the transactions of both.

        Args:
            member_id: id of the member.
            since: start of the range of ``occurred_at``, inclusive; None for no bound.
            until: end of the range, exclusive; None for no bound.
            kinds: kinds of transaction such as ``"purchase"``; None for all.
            limit: most items of a page, an integer from 1 to 10,000.
            after: ``next`` of the page before, with the other arguments unchanged; None for the first page.

        Raises:
            UnknownMemberError: no such member.
            InvalidValueError: an argument is not valid.
        """
        window, wanted = self._runtime.window(since, until), _check_kinds(kinds)
        check_limit(limit)
        position, last = self._place_in_list(after)
        with self._runtime.storage.snapshot(position) as snapshot:
            found = [
                (record, transaction)
                for record, transaction in _sent_to(snapshot, member_id)
                if transaction.instant in window and (wanted is None or transaction.kind in wanted)
            ]
        if last is not None:
            found = found[_behind([transaction.id for _, transaction in found], last) :]
        more = encode_cursor(position, found[limit - 1][1].id) if len(found) > limit else None
        return TransactionPage(items=tuple(self._answer(record) for record, _ in found[:limit]), next=more)

    def since(self, cursor: str | None = None, limit: int = 1_000) -> TransactionPage:
        """Return what was recorded since a cursor, for all members: a feed for a warehouse.

        Following ``next`` gives every transaction exactly once, and those of each member by ``number`` without gaps.
        What is recorded while the pages are read comes on a later page. A page without items means that nothing new
        was recorded; keep its ``next`` and ask again later.

        Args:
            cursor: ``next`` of the page before, from this process or an earlier one; None to begin.
            limit: most items of a page, an integer from 1 to 10,000.

        Raises:
            InvalidValueError: the limit is out of range, or the cursor is not one of this store.
        """
        check_limit(limit)
        start, end, member_id, number = self._place_in_feed(cursor)
        with self._runtime.storage.snapshot(end) as snapshot:
            # One more than asked for shows whether the window ends here: then the next page opens a new one.
            found = snapshot.since(start, (member_id, number), limit + 1)
        following = encode_cursor(end, end, "", 0)
        if len(found) > limit:
            last = found[limit - 1]
            following = encode_cursor(start, end, last.member_id, last.number)
        return TransactionPage(items=tuple(map(self._answer, found[:limit])), next=following)

    def holds(self, member_id: str, as_of: datetime | None = None) -> tuple[OpenHold, ...]:
        """Return a member's open holds, oldest first (``S19``).

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now.

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = self._runtime.instant(as_of)
        with self._runtime.storage.snapshot() as snapshot:
            return read_holds(enrolled_account(snapshot, member_id, at), at)

    def _answer(self, record: Record) -> RecordedTransaction:
        assert record.transaction is not None  # settlements are not read back
        return RecordedTransaction(
            transaction=record.transaction,
            member_id=record.member_id,
            recorded_at=to_datetime(record.recorded_at, self._runtime.calendar.zone),
            number=record.number,
        )

    def _place_in_list(self, after: str | None) -> tuple[int, str | None]:
        newest = self._runtime.position(None)
        if after is None:
            return newest, None
        position, last = cast("tuple[int, str]", decode_cursor(after, int, str))
        check_positions(newest, position)
        return position, last

    def _place_in_feed(self, cursor: str | None) -> tuple[int, int, str, int]:
        """The positions between which the transactions lie, and the member and number of the last one seen."""
        newest = self._runtime.position(None)
        if cursor is None:
            return 0, newest, "", 0
        start, end, member_id, number = cast("tuple[int, int, str, int]", decode_cursor(cursor, int, int, str, int))
        check_positions(newest, start, end)
        return start, newest if start == end else end, member_id, number


def _find(reads: Reads, id: str) -> Record:
    found = reads.find_record(id) if isinstance(id, str) else None
    if found is None:
        raise UnknownTransactionError("id", "transaction")
    return found


def _sent_to(reads: Reads, member_id: str) -> list[tuple[Record, Transaction]]:
    """A member's records of transactions that were sent, by the order of business time."""
    if not isinstance(member_id, str) or reads.find_enrolment(member_id) is None:
        raise UnknownMemberError
    sent = [
        (record, record.transaction)
        for record in reads.records(member_id)
        if record.given is not None and record.transaction is not None
    ]
    return sorted(sent, key=lambda item: item[1].order)


def _behind(ids: list[str], last: str) -> int:
    """The place behind an id."""
    if last not in ids:
        raise unreadable()
    return ids.index(last) + 1


def _check_kinds(kinds: Iterable[str] | None) -> frozenset[str] | None:
    if kinds is None:
        return None
    known = sorted(_known_kinds(Transaction))
    given = () if isinstance(kinds, str | bytes) or not isinstance(kinds, Iterable) else tuple(kinds)
    if not given or not all(isinstance(kind, str) and kind in known for kind in given):
        raise InvalidValueError([problem_of("kinds", "kinds.unknown", kinds=", ".join(known))])
    return frozenset(given)


def _known_kinds(cls: type[Transaction]) -> Iterator[str]:
    """The kinds of all classes below one, but for what is only written beside a transaction."""
    for kind in cls.__subclasses__():
        if kind not in (Arrival, AchievementShare):
            yield from (kind.kind, *_known_kinds(kind))
