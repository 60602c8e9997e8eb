"""Versions of the programme and questions about other programmes: ``shop.programs``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.attributes import as_mapping, instant_or_none
from loyaltykit.domain.facts.rulebook import PredicateSet
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.lint import lint
from loyaltykit.domain.program.migration import KEEP, Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.views.liability import Liability, measure_liability
from loyaltykit.domain.views.tier_status import judge_by_facts
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.change import (
    ChangeRequest,
    ProgramChange,
    ProgramVersion,
    change_program,
    preview_change,
    version_answer,
)
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.progress import Progress
from loyaltykit.serialization import wire_name
from loyaltykit.values import to_datetime


@wire_name("what_if")
@frozen(kw_only=True)
class WhatIf:
    """Tiers of all members under another programme, judged by their facts at one instant (``T7``).

    Args:
        as_of: the instant.
        tiers: by member id, the current tier and the one under the other programme.
    """

    as_of: datetime = field(eq=instant_or_none)
    tiers: Mapping[str, tuple[str, str]] = field(repr=False, converter=as_mapping)

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """The number of members for each pair of current and other tier."""
        counts: dict[tuple[str, str], int] = {}
        for pair in self.tiers.values():
            counts[pair] = counts.get(pair, 0) + 1
        return counts

    def moves(self) -> list[tuple[str, str, str]]:
        """Return the members whose tier differs, by id: id, current tier, other tier."""
        return [(member, *pair) for member, pair in sorted(self.tiers.items()) if pair[0] != pair[1]]


class Programs:
    """The programme of a shop in all its versions."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def current(self) -> Program:
        """Return the programme in force now."""
        with self._runtime.storage.snapshot() as snapshot:
            return snapshot.rules().at(self._runtime.now()).program

    def history(self) -> tuple[ProgramVersion, ...]:
        """Return all versions in the order they were declared, future ones included (``T7``)."""
        with self._runtime.storage.snapshot() as snapshot:
            zone = self._runtime.calendar.zone
            return tuple(version_answer(version, zone) for version in snapshot.rules().versions)

    def change(
        self,
        new: Program,
        *,
        effective_from: datetime | None = None,
        migration: Migration = KEEP,
        correction: str | None = None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> ProgramChange:
        """Declare the next version of the programme (``T7``).

        Accruals keep the version they were made with; tiers are carried over as ``migration`` says. At each date the
        newest version declared for it applies: a future one that begins later is replaced.

        Args:
            new: the programme; its currency and time zone must be those of the store.
            effective_from: start of its validity; None for now.
            migration: ``keep_until_validity_ends()`` or ``reevaluate("up_only" | "both")``.
            correction: reason for a change in the past: then tier decisions since are made again, and differences are
                recorded for each member. None for an ordinary change.
            actor: opaque id of the person or system that changes the programme.
            progress: called with the number of members done and their total.

        Returns:
            The version, and the members that change tier if nothing more is recorded. For an equal programme, the
            version that is stored already.

        Raises:
            ChangeInThePastError: it would apply at or before something recorded, and ``correction`` is None.
            InvalidProgramError: the currency or the time zone differs, or the migration names unknown tiers.
        """
        request = self._request(new, effective_from, migration, correction, actor)
        return change_program(self._runtime, request, progress)

    def preview(
        self,
        new: Program,
        *,
        effective_from: datetime | None = None,
        migration: Migration = KEEP,
        correction: str | None = None,
        progress: Progress | None = None,
    ) -> ProgramChange:
        """Return what ``change`` would return, with nothing written."""
        request = self._request(new, effective_from, migration, correction, None)
        return preview_change(self._runtime, request, progress)

    def _request(
        self,
        new: Program,
        effective_from: datetime | None,
        migration: Migration,
        correction: str | None,
        actor: str | None,
    ) -> ChangeRequest:
        begin = self._runtime.instant(effective_from, "effective_from")
        return ChangeRequest(new, begin, migration, correction, actor, is_dated=effective_from is not None)

    def simulate(self, new: Program, as_of: datetime | None = None, known_at: datetime | None = None) -> WhatIf:
        """Judge all members by the tiers of another programme, by their facts at one instant (``T7``).

        Args:
            new: the other programme; only its tiers are used.
            as_of: the instant; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Returns:
            For each member the current tier, and the highest tier of ``new`` whose rule the member's facts meet.

        Raises:
            InvalidValueError: ``new`` is not a programme.
        """
        if not isinstance(new, Program):
            raise InvalidValueError([Problem("new", "is not a Program", "pass a Program")])
        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        entries = [tier.enter for tier in new.tiers if tier.enter is not None]
        names = ProgramHistory.of(new).newest.names
        tiers = {}
        with self._runtime.storage.snapshot(position) as snapshot:
            rules = PredicateSet(entries, snapshot.rules().newest.book)
            for account in enrolled_accounts(snapshot, at):
                state = account.state_at(at)
                tiers[account.member.id] = (state.view.tier, names[judge_by_facts(state, rules)])
        return WhatIf(as_of=to_datetime(at, self._runtime.calendar.zone), tiers=tiers)

    def lint(self, program: Program | None = None) -> tuple[Problem, ...]:
        """Find parts of a programme that are probably mistakes, each with a way out. Members are not looked at.

        Args:
            program: the programme to check, for example before ``change``; None for the one in force.

        Returns:
            The problems; their codes begin with ``lint.``.

        Raises:
            InvalidValueError: it is not a programme.
        """
        if program is not None and not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program, or None")])
        return lint(self.current() if program is None else program)

    def liability(self, as_of: datetime | None = None, known_at: datetime | None = None) -> Liability:
        """Return the outstanding points of all members, by tier and by month of expiry, and their debt.

        Args:
            as_of: any instant; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).
        """
        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        with self._runtime.storage.snapshot(position) as snapshot:
            return measure_liability(enrolled_accounts(snapshot, at), snapshot.rules(), at)
