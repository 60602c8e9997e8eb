"""Caps: what is left is granted, by the purchase's own date, whatever arrives first (S20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.calendars import to_day
from loyaltykit.domain.earning.caps import within
from loyaltykit.domain.program.caps import period_of
from loyaltykit.rules import bonus, lifetime, line, member, per_amount, per_unit, points_accrued, purchase, spend, times
from tests.support.stories import BASE, LATE, Story, at, club, day

TEA = line.category == "tea"


def capped(*caps: lk.Cap, accrual: Sequence[lk.AccrualRule] = (BASE,), **terms: Any) -> lk.Program:
    """A programme whose members get no more than these caps altogether."""
    return club(accrual=accrual, points=lk.PointsPolicy(caps=caps, **terms))


def ruled(cap: lk.Cap, **terms: Any) -> lk.Program:
    """A programme whose one rule has a cap."""
    return capped(accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"), cap=cap)], **terms)


def points(story: Story, *bought: tuple[datetime, int]) -> list[int]:
    """What purchases of these amounts give, in this order of arrival."""
    return [story.buy(f"p-{i}", when, amount).points for i, (when, amount) in enumerate(bought)]


def test_s20_what_is_left_is_granted_asked_is_told() -> None:
    """S20: grant what is left, record asked and granted; a rule that gets nothing is told too."""
    story = Story(capped(lk.Cap(150, per="day")))
    receipts = [story.buy(id, day(1, hour)) for id, hour in (("a", 9), ("b", 10), ("c", 11))]
    assert [receipt.points for receipt in receipts] == [100, 50, 0]
    assert [receipt.breakdown for receipt in receipts] == [
        (lk.answers.RuleShare("base", 100),),
        (lk.answers.RuleShare("base", 50, asked=100),),
        (lk.answers.RuleShare("base", 0, asked=100),),
    ]
    assert [receipt.lines for receipt in receipts] == [(100,), (50,), (0,)]
    assert story.rows() == [("accrual", 100), ("accrual", 50)]


@pytest.mark.parametrize("program", [capped(lk.Cap(60)), ruled(lk.Cap(60, per="purchase"))])
def test_s20_a_cap_per_purchase_looks_at_no_other(program: lk.Program) -> None:
    """S20: per purchase."""
    assert points(Story(program), (day(1), 100), (day(1), 59), (day(1), 100)) == [60, 59, 60]


@pytest.mark.parametrize("make", [capped, ruled])
@pytest.mark.parametrize(
    ("per", "inside", "outside"),
    [
        ("day", at(2024, 3, 31, 23, 59), at(2024, 4, 1)),
        ("week", at(2024, 3, 25), at(2024, 4, 1)),
        ("month", at(2024, 3, 1), at(2024, 4, 1)),
    ],
)
def test_s20_periods_are_the_shops(make: Callable[..., Any], per: Any, inside: datetime, outside: datetime) -> None:
    """S20, C1: a day, a week from Monday and a month end at the shop's midnight, on the day of a changed clock too."""
    story = Story(make(lk.Cap(100, per=per)))
    assert points(story, (at(2024, 3, 31), 80), (inside, 80), (outside, 80)) == [80, 20, 80]


def test_s20_weeks_start_when_the_shop_says() -> None:
    """S20: weeks from Monday unless configured."""
    sunday, monday, saturday = at(2024, 3, 3, 12), at(2024, 3, 4, 12), at(2024, 3, 9, 12)
    week = lk.Cap(100, per="week")
    assert points(Story(capped(week)), (sunday, 100), (monday, 100), (saturday, 100)) == [100, 100, 0]
    from_sunday = Story(capped(week, week_starts=7))
    assert points(from_sunday, (sunday, 100), (monday, 100), (saturday, 100)) == [100, 0, 0]


@given(st.dates(date(1960, 1, 1), date(2100, 1, 1)), st.integers(1, 7))
def test_s20_a_week_has_seven_days_and_starts_on_its_first(moment: date, week_starts: int) -> None:
    """S20: weeks are numbered one after the other; each starts on the weekday that the programme names."""
    week = period_of(to_day(moment), "week", week_starts)
    before = period_of(to_day(moment - timedelta(days=1)), "week", week_starts)
    assert week - before == (moment.isoweekday() == week_starts)
    assert period_of(to_day(moment + timedelta(days=7)), "week", week_starts) == week + 1
    month = period_of(to_day(moment), "month", week_starts)
    assert month - period_of(to_day(moment - timedelta(days=1)), "month", week_starts) == (moment.day == 1)


