"""The face ``shop.programs``: the rules in force, those before and announced, and what others would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.facts.rulebook import PredicateSet
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.lint import lint
from loyaltykit.domain.program.migration import KEEP, Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.views.liability import Liability, measure_liability
from loyaltykit.domain.views.tier_status import judge_by_facts
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.change import ProgramChange, ProgramVersion, Wish, carry_out, preview, seen_version
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.progress import Progress
from loyaltykit.values import to_datetime


@frozen(kw_only=True)
class WhatIf:
    """Where other rules would put the members, judged by their facts at one instant (``T7``).

    Args:
        as_of: the instant.
        tiers: by member id, the tier that stands and the one the other rules give.
    """

    as_of: datetime
    tiers: Mapping[str, tuple[str, str]] = field(repr=False)

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many members go from which tier to which."""
        counts: dict[tuple[str, str], int] = {}
        for pair in self.tiers.values():
            counts[pair] = counts.get(pair, 0) + 1
        return counts

    def moves(self) -> list[tuple[str, str, str]]:
        """The members who change their tier, by id: id, tier before, tier after."""
        return [(member, *pair) for member, pair in sorted(self.tiers.items()) if pair[0] != pair[1]]


class Programs:
    """The programmes of a shop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def current(self) -> Program:
        """The programme in force."""
        with self._runtime.storage.snapshot() as snapshot:
            return snapshot.rules().at(self._runtime.now()).program

    @property
    def history(self) -> tuple[ProgramVersion, ...]:
        """All versions in the order they were declared, announced ones included (``T7``)."""
        with self._runtime.storage.snapshot() as snapshot:
            zone = self._runtime.calendar.zone
            return tuple(seen_version(version, zone) for version in snapshot.rules().versions)

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

        Accruals keep the version they were made with; tiers are carried over as ``migration`` says. The newest version
        declared for a date holds there: an announced one that begins later is replaced.

        Args:
            new: the rules; the currency and the time zone stay.
            effective_from: from when on they hold; None means now.
            migration: ``keep_until_validity_ends()`` or ``reevaluate("up_only" | "both")``.
            correction: why it is declared for the past: then tier decisions since are taken again, and what differs is
                written down for each member. None for an ordinary change.
            actor: who did it, an opaque id.
            progress: called with how many members are done, and how many there are.

        Returns:
            The version, and who moves and when, if nothing more happens. The version that stands, when it is the same.

        Raises:
            ChangeInThePastError: it would hold at or before something recorded, and is no declared correction.
            InvalidProgramError: the currency or the time zone differs, or the migration names unknown tiers.
        """
        wish = Wish(new, self._effective(effective_from), migration, correction, actor, is_dated=bool(effective_from))
        return carry_out(self._runtime, wish, progress)

    def preview(
        self,
        new: Program,
        *,
        effective_from: datetime | None = None,
        migration: Migration = KEEP,
        correction: str | None = None,
        progress: Progress | None = None,
    ) -> ProgramChange:
        """What ``change`` would return, with nothing written."""
        wish = Wish(new, self._effective(effective_from), migration, correction, None, is_dated=bool(effective_from))
        return preview(self._runtime, wish, progress)

    def _effective(self, effective_from: datetime | None) -> int:
        return self._runtime.instant(effective_from, "effective_from")

    def simulate(self, new: Program, as_of: datetime | None = None, known_at: datetime | None = None) -> WhatIf:
        """Where another programme would put everyone, judged by their facts at one instant (``T7``).

        Args:
            new: the other programme; only its tiers matter here.
            as_of: the instant; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Returns:
            For each member the tier that stands, and the highest one whose rule the member's facts meet.
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
        """What in a programme cannot be meant as it is written, each with a way out.

        Args:
            program: None for the one in force; another one before it is put in force.

        Returns:
            The findings, none of which depends on any member; their codes begin with ``lint.``.

        Raises:
            InvalidValueError: it is no programme.
        """
        if program is not None and not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program, or None")])
        return lint(self.current if program is None else program)

    def liability(self, as_of: datetime | None = None, known_at: datetime | None = None) -> Liability:
        """The points that members have outstanding, by tier and by month of expiry, and what they owe.

        Args:
            as_of: any instant; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).
        """
        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        with self._runtime.storage.snapshot(position) as snapshot:
            return measure_liability(enrolled_accounts(snapshot, at), snapshot.rules(), at)
