"""Tiers set by hand: what lies on top of the earned tier, looked up again each time (``T6``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

import loyaltykit as lk
from tests.oracle.order import Happening, moment_of
from tests.oracle.versions import Versions, invalid
from tests.oracle.wall import FOREVER


@frozen
class Layer:
    """A tier and its term; ``until`` is None for no end, ``hand`` names what set it by hand."""

    rank: int
    since: datetime
    until: datetime | None
    hand: lk.TierGrant | None = None

    @property
    def end(self) -> datetime:
        return FOREVER if self.until is None else self.until

    @property
    def is_fixed(self) -> bool:
        return self.hand is not None and self.hand.mode == "fixed"

    @property
    def place(self) -> tuple[datetime, str]:
        return (self.since, "" if self.hand is None else self.hand.id)


def shown(versions: Versions, past: Sequence[Happening], earned: Layer, moment: datetime) -> Layer:
    """Return what shows of the earned tier and of what lies on top of it, after everything in this past."""
    layers = lying_on_top(versions, past, moment)
    fixed = [layer for layer in layers if layer.is_fixed]
    if fixed or not layers:
        return max(fixed, key=lambda layer: layer.place) if fixed else earned
    highest = max(layer.rank for layer in [earned, *layers])
    alike = [layer for layer in [earned, *layers] if layer.rank == highest]
    until = None if any(layer.until is None for layer in alike) else max(layer.end for layer in alike)
    return Layer(highest, min(layer.since for layer in alike), until, alike[0].hand)


def lying_on_top(versions: Versions, past: Sequence[Happening], moment: datetime) -> list[Layer]:
    """Return the tiers set by hand that last at a moment, the oldest first, as the ladder of that moment has them."""
    ended = {item.of for item in past if isinstance(item, lk.TierGrantEnd)}
    grants = [item for item in past if isinstance(item, lk.TierGrant) and item.id not in ended]
    lasting = [item for item in grants if moment_of(item) <= moment < (item.until or FOREVER)]
    ranked = [(item, rank) for item in lasting for rank in ranks(versions, item, moment)]
    layers = [Layer(rank, moment_of(item), item.until, item) for item, rank in ranked]
    return sorted(layers, key=lambda layer: layer.place)


def ranks(versions: Versions, grant: lk.TierGrant, moment: datetime) -> list[int]:
    """Return its tier at a moment, as changes carried it over; none where a correction took the tier from its date."""
    ladder = versions.at(moment_of(grant)).ladder.tiers
    found = [rank for rank, tier in enumerate(ladder) if tier.name == grant.tier]
    for shift in versions.shifts(moment_of(grant), moment):
        found = [shift.carried(rank) for rank in found]
    return found


def refuse_grant(versions: Versions, grant: lk.TierGrant) -> None:
    """Refuse a tier that there is not, and an end that is none."""
    if grant.tier not in {tier.name for tier in versions.at(moment_of(grant)).ladder.tiers}:
        raise invalid("tier")
    if grant.until is not None and grant.until <= moment_of(grant):
        raise invalid("until")


def refuse_end(history: Sequence[Happening], end: lk.TierGrantEnd) -> None:
    """Refuse to end what is over, or has not begun."""
    [grant] = [item for item in history if item.id == end.of]
    assert isinstance(grant, lk.TierGrant)
    is_over = any(isinstance(item, lk.TierGrantEnd) and item.of == end.of for item in history)
    if is_over or not moment_of(grant) <= moment_of(end) < (grant.until or FOREVER):
        raise lk.errors.TierGrantEndedError("of", "is over, or has not begun", "leave it")
