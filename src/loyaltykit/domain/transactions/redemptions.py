"""Redemptions, their reversals, and uses of vouchers."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.transactions.holds import Capture
from loyaltykit.domain.transactions.transaction import CREDIT_RANK, DEBIT_RANK, Transaction, check_positive_points
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id


@named_arguments
@wire_name("redemption")
@frozen(kw_only=True)
class Redemption(Transaction):
    """A redemption of points, as such or for a reward of the programme.

    Args:
        points: how many; None for a reward.
        reward: the id of a reward, which has its price and issues a voucher; the voucher's code is this transaction's
            ``id``, so choose one that cannot be guessed (``S24``).

    >>> Redemption(id="rd-1", member_id="m-1", points=500, reason="voucher 50").points
    500
    >>> Redemption(id="8GQ2-XKDT", member_id="m-1", reward="pot").points is None
    True
    """

    kind = "redemption"
    rank = DEBIT_RANK

    member_id: str
    points: int | None = None
    reward: str | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        if self.points is None and self.reward is None:
            problems.append(Problem("points", "is missing", "give points, or a reward"))
        if self.points is not None:
            check_positive_points(self.points, problems)
        if self.reward is not None:
            check_id(self.reward, "reward", problems)
        if self.points is not None and self.reward is not None:
            problems.append(Problem("points", "are given besides a reward", "omit them: a reward has its own price"))


@named_arguments
@wire_name("reversal")
@frozen(kw_only=True)
class Reversal(Transaction):
    """A reversal of a redemption, whole or in part (``S9``).

    Args:
        of: the redemption's id.
        points: how many to give back; None means all that were not given back before.

    >>> Reversal(id="rv-1", of="rd-1").points is None
    True
    """

    kind = "reversal"
    rank = CREDIT_RANK
    follows = (Redemption, Capture)

    of: str
    points: int | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.points is not None:
            check_positive_points(self.points, problems)


@named_arguments
@wire_name("voucher_use")
@frozen(kw_only=True)
class VoucherUse(Transaction):
    """The use of a voucher (``S24``).

    Args:
        of: its code, which is the id of the redemption that issued it.

    >>> VoucherUse(id="u-1", of="8GQ2-XKDT").of
    '8GQ2-XKDT'
    """

    kind = "voucher_use"
    rank = DEBIT_RANK
    follows = (Redemption,)

    of: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
