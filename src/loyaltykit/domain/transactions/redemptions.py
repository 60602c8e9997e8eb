"""Points that are spent, and what they were spent on."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.domain.transactions.transaction import CREDIT_RANK, DEBIT_RANK, Transaction, check_positive_points
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id


@wire_name("redemption")
@frozen(kw_only=True)
class Redemption(Transaction):
    """Points are spent, as such or on a reward of the programme.

    Args:
        points: how many; None for a reward.
        reward: the id of a reward, which has its price and issues a voucher; the voucher's code is this transaction's
            ``id``, so give it one that nobody guesses (``S24``).

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
            problems.append(Problem("points", "stands beside a reward", "leave it out: a reward has its own price"))


@wire_name("reversal")
@frozen(kw_only=True)
class Reversal(Transaction):
    """A redemption is undone, whole or in part (``S9``).

    Args:
        of: the redemption's id.
        points: how many to give back; None means all that were not given back before.

    >>> Reversal(id="rv-1", of="rd-1").points is None
    True
    """

    kind = "reversal"
    rank = CREDIT_RANK

    of: str
    points: int | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        if self.points is not None:
            check_positive_points(self.points, problems)


@wire_name("voucher_use")
@frozen(kw_only=True)
class VoucherUse(Transaction):
    """A voucher is spent (``S24``).

    Args:
        of: its code, which is the id of the redemption that issued it.

    >>> VoucherUse(id="u-1", of="8GQ2-XKDT").of
    '8GQ2-XKDT'
    """

    kind = "voucher_use"
    rank = DEBIT_RANK

    of: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
