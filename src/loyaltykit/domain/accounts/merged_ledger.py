"""The points of merged members in one ledger (``S23``)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Self, TypeAlias

from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Lot, Posting
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.values import Instant

Group: TypeAlias = frozenset[str]
"""The ids of members that are one."""


class MergedLedger(Ledger):
    """The points of merged members as one. A merge keeps the ends of lots (``I22``).

    Activity extends a lot only if both were recorded for the same member: what one side did before the merge does not
    extend the other's lots.

    Args:
        rules: the versions of the programme.
        active_for: by the number of a posting, the members whose lots it extends.
        group: the members whose lots later postings extend.
    """

    def __init__(self, rules: ProgramHistory, active_for: Mapping[int, Group], group: Group) -> None:
        super().__init__(rules)
        self._active_for = active_for
        self._group = group
        self._current = group
        self._members_of: dict[str, Group] = {}
        self._extensions: list[tuple[Instant, int, Group]] = []

    def copy(self) -> Self:
        """Return a copy of the ledger, to try an entry on."""
        again = super().copy()
        again._members_of, again._extensions = self._members_of.copy(), self._extensions.copy()
        return again

    def apply(self, posting: Posting) -> None:
        """Apply one posting."""
        self._current = self._active_for.get(posting.number, self._group)
        super().apply(posting)

    def _add_lot(self, lot: Lot) -> None:
        self._members_of[lot.id] = self._current
        super()._add_lot(lot)

    def _extend_ends(self, activity: Instant) -> None:
        insort(self._extensions, (activity, len(self._extensions), self._current))
        super()._extend_ends(activity)

    def _activities_for(self, lot: Lot) -> Iterable[Instant]:
        # A lot that is not recorded yet belongs to all of them.
        members = self._members_of.get(lot.id, self._group)
        since = self._extensions[bisect_left(self._extensions, (lot.occurred_at,)) :]
        return [at for at, _, active in since if active & members]
