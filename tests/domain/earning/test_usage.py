"""Counters of caps and achievements: a copy goes on by itself (I13, S20)."""

from __future__ import annotations

from loyaltykit.domain.earning.usage import AchievementProgress, Usage


def counted() -> Usage:
    return Usage({("", "day", 1): 5}, {("regular", None): AchievementProgress(1, {3}, 0)})


def test_i13_what_is_counted_later_does_not_show_in_a_copy() -> None:
    """I13: nor does what the copy counts show in the first."""
    usage = counted()
    again = usage.copy()
    assert again == usage
    again.granted["", "day", 1] += 1
    again.progress["regular", None].matches += 1
    again.progress["regular", None].periods.add(4)
    assert usage == counted()
