"""Caps (``S20``): applied after the one rounding, counted over all purchases of a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.earning.accrual import Earned
from loyaltykit.domain.earning.usage import Usage
from loyaltykit.domain.program.caps import Cap, period_of
from loyaltykit.domain.program.program import Program
from loyaltykit.values import Instant

_ALL: Final = ""
"""All rules together; no rule has this name."""


@frozen
class CapAllowance:
    """What caps leave for a purchase, stored with it so that its returns are priced alike.

    Args:
        by_rule: what is left for each rule with a cap.
        total: what is left for all rules together; None without a cap.
    """

    by_rule: Mapping[str, int]
    total: int | None


class CapBook:
    """The compiled caps of a programme.

    Args:
        program: the programme; it has caps.
        shop: its calendar.
    """

    def __init__(self, program: Program, shop: ShopCalendar) -> None:
        self._shop = shop
        self._week_starts = program.points.week_starts
        self._caps = program.points.caps
        self._by_rule = {rule.name: rule.cap for rule in program.accrual if rule.cap is not None}

    def allowance(self, at: Instant, usage: Usage) -> CapAllowance:
        """Return what caps leave for a purchase, after what others of its periods were granted."""
        by_rule = {name: self._left(name, cap, at, usage) for name, cap in self._by_rule.items()}
        return CapAllowance(by_rule, self._least(self._caps, at, usage))

    def left(self, at: Instant, usage: Usage) -> int | None:
        """Return what caps leave for achievements; None without a cap."""
        return self._least([cap for cap in self._caps if cap.per != "purchase"], at, usage)

    def count(self, at: Instant, earned: Earned, usage: Usage) -> None:
        """Count what a purchase was granted."""
        if self._by_rule:
            for share in earned.shares:
                cap = self._by_rule.get(share.rule)
                if cap is not None:
                    self._add(share.rule, cap, at, share.points, usage)
        self.count_total(at, earned.points, usage)

    def count_total(self, at: Instant, points: int, usage: Usage) -> None:
        """Count points against the caps of the whole member."""
        for cap in self._caps:
            self._add(_ALL, cap, at, points, usage)

    def _least(self, caps: Iterable[Cap], at: Instant, usage: Usage) -> int | None:
        return min((self._left(_ALL, cap, at, usage) for cap in caps), default=None)

    def _left(self, name: str, cap: Cap, at: Instant, usage: Usage) -> int:
        # A merge may join more than one member would have been granted.
        return max(cap.points - usage.granted.get(self._key(name, cap, at), 0), 0)

    def _add(self, name: str, cap: Cap, at: Instant, points: int, usage: Usage) -> None:
        key = self._key(name, cap, at)
        if cap.per != "purchase" and points:
            usage.granted[key] = usage.granted.get(key, 0) + points

    def _key(self, name: str, cap: Cap, at: Instant) -> tuple[str, str, int]:
        if cap.per == "purchase":
            return (name, cap.per, 0)
        return (name, cap.per, period_of(self._shop.day_of(at), cap.per, self._week_starts))


def has_caps(program: Program) -> bool:
    """Check whether a programme has caps."""
    return bool(program.points.caps) or any(rule.cap is not None for rule in program.accrual)


def capped(earned: Earned, allowance: CapAllowance) -> Earned:
    """Return what is granted: each rule within its own cap, then the first rules within the total.

    Args:
        earned: what the rules give, cut by other caps or not.
        allowance: what caps leave.
    """
    asked = earned.asked
    by_rule = [
        min(points, allowance.by_rule.get(name, points))
        for (name, _), points in zip(earned.by_rule, asked, strict=True)
    ]
    granted = within(by_rule, allowance.total)
    return evolve(earned, points=sum(granted), cut=_cut(asked, granted))


def within(parts: Sequence[int], total: int | None) -> list[int]:
    """Limit parts to a total; the last parts are cut first.

    >>> within([3, 4, 5], 8)
    [3, 4, 1]
    """
    if total is None:
        return list(parts)
    granted, left = list[int](), total
    for part in parts:
        granted.append(min(part, left))
        left -= granted[-1]
    return granted


def _cut(asked: Sequence[int], granted: Sequence[int]) -> tuple[int, ...]:
    """Return what caps cut from each part; empty if they cut nothing."""
    cut = tuple([points - part for points, part in zip(asked, granted, strict=True)])
    return cut if any(cut) else ()
