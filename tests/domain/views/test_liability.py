"""What a shop owes in points, by tier and by month of expiry."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import spend
from tests.support.stories import FEW, LATE, MICROSECOND, PROGRAMS, START, Story, accepted, at, club, day, happenings

MOMENTS = [day(n, hour) for n in range(0, 90, 6) for hour in (0, 12)]
LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 100))


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), when=st.sampled_from(MOMENTS))
def test_the_rows_are_what_all_members_have(program: lk.Program, told: list[lk.Transaction], when: datetime) -> None:
    """I2: the rows sum to available, pending and held of all members, and no row is empty; debt stands apart."""
    story = Story(program)
    story.shop.enroll(lk.Member(id="n", enrolled_at=day(30)))
    accepted(story.shop, told)
    story.shop.ingest([lk.OpeningBalance(id="o", member_id="n", lots=[lk.OpeningLot(points=7)], occurred_at=day(31))])
    members = ["m", *(["n"] if when >= day(30) else [])]
    balances = [story.shop.balance(member, as_of=when) for member in members]
    liability = story.shop.programs.liability(as_of=when)
    assert liability.points == sum(balance.available + balance.pending + balance.held for balance in balances)
    assert liability.points == sum(liability.by_tier.values()) == sum(liability.by_month.values())
    assert liability.debt == sum(balance.debt for balance in balances)
    assert liability.members == len(members)
    assert all(liability.rows.values())
    assert list(liability.by_tier) == [tier.name for tier in program.tiers]


def test_points_stand_in_the_month_of_their_last_day() -> None:
    """S3: valid to the end of 31 January is January; what never expires comes last; times are the shop's (C1)."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    for id, points, end in (("a", 5, at(2024, 2, 1)), ("b", 7, at(2024, 2, 1) + MICROSECOND), ("c", 9, lk.NEVER)):
        story.adjust(id, day(0), points, expires_at=end)
    liability = story.shop.programs.liability(as_of=day(1))
    assert liability.as_of == day(1)
    assert dict(liability.rows) == {("low", date(2024, 1, 1)): 5, ("low", date(2024, 2, 1)): 7, ("low", None): 9}
    assert list(liability.by_month.values()) == [5, 7, 9]
    assert liability.by_tier == {"low": 21, "high": 0}
    assert story.shop.programs.liability(as_of=at(2024, 2, 1)).by_month == {date(2024, 2, 1): 7, None: 9}


def test_each_tier_has_its_rows() -> None:
    """The tier is the one as of the instant; nobody counts before joining."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    story.buy("p", day(2))
    assert story.shop.programs.liability(as_of=day(1)).rows == {}
    assert story.shop.programs.liability(as_of=day(2)).by_tier == {"low": 0, "high": 100}
    assert story.shop.programs.liability(as_of=START - MICROSECOND).members == 0


def test_held_pending_and_owed() -> None:
    """S5, S19: pending and held points are outstanding, those held longer than their lot lives too; debt is apart."""
    story = Story(club(points=lk.PointsPolicy(active_after="activation", expire_after=date(2024, 3, 15))))
    story.buy("p", day(0), 30)
    story.adjust("a", day(0), 50)
    story.hold("g", day(1), 20)
    story.release("l", "g", day(1, 13))
    story.hold("h", day(1, 14), 20)
    march = {("member", date(2024, 3, 1)): 80}
    assert story.shop.programs.liability(as_of=day(2)).rows == march
    assert story.shop.programs.liability(as_of=at(2024, 5, 1)).rows == {("member", date(2024, 3, 1)): 20}
    story.adjust("b", at(2024, 5, 2), -4)
    assert story.shop.programs.liability().debt == 4


def test_the_table_reads_well() -> None:
    """One line a month, one column a tier, sums at the ends; a shop without points has a table too."""
    story = Story(club(tiers=LADDER, points=lk.PointsPolicy()))
    assert str(story.shop.programs.liability(as_of=START)) == "expires  low  high  total\ntotal      0     0      0"
    story.adjust("a", day(0), 12_000, expires_at=at(2024, 3, 1))
    assert str(story.shop.programs.liability(as_of=day(1))).splitlines() == [
        "expires    low  high  total",
        "2024-02  12000     0  12000",
        "total    12000     0  12000",
    ]
    assert story.shop.programs.liability(as_of=LATE).rows == {}


def test_a_naive_instant_is_refused() -> None:
    """The door is that of every question."""
    with pytest.raises(lk.InvalidValueError):
        Story().shop.programs.liability(as_of=datetime(2025, 1, 1))  # noqa: DTZ001
