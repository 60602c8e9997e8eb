"""The face ``shop.programs``: the rules in force, and what others would do."""

from __future__ import annotations

from datetime import datetime

from loyaltykit.domain.answers import WhatIf
from loyaltykit.domain.liability import Liability, measure
from loyaltykit.domain.lint import LintFinding, lint
from loyaltykit.domain.program import Program
from loyaltykit.domain.rulebook import PredicateSet, Rulebook
from loyaltykit.domain.status import judge_by_facts
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.values import to_datetime


class Programs:
    """The programmes of a shop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def current(self) -> Program:
        """The programme in force."""
        return self._runtime.rulebook.program

    def simulate(self, new: Program, as_of: datetime | None = None) -> WhatIf:
        """Where another programme would put everyone, judged by their facts at one instant (``T7``).

        Args:
            new: the other programme; only its tiers matter here.
            as_of: the instant; None means now.

        Returns:
            For each member the tier that stands, and the highest one whose rule the member's facts meet.
        """
        if not isinstance(new, Program):
            raise InvalidValueError([Problem("new", "is not a Program", "pass a Program")])
        at = self._runtime.instant(as_of)
        rulebook, other = self._runtime.rulebook, Rulebook(new)
        entries = [tier.enter for tier in new.tiers if tier.enter is not None]
        rules = PredicateSet(entries, rulebook.book)
        tiers = {}
        with self._runtime.storage.snapshot() as snapshot:
            for account in enrolled_accounts(snapshot, at):
                outlook = account.outlook(at)
                rank = judge_by_facts(outlook, rules)
                tiers[account.member.id] = (rulebook.names[outlook.row.rank], other.names[rank])
        return WhatIf(as_of=to_datetime(at, rulebook.calendar.zone), tiers=tiers)

    def lint(self, program: Program | None = None) -> tuple[LintFinding, ...]:
        """What in a programme cannot be meant as it is written, each with a way out.

        Args:
            program: None for the one in force; another one before it is put in force.

        Returns:
            The findings, none of which depends on any member; see ``LintFinding``.

        Raises:
            InvalidValueError: it is no programme.
        """
        if program is not None and not isinstance(program, Program):
            raise InvalidValueError([Problem("program", "is not a Program", "pass a Program, or None")])
        return lint(self.current if program is None else program)

    def liability(self, as_of: datetime | None = None) -> Liability:
        """The points that members have outstanding, by tier and by month of expiry, and what they owe.

        Args:
            as_of: any instant; None means now.
        """
        at = self._runtime.instant(as_of)
        with self._runtime.storage.snapshot() as snapshot:
            return measure(enrolled_accounts(snapshot, at), self._runtime.rulebook, at)
