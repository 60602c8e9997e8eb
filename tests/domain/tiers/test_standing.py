"""Metrics and tiers as a pure fold over what happened, whatever the order of arrival (T1, T8, T10, T12, I23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account
from loyaltykit.rules import (
    Term,
    bonus,
    days,
    days_since_purchase,
    member,
    months,
    points_accrued,
    purchase,
    purchases,
    spend,
    units,
    visits,
)
from tests.support.stories import (
    BASE,
    FEW,
    LATE,
    MICROSECOND,
    PROGRAMS,
    START,
    Story,
    accepted,
    at,
    club,
    day,
    happenings,
)

EVERY_DAY = [day(n, hour) for n in range(0, 80, 4) for hour in (0, 12)]
METRICS: Sequence[Term] = (
    spend,
    spend.over(days(20)),
    purchases.over(months(1)),
    units,
    visits,
    points_accrued,
    days_since_purchase,
    days_since_purchase.where(purchase.amount >= 50),
)


def metrics(story: Story, when: datetime) -> dict[str, tuple[object, ...]]:
    """Every fact of the member at a moment."""
    return dict(story.shop.select(purchases >= 0, as_of=when).facts(*METRICS))


def terms(story: Story) -> list[tuple[str, datetime, datetime | None]]:
    """The tier on every day."""
    return [story.term(when) for when in EVERY_DAY]


@FEW
@given(
    program=st.sampled_from(PROGRAMS),
    told=happenings(kinds=("purchase", "purchase", "visit", "return")),
    data=st.data(),
)
def test_i23_any_order_of_arrival_gives_the_same_tiers(
    program: lk.Program, told: list[lk.Transaction], data: st.DataObject
) -> None:
    """I23, T8, T10: in whatever order they come, the same facts give the same metrics and tiers.

    Each purchase has at most one return, as the same returns must be accepted in every order.
    """
    returned: set[str] = set()
    facts: list[lk.Transaction] = []
    for item in told:
        if isinstance(item, lk.Return):
            if item.of in returned:
                continue
            returned.add(item.of)
        facts.append(item)
    one = Story(program)
    taken = accepted(one.shop, facts)
    other = Story(program)
    waiting = data.draw(st.permutations(taken))
    while waiting:
        came = accepted(other.shop, waiting)
        assert came, "resent until accepted"
        waiting = [item for item in waiting if item not in came]
    assert terms(one) == terms(other)
    for when in EVERY_DAY[4:39:12]:
        assert metrics(one, when) == metrics(other, when)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), checks=st.lists(st.sampled_from(EVERY_DAY), max_size=3))
def test_t10_checks_that_run_late_decide_the_same(
    program: lk.Program, told: list[lk.Transaction], checks: list[datetime]
) -> None:
    """T10, I8: a settlement on time, three days late or never: the same tiers at every instant."""
    plain, punctual, late = Story(program), Story(program), Story(program)
    middle = len(told) // 2
    for story, delay in ((punctual, 0), (late, 3)):
        accepted(story.shop, told[:middle])
        for when in checks:
            story.shop.settle(as_of=when + timedelta(days=delay))
        accepted(story.shop, told[middle:])
    accepted(plain.shop, told)
    assert terms(plain) == terms(punctual) == terms(late)


def ladder(**changes: object) -> lk.Program:
    """Two tiers above the lowest, valid a month."""
    tiers = lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(months(1)) >= 100, multiplier="2"),
        lk.Tier("high", enter=spend.over(months(1)) >= 300, multiplier="3"),
        valid_for=months(1),
    )
    return club(points=lk.PointsPolicy(), tiers=tiers, **changes)


class TestLateChecks:
    """T10: what is written has its due date, whenever it is written."""

    @pytest.mark.parametrize("delay", [0, 3, 400])
    def test_t10_three_days_late_with_their_due_date(self, delay: int) -> None:
        """T10: the rows a settlement writes are dated when they were due, in due order."""
        story = Story(ladder())
        story.buy("a", at(2024, 1, 10, 12), 300)
        story.clock.set(at(2024, 3, 11) + timedelta(days=delay))
        settlement = story.shop.settle()
        changes = [(change.at, change.before, change.after) for change in settlement.tier_changes]
        assert changes == [(at(2024, 2, 11), "high", "mid"), (at(2024, 3, 11), "mid", "low")]
        assert (settlement.members, settlement.expired_points) == (1, 0)
        assert story.term(at(2024, 2, 20)) == ("mid", at(2024, 2, 11), at(2024, 3, 11))

    def test_t10_one_microsecond_early_is_nothing(self) -> None:
        """T10: a check is due at its instant, not before."""
        story = Story(ladder())
        story.buy("a", at(2024, 1, 10, 12), 100)
        assert story.shop.settle(as_of=at(2024, 2, 11) - MICROSECOND).tier_changes == ()
        assert len(story.shop.settle(as_of=at(2024, 2, 11)).tier_changes) == 1

    def test_t10_renewals_are_no_changes(self) -> None:
        """T4, T10: a tier that is kept is written and is no change."""
        story = Story(ladder())
        story.buy("a", at(2024, 1, 10, 12), 100)
        story.buy("b", at(2024, 2, 1, 12), 100)
        settlement = story.shop.settle(as_of=at(2024, 2, 12))
        assert (settlement.members, settlement.tier_changes) == (1, ())
        assert story.term(at(2024, 2, 12)) == ("mid", at(2024, 1, 10, 12), at(2024, 3, 11))

    def test_t10_exactly_one_tier_since_the_enrolment(self) -> None:
        """T10: before the enrolment there is none, from then on always one."""
        story = Story(ladder(), enrolled=at(2024, 1, 5, 9))
        with pytest.raises(lk.NotEnrolledError):
            story.tier(at(2024, 1, 5, 9) - MICROSECOND)
        assert story.term(at(2024, 1, 5, 9)) == ("low", at(2024, 1, 5, 9), None)


class TestLateFacts:
    """T8: what arrives late is judged by the day it happened, and closed decisions are taken again."""

    def test_t8_a_late_purchase_earns_at_the_tier_of_its_day(self) -> None:
        """T8, T5: the multiplier of that day, not of today."""
        story = Story(ladder())
        story.buy("a", at(2024, 1, 10), 300)
        story.buy("z", at(2024, 6, 1), 1)
        receipt = story.buy("b", at(2024, 1, 20), 100)
        assert (receipt.points, receipt.tier_before, receipt.tier_after) == (300, "high", "high")
        assert story.buy("c", at(2024, 1, 9), 100).points == 100

    def test_t8_gives_the_tier_of_arrival_on_time(self) -> None:
        """T8: a late purchase lifts from its own date, and later checks are taken again."""
        story = Story(ladder())
        story.buy("a", at(2024, 1, 10), 250)
        story.shop.settle(as_of=at(2024, 4, 1))
        assert story.tier(at(2024, 2, 15)) == "low"
        story.buy("late", at(2024, 1, 20), 50)
        assert story.term(at(2024, 1, 20)) == ("high", at(2024, 1, 20), at(2024, 2, 21))
        assert story.term(at(2024, 2, 21)) == ("mid", at(2024, 2, 21), at(2024, 3, 21))
        assert story.tier(at(2024, 4, 1)) == "low"

    def test_t8_points_given_meanwhile_keep_their_rate(self) -> None:
        """T8: what others earned stays as it was told; the metric counts what the rules give (T1)."""
        story = Story(ladder())
        assert story.buy("b", at(2024, 1, 20), 100).points == 100
        story.buy("late", at(2024, 1, 10), 100)
        assert story.available(at(2024, 1, 21)) == 200
        found = dict(story.shop.select(purchases >= 1, as_of=at(2024, 1, 21)).facts(points_accrued))
        assert found == {"m": (300,)}

    def test_t8_a_late_return_never_lowers_other_points(self) -> None:
        """T8: points of other purchases stay, though the tier they were earned at is gone."""
        tiers = lk.TierLadder(
            lk.Tier("low"),
            lk.Tier("mid", enter=spend.over(months(1)) >= 100, multiplier="2"),
            valid_for=months(1),
            on_return="immediately",
        )
        story = Story(club(points=lk.PointsPolicy(), tiers=tiers))
        story.buy("a", at(2024, 1, 10), 100)
        assert story.buy("b", at(2024, 1, 20), 10).points == 20
        assert story.bring_back("r", "a", at(2024, 1, 15)).points == -100
        assert story.tier(at(2024, 1, 16)) == "low"
        assert story.available(at(2024, 1, 21)) == 20

    def test_t8_every_arrival_order_of_six_facts(self) -> None:
        """T8, I23: six facts, resent until accepted, in many of their orders: one history of tiers."""
        facts: list[lk.Transaction] = [
            lk.Purchase(id="p1", member_id="m", amount=100, occurred_at=at(2024, 1, 10)),
            lk.Purchase(id="p2", member_id="m", amount=200, occurred_at=at(2024, 1, 25)),
            lk.Purchase(id="p3", member_id="m", amount=150, occurred_at=at(2024, 2, 11)),
            lk.Purchase(id="p4", member_id="m", amount=150, occurred_at=at(2024, 3, 1)),
            lk.Visit(id="v", member_id="m", occurred_at=at(2024, 2, 26)),
            lk.Return(id="r", of="p1", amount=1, occurred_at=at(2024, 1, 11)),
        ]
        moments = [at(2024, month, number) for month in range(1, 6) for number in (1, 11, 12, 26)]
        histories = set()
        for order in list(permutations(facts))[::37]:
            story = Story(ladder())
            for _ in facts:
                story.shop.ingest(order)
            histories.add(tuple(story.term(when) for when in moments))
        assert len(histories) == 1

    def test_t8_a_late_visit_is_judged(self) -> None:
        """T8, T10: a visit that arrives late lifts from its own date."""
        tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=visits.over(days(5)) >= 2), valid_for=days(3))
        story = Story(club(tiers=tiers))
        story.visit("v1", day(1))
        story.visit("v3", day(20))
        assert story.visit("v2", day(3)).tier_after == "mid"
        assert [story.tier(day(n)) for n in (2, 3, 6, 7)] == ["low", "mid", "mid", "low"]


def test_t8_what_moves_no_metric_is_never_late() -> None:
    """T1, T8: redemptions, reversals and adjustments in the past leave the tiers alone, settled or not."""
    story = Story(ladder())
    story.buy("a", at(2024, 1, 10), 300)
    story.shop.settle(as_of=at(2024, 6, 1))
    before = [story.term(START + timedelta(days=n)) for n in range(0, 200, 5)]
    story.spend("x", at(2024, 1, 20), 50)
    story.undo("u", "x", at(2024, 1, 21))
    story.adjust("t", at(2024, 1, 22), -500)
    receipt = story.adjust("g", at(2024, 2, 20), 5)
    assert (receipt.tier_before, receipt.tier_after) == ("mid", "mid")
    assert [story.term(START + timedelta(days=n)) for n in range(0, 200, 5)] == before


def test_s6_a_purchase_returned_whole_counts_no_more() -> None:
    """S6: fully returned it counts neither in `purchases` nor in `days_since_purchase`; one of value zero counts."""
    story = Story()
    story.buy("zero", day(0), 0)
    story.buy("a", day(5), 100)
    assert metrics(story, day(9))["m"][2:7] == (2, 2, 0, 100, 4)
    story.bring_back("r", "a", day(8))
    assert metrics(story, day(9))["m"][2:7] == (1, 1, 0, 0, 9)
    assert metrics(story, day(9))["m"][7] is None
    assert metrics(story, day(7, 23))["m"][2:7] == (2, 2, 0, 100, 2)


def test_t8_a_return_in_the_past_takes_at_most_what_is_kept_there() -> None:
    """T8, S6: of returns that arrive in another order than they happened, none takes a metric below zero."""
    story = Story()
    story.buy("a", day(0), 100)
    story.bring_back("late", "a", day(9), amount=70)
    story.bring_back("early", "a", day(3))
    assert [metrics(story, day(n))["m"][0] for n in (2, 4, 10)] == [100, 0, 0]
    lines = [lk.Line(amount=30, quantity=3), lk.Line(amount=5)]
    story.shop.record(lk.Purchase(id="b", member_id="m", lines=lines, occurred_at=day(0)))
    story.bring_back("one", "b", day(9), lines=[lk.ReturnedLine(line=0, quantity=2)])
    story.bring_back("all", "b", day(3), lines=[lk.ReturnedLine(line=0)])
    assert [metrics(story, day(n))["m"][0] for n in (2, 4, 10)] == [135, 5, 5]


def test_t10_no_rule_no_judgement() -> None:
    """T10: a ladder of one tier has nothing to judge."""
    story = Story()
    story.buy("a", day(0), 10_000)
    assert story.shop.settle(as_of=LATE).tier_changes == ()
    assert story.term(LATE) == ("member", START, None)


def test_t10_standing_of_the_past_is_not_touched_by_what_came_later() -> None:
    """T10: an account asked about the past answers from what lies before it."""
    story = Story(ladder())
    story.buy("a", at(2024, 1, 10), 100)
    story.buy("b", at(2024, 5, 10), 300)
    with story.storage.snapshot() as snapshot:
        account: Account = snapshot.account("m")
        assert account.standing is not None
    assert [story.tier(at(2024, month, 12)) for month in (1, 2, 5)] == ["mid", "low", "high"]


class TestRulesThatAskForFacts:
    """S13, T5, S6: accrual rules may ask for facts and member fields, as they stood at the purchase."""

    PROGRAM = club(
        points=lk.PointsPolicy(),
        accrual=[
            BASE,
            lk.AccrualRule("first purchase", bonus(50), where=purchases == 1),
            lk.AccrualRule("high earns more", bonus(7), where=member.tier == "high"),
        ],
        tiers=lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 100)),
    )

    def test_t5_facts_include_the_purchase_tiers_do_not(self) -> None:
        """T2, T5: the purchase itself is seen, and the tier is the one before it."""
        story = Story(self.PROGRAM)
        assert [story.buy(name, day(number)).points for number, name in enumerate("abc")] == [150, 107, 107]

    def test_s6_a_return_is_priced_with_what_was_known_then(self) -> None:
        """S6: what the rules asked for is stored with the accrual, so that the kept part keeps its bonus."""
        story = Story(self.PROGRAM)
        story.buy("a", day(0))
        story.buy("b", day(1))
        assert story.bring_back("r", "a", day(2), amount=40).points == -40
        assert story.bring_back("s", "a", day(3)).points == -110
        assert story.bring_back("t", "b", day(4)).points == -107

    def test_t8_late_purchases_ask_at_their_place(self) -> None:
        """T8: a late purchase that was the first one gets the bonus; the one that got it keeps it."""
        story = Story(self.PROGRAM)
        assert story.buy("b", day(5)).points == 150
        assert story.buy("a", day(1)).points == 150
        assert story.available(day(6)) == 300


def test_t2_distances_see_the_purchase_itself() -> None:
    """T2, T10: judged at a purchase, the last one was 0 days ago; at a visit it was when it was."""
    ladder_ = lk.TierLadder(
        lk.Tier("low"), lk.Tier("back", enter=(days_since_purchase == 0) & (purchases >= 2)), valid_for=days(3)
    )
    story = Story(club(tiers=ladder_))
    assert story.buy("a", day(0)).tier_after == "low"
    assert story.visit("v", day(4)).tier_after == "low"
    assert story.buy("b", day(5)).tier_after == "back"
    assert story.tier(day(9)) == "low"
