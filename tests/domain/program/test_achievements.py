"""Achievements: points for visits and events, as often as the history is worth it, whatever arrives first (S20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from attrs import frozen
from hypothesis import example, given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.rules import (
    days,
    event,
    events,
    line,
    member,
    months,
    points_accrued,
    purchase,
    since_tier,
    spend,
    visits,
)
from tests.digest import canonical
from tests.stories import LATE, START, Story, adjustment, at, club, day

REVIEW = lk.EventType("review", fields=[lk.Field("stars", int)])
REFERRAL = lk.EventType("referral")
FRIENDS = ("f-0", "f-1", "f-2")


def shop(*achievements: lk.Achievement, **changes: Any) -> Story:
    """A shop with these achievements, the member m and three friends."""
    plain: dict[str, Any] = {"events": [REVIEW, REFERRAL], "points": lk.PointsPolicy(), "achievements": achievements}
    story = Story(club(**(plain | changes)))
    for friend in FRIENDS:
        story.shop.enroll(lk.Member(id=friend, enrolled_at=START))
    return story


def tell(story: Story, id: str, when: datetime, name: str = "review", **more: Any) -> lk.Receipt:
    return story.shop.record(lk.Event(id=id, member_id="m", name=name, occurred_at=when, **more))


# -- one at a time -----------------------------------------------------------------------------------------------------


def test_s20_an_event_gives_points_of_its_own() -> None:
    """S1, S20: an accrual with the event as its cause, a lot that lives by policy; once is once."""
    story = shop(lk.Achievement("first review", 50, on="review"), points=lk.PointsPolicy(expire_after=days(10)))
    receipt = tell(story, "e-1", day(1))
    assert (receipt.points, receipt.breakdown, receipt.lines) == (50, (lk.answers.RuleShare("first review", 50),), ())
    again = tell(story, "e-2", day(2))
    assert (again.points, again.breakdown) == (0, ())
    assert [(row.kind, row.points, row.cause) for row in story.shop.statement("m", as_of=day(3))] == [
        ("accrual", 50, "e-1")
    ]
    (lot,) = story.shop.balance("m", as_of=day(3)).lots
    assert (lot.id, lot.active_from, lot.expires_at) == ("e-1", day(1), day(12, 0))


def test_s20_every_tenth_visit() -> None:
    """S20: every count-th matching activity is one."""
    story = shop(lk.Achievement("three visits", 7, on="visit", count=3, once=False))
    assert [story.visit(f"v-{i}", day(i)).points for i in range(7)] == [0, 0, 7, 0, 0, 7, 0]
    assert tell(story, "e", day(8)).points == 0


def test_s20_several_achievements_of_one_activity() -> None:
    """S20: one posting of their sum; the breakdown names each, in programme order."""
    story = shop(
        lk.Achievement("any", 1, on="review", once=False),
        lk.Achievement("good", 20, on="review", where=event["stars"] >= 4),
        lk.Achievement("never", 300, on="referral"),
    )
    receipt = tell(story, "e-1", day(1), attributes={"stars": 5})
    assert receipt.breakdown == (lk.answers.RuleShare("any", 1), lk.answers.RuleShare("good", 20))
    assert story.rows() == [("accrual", 21)]
    assert tell(story, "e-2", day(2), attributes={"stars": 4}).breakdown == (lk.answers.RuleShare("any", 1),)
    assert not story.shop.storage.verify()


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


def test_s20_no_multiplier_and_active_at_once() -> None:
    """S5, S20: a tier does not multiply them; what makes purchases wait does not make them wait."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=visits >= 1, multiplier="3"))
    policy = lk.PointsPolicy(active_after=days(10))
    story = shop(lk.Achievement("visit", 10, on="visit", once=False), tiers=tiers, points=policy)
    assert [story.visit(f"v-{i}", day(i)).points for i in range(2)] == [10, 10]
    assert story.places(day(1)) == (0, 20, 0, 0)


def test_s8_points_for_an_event_repay_debt_first() -> None:
    """S8: like any credit."""
    story = shop(lk.Achievement("visit", 10, on="visit", once=False))
    story.shop.record(adjustment("a", day(1), -15))
    story.visit("v-0", day(2))
    story.visit("v-1", day(3))
    assert story.places(day(2)) == (0, 0, 0, 5)
    assert story.places(day(3)) == (0, 5, 0, 0)


