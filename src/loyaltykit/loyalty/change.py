"""Declaring another version of the programme (``T7``): who moves, what a correction takes again, and writing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.receipt import TierCorrection
from loyaltykit.domain.decide.program_change import correct_tiers, find_move
from loyaltykit.domain.facts.versions import BEGINNING, ProgramHistory, Version
from loyaltykit.domain.program.migration import Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import ChangeInThePastError, InvalidProgramError, InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import Snapshot, UnitOfWork
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.values import Instant, check_text, to_datetime


@frozen(kw_only=True)
class ProgramVersion:
    """A version of the programme (``T7``).

    Args:
        number: from 1.
        program: the rules.
        effective_from: from when on it holds, unless a newer one does; None for the first, which has no beginning.
        migration: what became of the tiers that members held.
        recorded_at: when it was declared.
        correction: why it was declared for the past; None for an ordinary change.
        actor: who did it.
    """

    number: int
    program: Program = field(repr=False)
    effective_from: datetime | None
    migration: Migration
    recorded_at: datetime
    correction: str | None = None
    actor: str | None = None


@frozen(kw_only=True)
class MemberMove:
    """A member whose tier differs under a new version, if nothing more happens.

    Args:
        member_id: who.
        at: the first instant at which it differs.
        before: the tier that the rules before give then.
        after: the tier that the new ones give.
    """

    member_id: str
    at: datetime
    before: str
    after: str


@frozen(kw_only=True)
class ProgramChange:
    """What a change of the programme comes to (``T7``).

    Args:
        version: as it is kept, or would be.
        moves: who moves and when, by id, up to the first check of each member after the change.
        corrections: by member id, closed tier decisions that a correction of the past takes again.
    """

    version: ProgramVersion
    moves: tuple[MemberMove, ...] = ()
    corrections: tuple[tuple[str, TierCorrection], ...] = ()


if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@frozen
class Wish:
    """A change as the caller asks for it; see ``Programs.change``.

    Args:
        program, effective_from, migration, correction, actor: of the version.
        is_dated: whether the caller named a date.
    """

    program: Program
    effective_from: Instant
    migration: Migration
    correction: str | None
    actor: str | None
    is_dated: bool

    def check(self) -> None:
        """Refuse what is no change at all, with everything that is wrong with it."""
        problems: list[Problem] = []
        if not isinstance(self.program, Program):
            problems.append(Problem("new", "is not a Program", "pass a Program"))
        if not isinstance(self.migration, Migration):
            way_out = "pass keep_until_validity_ends() or reevaluate('both')"
            problems.append(Problem("migration", "is not a migration", way_out))
        check_text(self.actor, "actor", problems)
        check_text(self.correction, "correction", problems)
        if isinstance(self.correction, str) and not self.correction.strip():
            problems.append(Problem("correction", "is empty", "say why, or leave it out"))
        if problems:
            raise InvalidValueError(problems)


@frozen
class _Plan:
    """What a change comes to.

    Args:
        version: to be written; None where it stands already.
        answer: for the caller.
        decisions: what it takes again, by member.
    """

    version: Version | None
    answer: ProgramChange
    decisions: tuple[tuple[str, Decision], ...] = ()


def carry_out(runtime: Runtime, wish: Wish, progress: Progress | None) -> ProgramChange:
    """Write a change down, as a whole or not at all."""
    with runtime.storage.unit() as unit:
        plan = _plan(runtime, unit, wish, progress)
        if plan.version is None:
            return plan.answer
        unit.add_version(plan.version)
        for member_id, decision in plan.decisions:
            unit.add_record(member_id, None, None, decision, runtime.now())
        kept = unit.rules().versions[-1]
    return evolve(plan.answer, version=seen_version(kept, runtime.calendar.zone))


def preview(runtime: Runtime, wish: Wish, progress: Progress | None) -> ProgramChange:
    """What it would come to."""
    with runtime.storage.snapshot() as snapshot:
        return _plan(runtime, snapshot, wish, progress).answer


def seen_version(version: Version, zone: ZoneInfo) -> ProgramVersion:
    """A version as the caller reads it."""
    return ProgramVersion(
        number=version.number,
        program=version.program,
        effective_from=None if version.effective_from == BEGINNING else to_datetime(version.effective_from, zone),
        migration=version.migration,
        recorded_at=to_datetime(version.recorded_at, zone),
        correction=version.correction,
        actor=version.actor,
    )


def _plan(runtime: Runtime, reads: Snapshot | UnitOfWork, wish: Wish, progress: Progress | None) -> _Plan:
    check_progress(progress)
    wish.check()
    rules, zone = reads.rules(), runtime.calendar.zone
    standing = _standing_version(rules, wish)
    if standing is not None:
        return _Plan(None, ProgramChange(version=seen_version(standing, zone)))
    number, now = len(rules.versions) + 1, runtime.now()
    version = Version(number, wish.program, wish.effective_from, wish.migration, 0, now, wish.correction, wish.actor)
    _check_fits(rules, version)
    changed = rules.with_version(version)
    moves, decisions = list[MemberMove](), list[tuple[str, Decision]]()
    for account in _accounts(reads, progress):
        if wish.correction is None and _latest(account) >= wish.effective_from:
            raise ChangeInThePastError
        again = correct_tiers(account, changed) if wish.correction is not None else None
        if again is not None:
            decisions.append((account.member.id, again))
        move = find_move(account, changed)
        if move is not None:
            at = to_datetime(move.at, zone)
            moves.append(MemberMove(member_id=account.member.id, at=at, before=move.before, after=move.after))
    corrections = tuple((member_id, item) for member_id, decision in decisions for item in decision.corrections)
    answer = ProgramChange(version=seen_version(version, zone), moves=tuple(moves), corrections=corrections)
    return _Plan(version, answer, tuple(decisions))


def _standing_version(rules: ProgramHistory, wish: Wish) -> Version | None:
    """The newest version, when the wish asks for nothing else."""
    newest = rules.versions[-1]
    is_same = newest.program == wish.program and (newest.number == 1 or newest.migration == wish.migration)
    return newest if is_same and (not wish.is_dated or newest.effective_from == wish.effective_from) else None


def _check_fits(rules: ProgramHistory, version: Version) -> None:
    """Amounts and days in the store are counted in the currency and the zone that it began with."""
    # A version that begins at the same instant is replaced: tiers are carried over from the one before that.
    before = rules.at(version.effective_from - 1).program
    problems = [
        Problem(name, "differs from that of the store", "open a new store for it")
        for name in ("currency", "timezone")
        if getattr(before, name) != getattr(version.program, name)
    ]
    problems += version.migration.problems(before.tiers, version.program.tiers)
    if problems:
        raise InvalidProgramError(problems)


def _accounts(reads: Snapshot | UnitOfWork, progress: Progress | None) -> Iterator[Account]:
    members = list(reads.member_ids())
    for done, member_id in enumerate(members, start=1):
        yield reads.account(member_id)
        report(progress, done, len(members))


def _latest(account: Account) -> Instant:
    """The latest instant that something recorded for a member is about."""
    return max(account.closed_until, account.member.enrolled_instant)
