"""Points corrected by hand, or brought from another system."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import Never
from loyaltykit.domain.attributes import as_tuple, instant_or_none, raise_problems
from loyaltykit.domain.transactions.transaction import (
    CREDIT_RANK,
    DEBIT_RANK,
    MAX_LINES,
    Transaction,
    check_positive_points,
)
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id, check_moment, check_points


@named_arguments
@wire_name("adjustment")
@frozen(kw_only=True)
class Adjustment(Transaction):
    """A manual correction of points; an actor and a reason are required (``S17``).

    Args:
        points: positive to give, negative to take.
        expires_at: exclusive end of points given; ``NEVER``, or None for the programme's policy.

    >>> Adjustment(id="a-1", member_id="m-1", points=50, actor="staff-7", reason="late delivery").points
    50
    """

    kind = "adjustment"
    rank = CREDIT_RANK

    member_id: str
    points: int
    expires_at: datetime | Never | None = field(default=None, eq=instant_or_none)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_points(self.points, "points", problems)
        for name in ("actor", "reason"):
            if not str(getattr(self, name) or "").strip():
                problems.append(Problem(name, "is missing", "pass who makes the adjustment, and why"))
        if self.expires_at is not None and not isinstance(self.expires_at, Never):
            check_moment(self.expires_at, "expires_at", problems)
            if not problems and self.points < 0:
                problems.append(Problem("expires_at", "is given for negative points", "omit it: only credits expire"))

    def _rank(self) -> int:
        return CREDIT_RANK if self.points > 0 else DEBIT_RANK


@named_arguments
@wire_name("opening_lot")
@frozen(kw_only=True)
class OpeningLot:
    """Points that a member brings along from another system.

    Args:
        points: how many.
        expires_at: exclusive; ``NEVER``, or None for the programme's policy, counted from the opening.

    >>> OpeningLot(points=300).expires_at is None
    True
    """

    points: int
    expires_at: datetime | Never | None = field(default=None, eq=instant_or_none)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_positive_points(self.points, problems)
        if self.expires_at is not None and not isinstance(self.expires_at, Never):
            check_moment(self.expires_at, "expires_at", problems)
        raise_problems(problems)


def _lots(items: Iterable[OpeningLot]) -> tuple[OpeningLot, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("opening_balance")
@frozen(kw_only=True)
class OpeningBalance(Transaction):
    """The points of a member in another system, lot by lot, without the purchases behind them (``S22``).

    Args:
        lots: each with its own expiry.

    >>> OpeningBalance(id="ob-1", member_id="m-1", lots=[OpeningLot(points=300)]).lots[0].points
    300
    """

    kind = "opening"
    rank = CREDIT_RANK

    member_id: str
    lots: tuple[OpeningLot, ...] = field(converter=_lots)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        if not isinstance(self.lots, tuple) or not all(isinstance(lot, OpeningLot) for lot in self.lots):
            problems.append(Problem("lots", "is not a list of OpeningLot", "pass a list of OpeningLot"))
        elif not 0 < len(self.lots) <= MAX_LINES:
            problems.append(Problem("lots", f"has not 1 to {MAX_LINES} lots", "pass at least one, or split it"))
