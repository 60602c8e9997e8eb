"""Running totals over time, against a plain list of what was added."""

from __future__ import annotations

from hypothesis import given, strategies as st

from loyaltykit.domain.facts.series import Series, SeriesKey
from loyaltykit.rules import days_since_purchase, days_since_visit, events, line, purchases, spend, visits

times = st.integers(0, 12)
added = st.lists(st.tuples(times, st.integers(0, 3)), max_size=10).map(
    lambda pairs: sorted(pairs, key=lambda pair: pair[0])
)
amendments = st.lists(st.tuples(times, st.integers(-1, 0)), max_size=3)


def series_of(pairs: list[tuple[int, int]]) -> Series:
    series = Series()
    for at, value in pairs:
        series.add(at, value)
    return series


def amended(pairs: list[tuple[int, int]], at: int, change: int) -> list[tuple[int, int]]:
    """The first value of that instant which still counts, changed."""
    for place, (when, value) in enumerate(pairs):
        if when == at and value:
            return [*pairs[:place], (when, value + change), *pairs[place + 1 :]]
    return pairs


@given(added, times, times)
def test_a_sum_is_of_what_lies_between(pairs: list[tuple[int, int]], start: int, until: int) -> None:
    """T2: both ends count; nothing added gives nothing."""
    series = series_of(pairs)
    assert series.since(start) == sum(value for at, value in pairs if at >= start)
    if start <= until:
        assert series.since(start, until) == sum(value for at, value in pairs if start <= at <= until)


@given(added, amendments, times)
def test_a_return_changes_what_its_purchase_added(
    pairs: list[tuple[int, int]], changes: list[tuple[int, int]], start: int
) -> None:
    """T9: at the date of the purchase, and in every sum that holds it."""
    series = series_of(pairs)
    for at, change in changes:
        if any(when == at and value for when, value in pairs):
            series.amend(at, change)
            pairs = amended(pairs, at, change)
    assert series.since(start) == sum(value for at, value in pairs if at >= start)


@given(added, times, st.integers(-1, 0))
def test_the_latest_is_the_last_that_counts(pairs: list[tuple[int, int]], at: int, change: int) -> None:
    """S6, C1: what came back no longer counts, looked at before or after it is taken in; neither does what is later."""
    series = series_of(pairs)
    counting = [when for when, value in pairs if value]
    assert series.latest() == (counting[-1] if counting else None)
    before = [when for when in counting if when <= 6]
    assert series.latest(6) == (before[-1] if before else None)
    units = [(when, min(value, 1)) for when, value in pairs]
    left = [when for when, value in amended(units, at, change) if value]
    assert series_of(units).latest(at=at, change=change) == (left[-1] if left else None)


def test_facts_that_look_at_the_same_rows_share_a_series() -> None:
    """Distances and counts read one series; a filter or a kind makes another."""
    keys = [SeriesKey.of(term.reference) for term in (purchases, days_since_purchase, visits, days_since_visit, spend)]
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3
    assert SeriesKey.of(events("review").reference) != SeriesKey.of(events("share").reference)
    assert SeriesKey.of(spend.where(line.amount >= 1).reference) != SeriesKey.of(spend.reference)
