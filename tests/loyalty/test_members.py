"""The face `members`: two who are one person, and two who are not after all (S23, I22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.calendars import Inactivity
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.rules import days, days_since_enrolment, months, purchases, spend
from tests.digest import canonical
from tests.stories import (
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
    policy,
)

NAMES = ("m", "n", "o", "p")
BY_HAND: dict[str, Any] = {"actor": "staff-7", "reason": "two cards"}


def shop_of(program: lk.Program | None = None, names: Sequence[str] = ("m", "n")) -> Story:
    """A shop with several members, all from the start."""
    story = Story(program)
    for name in names[1:]:
        story.shop.enroll(lk.Member(id=name, enrolled_at=START))
    return story


def merge(story: Story, survivor: str = "m", other: str = "n", when: datetime = LATE, id: str = "") -> lk.Receipt:
    id = id or f"merge-{survivor}-{other}"
    return story.shop.members.merge(survivor, other, id=id, occurred_at=when, **BY_HAND)


def unmerge(story: Story, other: str = "n", id: str = "") -> lk.Receipt:
    return story.shop.members.unmerge(other, id=id or f"unmerge-{other}", **BY_HAND)


def buy(story: Story, id: str, member_id: str, when: datetime, amount: int | str = 100) -> lk.Receipt:
    return story.shop.record(lk.Purchase(id=id, member_id=member_id, amount=amount, occurred_at=when))


def redeem(story: Story, id: str, member_id: str, when: datetime, points: int) -> lk.Receipt:
    return story.shop.record(lk.Redemption(id=id, member_id=member_id, points=points, occurred_at=when))


def of_member(name: str, told: Sequence[lk.Transaction]) -> list[lk.Transaction]:
    """What happened to ``m``, told of another member."""
    renamed = []
    for item in told:
        parts: dict[str, Any] = {"id": f"{name}-{item.id}"}
        if hasattr(item, "member_id"):
            parts["member_id"] = name
        if hasattr(item, "of"):
            parts["of"] = f"{name}-{item.of}"
        renamed.append(evolve(item, **parts))
    return renamed


def told_of(names: Sequence[str], max_size: int = 6) -> st.SearchStrategy[list[lk.Transaction]]:
    """A story of several members, one after the other or mixed."""
    single = [happenings(max_size=max_size).map(partial(of_member, name)) for name in names]
    each = st.tuples(*single).map(lambda parts: [item for part in parts for item in part])
    return each.flatmap(lambda told: st.just(told) | st.just(sorted(told, key=lambda item: item.id[2:])))


def places(story: Story, name: str, when: datetime) -> Counter[str]:
    balance = story.shop.balance(name, as_of=when)
    parts = ("available", "pending", "held", "debt")
    return Counter({part: getattr(balance, part) for part in parts})


def lots(story: Story, name: str, when: datetime) -> list[tuple[str, int, datetime | None]]:
    return [(lot.id, lot.remaining, lot.expires_at) for lot in story.shop.balance(name, as_of=when).lots]


def seen(story: Story, name: str, when: datetime) -> object:
    """All that a shop can ask about a member."""
    shop = story.shop
    status = shop.tier(name, as_of=when)
    rows = [(row.kind, row.points, row.balance, row.occurred_at, row.cause) for row in shop.statement(name, when)]
    return (places(story, name, when), lots(story, name, when), rows, status.name, status.since, status.until)


# -- what a merge keeps ------------------------------------------------------------------------------------------------


@FEW
@given(program=st.sampled_from(PROGRAMS), told=told_of("mn"), when=st.integers(30, 80))
def test_s23_a_merge_keeps_all_sums_and_ends(program: lk.Program, told: list[lk.Transaction], when: int) -> None:
    """S23, I22, I1: pending, available, held and owed add up, and every lot keeps its end; verification agrees."""
    story = shop_of(program)
    accepted(story.shop, told)
    then = day(when)
    sums = places(story, "m", then) + places(story, "n", then)
    before = Counter(lots(story, "m", then) + lots(story, "n", then))
    receipt = merge(story, when=then)
    assert +places(story, "m", then) == +sums
    assert Counter(lots(story, "n", then)) == before
    assert (receipt.points, receipt.member_id, receipt.kind) == (0, "m", "merge")
    assert story.shop.storage.verify() == []


@given(program=st.sampled_from(PROGRAMS), told=told_of("mn"), after=told_of("mn"), settled=st.integers(0, 80))
def test_s23_both_ids_go_on_as_one(
    program: lk.Program, told: list[lk.Transaction], after: list[lk.Transaction], settled: int
) -> None:
    """S23, I12: whatever comes later under either id has one answer, and follows from what was recorded."""
    story = shop_of(program)
    accepted(story.shop, told)
    merge(story, when=day(30))
    accepted(story.shop, [item for item in after if item.id not in {told_.id for told_ in told}])
    story.shop.settle(as_of=day(settled))
    for when in (day(30), day(61), LATE):
        assert seen(story, "m", when) == seen(story, "n", when)
    assert story.shop.storage.verify() == []
    total = sum(row.points for row in story.shop.statement("m"))
    assert total == story.shop.balance("n").total


def test_s23_both_ids_resolve() -> None:
    """S23: member, balance, tier, statement, vouchers and selections know one member under both ids."""
    story = shop_of()
    story.shop.enroll(lk.Member(id="k", name="younger card", enrolled_at=at(2023, 5, 1)))
    buy(story, "a", "m", day(1), 100)
    buy(story, "b", "k", day(2), 50)
    assert merge(story, "m", "k").moved == 0
    assert story.shop.member("k") == story.shop.member("m")
    assert (story.shop.member("k").id, story.shop.member("k").name) == ("m", None)
    assert story.shop.member("k").enrolled_at == at(2023, 5, 1)
    assert list(story.shop.select(purchases >= 0).ids()) == ["m", "n"]
    assert list(story.shop.select(spend >= 150).ids()) == ["m"]
    assert list(story.shop.select(spend >= 150).facts(spend)) == [("m", (150,))]
    assert story.shop.balance("k", as_of=day(3)).available == 150
    assert story.shop.balance("m", as_of=at(2023, 5, 2)).available == 0
    assert [row.cause for row in story.shop.statement("k", as_of=day(3))] == ["a", "b"]
    assert story.shop.vouchers("k") == ()
    assert buy(story, "c", "k", day(4)).member_id == "m"
    assert story.shop.enroll(lk.Member(id="k", name="younger card", enrolled_at=at(2023, 5, 1))).id == "m"
    assert story.shop.record(lk.Return(id="r", of="b", occurred_at=day(4))).points == -50


def test_s23_what_came_along_is_told() -> None:
    """S23: the receipt of a merge says how many points came, and the survivor's tier before and after."""
    story = shop_of(club(tiers=lk.TierLadder(lk.Tier("base"), lk.Tier("gold", enter=spend >= 150))))
    buy(story, "a", "m", day(1), 100)
    buy(story, "b", "n", day(1), 60)
    told = merge(story, when=day(2))
    assert (told.moved, told.tier_before, told.tier_after) == (60, "base", "gold")


