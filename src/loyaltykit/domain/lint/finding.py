"""What the lint says, and what it looks at."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.program.achievements import VISIT
from loyaltykit.domain.program.program import Program
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.satisfiability.regions import Regions
from loyaltykit.rules.words.describe import describe
from loyaltykit.serialization import wire_name

LintCode: TypeAlias = Literal[
    "never applies",
    "always applies",
    "empty validity",
    "accrual on points",
    "expiry not longer than pending",
    "unreachable tier",
    "thresholds not monotone",
    "keep harder than enter",
    "overlapping segments",
]


@wire_name("lint_finding")
@frozen
class LintFinding:
    """Something in a programme that cannot be meant as it is written.

    Args:
        code: which kind of mistake.
        place: where it stands, such as ``"tiers.gold.enter"``.
        reason: what is wrong with it.
        way_out: what to do instead.

    >>> print(LintFinding("always applies", "rewards.pot", "is met by everyone", "leave where out"))
    rewards.pot: is met by everyone (leave where out)
    """

    code: LintCode
    place: str
    reason: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason} ({self.way_out})"


class Subject:
    """A programme, with the readers of its rules."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.calendar = ShopCalendar(program.timezone)
        self._tiers = tuple(tier.name for tier in program.tiers)
        self.regions = Regions(program.scope, tiers=self._tiers)

    def of_activity(self, on: str) -> Regions:
        """The reader of the rule of an achievement."""
        return self.regions if on == VISIT else Regions(self.program.scope, on, self._tiers)

    def words(self, rule: Predicate) -> str:
        """A rule in words."""
        return describe(rule, "en", self.program.scope)
