"""Changes of the programme (``T7``): their preview, and their writing with the decisions of a correction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.receipt import TierCorrection
from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.decide.program_change import correct_tiers, find_move
from loyaltykit.domain.facts.versions import BEGINNING, ProgramHistory, Version
from loyaltykit.domain.program.migration import Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import ChangeInThePastError, InvalidProgramError, InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import Snapshot, UnitOfWork
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant, check_text, to_datetime


@wire_name("program_version")
@frozen(kw_only=True)
class ProgramVersion:
    """A version of the programme (``T7``).

    Args:
        number: from 1.
        program: the rules.
        effective_from: start of its validity, which ends where a newer version begins; None for the first version.
        migration: how the tiers that members held were carried over.
        recorded_at: time of recording.
        correction: reason for a change in the past; None for an ordinary change.
        actor: opaque id of the person or system that changed the programme.
    """

    number: int
    program: Program = field(repr=False)
    effective_from: datetime | None = field(eq=instant_or_none)
    migration: Migration
    recorded_at: datetime = field(eq=instant_or_none)
    correction: str | None = None
    actor: str | None = None


@wire_name("member_move")
@frozen(kw_only=True)
class MemberMove:
    """A member whose tier differs under a new version, if nothing more is recorded.

    Args:
        member_id: id of the member.
        at: the first instant at which it differs.
        before: the tier by the version before.
        after: the tier by the new version.
    """

    member_id: str
    at: datetime = field(eq=instant_or_none)
    before: str
    after: str


@wire_name("program_change")
@frozen(kw_only=True)
class ProgramChange:
    """Result of a change of the programme (``T7``).

    Args:
        version: as it is stored, or would be.
        moves: members that change tier, by id, up to the first check of each after the change.
        corrections: member ids with closed tier decisions that a correction of the past makes again.
    """

    version: ProgramVersion
    moves: tuple[MemberMove, ...] = ()
    corrections: tuple[tuple[str, TierCorrection], ...] = ()


if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@frozen
class ChangeRequest:
    """Arguments of ``Programs.change``.

    Args:
        program, effective_from, migration, correction, actor: of the version.
        is_dated: whether the caller passed a date.
    """

    program: Program
    effective_from: Instant
    migration: Migration
    correction: str | None
    actor: str | None
    is_dated: bool

    def check(self) -> None:
        """Check the arguments.

        Raises:
            InvalidValueError: with all problems at once.
        """
        problems: list[Problem] = []
        if not isinstance(self.program, Program):
            problems.append(Problem("new", "is not a Program", "pass a Program"))
        if not isinstance(self.migration, Migration):
            way_out = "pass keep_until_validity_ends() or reevaluate('both')"
            problems.append(Problem("migration", "is not a migration", way_out))
        check_text(self.actor, "actor", problems)
        check_text(self.correction, "correction", problems)
        if isinstance(self.correction, str) and not self.correction.strip():
            problems.append(Problem("correction", "is empty", "pass a reason, or omit it"))
        if problems:
            raise InvalidValueError(problems)

    def version(self, number: int, now: Instant) -> Version:
        """Return the version asked for; the storage assigns its ``sequence``."""
        begin = self.effective_from
        return Version(number, self.program, begin, self.migration, 0, now, self.correction, self.actor)


@frozen
class _Plan:
    """Writes of a change.

    Args:
        version: to be written; None when it is stored already.
        answer: the result for the caller.
        decisions: member ids with the decisions that a correction makes again.
    """

    version: Version | None
    answer: ProgramChange
    decisions: tuple[tuple[str, Decision], ...] = ()


def change_program(runtime: Runtime, request: ChangeRequest, progress: Progress | None) -> ProgramChange:
    """Write a change, as a whole or not at all."""
    with runtime.storage.unit() as unit:
        plan = _plan(runtime, unit, request, progress)
        if plan.version is None:
            return plan.answer
        unit.add_version(plan.version)
        for member_id, decision in plan.decisions:
            unit.add_record(member_id, None, None, decision, runtime.now())
        kept = unit.rules().versions[-1]
    return evolve(plan.answer, version=version_answer(kept, runtime.calendar.zone))


def preview_change(runtime: Runtime, request: ChangeRequest, progress: Progress | None) -> ProgramChange:
    """Return what a change would result in."""
    with runtime.storage.snapshot() as snapshot:
        return _plan(runtime, snapshot, request, progress).answer


def version_answer(version: Version, zone: ZoneInfo) -> ProgramVersion:
    """Return a version as an answer."""
    return ProgramVersion(
        number=version.number,
        program=version.program,
        effective_from=None if version.effective_from == BEGINNING else to_datetime(version.effective_from, zone),
        migration=version.migration,
        recorded_at=to_datetime(version.recorded_at, zone),
        correction=version.correction,
        actor=version.actor,
    )


def _plan(runtime: Runtime, reads: Snapshot | UnitOfWork, request: ChangeRequest, progress: Progress | None) -> _Plan:
    check_progress(progress)
    request.check()
    rules, zone = reads.rules(), runtime.calendar.zone
    stored = _stored_version(rules, request)
    if stored is not None:
        return _Plan(None, ProgramChange(version=version_answer(stored, zone)))
    version = request.version(len(rules.versions) + 1, runtime.now())
    _check_fits(rules, version)
    changed = rules.with_version(version)
    moves, decisions = list[MemberMove](), list[tuple[str, Decision]]()
    for account in _accounts(reads, progress):
        if request.correction is None and _latest(account) >= request.effective_from:
            raise ChangeInThePastError
        again = correct_tiers(account, changed) if request.correction is not None else None
        if again is not None:
            decisions.append((account.member.id, again))
        move = find_move(account, changed)
        if move is not None:
            at = to_datetime(move.at, zone)
            moves.append(MemberMove(member_id=account.member.id, at=at, before=move.before, after=move.after))
    corrections = tuple((member_id, item) for member_id, decision in decisions for item in decision.corrections)
    answer = ProgramChange(version=version_answer(version, zone), moves=tuple(moves), corrections=corrections)
    return _Plan(version, answer, tuple(decisions))


def _stored_version(rules: ProgramHistory, request: ChangeRequest) -> Version | None:
    """The newest version, when the request asks for no other."""
    newest = rules.versions[-1]
    is_same = newest.program == request.program and (newest.number == 1 or newest.migration == request.migration)
    return newest if is_same and (not request.is_dated or newest.effective_from == request.effective_from) else None


def _check_fits(rules: ProgramHistory, version: Version) -> None:
    """Check that the currency and the time zone are those of the store: its amounts and days are counted in them."""
    # A version that begins at the same instant is replaced: tiers are carried over from the version before it.
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
    """The latest business time of what is recorded for a member."""
    return max(account.closed_until, account.member.enrolled_instant)
