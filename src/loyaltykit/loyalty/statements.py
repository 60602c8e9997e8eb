"""Statements, whole or page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from attrs import frozen

from loyaltykit.domain.views.statement import RecordedPosting, Statement, read_statement
from loyaltykit.loyalty.paging import Window, check_limit, check_positions, decode_cursor, encode_cursor, unreadable
from loyaltykit.loyalty.runtime import Runtime, enrolled_account
from loyaltykit.ports import Snapshot
from loyaltykit.values import NEVER_US, Instant, to_instant


@frozen
class StatementQuery:
    """Arguments of ``Loyalty.statement``."""

    member_id: str
    as_of: datetime | None
    known_at: datetime | None
    window: Window
    limit: int | None
    after: str | None


def read_page(runtime: Runtime, query: StatementQuery) -> Statement:
    """Return the rows asked for. The cursor holds the state and the instant of the first page, and the rows read."""
    limit = None if query.limit is None else check_limit(query.limit)
    position, at, read = _place(runtime, query)
    with runtime.storage.snapshot(position) as snapshot:
        account = enrolled_account(snapshot, query.member_id, at)
        whole = read_statement(account, _written(snapshot, query.member_id), at)
    found = [
        (place, row)
        for place, row in enumerate(whole[read:], start=read + 1)
        if to_instant(row.occurred_at) in query.window
    ]
    more = limit is not None and len(found) > limit
    following = encode_cursor(position, at, found[limit - 1][0]) if limit is not None and more else None
    return Statement(tuple(row for _, row in found[:limit]), following)


def _place(runtime: Runtime, query: StatementQuery) -> tuple[int, Instant, int]:
    """The position of the store, the instant, and the number of rows that earlier pages have passed."""
    at, position = runtime.instant(query.as_of), runtime.position(query.known_at)
    if query.after is None:
        return position, at, 0
    first, at, read = cast("tuple[int, int, int]", decode_cursor(query.after, int, int, int))
    check_positions(runtime.position(None), first)
    if not (-NEVER_US < at < NEVER_US and read >= 0):
        raise unreadable()
    return first, at, read


def _written(snapshot: Snapshot, member_id: str) -> Iterator[RecordedPosting]:
    for record in snapshot.records(member_id):
        actor, reason = (record.transaction.actor, record.transaction.reason) if record.transaction else (None, None)
        for posting in record.decision.postings:
            yield RecordedPosting(posting, record.recorded_at, actor, reason)