def test_s23_vouchers_and_holds_come_along() -> None:
    """S23, S24, S19: a voucher and an open hold of the other are the survivor's."""
    story = shop_of(club(rewards=[lk.Reward("cup", 10, per_member=1)]))
    buy(story, "a", "n", day(1))
    story.shop.record(lk.Redemption(id="v", member_id="n", reward="cup", occurred_at=day(1)))
    story.shop.record(lk.Hold(id="h", member_id="n", points=40, occurred_at=day(1)))
    merge(story, when=day(2))
    assert [voucher.code for voucher in story.shop.vouchers("m")] == ["v"]
    with pytest.raises(lk.errors.RewardUnavailableError):
        story.shop.record(lk.Redemption(id="v2", member_id="m", reward="cup", occurred_at=day(2)))
    assert story.shop.balance("m", as_of=day(2)).held == 40
    assert story.capture("c", "h", day(3)).points == -40
    assert story.shop.record(lk.VoucherUse(id="u", of="v", occurred_at=day(3))).member_id == "m"


def test_s23_debt_waits_for_the_next_credit() -> None:
    """S23, S8: a merge by itself repays nothing, or the order of merges would matter; the next credit does."""
    story = shop_of(policy(expire_after=days(90)))
    buy(story, "a", "m", day(1))
    redeem(story, "x", "m", day(1), 100)
    story.bring_back("r", "a", day(2), amount=30)
    buy(story, "b", "n", day(2), 80)
    merge(story, when=day(3))
    assert places(story, "m", day(3)) == Counter(available=80, debt=30, pending=0, held=0)
    buy(story, "c", "n", day(4), 50)
    assert places(story, "n", day(4)) == Counter(available=100, debt=0, pending=0, held=0)


