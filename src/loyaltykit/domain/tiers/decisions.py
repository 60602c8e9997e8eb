"""Tier decisions (``T1`` to ``T12``): a pure fold over past transactions, in the order of ``T12``.

A ``TierRow`` is one decision. A member is upgraded when a transaction makes a higher tier's rule hold (``T3``), and
downgraded only at scheduled checks (``T4``) or, if the ladder says so, at a return (``T9``). What is due before a
transaction is decided before it, with its own date: checks, ends of grants, changes of the ladder (``T7``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from loyaltykit.calendars import Day
from loyaltykit.domain.facts.facts import History, View
from loyaltykit.domain.facts.rulebook import Outcomes, Rulebook
from loyaltykit.domain.facts.versions import ProgramHistory, TierShift
from loyaltykit.values import NEVER_US, Instant


@frozen
class ActiveGrant:
    """A tier granted manually, while it lasts (``T6``).

    Args:
        id: of the transaction that set it.
        rank: in the ladder of its row.
        is_floor: whether the member may have a higher tier.
        at: since when.
        until: exclusive end; ``NEVER_US`` for none.
    """

    id: str
    rank: int
    is_floor: bool
    at: Instant
    until: Instant


@frozen
class EffectiveTier:
    """The tier that counts, earned or granted manually.

    Args:
        rank: the tier.
        since: when it began.
        until: exclusive end; ``NEVER_US`` for none.
        grant: the grant it comes from; None if it is earned.
    """

    rank: int
    since: Instant
    until: Instant
    grant: ActiveGrant | None = None


@frozen
class TierRow:
    """One tier decision.

    Args:
        at: when it was due or happened.
        rank: the earned tier, 0 for the lowest, in the ladder that holds at that instant.
        since: when this tier began; a renewal does not change it.
        until: exclusive end of its validity without grace; ``NEVER_US`` for none.
        check_at: when it is judged next; ``NEVER_US`` for never.
        cause: the transaction that led to it, ``"enrolment"``, ``"check"`` or the version of the programme.
        grants: the manual tiers above it, in the order they were granted.
    """

    at: Instant
    rank: int
    since: Instant
    until: Instant
    check_at: Instant
    cause: str
    grants: tuple[ActiveGrant, ...] = ()

    @property
    def in_grace(self) -> bool:
        """Check whether the validity is over and the tier can still be kept."""
        return self.check_at > self.until

    @property
    def effective_rank(self) -> int:
        """Return the rank of the effective tier."""
        return self.effective.rank if self.grants else self.rank

    @property
    def effective(self) -> EffectiveTier:
        """Return the effective tier: the earned one or a grant above it (``T6``)."""
        if not self.grants:
            return EffectiveTier(self.rank, self.since, self.until)
        fixed = [grant for grant in self.grants if not grant.is_floor]
        if fixed:
            last = fixed[-1]
            return EffectiveTier(last.rank, last.at, last.until, last)
        rank = max(self.rank, *(grant.rank for grant in self.grants))
        floors = [grant for grant in self.grants if grant.rank == rank]
        if rank > self.rank:
            return EffectiveTier(rank, floors[0].at, max(floor.until for floor in floors), floors[0])
        # If several of them are the same tier, it begins with the first and ends with the last.
        since = min([self.since, *(floor.at for floor in floors)])
        return EffectiveTier(rank, since, max([self.until, *(floor.until for floor in floors)]))


def initial_row(at: Instant) -> TierRow:
    """Return the lowest tier, before anything is judged."""
    return TierRow(at, 0, at, NEVER_US, NEVER_US, "enrolment")


def first_row(history: History, rules: ProgramHistory) -> TierRow:
    """Return the first decision, judged at the enrolment by what came before it."""
    at = history.member.enrolled_instant
    return judge(history, rules.at(at), initial_row(at), at, "enrolment") or initial_row(at)


def judge(
    history: History, rulebook: Rulebook, row: TierRow, at: Instant, cause: str, added: Sequence[int] = ()
) -> TierRow | None:
    """Return the decision that a transaction leads to: an upgrade (``T3``), a renewal within grace (``T4``), or None.

    Args:
        history: what precedes it.
        rulebook: the rules of its day.
        row: the decision in force.
        at: when it happened.
        cause: its id.
        added: what it adds to the tracked series.
    """
    if not rulebook.judged.terms:
        return None
    if row.rank == rulebook.top and not row.in_grace:
        return None  # there is no higher tier, and a transaction does not downgrade
    day = rulebook.calendar.day_of(at)
    view = View(at, day, row.since, rulebook.names[row.rank], added, at)
    outcomes = rulebook.judged.outcomes(history, view)
    risen = _highest_entered(rulebook, row.rank, outcomes)
    if risen is not None:
        return _new_row(rulebook, row, risen, at, cause)
    if row.in_grace and _is_kept(rulebook, row.rank, outcomes):
        return _renewed_row(rulebook, row, at, cause)
    return None


def due_rows(history: History, rules: ProgramHistory, row: TierRow, until: Instant) -> list[TierRow]:
    """Return the decisions due up to an instant, each with its own date (``T4``, ``T10``).

    At one instant a change of the ladder comes first, then the end of a grant, then the check.
    """
    if row.check_at > until and not row.grants and not rules.shifts:
        return []
    rows = []
    while (following := next_row(history, rules, row, until)) is not None:
        row = following
        rows.append(row)
    return rows


def next_row(history: History, rules: ProgramHistory, row: TierRow, until: Instant) -> TierRow | None:
    """Return the next decision that falls due by itself up to an instant, or None."""
    shift = rules.shift_after(row.at)
    ended = min(row.grants, key=lambda grant: (grant.until, grant.id), default=None)
    shift_at, ended_at = shift.at if shift else NEVER_US, ended.until if ended else NEVER_US
    due = min(shift_at, ended_at, row.check_at)
    if due > until or due >= NEVER_US:
        return None
    if shift is not None and shift_at == due:
        return _migrate_row(history, row, shift)
    if ended is not None and ended_at == due:
        return without_grant(row, ended.id, due, ended.id)
    return _check(history, rules.at(due), row)


def last_of_each_instant(rows: Iterable[TierRow]) -> list[TierRow]:
    """Return the last decision of each instant; the others of that instant never took effect (``T12``).

    Two grants that end together, or an end and a check, are one change of tier, or none.
    """
    return list({row.at: row for row in rows}.values())


def judge_return(
    history: History, rulebook: Rulebook, row: TierRow, at: Instant, cause: str, added: Sequence[int], added_at: Instant
) -> TierRow | None:
    """Return the downgrade that a return leads to, if the ladder downgrades at returns (``T9``), or None."""
    if rulebook.ladder.on_return == "next_check" or row.rank == 0:
        return None
    view = View(at, rulebook.calendar.day_of(at), row.since, rulebook.names[row.rank], added, added_at)
    outcomes = rulebook.judged.outcomes(history, view)
    if _is_kept(rulebook, row.rank, outcomes):
        return None
    return _lowered_row(rulebook, row, at, cause, outcomes)


# -- grants ------------------------------------------------------------------------------------------------------------


def with_grant(row: TierRow, grant: ActiveGrant) -> TierRow:
    """Return the decision that grants a tier, on top of the earned one."""
    grants = tuple(sorted((*row.grants, grant), key=lambda one: (one.at, one.id)))
    return evolve(row, at=grant.at, cause=grant.id, grants=grants)


def without_grant(row: TierRow, grant_id: str, at: Instant, cause: str) -> TierRow:
    """Return the decision that ends a grant."""
    return evolve(row, at=at, cause=cause, grants=tuple(grant for grant in row.grants if grant.id != grant_id))


# -- another ladder ----------------------------------------------------------------------------------------------------


def _migrate_row(history: History, row: TierRow, shift: TierShift) -> TierRow:
    """Return the decision that moves a tier to another ladder, judged again if the migration says so (``T7``)."""
    carried = _convert_row(row, shift)
    if shift.migration.judges == "no":
        return carried
    rulebook = shift.rulebook
    outcomes = _outcomes_at_check(history, rulebook, carried, shift.at)
    risen = _highest_entered(rulebook, carried.rank, outcomes)
    if risen is not None:
        return _new_row(rulebook, carried, risen, shift.at, shift.cause)
    if shift.migration.judges == "up_only" or _is_kept(rulebook, carried.rank, outcomes):
        return carried
    met = max((rank for rank in range(1, carried.rank) if outcomes[rank - 1]), default=0)
    return _new_row(rulebook, carried, met, shift.at, shift.cause)


def _convert_row(row: TierRow, shift: TierShift) -> TierRow:
    rank, at, rulebook = shift.ranks[row.rank], shift.at, shift.rulebook
    grants = tuple(evolve(grant, rank=shift.ranks[grant.rank]) for grant in row.grants)
    carried = evolve(row, at=at, rank=rank, cause=shift.cause, grants=grants)
    if not shift.keeps_name[row.rank]:
        carried = evolve(carried, since=at)
    if rank == 0:
        return evolve(carried, until=NEVER_US, check_at=NEVER_US)
    if row.until >= NEVER_US:
        # A validity without an end becomes one with an end: it runs from the day of the change.
        end = rulebook.tier_end(rulebook.calendar.day_of(at))
        return evolve(carried, until=end, check_at=end)
    return carried


# -- checks ------------------------------------------------------------------------------------------------------------


def _check(history: History, rulebook: Rulebook, row: TierRow) -> TierRow:
    at = row.check_at
    outcomes = _outcomes_at_check(history, rulebook, row, at)
    risen = _highest_entered(rulebook, row.rank, outcomes)
    if risen is not None:
        return _new_row(rulebook, row, risen, at, "check")
    if _is_kept(rulebook, row.rank, outcomes):
        return _renewed_row(rulebook, row, at, "check")
    if rulebook.ladder.grace_days and not row.in_grace:
        day_after_grace = rulebook.calendar.day_of(row.until) + rulebook.ladder.grace_days
        return evolve(row, at=at, check_at=rulebook.calendar.start_of(day_after_grace), cause="check")
    return _lowered_row(rulebook, row, at, "check", outcomes)


def _outcomes_at_check(history: History, rulebook: Rulebook, row: TierRow, at: Instant) -> Outcomes:
    """Return which rules hold at a check: windows end with the last instant before it (``T2``)."""
    view = View(at, rulebook.calendar.day_of(at - 1), row.since, rulebook.names[row.rank])
    return rulebook.judged.outcomes(history, view)


def _highest_entered(rulebook: Rulebook, rank: int, outcomes: Outcomes) -> int | None:
    for candidate in range(rulebook.top, rank, -1):
        if outcomes[candidate - 1]:
            return candidate
    return None


def _is_kept(rulebook: Rulebook, rank: int, outcomes: Outcomes) -> bool:
    return rank == 0 or outcomes[rulebook.top + rank - 1]


def _new_row(rulebook: Rulebook, row: TierRow, rank: int, at: Instant, cause: str) -> TierRow:
    """Return another tier, with a full validity from that day."""
    end = rulebook.tier_end(rulebook.calendar.day_of(at)) if rank > 0 else NEVER_US
    return TierRow(at, rank, at, end, end, cause, row.grants)


def _renewed_row(rulebook: Rulebook, row: TierRow, at: Instant, cause: str) -> TierRow:
    """Return a renewal, within grace or not: the next end counts from the old one."""
    end = _end_after_check(rulebook, row.until)
    return evolve(row, at=at, until=end, check_at=max(end, at), cause=cause)


def _lowered_row(rulebook: Rulebook, row: TierRow, at: Instant, cause: str, outcomes: Outcomes) -> TierRow:
    rank = row.rank - 1
    if rulebook.ladder.downgrade == "requalify":
        while rank > 0 and not outcomes[rank - 1]:
            rank -= 1
    end = _end_after_check(rulebook, at) if rank > 0 else NEVER_US
    return TierRow(at, rank, at, end, end, cause, row.grants)


def _end_after_check(rulebook: Rulebook, at: Instant) -> Instant:
    """Return the end of a validity that runs from the day before a check (``T4``).

    A validity such as ``end_of("year")`` would end with that very day: then it runs from the day of the check.
    """
    day: Day = rulebook.calendar.day_of(at - 1)
    end = rulebook.tier_end(day)
    return end if end > at else rulebook.tier_end(rulebook.calendar.day_of(at))
