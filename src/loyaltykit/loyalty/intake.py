"""Taking in many members and transactions, in the order given (``ingest``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from itertools import islice

from attrs import define, field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InvalidValueError, LoyaltyError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import UnitOfWork
from loyaltykit.progress import Progress, check_progress, report


@frozen(kw_only=True)
class IngestReport:
    """What ``ingest`` did.

    Args:
        enrolled: members that were new.
        recorded: transactions that were new.
        repeated: items that had been taken in before; nothing changed.
        rejected: position, id and error of each refused item.
    """

    enrolled: int
    recorded: int
    repeated: int
    rejected: tuple[tuple[int, str, Exception], ...] = ()


_UNIT_ITEMS = 1_000


@define
class _Tally:
    enrolled: int = 0
    recorded: int = 0
    repeated: int = 0
    rejected: list[tuple[int, str, Exception]] = field(factory=list)


def take_in(runtime: Runtime, items: Iterable[Member | Transaction], progress: Progress | None) -> IngestReport:
    """Take items in, in units; a refused one does not stop the rest."""
    check_progress(progress)
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise InvalidValueError([Problem("items", "is not a collection", "pass Members and transactions")])
    total = len(items) if isinstance(items, Sized) else None
    tally, position = _Tally(), 0
    for batch in _batches(items):
        with runtime.storage.unit() as unit:
            _take_batch(runtime, unit, batch, position, tally)
        position += len(batch)
        report(progress, position, total)
    return IngestReport(
        enrolled=tally.enrolled,
        recorded=tally.recorded,
        repeated=tally.repeated,
        rejected=tuple(tally.rejected),
    )


def _batches(items: Iterable[Member | Transaction]) -> Iterator[list[Member | Transaction]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _UNIT_ITEMS)):
        yield batch


def _take_batch(
    runtime: Runtime, unit: UnitOfWork, batch: list[Member | Transaction], position: int, tally: _Tally
) -> None:
    now = runtime.now()
    for place, item in enumerate(batch, start=position):
        try:
            _take(runtime, unit, item, now, tally)
        except LoyaltyError as error:
            tally.rejected.append((place, getattr(item, "id", ""), error))


def _take(runtime: Runtime, unit: UnitOfWork, item: object, now: int, tally: _Tally) -> None:
    if isinstance(item, Transaction):
        _, new = runtime.write(unit, item, now)
        tally.recorded += new
    elif isinstance(item, Member):
        new = runtime.enroll(unit, item, now)
        tally.enrolled += new
    else:
        raise InvalidValueError([Problem("items", "has something else", "pass Members and transactions")])
    tally.repeated += not new