def test_s23_what_fell_due_before_a_merge_is_no_credit_for_the_other_side() -> None:
    """S23, S5, S19: points that became active, or came free, before the merge repay no debt of the other."""
    story = shop_of(policy(active_after=days(5), expire_after=days(90)))
    story.adjust("d", day(1), -30)
    buy(story, "b", "n", day(2), 80)
    story.shop.record(adjust := lk.Adjustment(id="g", member_id="n", points=20, occurred_at=day(2), **BY_HAND))
    story.shop.record(lk.Hold(id="h", member_id="n", points=20, until=day(9), occurred_at=day(3)))
    merge(story, when=day(10))
    assert adjust.points == 20
    for when in (day(10), day(20), LATE):
        assert places(story, "m", when)["debt"] == 30
    assert places(story, "m", day(20))["available"] == 100
    story.spend("x", day(20), 100)
    assert places(story, "m", day(20)) == Counter(available=0, debt=30, pending=0, held=0)
    assert story.shop.storage.verify() == []


def test_s23_what_falls_due_after_a_merge_repays() -> None:
    """S23, S5, S8: pending points of one side that become active later are a credit of the joined member."""
    story = shop_of(policy(active_after=days(5), expire_after=days(90)))
    story.adjust("d", day(1), -30)
    buy(story, "b", "n", day(2), 80)
    merge(story, when=day(3))
    assert places(story, "m", day(3)) == Counter(available=0, debt=30, pending=80, held=0)
    assert places(story, "m", day(9)) == Counter(available=50, debt=0, pending=0, held=0)
    story.spend("x", day(10), 50)
    with pytest.raises(lk.errors.UnmergeRefusedError) as refused:
        unmerge(story)
    assert set(refused.value.postings) == {"b", "x"}


# -- tiers -------------------------------------------------------------------------------------------------------------

LADDER = lk.TierLadder(
    lk.Tier("base"), lk.Tier("gold", enter=spend.over(months(12)) >= 150, multiplier=2), valid_for=months(12)
)


class TestTiers:
    """S23: the tier is what the joined history gives, from the earlier enrolment."""

    def test_s23_the_joined_history_decides(self) -> None:
        """S23, T3: the purchase that would have crossed did; accruals keep their points and multiplier."""
        story = shop_of(club(tiers=LADDER))
        buy(story, "a", "m", day(1))
        buy(story, "b", "n", day(5), 60)
        buy(story, "c", "m", day(7), 10)
        merge(story, when=day(8))
        assert story.term(day(8))[:2] == ("gold", day(5))
        assert places(story, "m", day(8))["available"] == 170
        assert buy(story, "d", "n", day(9), 10).points == 20
        assert story.shop.record(lk.Return(id="r", of="c", occurred_at=day(9))).multiplier == 1
        assert places(story, "m", day(9))["available"] == 180

    def test_s23_from_the_earlier_enrolment(self) -> None:
        """S23, T10: judged at the merge, by the earlier enrolment."""
        ladder = lk.TierLadder(lk.Tier("base"), lk.Tier("old friend", enter=days_since_enrolment >= 300))
        story = Story(club(tiers=ladder))
        story.shop.enroll(lk.Member(id="k", enrolled_at=at(2023, 2, 1)))
        told = merge(story, "m", "k", when=day(3))
        assert (told.tier_before, told.tier_after) == ("base", "old friend")
        assert story.term(day(3))[:2] == ("old friend", day(3))
        assert story.tier(day(3) - MICROSECOND) == "base"
        assert story.shop.tier("m", as_of=at(2023, 3, 1)).name == "base"
        unmerge(story, "k")
        assert story.tier(day(4)) == "base"

    def test_i24_a_tier_that_a_merge_decides_again_is_told(self) -> None:
        """I24, S23: a correcting notice, when the joined history gives another tier."""
        silent = lk.NoticePolicy(tier_up=False, tier_down=False)
        for wanted, expected in ((lk.NoticePolicy(), ["tier.corrected"]), (silent, [])):
            story = shop_of(club(tiers=LADDER, notices=wanted))
            buy(story, "a", "m", day(1))
            buy(story, "b", "n", day(5), 60)
            assert [notice.kind for notice in merge(story, when=day(8)).notices] == expected
            story.shop.enroll(lk.Member(id="o", enrolled_at=START))
            assert merge(story, "m", "o", when=day(8)).notices == ()
            assert story.shop.storage.verify() == []


