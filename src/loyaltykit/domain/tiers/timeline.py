"""The transactions that move a member's metrics and tiers, in the order of ``T12``, and their fold.

A transaction in order costs one step. A late one is inserted, and what follows it is replayed from the last checkpoint
before it (``T8``): its cost does not grow with what precedes it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Final, TypeAlias

from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.tiers.standing import Prices, Standing, Step, end_of_instant, enrollment_order, replay
from loyaltykit.domain.transactions import Order, Transaction
from loyaltykit.values import Instant

CHECKPOINT_EVERY: Final = 16
"""Transactions between two checkpoints, at least; also the least fraction of the past between them, a sixteenth."""

_Checkpoint: TypeAlias = tuple[int, Standing]
"""How many transactions are applied, and the standing after them."""


class Timeline:
    """A member's past transactions, and the metrics and tier that follow from them.

    Args:
        member: the record at the enrolment.
        rules: the versions of the programme.
        past: past transactions, in order.
    """

    def __init__(self, member: Member, rules: ProgramHistory, past: Iterable[Transaction] = ()) -> None:
        self.member = member
        self.rules = rules
        self.past: list[Transaction] = []
        self.standing = Standing(member, rules)
        self._checkpoints: list[_Checkpoint] = []
        self._prices: Prices = {}
        self._extend(past)
        if not self.standing.rows:
            self.standing.enroll()

    def step(self, transaction: Transaction) -> Step:
        """Return the step of a transaction at its place, late or not."""
        if transaction.order >= self.standing.position:
            return self.standing.step(transaction)
        return self._before(transaction)[1].step(transaction)

    def append(self, transaction: Transaction, step: Step) -> None:
        """Append a transaction that happened after all others."""
        self.past.append(transaction)
        self.standing.apply(step)
        count = len(self.past)
        distance = count - self._checkpoints[-1][0] if self._checkpoints else count
        if distance >= CHECKPOINT_EVERY and distance >= count // CHECKPOINT_EVERY and self.standing.rows:
            self._checkpoints = _thin_out([*self._checkpoints, (count, self.standing.copy())])

    def with_late(self, late: Transaction) -> tuple[Timeline, Step]:
        """Return the timeline with a late transaction inserted, and its step (``T8``)."""
        place, standing = self._before(late)
        again = copy(self)
        again.past, again.standing = self.past[:place], standing
        again._checkpoints = [one for one in self._checkpoints if one[0] <= place]
        step = standing.step(late)
        again.append(late, step)
        again._extend(self.past[place:])
        if not again.standing.rows:
            again.standing.enroll()
        return again, step

    def at(self, at: Instant) -> Standing:
        """Return the metrics and tier after everything up to an instant, without what fell due since."""
        order = end_of_instant(at)
        if order > self.standing.position:
            return self.standing
        return self._fold(bisect_right(self.past, order, key=_order), order)

    def _before(self, transaction: Transaction) -> tuple[int, Standing]:
        """Return the place of a transaction, and a fold of everything before it."""
        place = bisect_left(self.past, transaction.order, key=_order)
        return place, self._fold(place, transaction.order, self._prices)

    def _fold(self, place: int, order: Order, prices: Prices | None = None) -> Standing:
        """Return a new fold of the first transactions, and of the enrolment if it precedes ``order``."""
        count, standing = self._nearest_checkpoint(place)
        standing.prices = prices
        replay(standing, self.past[count:place], order)
        return standing

    def _nearest_checkpoint(self, place: int) -> _Checkpoint:
        for count, standing in reversed(self._checkpoints):
            if count <= place:
                return count, standing.copy()
        return 0, Standing(self.member, self.rules)

    def _extend(self, past: Iterable[Transaction]) -> None:
        enrolment = enrollment_order(self.member)
        for transaction in past:
            if not self.standing.rows and transaction.order > enrolment:
                self.standing.enroll()
            self.append(transaction, self.standing.step(transaction))


def _spacing(count: int) -> int:
    """Return how many transactions lie between checkpoints of a past of ``count``."""
    return max(CHECKPOINT_EVERY, count // CHECKPOINT_EVERY)


def _thin_out(copies: Sequence[_Checkpoint]) -> list[_Checkpoint]:
    """Drop checkpoints so that their distance about doubles with each step back."""
    newest, kept = copies[-1][0], list[_Checkpoint]()
    for one in copies:
        kept.append(one)
        # Drop the middle one of three if the outer two are near each other, relative to the end.
        while len(kept) > 2 and newest - kept[-3][0] <= 2 * (newest - kept[-1][0]) + _spacing(newest):
            del kept[-2]
    return kept


def _order(transaction: Transaction) -> Order:
    return transaction.order
