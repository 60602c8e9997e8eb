"""Statements and lots of one member as of an instant, in the shop's zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, overload

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.ledger.entries import Posting, PostingKind
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.transactions import ACTIVITY_RANK, CREDIT_RANK, DEBIT_RANK, PURCHASE_RANK, RETURN_RANK
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, to_datetime


@wire_name("statement_row")
@frozen(kw_only=True)
class StatementRow:
    """One line of a statement (``C5``).

    Args:
        kind: accrual, redemption, reversal, clawback, expiry, adjustment, transfer or opening.
        points: signed.
        balance: the running total after it.
        occurred_at: when it counts.
        recorded_at: when it was written; None for an expiry that is due and not written yet.
        cause: the id of its cause; for an expiry, of the lot.
        actor, reason: as the transaction gave them.
    """

    kind: PostingKind
    points: int
    balance: int
    occurred_at: datetime = field(eq=instant_or_none)
    recorded_at: datetime | None = field(eq=instant_or_none)
    cause: str
    actor: str | None = None
    reason: str | None = None


@wire_name("statement")
@frozen
class Statement(Sequence[StatementRow]):
    """Rows of a statement, in order (``C5``): the whole of it, or one page.

    Args:
        rows: the rows; the statement itself is a sequence of them.
        next: the cursor of the next page; None on the last one.
    """

    rows: tuple[StatementRow, ...] = ()
    next: str | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> StatementRow: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[StatementRow, ...]: ...

    def __getitem__(self, index: int | slice) -> StatementRow | tuple[StatementRow, ...]:
        return self.rows[index]


_RANKS: dict[PostingKind, int] = {
    "accrual": PURCHASE_RANK,
    "clawback": RETURN_RANK,
    "reversal": CREDIT_RANK,
    "opening": CREDIT_RANK,
    "redemption": DEBIT_RANK,
}
_LAPSE_RANK, _LAST_RANK = -1, 99

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@frozen
class RecordedPosting:
    """A posting and what was recorded with it."""

    posting: Posting
    recorded_at: Instant
    actor: str | None = None
    reason: str | None = None


class _Place(NamedTuple):
    """The place of a row in a statement (``T12``); what is due and not written comes last at its place."""

    at: Instant
    rank: int
    cause: str
    number: int


@frozen
class _Row:
    place: _Place
    kind: PostingKind
    points: int
    recorded_at: Instant | None = None
    actor: str | None = None
    reason: str | None = None


def end_or_none(end: Instant, zone: ZoneInfo) -> datetime | None:
    """Return an exclusive end for the caller: None for never."""
    return None if end >= NEVER_US else to_datetime(end, zone)


def read_statement(account: Account, written: Iterable[RecordedPosting], at: Instant) -> list[StatementRow]:
    """Return a member's postings up to an instant, in order, with what is due and not written yet (``C5``).

    Args:
        account: the member's.
        written: its postings in recording order, with what was recorded with them.
        at: later rows are left out.
    """
    zone = account.rules.calendar.zone
    rows = [_written_row(item, account.ledger) for item in written if item.posting.occurred_at <= at]
    first = len(account.ledger.postings)
    due = catch_up(account.ledger, at)[0].unwritten(at)
    for number, (when, points, state) in enumerate(due, start=first):
        rank = _lapse_rank(when, state.expires_at)
        rows.append(_Row(_Place(when, rank, state.lot.id, number), "expiry", -points))
    rows.sort(key=lambda row: row.place)
    statement, balance = [], 0
    for row in rows:
        balance += row.points
        statement.append(_statement_row(row, balance, zone))
    return statement


def _lapse_rank(when: Instant, end: Instant) -> int:
    """Return the rank of a lapse: first at its lot's end, last if points were restored after that end."""
    return _LAPSE_RANK if when <= end else _LAST_RANK


def _written_row(item: RecordedPosting, ledger: Ledger) -> _Row:
    posting = item.posting
    if posting.lapse is not None:
        rank = _lapse_rank(posting.lapse.at, ledger.lots[posting.lapse.lot].expires_at)
    elif posting.kind == "accrual" and posting.about is not None:
        rank = CREDIT_RANK  # a correction of a purchase follows it
    elif posting.kind == "accrual" and posting.cause not in ledger.sales:
        # What somebody else's activity gave has a lot of another name, in a joined account too.
        is_own = posting.lot is not None and posting.lot.id == posting.cause
        rank = ACTIVITY_RANK if is_own else CREDIT_RANK
    elif posting.kind in ("adjustment", "transfer"):
        rank = CREDIT_RANK if posting.points > 0 else DEBIT_RANK
    else:
        rank = _RANKS[posting.kind]
    place = _Place(posting.occurred_at, rank, posting.cause, posting.number)
    return _Row(place, posting.kind, posting.points, item.recorded_at, item.actor, item.reason)


def _statement_row(row: _Row, balance: int, zone: ZoneInfo) -> StatementRow:
    return StatementRow(
        kind=row.kind,
        points=row.points,
        balance=balance,
        occurred_at=to_datetime(row.place.at, zone),
        recorded_at=None if row.recorded_at is None else to_datetime(row.recorded_at, zone),
        cause=row.place.cause,
        actor=row.actor,
        reason=row.reason,
    )