# -- order, grouping, repetition ---------------------------------------------------------------------------------------


def trees(names: str) -> list[list[tuple[str, str]]]:
    """Every way to make all of them one, the first surviving, in every order that can be told."""
    others = names[1:]
    found: list[list[tuple[str, str]]] = []

    def grow(done: list[tuple[str, str]], roots: tuple[str, ...]) -> None:
        if len(roots) == 1:
            found.append(done)
            return
        for survivor, other in permutations(roots, 2):
            if other != names[0]:
                grow([*done, (survivor, other)], tuple(name for name in roots if name != other))

    grow([], (names[0], *others))
    return found


WAYS = {size: trees("".join(NAMES[:size])) for size in (2, 3, 4)}


@FEW
@given(data=st.data(), program=st.sampled_from(PROGRAMS), size=st.sampled_from([3, 4]))
def test_i22_order_and_grouping_do_not_matter(data: st.DataObject, program: lk.Program, size: int) -> None:
    """I22: however up to four members become one, D is the same, and so is whatever comes later."""
    names = NAMES[:size]
    told = data.draw(told_of(names, max_size=4))
    later = data.draw(told_of(names[:2], max_size=3).map(lambda items: [evolve(x, id=f"z{x.id}") for x in items]))
    ways = data.draw(st.lists(st.sampled_from(WAYS[size]), min_size=2, max_size=3, unique_by=str))
    outcomes = []
    for way in ways:
        story = shop_of(program, names)
        accepted(story.shop, told)
        for survivor, other in way:
            merge(story, survivor, other, when=day(40))
        accepted(story.shop, later)
        story.shop.settle(as_of=day(70))
        outcomes.append((canonical(story.storage), seen(story, "m", day(75))))
        assert story.shop.storage.verify() == []
    assert outcomes[1:] == outcomes[:-1]


def test_i22_every_way_to_join_four() -> None:
    """I22: all orders and groupings of a fixed story with debt, holds and pending points."""
    outcomes = set()
    for way in WAYS[4]:
        story = shop_of(policy(active_after=days(2), expire_after=lk.inactivity(days(12))), NAMES)
        for serial, name in enumerate(NAMES):
            buy(story, f"b{name}", name, day(serial), 100 + serial)
        redeem(story, "x", "o", day(5), 102)
        story.bring_back("r", "bo", day(6))
        story.shop.record(lk.Hold(id="h", member_id="p", points=50, until=day(20), occurred_at=day(6)))
        for survivor, other in way:
            merge(story, survivor, other, when=day(7))
        outcomes.add((canonical(story.storage), str(seen(story, "m", day(30)))))
    assert len(WAYS[4]) > 20
    assert len(outcomes) == 1


@given(program=st.sampled_from(PROGRAMS), told=told_of("mn"))
def test_i22_merging_twice_is_once(program: lk.Program, told: list[lk.Transaction]) -> None:
    """I22, I9: with the same id or another one, in either direction; later merges judge nothing again."""
    story = shop_of(program)
    accepted(story.shop, told)
    first = merge(story, when=day(30))
    before = canonical(story.storage)
    assert merge(story, when=day(30)) == first
    again = merge(story, when=day(50), id="again")
    assert (again.moved, again.tier_before) == (0, again.tier_after)
    assert merge(story, "n", "m", when=day(60)).member_id == "m"
    assert canonical(story.storage) == before
    assert story.shop.storage.verify() == []


def test_s15_ids_of_merges_are_taken_for_ever() -> None:
    """S15, I10: one namespace with all transactions; other content is a conflict; quoting previews it."""
    story = shop_of()
    story.shop.enroll(lk.Member(id="o", enrolled_at=START))
    merge(story, id="x")
    with pytest.raises(lk.IdempotencyConflictError):
        merge(story, "m", "o", id="x")
    with pytest.raises(lk.IdempotencyConflictError):
        unmerge(story, id="x")
    with pytest.raises(lk.IdempotencyConflictError):
        buy(story, "x", "m", day(1))
    left = unmerge(story, id="y")
    assert (left.kind, left.member_id) == ("unmerge", "n")
    assert unmerge(story, id="y") == left
    merge(story, id="x")
    assert list(story.shop.select(purchases >= 0).ids()) == ["m", "n", "o"]


