"""Caps as parts of a programme (S20)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import per_amount
from tests.stories import BASE, club


def capped(*caps: lk.Cap, accrual: Sequence[lk.AccrualRule] = (BASE,), **terms: Any) -> lk.Program:
    """A programme whose members get no more than these caps altogether."""
    return club(accrual=accrual, points=lk.PointsPolicy(caps=caps, **terms))


def ruled(cap: lk.Cap, **terms: Any) -> lk.Program:
    """A programme whose one rule has a cap."""
    return capped(accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"), cap=cap)], **terms)


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (lambda: lk.Cap(0), ["points"]),
        (lambda: lk.Cap(10**15 + 1), ["points"]),
        (lambda: lk.Cap(True), ["points"]),
        (lambda: lk.Cap("5"), ["points"]),  # type: ignore[arg-type]
        (lambda: lk.Cap(-1, per="year"), ["points", "per"]),  # type: ignore[arg-type]
        (lambda: lk.Cap(1, per=[]), ["per"]),  # type: ignore[arg-type]
        (lambda: lk.AccrualRule("base", BASE.earn, cap=5), ["accrual.base.cap"]),  # type: ignore[arg-type]
        (lambda: lk.PointsPolicy(caps=lk.Cap(5)), ["caps"]),  # type: ignore[arg-type]
        (lambda: lk.PointsPolicy(caps=[5]), ["caps"]),
        (lambda: lk.PointsPolicy(caps=[lk.Cap(5, per="day"), lk.Cap(6, per="day")]), ["caps"]),
        (lambda: lk.PointsPolicy(week_starts=0), ["week_starts"]),
        (lambda: lk.PointsPolicy(week_starts=8, caps=5), ["caps", "week_starts"]),  # type: ignore[arg-type]
        (lambda: lk.PointsPolicy(week_starts=True), ["week_starts"]),
    ],
)
def test_bad_caps_are_told_at_the_door(call: Callable[[], object], fields: list[str]) -> None:
    """I31: all problems at once."""
    with pytest.raises(lk.InvalidValueError) as caught:
        call()
    assert [problem.field for problem in caught.value.problems] == fields


def test_a_capped_programme_is_a_value() -> None:
    """I28: caps come back from the wire."""
    program = ruled(lk.Cap(5, per="week"), week_starts=7)
    program = program.evolve(points=lk.PointsPolicy(caps=[lk.Cap(10**15), lk.Cap(3, per="month")], week_starts=6))
    again = lk.Program.from_json(program.to_json())
    assert again == program
    assert again.points.caps[1].per == "month"
