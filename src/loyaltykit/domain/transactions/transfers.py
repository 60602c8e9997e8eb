"""Points that go from one member to another."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import Span
from loyaltykit.domain.transactions.transaction import (
    CREDIT_RANK,
    DEBIT_RANK,
    Transaction,
    check_other,
    check_positive_points,
)
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, check_id


@named_arguments
@wire_name("transfer")
@frozen(kw_only=True)
class Transfer(Transaction):
    """A transfer of points to another member, lot by lot, each with its own expiry (``S16``).

    Args:
        member_id: who gives.
        to: who receives.
        points: how many.

    >>> Transfer(id="t-1", member_id="m-1", to="m-2", points=200).to
    'm-2'
    """

    kind = "transfer"
    rank = DEBIT_RANK

    member_id: str
    to: str
    points: int

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_other(self.to, self.member_id, "to", problems)
        check_positive_points(self.points, problems)


@wire_name("arriving_lot")
@frozen(kw_only=True)
class ArrivingLot:
    """Points that another member gave, with the life they had.

    Args:
        points: how many.
        expires_at: exclusive, as an instant.
        inactivity: the span without activity after which they end; None where the end is fixed.
    """

    points: int
    expires_at: Instant
    inactivity: Span | None = None


@wire_name("arrival")
@frozen(kw_only=True)
class Arrival(Transaction):
    """The other side of a transfer, recorded by the library beside the transfer whose id it has."""

    kind = "arrival"
    rank = CREDIT_RANK

    member_id: str
    lots: tuple[ArrivingLot, ...]

    def _check(self, problems: list[Problem]) -> None:
        """Accept it: it is made of what was checked."""