# -- undone ------------------------------------------------------------------------------------------------------------


@given(program=st.sampled_from(PROGRAMS), told=told_of("mn"), settled=st.integers(0, 60))
def test_s23_undone_at_once_it_has_never_been(program: lk.Program, told: list[lk.Transaction], settled: int) -> None:
    """S23: every answer is what it was, and so is D: a merge writes what is due, as a settlement would."""
    story = shop_of(program)
    accepted(story.shop, told)
    story.shop.settle(as_of=day(settled))
    unsettled = [seen(story, name, when) for name in "mn" for when in (day(61), LATE)]
    merge(story, when=day(61), id="first")
    unmerge(story, id="of first")
    assert [seen(story, name, when) for name in "mn" for when in (day(61), LATE)] == unsettled
    before = (canonical(story.storage), [seen(story, name, when) for name in "mn" for when in (day(61), LATE)])
    merge(story, when=day(61))
    assert canonical(story.storage) != before[0]
    unmerge(story)
    assert (canonical(story.storage), [seen(story, name, when) for name in "mn" for when in (day(61), LATE)]) == before
    assert story.shop.storage.verify() == []


def refusal(story: Story) -> tuple[str, ...]:
    """Undo the merge; what ties the two sides, if anything does."""
    try:
        unmerge(story)
    except lk.errors.UnmergeRefusedError as refused:
        return refused.postings
    return ()


@given(
    program=st.sampled_from(PROGRAMS),
    told=told_of("mn", max_size=4),
    later=told_of("mn", max_size=4),
    settled=st.integers(20, 80),
)
def test_s23_undone_later_each_has_its_own(
    program: lk.Program, told: list[lk.Transaction], later: list[lk.Transaction], settled: int
) -> None:
    """S23: unless something ties them, each has its own again; otherwise what ties them is named and D unchanged."""
    story = shop_of(program)
    accepted(story.shop, told)
    merge(story, when=day(20))
    since = accepted(story.shop, [evolve(item, id=f"z{item.id}") for item in later])
    story.shop.settle(as_of=day(settled))
    moments = (day(21), day(62))
    totals = [story.shop.balance("m", as_of=when).total for when in moments]
    before = canonical(story.storage)
    ties = refusal(story)
    if ties:
        known = {item.id for item in (*told, *since)}
        assert {name.partition("\x1f")[0] for name in ties} <= known
        assert canonical(story.storage) == before
    else:
        lots_apart = {lot for name in "mn" for lot in lots(story, name, day(settled))}
        assert all(lot[0].removeprefix("z")[0] in "mn" for lot in lots_apart)
        if not isinstance(program.points.expire_after, Inactivity):
            apart = [sum(story.shop.balance(name, as_of=when).total for name in "mn") for when in moments]
            assert apart == totals
    assert story.shop.storage.verify() == []


def test_s23_what_came_meanwhile_goes_to_the_id_it_named() -> None:
    """S23: own lots, expiries and time-outs go with each side, as if there had been no merge; points stay as issued."""

    def tell(*, merging: bool) -> Story:
        story = shop_of()
        buy(story, "a", "m", day(1), 100)
        buy(story, "b", "n", day(2), 50)
        story.shop.record(lk.Hold(id="h", member_id="n", points=10, until=day(4), occurred_at=day(2)))
        if merging:
            merge(story, when=day(3))
        buy(story, "c", "n", day(5), 30)
        story.spend("x", day(6), 40)
        story.shop.settle(as_of=day(14))
        buy(story, "d", "m", day(15), 20)
        if merging:
            assert unmerge(story).moved == 0
        return story

    apart, joined = tell(merging=False), tell(merging=True)
    assert canonical(joined.storage) == canonical(apart.storage)
    for when in (day(3), day(5), day(13), day(20), LATE):
        for name in "mn":
            assert seen(joined, name, when) == seen(apart, name, when)
    assert joined.shop.storage.verify() == []
    merge(joined, id="second", when=day(16))
    assert joined.shop.storage.verify() == []


