"""Recording of many members and transactions in the order given (``ingest``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice

from attrs import define, field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Transaction
from loyaltykit.errors import InvalidValueError, LoyaltyError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import UnitOfWork
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.serialization import wire_name


@wire_name("ingest_report")
@frozen(kw_only=True)
class IngestReport:
    """Result of ``ingest``.

    Args:
        enrolled: number of new members.
        recorded: number of new transactions.
        repeated: number of items that had been recorded before; they changed nothing.
        rejected: position, id and error of each refused item.
    """

    enrolled: int
    recorded: int
    repeated: int
    rejected: tuple[tuple[int, str, LoyaltyError], ...] = ()


_UNIT_ITEMS = 1_000


@define
class _Counts:
    enrolled: int = 0
    recorded: int = 0
    repeated: int = 0
    rejected: list[tuple[int, str, LoyaltyError]] = field(factory=list)

    def add(self, other: _Counts) -> None:
        self.enrolled += other.enrolled
        self.recorded += other.recorded
        self.repeated += other.repeated
        self.rejected += other.rejected


class _ItemFailedError(Exception):
    """The shop's own class of an item raised an error that is not loyaltykit's; the unit of work is undone."""

    def __init__(self, place: int, error: Exception) -> None:
        super().__init__(place)
        self.place = place
        self.error = error


def ingest_all(runtime: Runtime, items: Iterable[Member | Transaction], progress: Progress | None) -> IngestReport:
    """Record items in units of work. A refused item does not stop the rest.

    Raises:
        InvalidValueError: ``items`` is not a collection, or ``progress`` cannot be called.
    """
    check_progress(progress)
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise InvalidValueError([Problem("items", "is not a collection", "pass Members and transactions")])
    total = len(items) if isinstance(items, Sized) else None
    counts, done = _Counts(), 0
    for batch in _batches(items):
        counts.add(_ingest_batch(runtime, batch, done))
        done += len(batch)
        report(progress, done, total)
    return IngestReport(
        enrolled=counts.enrolled,
        recorded=counts.recorded,
        repeated=counts.repeated,
        rejected=tuple(counts.rejected),
    )


def _batches(items: Iterable[Member | Transaction]) -> Iterator[list[Member | Transaction]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _UNIT_ITEMS)):
        yield batch


def _ingest_batch(runtime: Runtime, batch: Sequence[object], first: int) -> _Counts:
    failed: dict[int, LoyaltyError] = {}
    while True:
        try:
            with runtime.storage.unit() as unit:
                return _write_batch(runtime, unit, batch, first, failed)
        except _ItemFailedError as failure:
            # The item may have written a part: the unit is undone, and repeated without it.
            failed[failure.place] = _refusal(failure.error)


def _write_batch(
    runtime: Runtime, unit: UnitOfWork, batch: Sequence[object], first: int, failed: dict[int, LoyaltyError]
) -> _Counts:
    now, counts = runtime.now(), _Counts()
    for place, item in enumerate(batch, start=first):
        error = failed.get(place) or _write(runtime, unit, place, item, now, counts)
        if error is not None:
            item_id = getattr(item, "id", "")
            counts.rejected.append((place, item_id if isinstance(item_id, str) else "", error))
    return counts


def _write(
    runtime: Runtime, unit: UnitOfWork, place: int, item: object, now: int, counts: _Counts
) -> LoyaltyError | None:
    """Write one item and count it, or return why it is refused."""
    try:
        if isinstance(item, Transaction):
            new = runtime.write(unit, item, now)[1]
            counts.recorded += new
        elif isinstance(item, Member):
            new = runtime.enroll(unit, item, now)
            counts.enrolled += new
        else:
            return InvalidValueError([Problem("items", "has an item of another type", "pass Members and transactions")])
    except LoyaltyError as error:
        return error
    except Exception as error:
        if type(item).__module__.partition(".")[0] == __name__.partition(".")[0]:
            raise  # not the shop's class: a failure of the storage, or a bug
        raise _ItemFailedError(place, error) from error
    counts.repeated += not new
    return None


def _refusal(error: Exception) -> LoyaltyError:
    """The refusal of an item whose class raised an error. Its text is left out: it may hold personal values."""
    reason = f"is of a class that raised {type(error).__name__}"
    refusal = InvalidValueError([Problem("transaction", reason, "correct the class, then send the item again")])
    refusal.__cause__ = error
    return refusal
