"""The life that a lot is given, for the naive model (``S3``, ``S5``)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltykit.calendars import Inactivity, Never
from tests.model_book import Lot
from tests.model_purchases import Shop, invalid
from tests.model_time import FOREVER


def new_lot(shop: Shop, id: str, points: int, at: datetime, given: datetime | Never | None = None) -> Lot:
    """Points of this day, with an end that was given or by the policy.

    Raises:
        InvalidValueError: the end is not after the day.
    """
    policy, wall = shop.program.points.expire_after, shop.wall
    if given is not None:
        end = FOREVER if isinstance(given, Never) else given
        if end <= at:
            raise invalid("expires_at")
        return Lot(id, points, at, end)
    if isinstance(policy, Inactivity):
        return Lot(id, points, at, wall.end_after(wall.day(at), policy.span), span=policy.span)
    return Lot(id, points, at, wall.end_after(wall.day(at), policy))


def lot_of(shop: Shop, id: str, points: int, at: datetime) -> Lot:
    """The points of a purchase, which may have to wait (``S5``)."""
    lot, pending = new_lot(shop, id, points, at), shop.program.points.active_after
    if pending is None:
        return lot
    begin = FOREVER if pending == "activation" else shop.wall.end_after(shop.wall.day(at), pending)
    return evolve(lot, begin=begin)


def part_id(cause: str, place: int) -> str:
    """The id of one of several lots of a cause."""
    return f"{cause}\x1f{place}" if place else cause