def test_t12_points_for_an_event_come_before_those_of_purchases() -> None:
    """T12: visits and events stand before purchases of the same instant, in the statement too."""
    story = shop(lk.Achievement("friend", 10, on="referral", other_points=5), events=[REFERRAL])
    story.shop.record(lk.Purchase(id="a", member_id="f-0", amount=1, occurred_at=day(1)))
    story.buy("a-0", day(1))
    tell(story, "b", day(1), "referral", other_member_id="f-0")
    assert [row.cause for row in story.shop.statement("m")] == ["b", "a-0"]
    assert [row.cause for row in story.shop.statement("f-0")] == ["a", "b"]


def test_t1_points_accrued_count_what_one_achieves() -> None:
    """T1, T3: as a metric, at once; filters by purchases leave them out."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=points_accrued >= 30))
    story = shop(lk.Achievement("visit", 15, on="visit", once=False), tiers=tiers)
    assert story.visit("v-0", day(1)).tier_after == "low"
    assert story.visit("v-1", day(2)).tier_after == "high"
    story.buy("p", day(3), 5, channel="web")
    web, all_of_them = points_accrued.where(purchase.channel == "web"), points_accrued.over(months(1))
    ((_, values),) = story.shop.select(member.id == "m", as_of=day(4)).facts(web, all_of_them)
    assert values == (5, 35)


def test_s20_a_tier_that_points_accrued_reach_is_replayed() -> None:
    """T8: a late visit changes what stood when; the points are the same."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=points_accrued >= 30))
    story = shop(lk.Achievement("pair", 30, on="visit", count=2), tiers=tiers)
    story.visit("v-1", day(5))
    assert story.visit("v-0", day(2)).points == 30
    assert [story.tier(day(4)), story.tier(day(5))] == ["low", "high"]
    assert story.available(day(1)) == 0
    assert not story.shop.storage.verify()


# -- caps --------------------------------------------------------------------------------------------------------------


def test_s20_the_members_caps_hold_for_achievements_too() -> None:
    """S20: what purchases and achievements give together; a cap per purchase is about purchases."""
    caps = [lk.Cap(100, per="day"), lk.Cap(60)]
    visit, again = lk.Achievement("visit", 70, on="visit", once=False), lk.Achievement("again", 5, on="visit")
    story = shop(visit, again, points=lk.PointsPolicy(caps=caps))
    assert story.visit("v-0", day(1, 9)).breakdown == (
        lk.answers.RuleShare("visit", 70),
        lk.answers.RuleShare("again", 5),
    )
    assert story.buy("p-0", day(1, 10)).points == 25
    late = story.visit("v-1", day(1, 8))
    assert (late.points, late.breakdown) == (0, (lk.answers.RuleShare("visit", 0, asked=70),))
    assert story.buy("p-1", day(2)).points == 60
    assert story.visit("v-2", day(2, 13)).breakdown == (lk.answers.RuleShare("visit", 40, asked=70),)
    assert [row.points for row in story.shop.statement("m")] == [70 + 5, 25, 60, 40]
    assert not story.shop.storage.verify()


def test_s20_the_friends_caps_hold_for_the_friend() -> None:
    """S20: a friend of many gets no more than anybody."""
    friend = lk.Achievement("friend", 10, on="referral", other_points=70)
    story = shop(friend, points=lk.PointsPolicy(caps=[lk.Cap(100, per="month")]))
    for who in ("m", "f-1"):
        event = lk.Event(id=who, member_id=who, name="referral", occurred_at=day(1), other_member_id="f-0")
        assert story.shop.record(event).points == 10
    assert sorted(row.points for row in story.shop.statement("f-0")) == [30, 70]
    assert not story.shop.storage.verify()


# -- referrals ---------------------------------------------------------------------------------------------------------


