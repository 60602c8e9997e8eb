"""Holds, captures, releases and activations."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.transactions.purchases import Purchase
from loyaltykit.domain.transactions.transaction import CREDIT_RANK, DEBIT_RANK, Transaction, check_positive_points
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id, check_moment


@named_arguments
@wire_name("hold")
@frozen(kw_only=True)
class Hold(Transaction):
    """A reservation of points, for a checkout or a booking (``S19``).

    Args:
        points: how many.
        until: when it times out, exclusive; None for never.

    >>> Hold(id="h-1", member_id="m-1", points=500).until is None
    True
    """

    kind = "hold"
    rank = DEBIT_RANK

    member_id: str
    points: int
    until: datetime | None = field(default=None, eq=instant_or_none)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_positive_points(self.points, problems)
        if self.until is not None:
            check_moment(self.until, "until", problems)


@named_arguments
@wire_name("capture")
@frozen(kw_only=True)
class Capture(Transaction):
    """The spending of points that were held; the rest is released (``S19``).

    Args:
        of: the hold's id.
        points: how many, at most what is held; None means all of it.

    >>> Capture(id="c-1", of="h-1").points is None
    True
    """

    kind = "capture"
    rank = DEBIT_RANK
    follows = (Hold,)

    of: str
    points: int | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.points is not None:
            check_positive_points(self.points, problems)


@named_arguments
@wire_name("release")
@frozen(kw_only=True)
class Release(Transaction):
    """The end of a hold of which nothing is spent (``S19``).

    Args:
        of: the hold's id.

    >>> Release(id="l-1", of="h-1").of
    'h-1'
    """

    kind = "release"
    rank = CREDIT_RANK
    follows = (Hold,)

    of: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)


@named_arguments
@wire_name("activation")
@frozen(kw_only=True)
class Activation(Transaction):
    """The delivery or payment of a purchase: its pending points can be spent from now on (``S5``).

    Args:
        of: the purchase's id.

    >>> Activation(id="d-1", of="o-1").of
    'o-1'
    """

    kind = "activation"
    rank = CREDIT_RANK
    follows = (Purchase,)

    of: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
