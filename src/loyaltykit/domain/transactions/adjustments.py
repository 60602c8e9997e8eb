"""Points put right by hand, or brought from another system."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

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


@wire_name("adjustment")
@frozen(kw_only=True)
class Adjustment(Transaction):
    """Points are put right by hand; an actor and a reason are required (``S17``).

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
                problems.append(Problem(name, "is missing", "an adjustment says who and why"))
        if self.expires_at is not None and not isinstance(self.expires_at, Never):
            check_moment(self.expires_at, "expires_at", problems)
            if not problems and self.points < 0:
                problems.append(Problem("expires_at", "stands beside negative points", "only points given expire"))

    def _rank(self) -> int:
        return CREDIT_RANK if self.points > 0 else DEBIT_RANK


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


@wire_name("opening_balance")
@frozen(kw_only=True)
class OpeningBalance(Transaction):
    """What a member had in another system, lot by lot, without the purchases behind it (``S22``).

    Args:
        lots: each with its own expiry.

    >>> OpeningBalance(id="ob-1", member_id="m-1", lots=[OpeningLot(points=300)]).lots[0].points
    300
    """

    kind = "opening"
    rank = CREDIT_RANK

    member_id: str
    lots: tuple[OpeningLot, ...] = field(converter=as_tuple)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        if not isinstance(self.lots, tuple) or not all(isinstance(lot, OpeningLot) for lot in self.lots):
            problems.append(Problem("lots", "is not a list of OpeningLot", "pass a list of OpeningLot"))
        elif not 0 < len(self.lots) <= MAX_LINES:
            problems.append(Problem("lots", f"has none, or more than {MAX_LINES}", "leave it out, or split it"))
