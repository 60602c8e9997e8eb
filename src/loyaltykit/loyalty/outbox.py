"""The face ``shop.outbox``: what members should be told, until somebody says that they were (``S21``)."""

from __future__ import annotations

from collections.abc import Iterable

from loyaltykit.domain.program.notices import Notice
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime

_MOST = 10_000


class Outbox:
    """The notices of a shop that wait to be sent."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def due(self, limit: int = 100) -> tuple[Notice, ...]:
        """The next notices in the order written; they come again until they are acknowledged.

        Args:
            limit: at most so many, 1 to 10,000.

        Raises:
            InvalidValueError: the limit is no such number.
        """
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= _MOST:
            raise InvalidValueError([Problem("limit", f"is not a number from 1 to {_MOST}", "pass how many to send")])
        with self._runtime.storage.snapshot() as snapshot:
            return tuple(snapshot.notices(limit))

    def acknowledge(self, ids: Iterable[str]) -> int:
        """Take notices out of the outbox once they are sent; doing it again is harmless.

        Args:
            ids: of the notices; those that do not wait (any more) are passed over.

        Returns:
            How many were waiting.

        Raises:
            InvalidValueError: what was passed is no collection of ids.
        """
        if isinstance(ids, str | bytes) or not isinstance(ids, Iterable):
            raise InvalidValueError([Problem("ids", "is not a collection", "pass a list of ids of notices")])
        wanted = list(ids)
        if not all(isinstance(notice_id, str) for notice_id in wanted):
            raise InvalidValueError([Problem("ids", "has something that is no id", "pass the ids of notices")])
        with self._runtime.storage.unit() as unit:
            return unit.acknowledge(wanted)