def test_s20_the_last_rules_give_way_first() -> None:
    """S20, S13: a rule's own cap cuts its share; then the member's cap takes from the last rules."""
    rules = [BASE, lk.AccrualRule("double", times(2), cap=lk.Cap(70)), lk.AccrualRule("gift", bonus(30))]
    story = Story(capped(lk.Cap(180), accrual=rules))
    receipt = story.buy("p", day(1))
    assert receipt.breakdown == (
        lk.answers.RuleShare("base", 100),
        lk.answers.RuleShare("double", 70, asked=100),
        lk.answers.RuleShare("gift", 10, asked=30),
    )
    assert receipt.points == 180


def test_s13_lines_share_what_is_granted() -> None:
    """S13, S20: lines sum to what was granted, in proportion to what they asked for; ties go to the first."""
    story = Story(capped(lk.Cap(100)))
    lines = [lk.Line(amount=100), lk.Line(amount=50), lk.Line(amount=50)]
    bought = lk.Purchase(id="p", member_id="m", lines=lines, occurred_at=day(1))
    assert story.shop.record(bought).lines == (50, 25, 25)
    lines = [lk.Line(amount=1000), lk.Line(amount=1000), lk.Line(amount=1000)]
    bought = lk.Purchase(id="q", member_id="m", lines=lines, occurred_at=day(1))
    assert story.shop.record(bought).lines == (34, 33, 33)