@pytest.mark.parametrize(
    "tie",
    [
        lambda story: story.spend("tie", day(4), 120),
        lambda story: story.hold("tie", day(4), 120),
        lambda story: story.adjust("tie", day(4), -120),
        lambda story: story.shop.record(lk.Transfer(id="tie", member_id="n", to="o", points=60, occurred_at=day(4))),
        lambda story: redeem(story, "tie", "n", day(4), 1),
    ],
)
def test_s23_refused_once_a_debit_took_from_the_other_side(tie: Any) -> None:
    """S23: redemption, hold, adjustment, transfer: the refusal names it, and writes nothing."""
    story = shop_of(names=("m", "n", "o"))
    buy(story, "a", "m", day(1), 100)
    buy(story, "b", "n", day(2), 50)
    merge(story, when=day(3))
    buy(story, "c", "m", day(3))
    tie(story)
    before = canonical(story.storage)
    for _ in range(2):
        with pytest.raises(lk.errors.UnmergeRefusedError) as refused:
            unmerge(story)
        assert refused.value.postings == ("tie",)
    assert canonical(story.storage) == before


def test_s23_refused_once_one_side_repaid_the_other() -> None:
    """S23, S8: a return that other lots answer for; a credit that repays what the other owes."""
    story = shop_of()
    buy(story, "a", "m", day(1), 100)
    story.spend("x", day(1), 100)
    buy(story, "b", "n", day(2), 50)
    merge(story, when=day(3))
    story.bring_back("tie", "a", day(4), amount=80)
    buy(story, "credit", "n", day(5), 90)
    with pytest.raises(lk.errors.UnmergeRefusedError) as refused:
        unmerge(story)
    assert refused.value.postings == ("tie", "credit")


class TestInactivity:
    """I22, S3: a merge keeps the ends of lots that follow activity."""

    def shop(self) -> Story:
        """Both bought on the first day, only ``m`` once more before the merge."""
        story = shop_of(policy(expire_after=lk.inactivity(days(10))))
        buy(story, "x1", "m", day(1), 100)
        buy(story, "b", "n", day(1), 50)
        buy(story, "x2", "m", day(8), 10)
        merge(story, when=day(9))
        return story

    def test_i22_activity_before_the_merge_is_of_one_side(self) -> None:
        """I22: the end that each lot had; from then on activity under either id puts all off."""
        story = self.shop()
        assert dict(lot[::2] for lot in lots(story, "m", day(9))) == {
            "x1": at(2024, 1, 20),
            "b": at(2024, 1, 13),
            "x2": at(2024, 1, 20),
        }
        story.spend("x", day(10), 1)
        assert {lot[2] for lot in lots(story, "m", day(10))} == {at(2024, 1, 22)}
        buy(story, "late", "n", day(0), 5)
        assert story.shop.storage.verify() == []

    def test_s23_own_activity_alone_counts_again(self) -> None:
        """S23: once undone, activity of the other side puts nothing off, though it did meanwhile."""
        story = self.shop()
        buy(story, "x3", "m", day(10), 10)
        unmerge(story)
        assert lots(story, "n", day(10)) == [("b", 50, at(2024, 1, 13))]
        merge(story, when=day(11), id="second")
        assert ("b", 50, at(2024, 1, 13)) in lots(story, "m", day(11))

    def test_s23_refused_when_only_the_merge_kept_a_lot_alive(self) -> None:
        """S23: a debit, or a hold, of a lot that would have been dead."""
        for tie in (lk.Redemption, lk.Hold):
            story = self.shop()
            buy(story, "x3", "m", day(10), 10)
            story.shop.record(tie(id="tie", member_id="n", points=1, occurred_at=day(15)))
            with pytest.raises(lk.errors.UnmergeRefusedError) as refused:
                unmerge(story)
            assert refused.value.postings == ("tie",)

    def test_s23_an_end_that_only_the_merge_put_off_is_written_anew(self) -> None:
        """S23, I8: the lot ends when it would have; the row at the other end is taken back, and both are written."""
        story = self.shop()
        buy(story, "x3", "m", day(10), 10)
        assert story.shop.settle(as_of=day(40)).expired_points == 170
        unmerge(story)
        expected = [(50, day(1)), (-50, at(2024, 1, 13)), (-50, at(2024, 1, 22)), (50, at(2024, 1, 22))]
        for _ in range(2):
            rows = story.shop.statement("n", day(40))
            assert [(row.points, row.occurred_at) for row in rows] == expected
            assert story.shop.balance("n", as_of=day(15)).total == story.shop.balance("n", as_of=day(40)).total == 0
            assert story.shop.storage.verify() == []
            assert story.shop.settle(as_of=day(40)).expired_points == 0
        assert all(row.recorded_at for row in rows)

    def test_i8_too_much_written_of_a_lot_is_found_in_a_family(self) -> None:
        """I8: of one that is merged, and of one that is no longer."""
        for is_parted in (False, True):
            story = self.shop()
            if is_parted:
                unmerge(story)
            story.shop.settle(as_of=day(40))
            with story.storage.snapshot() as snapshot:
                [record] = [item for item in snapshot.records("n") if item.transaction is None]
            last = record.decision.postings[-1]
            record.decision.postings = (*record.decision.postings[:-1], evolve(last, points=last.points - 1))
            assert "I8" in {finding.invariant for finding in story.shop.storage.verify()}


