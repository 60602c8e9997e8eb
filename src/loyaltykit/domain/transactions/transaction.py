"""What all kinds of transaction share.

``occurred_at`` is business time; None means the clock's now. Two transactions are equal when their content is: equal
instants in other zones are equal, and so are ``"1"`` and ``"1.00"`` (``S15``).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias

from attrs import field, frozen

from loyaltykit.domain.attributes import instant_or_none, raise_problems
from loyaltykit.errors import Problem
from loyaltykit.values import NEVER_US, Instant, check_id, check_moment, check_points, check_text, to_instant

MAX_LINES = 10_000

Order: TypeAlias = tuple[Instant, int, str]

# The order of things that happened at one instant (T12); programme changes, checks and expiries come before them all.
# What ends a tier set by hand stands behind what sets one: it may be ended at its own instant.
ENROLMENT_RANK, PROFILE_RANK, GRANT_RANK, GRANT_END_RANK, ACTIVITY_RANK = range(5)
PURCHASE_RANK, RETURN_RANK, CREDIT_RANK, DEBIT_RANK = range(5, 9)


@frozen(kw_only=True)
class Transaction:
    """Base class of all transactions.

    Args:
        id: the caller's id, unique among all transactions, for ever.
        occurred_at: when it happened, an aware datetime; None means now.
        actor: who did it, an opaque id.
        reason: why, in words without personal values.

    ``moves_metrics`` tells whether tiers and facts depend on this kind (``T1``); ``follows`` names the kinds whose
    transaction ``of`` names, for a kind that belongs to another transaction; ``instant`` is ``occurred_at`` in
    microseconds; ``order`` is the place in the member's past (``T12``).
    """

    kind: ClassVar[str]
    rank: ClassVar[int]
    moves_metrics: ClassVar[bool] = False
    follows: ClassVar[tuple[type[Transaction], ...]] = ()

    id: str
    occurred_at: datetime | None = field(default=None, eq=instant_or_none)
    actor: str | None = None
    reason: str | None = None
    instant: Instant = field(init=False, eq=False, repr=False, default=NEVER_US)
    order: Order = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.id, "id", problems)
        check_text(self.actor, "actor", problems)
        check_text(self.reason, "reason", problems)
        self._check(problems)
        if self.occurred_at is not None:
            check_moment(self.occurred_at, "occurred_at", problems)
        raise_problems(problems)
        if self.occurred_at is not None:
            object.__setattr__(self, "instant", to_instant(self.occurred_at))
        object.__setattr__(self, "order", (self.instant, self._rank(), self.id))

    def _rank(self) -> int:
        """Return its place among transactions of one instant."""
        return self.rank

    def _check(self, problems: list[Problem]) -> None:
        """Check what this kind must hold, besides what all share."""
        problems.append(unknown_kind())


def unknown_kind() -> Problem:
    """Return the problem of a transaction that is not of one of the kinds that the library knows."""
    return Problem("transaction", "is not one of the known kinds", "pass a Purchase, a Return or another kind of them")


def check_other(other: object, member_id: object, name: str, problems: list[Problem]) -> None:
    """Check that a second id names another member than the first."""
    check_id(other, name, problems)
    if isinstance(other, str) and other == member_id:
        problems.append(Problem(name, "is the same member", "name another member"))


def check_positive_points(points: object, problems: list[Problem]) -> None:
    """Check points whose direction the kind of transaction says."""
    check_points(points, "points", problems)
    if isinstance(points, int) and points < 0:
        problems.append(Problem("points", "is negative", "pass how many points, without a sign"))
