"""The versions of a programme: which holds when, how tiers are carried over, what amounts are (``T7``, ``S14``)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from attrs import evolve, frozen

import loyaltykit as lk
from tests.oracle.wall import BEGINNING, MICROSECOND, Wall

SCALES = {"JPY": 0, "KWD": 3}
"""Decimals of the currencies in these tests; all others have two."""

KEEP = lk.keep_until_validity_ends()


def half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def invalid(name: str) -> lk.InvalidValueError:
    return lk.InvalidValueError([lk.Problem(name, "does not fit the programme or the clock", "check it")])


@frozen(eq=False)
class Version:
    """One version of the programme."""

    number: int
    program: lk.Program
    since: datetime = BEGINNING
    migration: lk.Migration = KEEP

    @property
    def ladder(self) -> lk.TierLadder:
        return self.program.tiers

    @property
    def wall(self) -> Wall:
        return Wall(self.program.timezone)

    @property
    def scale(self) -> int:
        return SCALES.get(self.program.currency, 2)

    def own_scale(self, purchase: lk.Purchase) -> int:
        return SCALES.get(purchase.currency or self.program.currency, 2)

    def own_minor(self, purchase: lk.Purchase, amount: Decimal) -> int:
        """Return an amount in the smallest unit of the purchase's own currency; refuse what is finer."""
        minor = Fraction(amount) * 10 ** self.own_scale(purchase)
        if minor.denominator > 1:
            raise invalid("amount")
        return int(minor)

    def converted(self, purchase: lk.Purchase, own_minor: int) -> int:
        """Return the same in the smallest unit of the programme's currency."""
        if purchase.currency in (None, self.program.currency):
            return own_minor
        rate = Fraction(purchase.rate or 1)
        return half_up(Fraction(own_minor, 10 ** self.own_scale(purchase)) * rate * 10**self.scale)


@frozen(eq=False)
class Shift:
    """A moment at which every member's tier goes over to another ladder, or is judged anew."""

    at: datetime
    before: Version
    after: Version

    @property
    def judges(self) -> str:
        return self.after.migration.judges

    def finds(self, rank: int) -> bool:
        """Say whether a tier of the old ladder is still there, by its name or by a word for it."""
        return self.new_name(rank) in {tier.name for tier in self.after.ladder}

    def new_name(self, rank: int) -> str:
        name = self.before.ladder.tiers[rank].name
        return self.after.migration.renamed.get(name, name)

    def carried(self, rank: int) -> int:
        """Return where a tier goes: to itself, or to the highest below it that is still there, or to the bottom."""
        for place in range(rank, -1, -1):
            if self.finds(place):
                return self.after.ladder.rank(self.new_name(place))
        return 0


@frozen(eq=False)
class Versions:
    """Every version that was declared, in that order; of those that have begun the newest one holds."""

    all: tuple[Version, ...]

    @classmethod
    def of(cls, program: lk.Program) -> Versions:
        return cls((Version(1, program),))

    def plus(self, program: lk.Program, since: datetime, migration: lk.Migration) -> Versions:
        return evolve(self, all=(*self.all, Version(len(self.all) + 1, program, since, migration)))

    @property
    def newest(self) -> Version:
        return self.all[-1]

    def at(self, moment: datetime) -> Version:
        return next(version for version in reversed(self.all) if version.since <= moment)

    def shifts(self, after: datetime, until: datetime) -> list[Shift]:
        """Return where the version changes and with it the tiers, behind one moment and up to another."""
        moments = sorted({version.since for version in self.all if after < version.since <= until})
        found = moments and [Shift(moment, self.at(moment - MICROSECOND), self.at(moment)) for moment in moments]
        return [shift for shift in found if is_felt(shift)]


def is_felt(shift: Shift) -> bool:
    is_other = shift.before.ladder != shift.after.ladder or shift.after.migration != KEEP
    return shift.before is not shift.after and is_other