def test_s20_both_sides_of_a_referral() -> None:
    """I11, S20: one unit; each friend counts once, and only friends of whom the event speaks get any."""
    story = shop(lk.Achievement("friend", 10, on="referral", other_points=4))
    told = [("e-0", "f-0"), ("e-1", "f-0"), ("e-2", "f-1"), ("e-3", None), ("e-4", None)]
    received = [tell(story, id, day(1), "referral", other_member_id=friend).points for id, friend in told]
    assert received == [10, 0, 10, 10, 0]
    assert [story.shop.balance(friend, as_of=LATE).available for friend in FRIENDS] == [4, 4, 0]
    (row,) = story.shop.statement("f-0")
    assert (row.kind, row.cause, row.points) == ("accrual", "e-0", 4)
    assert not story.shop.storage.verify()


def test_s20_every_time_for_both() -> None:
    """S20: without once, a friend may come again."""
    story = shop(lk.Achievement("friend", 10, on="referral", other_points=4, once=False))
    for serial in range(2):
        event = lk.Event(
            id=f"e-{serial}", member_id="m", name="referral", occurred_at=day(1), other_member_id="f-0", actor="s-1"
        )
        assert story.shop.quote(event) == story.shop.record(event)
    assert story.shop.balance("f-0", as_of=LATE).available == 8
    assert [row.actor for row in story.shop.statement("f-0")] == ["s-1", "s-1"]


@pytest.mark.parametrize("achievements", [[], [lk.Achievement("friend", 10, on="referral", other_points=4)]])
def test_i11_an_unknown_friend_is_refused(achievements: list[lk.Achievement]) -> None:
    """I11: nothing is written, whether the programme gives points for it or not; the field is named."""
    story = shop(*achievements)
    before = canonical(story.storage)
    for call in (story.shop.record, story.shop.quote):
        with pytest.raises(lk.UnknownMemberError, match="other_member_id"):
            call(lk.Event(id="e", member_id="m", name="referral", occurred_at=day(1), other_member_id="nobody"))
    assert canonical(story.storage) == before


def test_i11_a_friend_who_joined_later_is_refused() -> None:
    """I11: what one side refuses, neither gets."""
    story = shop(lk.Achievement("friend", 10, on="referral", other_points=4))
    story.shop.enroll(lk.Member(id="late", enrolled_at=day(9)))
    before = canonical(story.storage)
    with pytest.raises(lk.NotEnrolledError):
        tell(story, "e", day(1), "referral", other_member_id="late")
    assert canonical(story.storage) == before
    assert tell(story, "e", day(9), "referral", other_member_id="late").points == 10


def test_s23_a_friend_who_is_the_member_by_a_merge_is_refused() -> None:
    """S20, S23: and what both did counts together from then on."""
    story = shop(
        lk.Achievement("friend", 10, on="referral", other_points=4), lk.Achievement("pair", 5, on="visit", count=2)
    )
    story.shop.record(lk.Visit(id="v-0", member_id="f-0", occurred_at=day(1)))
    story.shop.members.merge("m", "f-0", id="one", actor="staff-7", reason="same person", occurred_at=day(2))
    with pytest.raises(lk.InvalidValueError, match="other_member_id"):
        tell(story, "e", day(3), "referral", other_member_id="f-0")
    assert story.visit("v-1", day(4)).points == 5
    assert tell(story, "e", day(5), "referral", other_member_id="f-1").points == 10
    assert not story.shop.storage.verify()


