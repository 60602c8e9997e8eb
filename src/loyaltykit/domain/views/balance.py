"""Balances and their lots as of an instant."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.views.statement import end_or_none
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime


@wire_name("lot_view")
@frozen(kw_only=True)
class LotView:
    """A lot as of an instant.

    Args:
        id: the lot's.
        points: how many were credited.
        remaining: how many are left.
        active_from: inclusive.
        expires_at: exclusive; None for never.
    """

    id: str
    points: int
    remaining: int
    active_from: datetime = field(eq=instant_or_none)
    expires_at: datetime | None = field(eq=instant_or_none)


@wire_name("balance")
@frozen(kw_only=True)
class Balance:
    """A member's points as of an instant (``S2``).

    Args:
        as_of: the instant.
        available: points that can be spent.
        pending: points that will become active.
        held: points that holds reserve.
        debt: points owed.
        lots: the lots with points left, in spend order (``S4``).
    """

    as_of: datetime = field(eq=instant_or_none)
    available: int
    pending: int = 0
    held: int = 0
    debt: int = 0
    lots: tuple[LotView, ...] = ()

    @property
    def total(self) -> int:
        """Return the sum of the statement: available, held and pending points, less debt."""
        return self.available + self.held + self.pending - self.debt


def read_balance(account: Account, at: Instant) -> Balance:
    """Return a member's points at an instant.

    Args:
        account: of the member.
        at: any instant since the enrolment.
    """
    ledger, zone = catch_up(account.ledger, at)[0], account.rules.calendar.zone
    return Balance(
        as_of=to_datetime(at, zone),
        available=ledger.available(at),
        pending=ledger.pending(at),
        held=ledger.held(at),
        debt=ledger.debt(at),
        lots=tuple(
            LotView(
                id=state.lot.id,
                points=state.lot.points,
                remaining=left,
                active_from=to_datetime(state.active_from, zone),
                expires_at=end_or_none(state.expires_at, zone),
            )
            for state, left in ledger.lots_at(at)
        ),
    )