def test_s23_part_of_a_tree() -> None:
    """S23: who had been merged into the other comes along; the rest stays."""
    story = shop_of(names=NAMES)
    for name in NAMES:
        buy(story, f"b{name}", name, day(1), 10)
    merge(story, "n", "o", when=day(2))
    merge(story, "m", "n", when=day(2))
    merge(story, "o", "p", when=day(2))
    assert story.available(day(2)) == 40
    assert unmerge(story, "n").moved == 0
    assert list(story.shop.select(purchases >= 1).ids()) == ["m", "n"]
    assert [story.shop.member(name).id for name in NAMES] == ["m", "n", "n", "m"]
    unmerge(story, "p")
    unmerge(story, "o")
    assert [story.shop.member(name).id for name in NAMES] == list(NAMES)
    assert story.shop.storage.verify() == []


# -- snapshots, units, bad input ---------------------------------------------------------------------------------------


def test_c5_a_selection_made_before_does_not_see_a_merge() -> None:
    """C5, I16: what was known then; the same of a balance whose lots are read later, and of an unmerge."""
    story = shop_of()
    buy(story, "a", "m", day(1), 100)
    buy(story, "b", "n", day(2), 50)
    apart, balance = story.shop.select(spend >= 1), story.shop.balance("m", as_of=day(3))
    merge(story)
    joined = story.shop.select(spend >= 1)
    unmerge(story)
    assert (list(apart.ids()), list(joined.ids())) == (["m", "n"], ["m"])
    assert list(joined.facts(spend)) == [("m", (150,))]
    assert [lot.id for lot in balance.lots] == ["a"]
    assert list(story.shop.select(spend >= 1).ids()) == ["m", "n"]


def break_off(story: Story) -> None:
    """A unit that enrols, buys, merges twice, buys again, and then fails."""
    runtime = story.shop._runtime
    now = runtime.now()
    with story.storage.unit() as unit:
        runtime.enroll(unit, lk.Member(id="o", enrolled_at=START), now)
        for step in (
            lk.Purchase(id="c", member_id="o", amount=1, occurred_at=day(2)),
            Merge(id="m1", member_id="m", other="o", occurred_at=day(2), **BY_HAND),
            Merge(id="m2", member_id="m", other="n", occurred_at=day(2), **BY_HAND),
            lk.Purchase(id="d", member_id="o", amount=1, occurred_at=day(3)),
        ):
            runtime.write(unit, step, now)
        assert unit.account("n").ledger.live_left == 102
        raise ZeroDivisionError


def test_i11_a_merge_is_undone_with_its_unit() -> None:
    """I11: whatever else the unit wrote, an exception leaves everything as it was."""
    story = shop_of()
    buy(story, "a", "m", day(1), 100)
    before = (canonical(story.storage), story.available(day(5)))
    with pytest.raises(ZeroDivisionError):
        break_off(story)
    assert (canonical(story.storage), story.available(day(5))) == before
    merge(story)
    assert story.shop.storage.verify() == []


