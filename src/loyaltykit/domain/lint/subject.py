"""The subject of lints: a programme and the solvers for its rules."""

from __future__ import annotations

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.program.achievements import VISIT
from loyaltykit.domain.program.program import Program
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.words.describe import describe


class Subject:
    """A programme, with the solvers for its rules."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.calendar = ShopCalendar(program.timezone)
        self._tiers = tuple(tier.name for tier in program.tiers)
        self.regions = Regions(program.scope, tiers=self._tiers)

    def of_activity(self, on: str) -> Regions:
        """Return the solver for the rule of an achievement."""
        return self.regions if on == VISIT else Regions(self.program.scope, on, self._tiers)

    def words(self, rule: Predicate) -> str:
        """Describe a rule in words."""
        return describe(rule, "en", self.program.scope)
