"""Recording of due tier checks and expiries (``T10``, ``S2``). No answer depends on when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from attrs import define, field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.decide.dispatch import settle
from loyaltykit.domain.program.notices import Notice
from loyaltykit.domain.tiers.decisions import last_of_each_instant
from loyaltykit.errors import InvalidValueError
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import UnitOfWork
from loyaltykit.problems import problem_of
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, to_datetime


@wire_name("tier_change")
@frozen(kw_only=True)
class TierChange:
    """A change of tier at a scheduled check.

    Args:
        member_id: id of the member.
        at: due instant of the check.
        before, after: names of the tiers.
    """

    member_id: str
    at: datetime = field(eq=instant_or_none)
    before: str
    after: str


@wire_name("settlement")
@frozen(kw_only=True)
class Settlement:
    """Result of ``settle``.

    Args:
        as_of: the instant up to which due changes are recorded.
        members: number of members with due changes.
        expired_points: points whose expiry was recorded.
        tier_changes: changes of tier, in due order per member.
        notices: notices that it led to, as in the outbox (``S21``).
    """

    as_of: datetime = field(eq=instant_or_none)
    members: int
    expired_points: int
    tier_changes: tuple[TierChange, ...] = ()
    notices: tuple[Notice, ...] = ()


_UNIT_MEMBERS = 1_000


@define
class _Totals:
    members: int = 0
    expired_points: int = 0
    tier_changes: list[TierChange] = field(factory=list)
    notices: list[Notice] = field(factory=list)


def settle_all(runtime: Runtime, at: Instant, progress: Progress | None) -> Settlement:
    """Record what is due by an instant, in units of work of many members.

    Raises:
        InvalidValueError: the instant is in the future.
    """
    check_progress(progress)
    now = runtime.now()
    if at > now:
        raise InvalidValueError([problem_of("as_of", "instant.future")])
    with runtime.storage.snapshot() as snapshot:
        members = list(snapshot.member_ids())
    totals = _Totals()
    for first in range(0, len(members), _UNIT_MEMBERS):
        batch = members[first : first + _UNIT_MEMBERS]
        with runtime.storage.unit() as unit:
            _settle_batch(unit, batch, at, now, totals)
        report(progress, first + len(batch), len(members))
    zone = runtime.calendar.zone
    return Settlement(
        as_of=to_datetime(at, zone),
        members=totals.members,
        expired_points=totals.expired_points,
        tier_changes=tuple(totals.tier_changes),
        notices=tuple(totals.notices),
    )


def _settle_batch(unit: UnitOfWork, members: Sequence[str], at: Instant, now: Instant, totals: _Totals) -> None:
    for member_id in members:
        account = unit.account(member_id)
        decision = settle(account, at)
        if decision is None:
            continue
        totals.members += 1
        totals.expired_points -= sum(posting.points for posting in decision.postings)
        totals.tier_changes += _changes(account, decision)
        totals.notices += decision.notices
        unit.add_record(member_id, None, None, decision, now)


def _changes(account: Account, decision: Decision) -> list[TierChange]:
    rules, changes, rows = account.rules, [], last_of_each_instant(decision.rows)
    names = [rules.at(row.at).names[row.effective_rank] for row in (account.standing.row, *rows)]
    for row, (before, after) in zip(rows, pairwise(names), strict=True):
        if before != after:
            moment = to_datetime(row.at, rules.calendar.zone)
            changes.append(TierChange(member_id=account.member.id, at=moment, before=before, after=after))
    return changes
