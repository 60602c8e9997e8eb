"""Holds that are open at an instant."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.domain.views.statement import end_or_none
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime


@wire_name("open_hold")
@frozen(kw_only=True)
class OpenHold:
    """Points reserved by a hold that is neither captured, released nor timed out (``S19``).

    Args:
        id: the id of the ``Hold``, to be named by a ``Capture`` or a ``Release``.
        points: reserved points.
        since: start, inclusive.
        until: time-out, exclusive; None for a hold without one.
    """

    id: str
    points: int
    since: datetime = field(eq=instant_or_none)
    until: datetime | None = field(eq=instant_or_none)


def read_holds(account: Account, at: Instant) -> tuple[OpenHold, ...]:
    """Return the holds that are open at an instant, oldest first. Their points add up to ``Balance.held``."""
    zone = account.rules.calendar.zone
    holds = [hold for hold in catch_up(account.ledger, at)[0].holds.values() if hold.held_at(at)]
    return tuple(
        OpenHold(
            id=hold.id,
            points=hold.points,
            since=to_datetime(hold.at, zone),
            until=end_or_none(hold.until, zone),
        )
        for hold in sorted(holds, key=lambda hold: (hold.at, hold.id))
    )
