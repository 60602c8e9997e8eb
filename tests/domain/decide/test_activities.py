"""What a visit or an event gives, decided in the order of recording (S20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, event, member, months, points_accrued, purchase, visits
from tests.support.achievements import FRIENDS, REFERRAL, shop, tell
from tests.support.digest import canonical
from tests.support.stories import LATE, adjustment, day


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
