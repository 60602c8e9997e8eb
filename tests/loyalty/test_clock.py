"""The clock of a shop: any function without arguments that returns an aware datetime."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import loyaltykit as lk
from tests.clock import Clock
from tests.stories import club, day


@pytest.mark.parametrize("now", [datetime(2024, 1, 5), "2024-01-05", None])  # noqa: DTZ001 - what is tested
def test_a_clock_tells_aware_moments(now: Any) -> None:
    """I31: a clock that tells anything else is refused when it is asked, as a value."""
    with pytest.raises(lk.InvalidValueError):
        lk.Loyalty(club(), clock=Clock(now))


@pytest.mark.parametrize("clock", [len, lambda zone: zone, "12:00"])
def test_a_clock_is_asked_without_arguments(clock: Any) -> None:
    """I31: what cannot be asked so is refused at the door."""
    with pytest.raises(lk.InvalidValueError):
        lk.Loyalty(club(), clock=clock)


def test_the_systems_clock_is_the_default() -> None:
    """Without a clock, now is now."""
    before = datetime.now(UTC)
    with lk.Loyalty(club()) as shop:
        enrolled = shop.enroll(lk.Member(id="m")).enrolled_at
    assert enrolled is not None
    assert before <= enrolled <= datetime.now(UTC)


@pytest.mark.parametrize("clock", [5, "now", day(1)])
def test_a_clock_can_be_called(clock: Any) -> None:
    """I31: what cannot be called is no clock."""
    with pytest.raises(lk.InvalidValueError):
        lk.Loyalty(club(), clock=clock)
