"""Which tier a member stands in (``T1`` to ``T12``): a pure fold over what happened, in the order of ``T12``.

A ``TierRow`` is one decision. A member rises when something that happened lets a higher tier's rule hold (``T3``), and
falls only at scheduled checks (``T4``) or, when the ladder says so, at a return (``T9``). Checks that are due before a
transaction are decided before it, with their own date.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from loyaltykit.calendars import Day
from loyaltykit.domain.facts import History, View
from loyaltykit.domain.rulebook import Outcomes, Rulebook
from loyaltykit.values import NEVER_US, Instant


@frozen
class TierRow:
    """One tier decision.

    Args:
        at: when it was due or happened.
        rank: the tier, 0 for the lowest.
        since: when the member came to this tier; stays on renewal.
        until: exclusive end of its validity without grace; ``NEVER_US`` for none.
        check_at: when it is judged next; ``NEVER_US`` for never.
        cause: the transaction that led to it, or ``"check"``.
    """

    at: Instant
    rank: int
    since: Instant
    until: Instant
    check_at: Instant
    cause: str

    @property
    def in_grace(self) -> bool:
        """Whether the validity is over and the tier can still be kept."""
        return self.check_at > self.until


def first_row(history: History, rulebook: Rulebook) -> TierRow:
    """The tier at enrolment: judged once, with nothing behind it."""
    at = history.member.enrolled_instant
    lowest = TierRow(at, 0, at, NEVER_US, NEVER_US, "enrolment")
    return judge(history, rulebook, lowest, at, "enrolment") or lowest


def judge(
    history: History, rulebook: Rulebook, row: TierRow, at: Instant, cause: str, added: Sequence[int] = ()
) -> TierRow | None:
    """The decision that something which happened leads to, or None: up at once (``T3``), or kept in grace (``T4``).

    Args:
        history: what stands before it.
        rulebook: the rules of its day.
        row: the decision in force.
        at: when it happened.
        cause: its id.
        added: what it adds to the tracked series.
    """
    if not rulebook.judged.terms:
        return None
    day = rulebook.calendar.day_of(at)
    view = View(at, day, row.since, rulebook.names[row.rank], added, at)
    outcomes = rulebook.judged.outcomes(history, view)
    risen = _higher(rulebook, row.rank, outcomes)
    if risen is not None:
        end = rulebook.tier_end(day)
        return TierRow(at, risen, at, end, end, cause)
    if row.in_grace and _is_kept(rulebook, row.rank, outcomes):
        return _renewed(rulebook, row, at, cause)
    return None


def due_rows(history: History, rulebook: Rulebook, row: TierRow, until: Instant) -> list[TierRow]:
    """The scheduled checks due up to an instant, decided with their own date (``T4``, ``T10``)."""
    rows = []
    while row.check_at <= until:
        row = _check(history, rulebook, row)
        rows.append(row)
    return rows


def judge_return(
    history: History, rulebook: Rulebook, row: TierRow, at: Instant, cause: str, added: Sequence[int], added_at: Instant
) -> TierRow | None:
    """The fall that a return leads to, when the ladder lets the tier follow at once (``T9``), or None."""
    if rulebook.ladder.on_return == "next_check" or row.rank == 0:
        return None
    view = View(at, rulebook.calendar.day_of(at), row.since, rulebook.names[row.rank], added, added_at)
    outcomes = rulebook.judged.outcomes(history, view)
    if _is_kept(rulebook, row.rank, outcomes):
        return None
    return _fallen(rulebook, row, at, cause, outcomes)


def _check(history: History, rulebook: Rulebook, row: TierRow) -> TierRow:
    at = row.check_at
    day_before = rulebook.calendar.day_of(at - 1)
    view = View(at, day_before, row.since, rulebook.names[row.rank])
    outcomes = rulebook.judged.outcomes(history, view)
    risen = _higher(rulebook, row.rank, outcomes)
    if risen is not None:
        end = rulebook.tier_end(rulebook.calendar.day_of(at))
        return TierRow(at, risen, at, end, end, "check")
    if _is_kept(rulebook, row.rank, outcomes):
        return _renewed(rulebook, row, at, "check")
    if rulebook.ladder.grace_days and not row.in_grace:
        day_after_grace = rulebook.calendar.day_of(row.until) + rulebook.ladder.grace_days
        return evolve(row, at=at, check_at=rulebook.calendar.start_of(day_after_grace), cause="check")
    return _fallen(rulebook, row, at, "check", outcomes)


def _higher(rulebook: Rulebook, rank: int, outcomes: Outcomes) -> int | None:
    for candidate in range(rulebook.top, rank, -1):
        if outcomes[candidate - 1]:
            return candidate
    return None


def _is_kept(rulebook: Rulebook, rank: int, outcomes: Outcomes) -> bool:
    return rank == 0 or outcomes[rulebook.top + rank - 1]


def _renewed(rulebook: Rulebook, row: TierRow, at: Instant, cause: str) -> TierRow:
    """Kept: the next end counts from the old one, and so does a renewal within grace."""
    end = _end_from(rulebook, row.until)
    return evolve(row, at=at, until=end, check_at=max(end, at), cause=cause)


def _fallen(rulebook: Rulebook, row: TierRow, at: Instant, cause: str, outcomes: Outcomes) -> TierRow:
    rank = row.rank - 1
    if rulebook.ladder.downgrade == "requalify":
        while rank > 0 and not outcomes[rank - 1]:
            rank -= 1
    end = _end_from(rulebook, at) if rank > 0 else NEVER_US
    return TierRow(at, rank, at, end, end, cause)


def _end_from(rulebook: Rulebook, at: Instant) -> Instant:
    """The end of a validity that runs from the day before a check (``T4``).

    A validity such as ``end_of("year")`` would end with that very day: then it runs from the day of the check.
    """
    day: Day = rulebook.calendar.day_of(at - 1)
    end = rulebook.tier_end(day)
    return end if end > at else rulebook.tier_end(rulebook.calendar.day_of(at))
