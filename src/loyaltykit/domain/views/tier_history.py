"""The tier decisions of one member, and their corrections (``T8``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.receipt import TierCorrection
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.views.statement import end_or_none
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime


@wire_name("tier_decision")
@frozen(kw_only=True)
class TierDecision:
    """A tier decision that holds by what is known.

    Args:
        at: when it was due or happened.
        name: the effective tier from then on.
        since: when that tier began.
        until: exclusive end of its validity, without grace; None for none.
        cause: the id of its transaction, ``"enrolment"``, ``"check"`` or the version of the programme.
    """

    at: datetime = field(eq=instant_or_none)
    name: str
    since: datetime = field(eq=instant_or_none)
    until: datetime | None = field(eq=instant_or_none)
    cause: str


def _by_instant(corrections: tuple[tuple[datetime, TierCorrection], ...]) -> object:
    return tuple((instant_or_none(recorded), item) for recorded, item in corrections)


@wire_name("tier_history")
@frozen(kw_only=True)
class TierHistory:
    """All decisions about a member's tier.

    Args:
        decisions: the current ones, oldest first, due ones included.
        corrections: in recording order, each with when it was recorded.
    """

    decisions: tuple[TierDecision, ...]
    corrections: tuple[tuple[datetime, TierCorrection], ...] = field(default=(), eq=_by_instant)


def read_tiers(account: Account, corrections: Iterable[tuple[Instant, TierCorrection]], at: Instant) -> TierHistory:
    """Return the tier decisions up to an instant.

    Args:
        account: the member's.
        corrections: the recorded corrections, with their ``recorded_at``.
        at: later decisions are left out.
    """
    standing, rules = account.timeline.at(at), account.rules
    zone, decisions = rules.calendar.zone, []
    for row in (*standing.rows, *standing.rows_due(at)):
        effective = row.effective
        decisions.append(
            TierDecision(
                at=to_datetime(row.at, zone),
                name=rules.at(row.at).names[effective.rank],
                since=to_datetime(effective.since, zone),
                until=end_or_none(effective.until, zone),
                cause=row.cause,
            )
        )
    corrected = tuple((to_datetime(recorded, zone), item) for recorded, item in corrections)
    return TierHistory(decisions=tuple(decisions), corrections=corrected)
