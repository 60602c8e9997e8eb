"""The versions of a programme, for the naive model: which one holds when, and how tiers are carried over (``T7``)."""

from __future__ import annotations

from datetime import datetime

from attrs import define, field, frozen

from loyaltykit.domain.program.migration import KEEP, Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.program.tiers import TierLadder
from tests.model_purchases import Shop
from tests.model_time import BEGINNING, MICROSECOND, Wall


@frozen(eq=False)
class Law:
    """One version of the programme."""

    number: int
    shop: Shop
    since: datetime = BEGINNING
    migration: Migration = KEEP

    @property
    def ladder(self) -> TierLadder:
        return self.shop.program.tiers


@frozen(eq=False)
class Shift:
    """A moment at which every member's tier goes over to another ladder, or is judged anew."""

    at: datetime
    before: Law
    after: Law

    @property
    def judges(self) -> str:
        return self.after.migration.judges

    def finds(self, rank: int) -> bool:
        """Whether a tier of the old ladder is still there, by its name or by a word for it."""
        return self.new_name(rank) in {tier.name for tier in self.after.ladder}

    def new_name(self, rank: int) -> str:
        name = self.before.ladder.tiers[rank].name
        return self.after.migration.renamed.get(name, name)

    def carried(self, rank: int) -> int:
        """Where a tier goes: to itself, or to the highest of those below it that are still there, or to the bottom."""
        for place in range(rank, -1, -1):
            if self.finds(place):
                return self.after.ladder.rank(self.new_name(place))
        return 0


@define(eq=False)
class Laws:
    """Every version that was declared, in that order; of those that have begun the newest one holds."""

    laws: list[Law] = field(factory=list)
    by_hand: dict[tuple[int, int], tuple[object, list[int]]] = field(factory=dict)  # ranks of tiers, found once

    @classmethod
    def of(cls, program: Program) -> Laws:
        return cls([Law(1, Shop(program))])

    def plus(self, program: Program, since: datetime, migration: Migration) -> Laws:
        return Laws([*self.laws, Law(len(self.laws) + 1, Shop(program), since, migration)])

    def law_at(self, moment: datetime) -> Law:
        return next(law for law in reversed(self.laws) if law.since <= moment)

    def begun(self, moment: datetime) -> int:
        """How many versions have begun by a moment."""
        return sum(law.since <= moment for law in self.laws)

    def at(self, moment: datetime) -> Shop:
        return self.law_at(moment).shop

    def shifts(self, after: datetime, until: datetime) -> list[Shift]:
        """Behind one moment and up to another, in order: where the version changes, and with it the tiers."""
        moments = sorted({law.since for law in self.laws if after < law.since <= until})
        if not moments:
            return []
        found = [Shift(moment, self.law_at(moment - MICROSECOND), self.law_at(moment)) for moment in moments]
        return [
            shift
            for shift in found
            if shift.before is not shift.after
            and (shift.before.ladder != shift.after.ladder or shift.after.migration != KEEP)
        ]

    @property
    def wall(self) -> Wall:
        return self.laws[0].shop.wall

    @property
    def newest(self) -> Program:
        return self.laws[-1].shop.program
