"""Tiers set by hand, for the naive model: what lies on top of the earned tier, looked up again each time (``T6``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from loyaltykit.domain.transactions import TierGrant, TierGrantEnd, Transaction
from loyaltykit.errors import TierGrantEndedError
from tests.model_laws import Laws
from tests.model_purchases import invalid
from tests.model_time import FOREVER


@frozen
class Layer:
    """A tier and its term; ``until`` is None for no end, ``hand`` names what set it by hand."""

    rank: int
    since: datetime
    until: datetime | None
    hand: TierGrant | None = None

    @property
    def end(self) -> datetime:
        return FOREVER if self.until is None else self.until


def dated(transaction: Transaction) -> datetime:
    assert transaction.occurred_at is not None
    return transaction.occurred_at


def is_by_hand(transaction: Transaction) -> bool:
    return isinstance(transaction, TierGrant | TierGrantEnd)


def shown(laws: Laws, past: Sequence[Transaction], earned: Layer, moment: datetime) -> Layer:
    """What shows of the earned tier and of what lies on top of it, after everything in this past.

    Nothing but what is by hand matters in it.
    """
    layers = lying_on_top(laws, past, moment)
    if not layers:
        return earned
    fixed = [layer for layer in layers if layer.hand is not None and layer.hand.mode == "fixed"]
    if fixed:
        return max(fixed, key=lambda layer: (layer.since, layer.hand is not None and layer.hand.id))
    highest = max([earned, *layers], key=lambda layer: layer.rank).rank
    alike = [layer for layer in [earned, *layers] if layer.rank == highest]
    until = None if any(layer.until is None for layer in alike) else max(layer.end for layer in alike)
    return Layer(highest, min(layer.since for layer in alike), until, alike[0].hand)


def lying_on_top(laws: Laws, past: Sequence[Transaction], moment: datetime) -> list[Layer]:
    """The tiers set by hand that last at a moment, the oldest first, as the ladder of that moment has them."""
    if not past:
        return []
    ended = {item.of for item in past if isinstance(item, TierGrantEnd)}
    grants = [item for item in past if isinstance(item, TierGrant) and item.id not in ended]
    lasting = [item for item in grants if dated(item) <= moment < (item.until or FOREVER)]
    layers = [Layer(rank, dated(item), item.until, item) for item in lasting for rank in ranks(laws, item, moment)]
    return sorted(layers, key=lambda layer: (layer.since, layer.hand is not None and layer.hand.id))


def ranks(laws: Laws, grant: TierGrant, moment: datetime) -> list[int]:
    """Its tier at a moment, as changes have carried it over; none where a correction took the tier from its date."""
    key = (id(grant), laws.begun(moment))
    if key not in laws.by_hand:
        laws.by_hand[key] = (grant, carried_over(laws, grant, moment))
    return laws.by_hand[key][1]


def carried_over(laws: Laws, grant: TierGrant, moment: datetime) -> list[int]:
    names = [tier.name for tier in laws.at(dated(grant)).program.tiers.tiers]
    if grant.tier not in names:
        return []
    rank = names.index(grant.tier)
    for shift in laws.shifts(dated(grant), moment):
        rank = shift.carried(rank)
    return [rank]


def refuse_grant(laws: Laws, grant: TierGrant) -> None:
    """Refuse a tier that there is not, and an end that is none."""
    if grant.tier not in {tier.name for tier in laws.at(dated(grant)).program.tiers.tiers}:
        raise invalid("tier")
    if grant.until is not None and grant.until <= dated(grant):
        raise invalid("until")


def refuse_end(history: Sequence[Transaction], end: TierGrantEnd) -> None:
    """Refuse to end what is over, or has not begun."""
    [grant] = [item for item in history if item.id == end.of]
    assert isinstance(grant, TierGrant)
    is_over = any(isinstance(item, TierGrantEnd) and item.of == end.of for item in history)
    if is_over or not dated(grant) <= dated(end) < (grant.until or FOREVER):
        raise TierGrantEndedError("of", "is over, or has not begun", "leave it")