def test_s16_nothing_goes_to_oneself_by_another_id() -> None:
    """S16, S23: a transfer between two ids of one member, or a friend who is oneself, is refused."""
    program = club(
        events=[lk.EventType("friend")],
        achievements=[lk.Achievement("friend", 10, on="friend", other_points=5)],
    )
    story = shop_of(program)
    buy(story, "a", "m", day(1))
    merge(story, when=day(2))
    with pytest.raises(lk.InvalidValueError, match="to: is the same member"):
        story.shop.record(lk.Transfer(id="t", member_id="m", to="n", points=1, occurred_at=day(3)))
    with pytest.raises(lk.InvalidValueError, match="other_member_id: is the same member"):
        story.shop.record(lk.Event(id="e", member_id="n", name="friend", other_member_id="m", occurred_at=day(3)))


def test_s20_what_was_granted_to_both_leaves_no_room() -> None:
    """S20, S23: what both were granted on a day counts against the cap of the joined member, never below nothing."""
    cap = lk.Cap(points=100, per="day")
    story = shop_of(policy(caps=[cap]))
    buy(story, "a", "m", day(1), 90)
    buy(story, "b", "n", day(1), 90)
    merge(story, when=day(1))
    assert buy(story, "c", "n", day(1), 90).points == 0
    assert story.shop.storage.verify() == []


def test_bad_input_of_merges() -> None:
    """Bad input: all problems at once; unknown members, oneself, a date before an enrolment, nothing to undo."""
    story = shop_of()
    story.shop.enroll(lk.Member(id="late", enrolled_at=day(20)))
    members = story.shop.members
    with pytest.raises(lk.InvalidValueError) as bad:
        members.merge("m", "m", id="", actor="", reason=" ")
    assert [problem.field for problem in bad.value.problems] == ["id", "other", "actor", "reason"]
    with pytest.raises(lk.InvalidValueError) as bad:
        members.unmerge(7, id="u", actor=None, reason="r")  # type: ignore[arg-type]
    assert [problem.field for problem in bad.value.problems] == ["other", "actor"]
    for survivor, other, field in (("nobody", "m", "survivor"), ("m", "nobody", "other")):
        with pytest.raises(lk.UnknownMemberError) as unknown:
            merge(story, survivor, other)
        assert unknown.value.field == field
    with pytest.raises(lk.UnknownMemberError):
        unmerge(story, "nobody")
    for when in (day(19), START - MICROSECOND):
        with pytest.raises(lk.NotEnrolledError):
            merge(story, "m", "late", when=when)
    for name in "mn":
        with pytest.raises(lk.errors.UnmergeRefusedError) as refused:
            unmerge(story, name)
        assert refused.value.postings == ()
    merge(story)
    with pytest.raises(lk.errors.UnmergeRefusedError):
        unmerge(story, "m")
    with pytest.raises(lk.NotEnrolledError):
        merge(story, id="early", when=START - MICROSECOND)


def test_i12_a_broken_record_of_a_family_is_found() -> None:
    """I12: a decision of a merged member that does not follow, and an unmerge that cannot be."""
    for broken in ("b", "merge-m-n", "unmerge-n"):
        story = shop_of()
        buy(story, "a", "m", day(1), 100)
        buy(story, "b", "n", day(2), 50)
        merge(story, when=day(3))
        unmerge(story)
        with story.storage.snapshot() as snapshot:
            record = snapshot.find_record(broken)
        assert record is not None
        assert record.decision.told is not None
        record.decision.told = record.decision.told._replace(moved=9)
        assert {finding.invariant for finding in story.shop.storage.verify()} == {"I12"}


@pytest.mark.parametrize(("points", "when", "invariant"), [(120, day(5), "I3"), (1, START - MICROSECOND, "I12")])
def test_i12_an_unmerge_that_would_have_been_refused_is_found(points: int, when: datetime, invariant: str) -> None:
    """I3, I12, S23: written past the library, though a debit ties the two sides, or before the enrolment."""
    story = shop_of()
    buy(story, "a", "m", day(1), 100)
    buy(story, "b", "n", day(2), 50)
    merge(story, when=day(3))
    story.spend("x", day(4), points)
    parting = Unmerge(id="u", member_id="n", occurred_at=when, **BY_HAND)
    with story.storage.unit() as unit:
        unit.add_record("n", parting, parting, Decision(), 0)
    assert {finding.invariant for finding in story.shop.storage.verify()} == {invariant}


def test_all_ways_to_join_are_tried() -> None:
    """The ways to join are all there: one for two, four for three, 36 for four members."""
    assert [len(WAYS[size]) for size in (2, 3, 4)] == [1, 4, 36]
