"""Tiers that are set by hand (``T6``)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.transactions.transaction import GRANT_END_RANK, GRANT_RANK, Transaction
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, check_id, check_moment, to_instant

GrantMode: TypeAlias = Literal["floor", "fixed"]


@named_arguments
@wire_name("tier_grant")
@frozen(kw_only=True)
class TierGrant(Transaction):
    """A tier set by hand, beside the earned one; an actor and a reason are required (``T6``).

    Args:
        member_id: whose.
        tier: the name of a tier of the programme of its date.
        mode: ``"floor"``: the member may stand above it; ``"fixed"``: this tier and no other.
        until: exclusive end; None until a ``TierGrantEnd`` says so.

    >>> grant = TierGrant(id="g-1", member_id="m-1", tier="gold", actor="staff-7", reason="our fault")
    >>> grant.mode, grant.until
    ('floor', None)
    """

    kind = "tier_grant"
    rank = GRANT_RANK
    moves_metrics = True

    member_id: str
    tier: str
    mode: GrantMode = "floor"
    until: datetime | None = field(default=None, eq=instant_or_none)

    @property
    def end_instant(self) -> Instant:
        """Return the exclusive end in microseconds; ``NEVER_US`` for none."""
        return NEVER_US if self.until is None else to_instant(self.until)

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_id(self.tier, "tier", problems)
        if self.mode not in get_args(GrantMode):
            problems.append(Problem("mode", "is not an allowed value", "use 'floor' or 'fixed'"))
        if self.until is not None:
            check_moment(self.until, "until", problems)
        _check_by_whom(self, problems)


@named_arguments
@wire_name("tier_grant_end")
@frozen(kw_only=True)
class TierGrantEnd(Transaction):
    """The end of a tier set by hand; an actor and a reason are required (``T6``).

    Args:
        of: the id of the ``TierGrant``.

    >>> TierGrantEnd(id="e-1", of="g-1", actor="staff-7", reason="as agreed").of
    'g-1'
    """

    kind = "tier_grant_end"
    rank = GRANT_END_RANK
    moves_metrics = True
    follows = (TierGrant,)

    of: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.of, "of", problems)
        _check_by_whom(self, problems)


def _check_by_whom(given: TierGrant | TierGrantEnd, problems: list[Problem]) -> None:
    for name in ("actor", "reason"):
        if not str(getattr(given, name) or "").strip():
            problems.append(Problem(name, "is missing", "pass who sets the tier, and why"))
