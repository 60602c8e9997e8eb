"""Counters of caps and achievements: a copy goes on by itself (I13, S20)."""

from __future__ import annotations

from loyaltykit.domain.earning.counters import Progress, Tally


def counted() -> Tally:
    return Tally({("", "day", 1): 5}, {("regular", None): Progress(1, {3}, 0)})


def test_i13_what_is_counted_later_does_not_show_in_a_copy() -> None:
    """I13: nor does what the copy counts show in the first."""
    tally = counted()
    again = tally.copy()
    assert again == tally
    again.granted["", "day", 1] += 1
    again.progress["regular", None].matches += 1
    again.progress["regular", None].periods.add(4)
    assert tally == counted()