def test_nobody_refers_himself() -> None:
    """I31: refused at the door."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Event(id="e", member_id="m", name="referral", other_member_id="m")
    assert [problem.field for problem in caught.value.problems] == ["other_member_id"]
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Event(id="e", member_id="m", name="referral", other_member_id=5)  # type: ignore[arg-type]
    assert [problem.field for problem in caught.value.problems] == ["other_member_id"]


# -- any order ---------------------------------------------------------------------------------------------------------


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


@st.composite
def achievements(draw: st.DrawFn) -> lk.Achievement:
    """Any one of them."""
    on = draw(st.sampled_from(["visit", "visit", "review", "referral"]))
    streak: Any = draw(st.sampled_from([None, "day", "week", "month"]))
    count, once = draw(st.integers(1, 3)), draw(st.booleans())
    shares = on != "visit" and (once or (count == 1 and streak is None))
    return lk.Achievement(
        "it",
        7,
        on=on,
        where=event["stars"] >= 3 if on == "review" else None,
        count=count,
        streak=streak,
        once=once,
        other_points=draw(st.sampled_from([0, 3])) if shares else 0,
    )


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


# -- the parts ---------------------------------------------------------------------------------------------------------

IT: dict[str, Any] = {"name": "it", "points": 5, "on": "review"}


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"on": None}, ["on"]),
        ({"points": 0}, ["points"]),
        ({"points": 10**15 + 1}, ["points"]),
        ({"points": "5"}, ["points"]),
        ({"where": True}, ["where"]),
        ({"count": 0}, ["count"]),
        ({"count": 10_001}, ["count"]),
        ({"count": True}, ["count"]),
        ({"streak": "year"}, ["streak"]),
        ({"streak": []}, ["streak"]),
        ({"once": 1}, ["once"]),
        ({"other_points": -1}, ["other_points"]),
        ({"other_points": 1, "on": "visit"}, ["other_points"]),
        ({"other_points": 1, "once": False, "count": 2}, ["other_points"]),
        ({"other_points": 1, "once": False, "streak": "day"}, ["other_points"]),
        ({"name": 5, "points": -1, "on": 5, "count": 0, "once": None}, ["name", "on", "points", "count", "once"]),
    ],
)
def test_bad_achievements_are_told_at_the_door(parts: dict[str, Any], fields: list[str]) -> None:
    """I31: all problems at once."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Achievement(**(IT | parts))
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"achievements": 5}, "is not a list of Achievement"),
        ({"achievements": [lk.Achievement("a", 1, on="visit")] * 2}, "has two entries of one name"),
        ({"achievements": [lk.Achievement("base", 1, on="visit")]}, "has the name of an accrual rule"),
        ({"achievements": [lk.Achievement("a", 1, on="share")]}, "is on what is no declared kind of event"),
        (
            {"achievements": [lk.Achievement("a", 1, on="visit")], "events": [lk.EventType("visit")]},
            "could be on visits, or on events of that name",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="visit", where=event["stars"] > 1)]},
            "is not declared in the programme",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=event["moons"] > 1)]},
            "is not declared in the programme",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=line.category == "tea")]},
            "belongs to one purchase, and a member has many",
        ),
        (
            {"achievements": [lk.Achievement("a", 1, on="review", where=spend.over(since_tier()) > 1)]},
            "is measured since the start of a tier, which an activity can change",
        ),
    ],
)
def test_a_programme_checks_its_achievements(changes: dict[str, Any], reason: str) -> None:
    """I31: what they are on, and what their filters mention."""
    plain = {"events": [REVIEW]}
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        club(**(plain | changes))
    assert reason in [problem.reason for problem in caught.value.problems]


@given(achievements())
def test_an_achievement_is_a_value(item: lk.Achievement) -> None:
    """I28: it comes back from the wire."""
    program = club(events=[REVIEW, REFERRAL], achievements=[item])
    assert lk.Program.from_json(program.to_json()) == program


def test_i13_what_is_counted_is_the_fold_of_the_records() -> None:
    """I13: what caps and achievements remember is checked like the points."""
    story = shop(lk.Achievement("visit", 10, on="visit"))
    story.visit("v", day(1))
    with story.storage.snapshot() as snapshot:
        snapshot.account("m").usage.progress.clear()
    assert [finding.invariant for finding in story.shop.storage.verify()] == ["I13"]


def bad(call: Callable[[], object]) -> type[BaseException]:
    with pytest.raises(lk.LoyaltyError) as caught:
        call()
    return caught.type


def test_s15_an_event_told_twice_is_achieved_once() -> None:
    """S15, I9, I10: the friend it names is part of its content."""
    story = shop(lk.Achievement("friend", 10, on="referral", other_points=4))
    first = tell(story, "e", day(1), "referral", other_member_id="f-0")
    assert tell(story, "e", day(1), "referral", other_member_id="f-0") == first
    assert bad(lambda: tell(story, "e", day(1), "referral", other_member_id="f-1")) is lk.IdempotencyConflictError
    assert story.shop.balance("f-0", as_of=LATE).available == 4
