"""Sets of values of one term: unions of intervals, with or without the missing value.

A set is stored as the *cuts* at which its intervals begin and end. A cut lies just before or just after a value, so
open and closed ends need no separate cases, and a single value is the interval between its two cuts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import zip_longest
from typing import Any, Final, TypeAlias, assert_never

from attrs import frozen

from loyaltykit.rules.nodes import Operator

Cut: TypeAlias = tuple[Any, bool]
"""A value, and whether the cut lies just after it (True) or just before it (False)."""

Interval: TypeAlias = tuple[Cut | None, Cut | None]
"""The cuts at which an interval begins and ends; None if it is unbounded there."""


@frozen
class Extent:
    """A set of values of one ordered type.

    Args:
        cuts: where intervals begin and end, in ascending order.
        from_below: whether the first interval is unbounded below.
        missing: whether the missing value belongs to the set.

    >>> teens = compared(">=", 13) & compared("<", 20)
    >>> 13 in teens, 20 in teens, None in teens, None in ~teens
    (True, False, False, True)
    """

    cuts: tuple[Cut, ...] = ()
    from_below: bool = False
    missing: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the set has no values, not even the missing one."""
        return not (self.cuts or self.from_below or self.missing)

    def __contains__(self, value: object) -> bool:
        return self.missing if value is None else self._covers((value, False))

    def __and__(self, other: Extent) -> Extent:
        cuts: list[Cut] = []
        inside = from_below = self.from_below and other.from_below
        for cut in sorted({*self.cuts, *other.cuts}):
            if (self._covers(cut) and other._covers(cut)) != inside:
                inside = not inside
                cuts.append(cut)
        return Extent(tuple(cuts), from_below, self.missing and other.missing)

    def __invert__(self) -> Extent:
        return Extent(self.cuts, not self.from_below, not self.missing)

    def __or__(self, other: Extent) -> Extent:
        return ~(~self & ~other)

    @property
    def least(self) -> Any:
        """The lowest value of a set of whole numbers, or None."""
        return None if self.from_below or not self.cuts else self.cuts[0][0]

    @property
    def most(self) -> Any:
        """The highest value of a set of whole numbers, or None."""
        return None if not self.cuts or self._covers(self.cuts[-1]) else self.cuts[-1][0] - 1

    def intervals(self) -> Iterator[Interval]:
        """Yield the intervals, lowest first."""
        ends = [None, *self.cuts] if self.from_below else [*self.cuts]
        return zip_longest(ends[::2], ends[1::2])

    def _covers(self, cut: Cut) -> bool:
        """Return whether the values just above a cut belong to the set."""
        return self.from_below != bool(bisect_right(self.cuts, cut) % 2)


NOTHING: Final = Extent()
MISSING: Final = Extent(missing=True)
PRESENT: Final = Extent(from_below=True)
ANYTHING: Final = Extent(from_below=True, missing=True)


def compared(op: Operator, value: Any, *, whole: bool = True) -> Extent:
    """Return the values for which a comparison is true, without the missing value.

    Args:
        op: the comparison.
        value: the right side.
        whole: whether the type has whole numbers only, so that more than 2 is the same as at least 3.

    >>> compared(">", 2) == compared(">=", 3) == compared(">", Decimal("2.5"))
    True
    """
    before, after = (_whole(value), _whole(value, after=True)) if whole else ((value, False), (value, True))
    match op:
        case "==" | "!=":
            # If the value is not a whole number, the two cuts are equal and the interval is empty.
            one = Extent(() if before == after else (before, after))
            return one if op == "==" else ~one & PRESENT
        case "<" | ">=":
            return Extent((before,), from_below=op == "<")
        case "<=" | ">":
            return Extent((after,), from_below=op == "<=")
        case _:
            assert_never(op)


def among(values: Iterable[Any], *, whole: bool = True) -> Extent:
    """Return the set of these values; see ``compared``.

    >>> among([1, 2, 3]) == compared(">=", 1) & compared("<=", 3)
    True
    """
    # Where one interval ends and the next one begins, the two cuts cancel out.
    cuts = Counter(cut for value in set(values) for cut in compared("==", value, whole=whole).cuts)
    return Extent(tuple(sorted(cut for cut, count in cuts.items() if count == 1)))


def _whole(value: int | Decimal, *, after: bool = False) -> Cut:
    """Return the cut between two whole numbers; it lies just before the upper one."""
    if after:
        return (int(Decimal(value).to_integral_value(ROUND_FLOOR)) + 1, False)
    return (int(Decimal(value).to_integral_value(ROUND_CEILING)), False)