def test_s20_caps_come_after_the_tier_and_the_rounding() -> None:
    """S13, S20: the multiplier is in what is asked."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 100, multiplier="1.55"))
    story = Story(club(tiers=tiers, points=lk.PointsPolicy(caps=[lk.Cap(120, per="purchase")])))
    story.buy("a", day(1))
    assert story.buy("b", day(2), "99.99").breakdown == (lk.answers.RuleShare("base", 120, asked=154),)


def test_c2_a_quote_sees_what_is_left() -> None:
    """C2, S20: quoted and recorded give the same, to the last line."""
    story = Story(capped(lk.Cap(150, per="month")))
    story.buy("a", day(1))
    second = lk.Purchase(id="b", member_id="m", amount=100, occurred_at=day(2))
    assert story.shop.quote(second) == story.shop.record(second)
    assert story.shop.quote(second).points == 50


def test_s20_a_late_purchase_counts_in_its_own_period() -> None:
    """S20: never the period of arrival; what was given to others stays given."""
    story = Story(capped(lk.Cap(100, per="day")))
    assert points(story, (day(2, 9), 80), (day(3, 9), 80), (day(2, 8), 80), (day(3, 8), 10)) == [80, 80, 20, 10]


@frozen
class Bought:
    """A purchase of two lines, one of them tea."""

    id: str
    when: datetime
    tea: Decimal
    cup: Decimal

    @property
    def told(self) -> lk.Purchase:
        lines = [lk.Line(amount=self.tea, category="tea", quantity=2), lk.Line(amount=self.cup, category="cup")]
        return lk.Purchase(id=self.id, member_id="m", lines=lines, occurred_at=self.when)


AMOUNTS = st.sampled_from([Decimal(text) for text in ("0", "0.40", "10", "33.33", "70.07", "120")])
PERIODS: Sequence[Any] = ("purchase", "day", "week", "month")
CAPS = st.none() | st.builds(lk.Cap, st.sampled_from([1, 40, 111, 300]), st.sampled_from(PERIODS))
MOMENTS = st.builds(day, st.sampled_from([25, 29, 30, 31, 35, 90]), st.sampled_from([0, 1, 12, 23]))


@st.composite
def baskets(draw: st.DrawFn, most: int = 7) -> list[Bought]:
    """Purchases in an order of arrival that has nothing to do with their dates."""
    count = draw(st.integers(1, most))
    return [Bought(f"p-{i}", draw(MOMENTS), draw(AMOUNTS), draw(AMOUNTS)) for i in range(count)]


@st.composite
def programs(draw: st.DrawFn) -> lk.Program:
    """Three rules that add up, any of them capped, and caps on all together."""
    caps = [lk.Cap(draw(st.sampled_from([5, 90, 200])), per) for per in PERIODS if draw(st.integers(0, 2)) == 0]
    rules = [
        lk.AccrualRule("base", per_amount(points=1, every="1.00"), cap=draw(CAPS)),
        lk.AccrualRule("tea", per_amount(points=1, every="1.50"), where=TEA, cap=draw(CAPS)),
        lk.AccrualRule("units", per_unit(7), where=TEA & (purchase.amount >= 20), cap=draw(CAPS)),
    ]
    rounding = draw(st.sampled_from(["floor", "half_up", "ceiling"]))
    return capped(*caps, accrual=rules, rounding=rounding, week_starts=draw(st.integers(1, 7)))


def uncapped(program: lk.Program) -> lk.Program:
    plain = [lk.AccrualRule(rule.name, rule.earn, rule.where) for rule in program.accrual]
    return program.evolve(accrual=plain, points=lk.PointsPolicy(rounding=program.points.rounding))


def label(when: datetime, per: str, week_starts: int) -> object:
    """The day, week or month of a date, in plain words of the calendar."""
    local = when.date()
    if per == "week":
        return local - timedelta(days=(local.isoweekday() - week_starts) % 7)
    return (local.year, local.month) if per == "month" else local


class Granted:
    """The naive model: what was granted so far, by cap and period, in the order of arrival."""

    def __init__(self, program: lk.Program) -> None:
        self.program = program
        self.by_rule: Counter[object] = Counter()
        self.together: Counter[object] = Counter()

    def left(self, cap: lk.Cap, used: Counter[object], key: object, when: datetime) -> int:
        if cap.per == "purchase":
            return cap.points
        return cap.points - used[key, cap.per, label(when, cap.per, self.program.points.week_starts)]

    def grant(self, asked: Sequence[lk.answers.RuleShare], when: datetime) -> list[tuple[str, int, int]]:
        own = {rule.name: rule.cap for rule in self.program.accrual}
        shares = {share.rule: share.points for share in asked}
        for name, part in shares.items():
            cap = own[name]
            if cap is not None:
                shares[name] = min(part, self.left(cap, self.by_rule, name, when))
        room = min((self.left(cap, self.together, "", when) for cap in self.program.points.caps), default=10**9)
        while sum(shares.values()) > room:
            last = [name for name in shares if shares[name]][-1]
            shares[last] -= 1
        starts = self.program.points.week_starts
        for per in ("day", "week", "month"):
            for name, part in shares.items():
                self.by_rule[name, per, label(when, per, starts)] += part
            self.together["", per, label(when, per, starts)] += sum(shares.values())
        return [(share.rule, shares[share.rule], share.points) for share in asked]


@settings(max_examples=80)
@given(programs(), baskets())
def test_s20_no_period_ever_gets_more_than_its_cap(program: lk.Program, bought: list[Bought]) -> None:
    """S20, I20: for any order of arrival: as the naive model has it, asked as without caps, and all sums hold."""
    story, plain, model = Story(program), Story(uncapped(program)), Granted(program)
    for item in bought:
        receipt = story.shop.record(item.told)
        asked = plain.shop.record(item.told).breakdown
        found = [(share.rule, share.points, share.asked) for share in receipt.breakdown]
        assert found == model.grant(asked, item.when)
        assert all(0 <= share.points <= share.asked for share in receipt.breakdown)
        assert sum(share.points for share in receipt.breakdown) == sum(receipt.lines) == receipt.points
    within_caps(program, story, bought)
    assert not story.shop.storage.verify()


def within_caps(program: lk.Program, story: Story, bought: Sequence[Bought]) -> None:
    """Each cap against the sum of what was granted in each of its periods."""
    receipts = {item.id: story.shop.quote(item.told) for item in bought}
    rules = [(cap, None) for cap in program.points.caps]
    for cap, name in [*rules, *((rule.cap, rule.name) for rule in program.accrual if rule.cap)]:
        sums: Counter[object] = Counter()
        for item in bought:
            key = item.id if cap.per == "purchase" else label(item.when, cap.per, program.points.week_starts)
            shares = [share for share in receipts[item.id].breakdown if name in (None, share.rule)]
            sums[key] += sum(share.points for share in shares)
        assert all(granted <= cap.points for granted in sums.values())


@settings(max_examples=25)
@given(baskets(most=3), st.sampled_from([40, 111]))
def test_t1_points_accrued_do_not_know_the_order_of_arrival(bought: list[Bought], most: int) -> None:
    """T1, S20: as a metric, points are granted by date; their sum in a period is what was issued in any order."""
    program = capped(lk.Cap(most, per="day"), lk.Cap(3 * most, per="month"))
    metrics, issued = set(), set()
    for order in permutations(bought):
        story = Story(program)
        for item in order:
            story.shop.record(item.told)
        accrued = points_accrued.over(lifetime())
        ((_, values),) = story.shop.select(member.id == "m", as_of=LATE).facts(accrued)
        metrics.add(values)
        issued.add(story.available(LATE))
    assert len(metrics) == 1
    if len({item.when.date() for item in bought}) == 1:
        assert issued == {value for (value,) in metrics}


@pytest.mark.parametrize("make", [capped, ruled])
def test_s23_two_members_who_are_one_keep_what_each_got(make: Callable[..., Any]) -> None:
    """S20, S23: accruals keep their points; what is beyond the cap together leaves no room, and takes nothing."""
    story = Story(make(lk.Cap(100, per="month")))
    story.shop.enroll(lk.Member(id="n", enrolled_at=day(0)))
    assert story.buy("a", day(1)).points == 100
    assert story.shop.record(lk.Purchase(id="b", member_id="n", amount=80, occurred_at=day(1))).points == 80
    story.shop.members.merge("m", "n", id="one", actor="staff-7", reason="same person", occurred_at=day(2))
    assert story.buy("c", day(3)).points == 0
    assert story.bring_back("r", "b", day(4)).points == -80
    assert story.buy("d", day(5)).points == 0
    assert not story.shop.storage.verify()


def test_s20_a_return_gives_no_room_back() -> None:
    """S20, S6: nobody farms a bonus by buying and returning."""
    story = Story(capped(lk.Cap(100, per="month")))
    assert story.buy("a", day(1)).points == 100
    assert story.bring_back("r", "a", day(2)).points == -100
    assert story.buy("b", day(3)).points == 0


@pytest.mark.parametrize("program", [capped(lk.Cap(60)), ruled(lk.Cap(60, per="month"))])
def test_s6_what_is_kept_is_priced_with_the_room_of_its_purchase(program: lk.Program) -> None:
    """S6, S20: what asked for more than it got loses nothing while what is kept still asks for as much."""
    story = Story(program)
    assert story.buy("a", day(1)).points == 60
    assert story.bring_back("r1", "a", day(2), amount=30).points == 0
    assert story.bring_back("r2", "a", day(2), amount=30).points == -20
    assert story.bring_back("r3", "a", day(2)).points == -40


def test_s6_a_late_purchase_does_not_move_the_room_of_others() -> None:
    """S6, S20: the room is stored with the sale; as a metric the late one would have had it."""
    story = Story(capped(lk.Cap(100, per="day")))
    assert points(story, (day(1, 12), 100), (day(1, 9), 100)) == [100, 0]
    assert story.bring_back("r1", "p-1", day(2), amount=50).points == 0
    assert story.bring_back("r2", "p-0", day(2), amount=50).points == -50
    assert story.available(day(2)) == 50


@settings(max_examples=80)
@given(programs(), baskets(most=4), st.data())
def test_i19_any_partition_of_a_return_takes_what_a_whole_one_does(
    program: lk.Program, bought: list[Bought], data: st.DataObject
) -> None:
    """S6, I19: in parts or at once, all that was granted is claimed, and never more, whatever the caps left."""
    whole, parted = Story(program), Story(program)
    for item in bought:
        assert whole.shop.record(item.told) == parted.shop.record(item.told)
    back = data.draw(st.sampled_from(bought))
    granted = whole.shop.quote(back.told).points
    claimed = whole.bring_back("r", back.id, LATE).points
    parts = [lk.ReturnedLine(line=0, quantity=1), lk.ReturnedLine(line=1), lk.ReturnedLine(line=0)]
    order = data.draw(st.sampled_from([(0, 1, 2), (1, 0, 2), (0, 2, 1)]))
    pieces = [parted.bring_back(f"r-{i}", back.id, LATE, lines=[parts[i]]).points for i in order]
    assert sum(pieces) == claimed == -granted
    assert all(piece <= 0 for piece in pieces)
    assert not parted.shop.storage.verify()


def test_within_takes_from_the_last() -> None:
    """S20: the first parts are served first; without a bound all are."""
    assert within([5, 0, 5], 7) == [5, 0, 2]
    assert within([5, 5], 0) == [0, 0]
    assert within([5, 5], None) == [5, 5]


def test_a_plain_share_asked_for_what_it_got() -> None:
    """S20: asked defaults to points."""
    assert lk.answers.RuleShare("base", 5) == lk.answers.RuleShare("base", 5, asked=5)
