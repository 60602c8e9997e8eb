"""A shop with achievements, events told to it, and random achievements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.rules import event
from tests.support.stories import START, Story, club

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
