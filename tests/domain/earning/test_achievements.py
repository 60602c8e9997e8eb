"""Achievements are worth the history, whatever arrives first (S20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from attrs import frozen
from hypothesis import example, given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.rules import event, events, member, spend
from tests.support.achievements import FRIENDS, achievements, shop, tell
from tests.support.stories import LATE, at, day


def test_s20_every_tenth_visit() -> None:
    """S20: every count-th matching activity is one."""
    story = shop(lk.Achievement("three visits", 7, on="visit", count=3, once=False))
    assert [story.visit(f"v-{i}", day(i)).points for i in range(7)] == [0, 0, 7, 0, 0, 7, 0]
    assert tell(story, "e", day(8)).points == 0


def test_s20_a_filter_may_ask_for_the_member() -> None:
    """S20: the event's fields and the member as of the activity, which is seen itself."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 100, multiplier="3"))
    second = (event["stars"] >= 3) & (member.tier == "high") & (events("review") == 2)
    story = shop(lk.Achievement("second", 10, on="review", where=second, once=False), tiers=tiers)
    told = [tell(story, f"e-{i}", day(i), attributes={"stars": 3}).points for i in range(2)]
    story.buy("p", day(2))
    assert told == [0, 0]
    assert tell(story, "late", day(0, 13), attributes={"stars": 3}).points == 0
    other = shop(lk.Achievement("second", 10, on="review", where=second, once=False), tiers=tiers)
    other.buy("p", day(0))
    assert [tell(other, f"e-{i}", day(1 + i), attributes={"stars": 3}).points for i in range(3)] == [0, 10, 0]


@frozen
class Told:
    """A visit or an event."""

    id: str
    when: datetime
    name: str
    stars: int
    other: str | None

    @property
    def transaction(self) -> lk.Transaction:
        if self.name == "visit":
            return lk.Visit(id=self.id, member_id="m", occurred_at=self.when)
        more: dict[str, Any] = {"attributes": {"stars": self.stars}} if self.name == "review" else {}
        return lk.Event(
            id=self.id, member_id="m", name=self.name, occurred_at=self.when, other_member_id=self.other, **more
        )


MOMENTS = st.builds(day, st.integers(0, 12) | st.sampled_from([30, 31, 59, 60, 61, 91]), st.sampled_from([0, 7, 23]))


@st.composite
def activities(draw: st.DrawFn, most: int = 10) -> list[Told]:
    """Activities in an order of arrival that has nothing to do with their dates."""
    kinds, friends = st.sampled_from(["visit", "visit", "review", "referral"]), st.sampled_from([None, "f-0", "f-1"])
    count = draw(st.integers(1, most))
    return [Told(f"t-{i}", draw(MOMENTS), draw(kinds), draw(st.integers(1, 5)), draw(friends)) for i in range(count)]


def period(when: datetime, streak: str) -> int:
    """Periods in a row have numbers in a row."""
    local = when.date()
    if streak == "month":
        return local.year * 12 + local.month
    return local.toordinal() if streak == "day" else (local - timedelta(days=local.weekday())).toordinal() // 7


def runs(numbers: set[int]) -> list[int]:
    """How long each run of numbers in a row is."""
    ordered = sorted(numbers)
    return [len(list(run)) for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])]


def worth(item: lk.Achievement, told: Sequence[Told]) -> dict[str | None, int]:
    """The naive model: how often a whole history is worth it; with once, for each other member by itself."""
    together: defaultdict[str | None, list[Told]] = defaultdict(list)
    for activity in told:
        if activity.name == item.on and (item.where is None or activity.stars >= 3):
            named = activity.other if activity.name != "visit" else None
            # Each of them counts once or, without once and with a count of one, each activity by itself.
            together[named if item.once or item.other_points else None].append(activity)
    found = {}
    for other, those in together.items():
        if item.streak is None:
            times = len(those) // item.count
        else:
            times = sum(run // item.count for run in runs({period(one.when, item.streak) for one in those}))
        found[other] = min(times, 1) if item.once else times
    return found


def outcome(item: lk.Achievement, told: Sequence[Told]) -> tuple[list[int], list[int]]:
    story = shop(item)
    received = [story.shop.record(one.transaction).points for one in told]
    assert not story.shop.storage.verify()
    return received, [story.shop.balance(who, as_of=LATE).available for who in ("m", *FRIENDS)]


@settings(max_examples=120)
@given(achievements(), activities(), st.randoms(use_true_random=False))
@example(
    lk.Achievement("it", 7, on="visit", count=3, streak="day", once=False),
    [Told(f"t-{i}", day(place), "visit", 1, None) for i, place in enumerate([0, 1, 3, 4, 2, 5])],
    None,
)
def test_s20_awards_are_worth_the_history_in_any_order(item: lk.Achievement, told: list[Told], shuffle: Any) -> None:
    """S20: each once per achievement, as the naive model has it; late ones give what is missing, none is taken back."""
    received, balances = outcome(item, told)
    times = worth(item, told)
    assert all(points in (0, 7) for points in received)
    assert sum(received) == balances[0] == 7 * sum(times.values())
    assert balances[1:] == [item.other_points * times.get(friend, 0) for friend in FRIENDS]
    if shuffle is not None:
        again = list(told)
        shuffle.shuffle(again)
        assert outcome(item, again)[1] == balances


@settings(max_examples=60)
@given(activities(), st.sampled_from([5, 12, 30]))
def test_s20_no_day_ever_gets_more_than_its_cap(told: list[Told], most: int) -> None:
    """S20: of achievements and purchases together, for any order of arrival; asked is at least granted."""
    rules = [lk.Achievement(on, 7, on=on, once=False) for on in ("visit", "review", "referral")]
    story = shop(*rules, points=lk.PointsPolicy(caps=[lk.Cap(most, per="day")]))
    granted: defaultdict[date, int] = defaultdict(int)
    for one in told:
        receipts = [story.shop.record(one.transaction), story.buy(f"p-{one.id}", one.when, 3)]
        for receipt in receipts:
            assert all(0 <= share.points <= share.asked for share in receipt.breakdown)
            assert receipt.points == sum(share.points for share in receipt.breakdown)
            granted[one.when.date()] += receipt.points
    asked = {when: 10 * sum(one.when.date() == when for one in told) for when in granted}
    assert granted == {when: min(most, points) for when, points in asked.items()}


def test_c1_streaks_follow_the_shops_days() -> None:
    """C1: half past eleven in the evening and half past midnight are two days in a row, across a changed clock too."""
    pair = lk.Achievement("pair", 10, on="visit", count=2, streak="day")
    story = shop(pair)
    assert story.visit("v-0", at(2024, 3, 30, 23, 30)).points == 0
    assert story.visit("v-1", at(2024, 3, 31, 0, 30)).points == 10
    weeks = shop(lk.Achievement("pair", 10, on="visit", count=2, streak="week"), points=lk.PointsPolicy(week_starts=7))
    assert weeks.visit("v-0", at(2024, 3, 2, 12)).points == 0
    assert weeks.visit("v-1", at(2024, 3, 3, 12)).points == 10


def test_i13_what_is_counted_is_the_fold_of_the_records() -> None:
    """I13: what caps and achievements remember is checked like the points."""
    story = shop(lk.Achievement("visit", 10, on="visit"))
    story.visit("v", day(1))
    with story.storage.snapshot() as snapshot:
        snapshot.account("m").usage.progress.clear()
    assert [finding.invariant for finding in story.shop.storage.verify()] == ["I13"]
