"""Notices that members should receive, until they are acknowledged (``S21``): ``shop.outbox``."""

from __future__ import annotations

from collections.abc import Iterable

from loyaltykit.domain.program.notices import Notice
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.paging import check_limit
from loyaltykit.loyalty.runtime import Runtime


class Outbox:
    """The notices of a shop that are not acknowledged."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def due(self, limit: int = 100) -> tuple[Notice, ...]:
        """Return the next notices in the order written. They are returned again until they are acknowledged.

        Args:
            limit: most notices, an integer from 1 to 10,000.

        Raises:
            InvalidValueError: the limit is out of range.
        """
        check_limit(limit)
        with self._runtime.storage.snapshot() as snapshot:
            return tuple(snapshot.notices(limit))

    def acknowledge(self, ids: Iterable[str]) -> int:
        """Remove notices from the outbox after sending them. A second call does nothing.

        Args:
            ids: ids of notices; those that are not in the outbox are ignored.

        Returns:
            The number of notices removed.

        Raises:
            InvalidValueError: ``ids`` is not a collection of ids.
        """
        if isinstance(ids, str | bytes) or not isinstance(ids, Iterable):
            raise InvalidValueError([Problem("ids", "is not a collection", "pass a list of ids of notices")])
        wanted = list(ids)
        if not all(isinstance(notice_id, str) for notice_id in wanted):
            raise InvalidValueError([Problem("ids", "has an item that is not an id", "pass the ids of notices")])
        with self._runtime.storage.unit() as unit:
            return unit.acknowledge(wanted)
