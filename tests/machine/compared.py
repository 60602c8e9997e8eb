"""Answers of the shop and of the oracle as plain values, so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from attrs import asdict

import loyaltykit as lk
from tests.oracle.answers import Changed
from tests.oracle.oracle import Oracle
from tests.oracle.records import RecordVersion, parts_of


def balance_of_shop(balance: Any) -> tuple[Any, ...]:
    lots = [(lot.id, lot.points, lot.remaining, utc(lot.active_from), utc(lot.expires_at)) for lot in balance.lots]
    return (balance.available, balance.debt, balance.pending, balance.held, lots)


def balance_of_oracle(oracle: Oracle, member: str, at: datetime) -> tuple[Any, ...]:
    balance = oracle.balance(member, at)
    return (balance.available, balance.debt, balance.pending, balance.held, list(balance.lots))


def tier_of_shop(status: Any) -> tuple[Any, ...]:
    by_hand = None if status.by_hand is None else status.by_hand.id
    return (status.name, status.rank, utc(status.since), utc(status.until), status.multiplier, by_hand)


def tier_of_oracle(oracle: Oracle, member: str, at: datetime) -> tuple[Any, ...]:
    return tuple(asdict(oracle.tier(member, at)).values())


def rows_of_shop(rows: Any) -> list[tuple[Any, ...]]:
    return [
        (
            row.kind,
            row.points,
            utc(row.occurred_at),
            utc(row.recorded_at),
            row.cause,
            row.actor,
            row.reason,
            row.balance,
        )
        for row in rows
    ]


def rows_of_oracle(oracle: Oracle, member: str, at: datetime) -> list[tuple[Any, ...]]:
    total, rows = 0, []
    for row in oracle.statement(member, at):
        total += row.points
        rows.append((row.kind, row.points, row.at, row.recorded_at, row.cause, row.actor, row.reason, total))
    return rows


def vouchers_of(vouchers: Any) -> list[dict[str, Any]]:
    return [voucher_parts(voucher) for voucher in vouchers]


def utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC: in two zones Python compares no hour that a change of the clocks repeats."""
    return None if moment is None else moment.astimezone(UTC)


def attempt(call: Callable[[], object]) -> str | None:
    """The name of the error that a call raises, or None; an error that is not of the library escapes (``I31``)."""
    try:
        call()
    except lk.LoyaltyError as error:
        return type(error).__name__
    return None


def change_of(call: Callable[[], Any]) -> Any:
    """Who moves and what is decided again by a change of the programme, as plain values, or the error it raises."""
    try:
        change = call()
    except lk.LoyaltyError as error:
        return type(error).__name__
    moves = change.moves
    if not isinstance(change, Changed):
        moves = {move.member_id: (utc(move.at), move.before, move.after) for move in change.moves}
    return (moves, [(member, correction_parts(item)) for member, item in change.corrections])


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """The receipt that a call gives, as plain values, or the error it raises with what can be spent (``S18``)."""
    try:
        receipt = call()
    except lk.LoyaltyError as error:
        return (type(error).__name__, getattr(error, "available", getattr(error, "held", None)))
    return (
        receipt.id,
        receipt.kind,
        receipt.member_id,
        utc(receipt.occurred_at),
        receipt.points,
        [part if isinstance(part, tuple) else (part.rule, part.points, part.asked) for part in receipt.breakdown],
        list(receipt.lines),
        receipt.multiplier,
        receipt.tier_before,
        receipt.tier_after,
        receipt.moved,
        receipt.points_paid,
        receipt.voucher and voucher_parts(receipt.voucher),
        [correction_parts(item) for item in receipt.corrections],
        dict(receipt.restated),
        notices_of(receipt.notices),
    )


def notices_of(notices: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Notices as plain values, in the order of their ids."""
    plain = [(item.id, item.kind, item.member_id, utc(item.occurred_at), dict(item.data)) for item in notices]
    return sorted(plain, key=itemgetter(0))


def version_of(call: Callable[[], Any]) -> Any:
    """The version of a record that a call makes, as plain values, or the name of the error it raises."""
    try:
        return version_parts(call())
    except lk.LoyaltyError as error:
        return type(error).__name__


def version_parts(version: Any) -> tuple[Any, ...]:
    """A version of a record, of the shop or of the oracle."""
    is_ours = isinstance(version, RecordVersion)
    parts = version.parts if is_ours else parts_of(version.member)
    changes = version.changes if is_ours else {item.field: item.new for item in version.changes}
    when = (utc(version.occurred_at), utc(version.recorded_at))
    return (version.number, parts, *when, version.id, version.actor, version.reason, dict(changes))


def voucher_parts(voucher: Any) -> dict[str, Any]:
    """A voucher of the shop or of the oracle, as plain values."""
    parts = asdict(voucher)
    return {name: utc(part) if isinstance(part, datetime) else part for name, part in parts.items()}


def correction_parts(correction: Any) -> tuple[Any, ...]:
    """A correcting row of the shop or of the oracle, as plain values."""
    if hasattr(correction, "effective_from"):
        since, until = correction.effective_from, correction.effective_until
    else:
        since, until = correction.since, correction.until
    return (utc(since), utc(until), correction.before, correction.after, correction.cause)


def is_debit(transaction: lk.Transaction) -> bool:
    """Whether it spends points in spend order."""
    if isinstance(transaction, lk.Purchase):
        return transaction.paid_with is not None
    return isinstance(transaction, lk.Redemption | lk.Hold | lk.Transfer)


def brief(transaction: lk.Transaction) -> str:
    """A transaction with what it says, for the story of a failure."""
    parts = asdict(transaction, recurse=False, filter=lambda part, value: part.init and value not in (None, (), {}))
    return f"{type(transaction).__name__}({', '.join(f'{name}={value}' for name, value in parts.items())})"
