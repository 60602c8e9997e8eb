"""Balances and their lots as of an instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, cast, overload

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.views.statement import end_or_none
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo  # see calendars.py


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


class _Lots(Sequence[LotView]):
    """The tuple of the lots of a balance, made from their states when it is looked at: a till asks for sums alone."""

    def __init__(self, states: Iterable[LotState], zone: ZoneInfo) -> None:
        self._states = states
        self._zone = zone

    @cached_property
    def _views(self) -> tuple[LotView, ...]:
        return tuple(_lot_view(state, self._zone) for state in self._states)

    @overload
    def __getitem__(self, index: int) -> LotView: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LotView, ...]: ...
    def __getitem__(self, index: int | slice) -> LotView | tuple[LotView, ...]:
        return self._views[index]

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[LotView]:
        return iter(self._views)

    def __eq__(self, other: object) -> bool:
        return self._views == (other._views if isinstance(other, _Lots) else other)

    def __hash__(self) -> int:
        return hash(self._views)

    def __repr__(self) -> str:
        return repr(self._views)

    def __reduce__(self) -> tuple[object, ...]:
        return (tuple, (self._views,))


def _lot_view(state: LotState, zone: ZoneInfo) -> LotView:
    return LotView(
        id=state.lot.id,
        points=state.lot.points,
        remaining=state.left,
        active_from=to_datetime(state.active_from, zone),
        expires_at=end_or_none(state.expires_at, zone),
    )


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
        lots=cast("tuple[LotView, ...]", _Lots(ledger.lots_at(at), zone)),
    )
