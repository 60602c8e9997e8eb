"""Notices that come by time, with runs missed in between: none is lost, and the same news has the same id (S21)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days
from tests.support.stories import FEW, PROGRAMS, Story, accepted, at, day, happenings

EVERYTHING = lk.NoticePolicy(points_expiring_days=3, tier_ending_days=4, voucher_expiring_days=2, birthday_days=5)
REWARDS = [lk.Reward("cup", 10, valid_for=days(6)), lk.Reward("pot", 40)]
TELLING = [program.evolve(notices=EVERYTHING, rewards=REWARDS) for program in PROGRAMS]
RUNS = st.lists(st.sampled_from([day(n, hour) for n in range(0, 90, 3) for hour in (0, 12)]), max_size=5)
LAST = day(100)
TIERS = {"tier.up", "tier.down", "tier.corrected"}


class Born(Story):
    """A story of a member who has a birthday in its third week."""

    def __init__(self, program: lk.Program) -> None:
        super().__init__(program)
        self.shop.enroll(lk.Member(id="n", enrolled_at=at(2024, 1, 3), birthday=lk.Birthday(1, 20)))


@st.composite
def causes(draw: st.DrawFn) -> list[lk.Transaction]:
    """Up to six things that lead to notices, in any order of arrival."""
    told = draw(happenings(max_size=6))
    moments = st.builds(day, st.integers(0, 60))
    redeemed = [
        lk.Redemption(id=f"v{place}", member_id="m", reward=reward, occurred_at=draw(moments))
        for place, reward in enumerate(draw(st.lists(st.sampled_from(["cup", "pot"]), max_size=2)))
    ]
    return draw(st.permutations([*told, *redeemed]))


def ids(notices: Iterable[lk.Notice]) -> list[str]:
    return [notice.id for notice in notices]


def settled(shop: lk.Loyalty, runs: Sequence[datetime]) -> list[lk.Notice]:
    """What all runs together tell."""
    return [notice for when in runs for notice in shop.settle(as_of=when).notices]


@FEW
@given(program=st.sampled_from(TELLING), told=causes(), runs=RUNS)
def test_s21_a_missed_run_loses_none(program: lk.Program, told: list[lk.Transaction], runs: list[datetime]) -> None:
    """S21, I8: one run tells what many runs tell, in any order, each once and with the same id."""
    daily, rarely = Born(program), Born(program)
    accepted(daily.shop, told)
    accepted(rarely.shop, told)
    often, once = settled(daily.shop, [*runs, LAST]), settled(rarely.shop, [LAST])
    assert sorted(ids(often)) == sorted(ids(once))
    assert len(set(ids(once))) == len(once)
    assert settled(daily.shop, [*runs, LAST]) == []
    assert daily.shop.storage.verify() == []


@FEW
@given(program=st.sampled_from(TELLING), told=causes(), runs=RUNS, data=st.data())
def test_s21_whatever_arrives_between_runs(
    program: lk.Program, told: list[lk.Transaction], runs: list[datetime], data: st.DataObject
) -> None:
    """S21, I24: runs anywhere between arrivals tell at least what one run at the end tells, and nothing twice.

    They tell more only of what changed after it was told; a tier that a late fact decides again is corrected instead.
    """
    between, after = Born(program), Born(program)
    news, final = list[lk.Notice](), list[lk.Notice]()
    happening: list[lk.Transaction | datetime] = [*told, *runs]
    for item in data.draw(st.permutations(happening)):
        if isinstance(item, datetime):
            news += settled(between.shop, [item])
            continue
        for shop, heard in ((between.shop, news), (after.shop, final)):
            heard += [event for taken in accepted(shop, [item]) for event in shop.record(taken).notices]
    news += settled(between.shop, [LAST])
    final += settled(after.shop, [LAST])
    assert len(set(ids(news))) == len(news)
    lost = [notice for notice in final if notice.id not in ids(news)]
    assert {notice.kind for notice in lost} <= TIERS | {"tier.ending"}
    # A fall that a late fact puts before a run which is over is told, but no longer announced.
    unannounced = [notice for notice in lost if notice.kind == "tier.ending" and notice.occurred_at <= max(runs)]
    assert corrected(news) or lost == unannounced
    revocable = {"points.active", "points.expiring", "tier.ending", "voucher.expiring"}
    assert {notice.kind for notice in news if notice.id not in ids(final)} <= revocable | TIERS
    assert ids(between.shop.outbox.due(10_000)) == ids(news)
    assert between.shop.storage.verify() == []


def corrected(news: Iterable[lk.Notice]) -> bool:
    return any(notice.kind == "tier.corrected" for notice in news)
