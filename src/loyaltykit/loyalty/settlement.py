"""Writing down what is due: tier checks and expiries (``T10``, ``S2``). Nothing depends on when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from attrs import define, field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.decide.dispatch import settle
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.tiers.decisions import last_of_each_instant
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import UnitOfWork
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.values import Instant, to_datetime


@frozen(kw_only=True)
class TierChange:
    """A member came to another tier at a scheduled check.

    Args:
        member_id: who.
        at: when it was due.
        before, after: names of the tiers.
    """

    member_id: str
    at: datetime
    before: str
    after: str


@frozen(kw_only=True)
class Settlement:
    """What ``settle`` wrote down.

    Args:
        as_of: up to when.
        members: how many had something due.
        expired_points: points whose expiry was written.
        tier_changes: in due order per member.
        notices: that it led to, as they stand in the outbox (``S21``).
    """

    as_of: datetime
    members: int
    expired_points: int
    tier_changes: tuple[TierChange, ...] = ()
    notices: tuple[Notice, ...] = ()


_UNIT_MEMBERS = 1_000


@define
class _Tally:
    members: int = 0
    expired_points: int = 0
    tier_changes: list[TierChange] = field(factory=list)
    notices: list[Notice] = field(factory=list)


def settle_all(runtime: Runtime, at: Instant, progress: Progress | None) -> Settlement:
    """Write down what is due by an instant, member by member in units.

    Raises:
        InvalidValueError: the instant lies ahead of the clock.
    """
    check_progress(progress)
    now = runtime.now()
    if at > now:
        raise InvalidValueError([Problem("as_of", "lies ahead of the clock", "settle up to now at most")])
    with runtime.storage.snapshot() as snapshot:
        members = list(snapshot.member_ids())
    tally = _Tally()
    for first in range(0, len(members), _UNIT_MEMBERS):
        batch = members[first : first + _UNIT_MEMBERS]
        with runtime.storage.unit() as unit:
            _settle_batch(unit, batch, at, now, tally)
        report(progress, first + len(batch), len(members))
    zone = runtime.calendar.zone
    return Settlement(
        as_of=to_datetime(at, zone),
        members=tally.members,
        expired_points=tally.expired_points,
        tier_changes=tuple(tally.tier_changes),
        notices=tuple(tally.notices),
    )


def _settle_batch(unit: UnitOfWork, members: Sequence[str], at: Instant, now: Instant, tally: _Tally) -> None:
    for member_id in members:
        account = unit.account(member_id)
        decision = settle(account, at)
        if decision is None:
            continue
        tally.members += 1
        tally.expired_points -= sum(posting.points for posting in decision.postings)
        tally.tier_changes += _changes(account, decision)
        tally.notices += decision.notices
        unit.add_record(member_id, None, None, decision, now)


def _changes(account: Account, decision: Decision) -> list[TierChange]:
    rules, changes, rows = account.rules, [], last_of_each_instant(decision.rows)
    names = [rules.at(row.at).names[row.effective_rank] for row in (account.standing.row, *rows)]
    for row, (before, after) in zip(rows, pairwise(names), strict=True):
        if before != after:
            moment = to_datetime(row.at, rules.calendar.zone)
            changes.append(TierChange(member_id=account.member.id, at=moment, before=before, after=after))
    return changes
