"""Who may have a reward, when, and for how much (S24)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days, member, spend
from tests.support.stories import MICROSECOND, START, Story, club, day

GIFT = lk.Reward("pot", 60)


def shop_with(*rewards: lk.Reward, **parts: Any) -> Story:
    """A story with 300 points on the first day, and these rewards."""
    story = Story(club(points=lk.PointsPolicy(), rewards=rewards, **parts))
    story.buy("a", day(0), 300)
    return story


def redeem(story: Story, id: str, when: datetime, reward: str = "pot") -> lk.Receipt:
    return story.shop.record(lk.Redemption(id=id, member_id="m", reward=reward, occurred_at=when))


def why(story: Story, when: datetime, reward: str = "pot") -> str:
    """The reason of a refusal; it is the same for a quote, and nothing is written."""
    redemption = lk.Redemption(id="refused", member_id="m", reward=reward, occurred_at=when)
    before = story.storage.position()
    with pytest.raises(lk.errors.RewardUnavailableError) as quoted:
        story.shop.quote(redemption)
    with pytest.raises(lk.errors.RewardUnavailableError) as refused:
        story.shop.record(redemption)
    assert str(quoted.value) == str(refused.value)
    assert story.storage.position() == before
    return refused.value.reason


def test_s24_a_reward_has_its_price() -> None:
    """S24, S4: the price is spent like any other points, from the lot that ends first."""
    story = shop_with(GIFT)
    receipt = redeem(story, "v", day(1))
    assert (receipt.points, story.available(day(1))) == (-60, 240)
    assert story.rows(day(1)) == [("accrual", 300), ("redemption", -60)]
    assert story.shop.storage.verify() == []


def test_s24_without_the_points_there_is_no_reward() -> None:
    """S18: a reward overdraws nothing."""
    story = shop_with(lk.Reward("car", 301))
    with pytest.raises(lk.InsufficientPointsError) as caught:
        redeem(story, "v", day(1), "car")
    assert (caught.value.available, caught.value.requested) == (300, 301)
    assert story.shop.vouchers("m") == ()


def test_s24_an_unknown_reward_is_refused() -> None:
    """S24: also where the programme has no rewards at all."""
    assert why(shop_with(GIFT), day(1), "boat") == "is not in the programme"
    assert why(Story(), day(1)) == "is not in the programme"


def test_s24_availability_is_half_open() -> None:
    """S24: from available_from on, and no more at available_until."""
    story = shop_with(lk.Reward("pot", 1, available_from=day(5), available_until=day(6)))
    assert why(story, day(5) - MICROSECOND) == "is not available yet"
    assert redeem(story, "v1", day(5)).voucher
    assert redeem(story, "v2", day(6) - MICROSECOND).voucher
    assert why(story, day(6)) == "is no longer available"


def test_s24_who_may_have_it_is_judged_at_its_instant() -> None:
    """S24: by the facts of that instant, the purchase of the same instant included; later ones do not show."""
    story = shop_with(lk.Reward("pot", 1, where=spend.over(days(10)) >= 400))
    story.buy("b", day(5), 100)
    assert why(story, day(5) - MICROSECOND) == "is not for this member"
    assert redeem(story, "v1", day(5)).voucher
    assert redeem(story, "v2", day(10)).voucher
    assert why(story, day(10) + MICROSECOND) == "is not for this member"
    story.bring_back("r", "b", day(20))
    assert redeem(story, "late", day(5)).voucher, "what comes back later does not show"
    assert story.shop.storage.verify() == []


def test_s24_a_reward_may_ask_for_a_tier() -> None:
    """S24, T5: the tier that stands at the redemption's instant; what has ended by then has ended."""
    ladder = lk.TierLadder(lk.Tier("low"), lk.Tier("top", enter=spend.over(days(5)) >= 300), valid_for=days(5))
    story = shop_with(lk.Reward("pot", 1, where=member.tier == "top"), tiers=ladder)
    ends = story.shop.tier("m", as_of=day(1)).until
    assert ends is not None
    assert why(story, day(0) - MICROSECOND) == "is not for this member"
    assert redeem(story, "v1", ends - MICROSECOND).voucher
    assert why(story, ends) == "is not for this member"


def test_s24_so_many_for_each_member() -> None:
    """S24: counted in the order of recording; what was wholly given back counts no more."""
    story = shop_with(lk.Reward("pot", 10, per_member=2), lk.Reward("cup", 10, per_member=2))
    redeem(story, "v1", day(3))
    redeem(story, "v2", day(1))
    assert why(story, day(2)) == "was already redeemed as often as one member may"
    assert redeem(story, "c1", day(2), "cup").voucher, "another reward has its own limit"
    story.undo("u", "v1", day(4))
    assert redeem(story, "v3", day(2)).voucher
    assert why(story, day(9)) == "was already redeemed as often as one member may"


@given(st.integers(1, 4), st.lists(st.sampled_from(["redeem", "reverse"]), max_size=12))
def test_s24_never_more_than_per_member(limit: int, steps: list[str]) -> None:
    """S24: in no order of redemptions and reversals has a member more than the limit; less is never refused."""
    story = shop_with(lk.Reward("pot", 1, per_member=limit))
    held: list[str] = []
    for serial, step in enumerate(steps):
        if step == "redeem" and len(held) < limit:
            redeem(story, f"v{serial}", day(1))
            held.append(f"v{serial}")
        elif step == "redeem":
            assert why(story, day(1)) == "was already redeemed as often as one member may"
        elif held:
            story.undo(f"u{serial}", held.pop(), day(2))
    assert story.available(day(3)) == 300 - len(held)
    assert [item.code for item in story.shop.vouchers("m") if item.status == "issued"] == sorted(held)


def test_s15_a_redemption_sent_again_issues_nothing_more() -> None:
    """S15, I9: the first receipt, the first voucher, although the limit is reached and the stock used up."""
    story = shop_with(lk.Reward("pot", 10, per_member=1, stock=1))
    redemption = lk.Redemption(id="v", member_id="m", reward="pot", occurred_at=day(1))
    first = story.shop.record(redemption)
    assert story.shop.record(redemption) == story.shop.quote(redemption) == first
    assert len(story.shop.vouchers("m")) == 1
    with pytest.raises(lk.IdempotencyConflictError):
        story.shop.record(lk.Redemption(id="v", member_id="m", points=10, occurred_at=day(1)))


def test_s24_before_the_enrolment_there_is_none() -> None:
    """T10: a redemption before the member joined is refused as any other."""
    with pytest.raises(lk.NotEnrolledError):
        redeem(shop_with(GIFT), "v", START - timedelta(days=1))
