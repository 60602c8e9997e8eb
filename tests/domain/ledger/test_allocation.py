"""Which lots a debit takes, what a claim is met from, which debts a credit repays (S4, S7, S8, S9, S17, S18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
from hypothesis import assume, given, strategies as st

import loyaltykit as lk
from tests.support.stories import LATE, MICROSECOND, Story, at, club, day, policy

Lots = Sequence[tuple[int, int, int | None]]
"""Points, the day they come, the day they end (None for never)."""

lots_of_points = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 5), st.none() | st.integers(6, 12)), min_size=1, max_size=6
)


def filled(lots: Lots, names: Sequence[str] = "abcdef") -> Story:
    """A story whose lots are adjustments with ends of their own."""
    story = Story(policy())
    for name, (points, since, end) in zip(names, lots, strict=False):
        story.adjust(name, day(since), points, expires_at=lk.NEVER if end is None else day(end))
    return story


def taken(story: Story, before: datetime, after: datetime) -> dict[str, int]:
    """What came out of each lot between two questions."""
    left = dict(story.lots(after))
    return {lot: points - left.get(lot, 0) for lot, points in story.lots(before)}


class TestSpendOrder:
    """S4: (expires_at, never last; occurred_at; lot id)."""

    @given(lots=lots_of_points, names=st.permutations("abcdef"))
    def test_s4_order_is_total(self, lots: Lots, names: list[str]) -> None:
        """S4: lots are listed in one order, whatever the order in which they arrived."""
        story = filled(lots, names)
        expected = sorted(zip(names, lots, strict=False), key=lambda item: (item[1][2] or 99, item[1][1], item[0]))
        assert story.lots(day(5)) == [(name, points) for name, (points, _, _) in expected]

    @given(lots=lots_of_points, points=st.integers(1, 24))
    def test_i5_no_later_lot_while_an_earlier_one_has_points(self, lots: Lots, points: int) -> None:
        """I5, S4: a redemption empties lots from the front; at most one is left half full."""
        assume(points <= sum(amount for amount, _, _ in lots))
        story = filled(lots)
        before = story.lots(day(5, 13))
        story.spend("x", day(5, 14), points)
        gone = points
        expected = []
        for lot, left in before:
            part = min(left, gone)
            gone -= part
            if left > part:
                expected.append((lot, left - part))
        assert story.lots(day(5, 14)) == expected

    @given(
        lots=lots_of_points,
        points=st.integers(1, 12),
        more=st.integers(0, 4),
    )
    def test_i6_nothing_lets_fewer_points_expire(self, lots: Lots, points: int, more: int) -> None:
        """I6: of all ways to take two redemptions from up to six lots, none lets fewer points expire, by any day."""
        story = filled(lots)
        for id, when, asked in (("x", day(5, 13), points), ("y", day(8), more)):
            try:
                if asked:
                    story.spend(id, when, asked)
            except lk.InsufficientPointsError:
                more = 0
                if id == "x":
                    assume(False)
        dates = [day(number) for number in range(6, 13)]
        expired = [-sum(n for kind, n in story.rows(date) if kind == "expiry") for date in dates]
        for number, date in enumerate(dates, start=6):
            amounts = [points] if number < 8 else [points, more]
            best = min(expired_by(lots, ways, number) for ways in all_ways(lots, amounts))
            assert expired[number - 6] == best, date

    def test_s4_equal_ends_go_by_date_then_id(self) -> None:
        """S4: equal ends by occurred_at, equal instants by lot id."""
        story = Story(policy(expire_after=lk.NEVER))
        story.buy("b", day(1), 10)
        story.buy("a", day(1), 10)
        story.buy("z", day(0), 10)
        assert [lot for lot, _ in story.lots(day(2))] == ["z", "a", "b"]

    def test_s4_is_what_a_redemption_and_a_clawback_of_others_follow(self) -> None:
        """S4, S7: other lots answer for a claim in spend order too."""
        story = Story()
        for number, name in enumerate("abc"):
            story.buy(name, day(number), 100)
        story.spend("x", day(3), 250)
        story.bring_back("r", "a", day(3, 13))
        assert (story.lots(day(4)), story.debt(day(4))) == ([], 50)


def all_ways(lots: Lots, asked: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to take each of the amounts asked for from lots alive on its day (5, then 8)."""
    if not asked:
        yield []
        return
    for earlier in all_ways(lots, asked[:-1]):
        gone = [sum(way[i] for way in earlier) for i in range(len(lots))]
        free = [
            points - gone[i] if end is None or end > (5, 8)[len(asked) - 1] else 0
            for i, (points, _, end) in enumerate(lots)
        ]
        for way in splits(asked[-1], free):
            yield [*earlier, way]


def splits(points: int, free: Sequence[int]) -> Iterator[list[int]]:
    """Every way to take so many points from what is free."""
    if not free:
        if not points:
            yield []
        return
    for first in range(min(points, free[0]) + 1):
        for rest in splits(points - first, free[1:]):
            yield [first, *rest]


def expired_by(lots: Lots, ways: list[list[int]], number: int) -> int:
    """How many points have expired by noon of a day when these ways were taken."""
    return sum(
        points - sum(way[i] for way in ways)
        for i, (points, _, end) in enumerate(lots)
        if end is not None and end <= number
    )


class TestDebitsInThePast:
    """S18: a debit dated in the past is covered per lot by what is not allocated since."""

    def test_s18_only_what_nobody_took_since(self) -> None:
        """S18: what a later debit used is not there for an earlier one, lot by lot; `available` is that number."""
        story = Story()
        story.buy("a", day(0), 100)
        story.buy("b", day(2), 100)
        story.spend("x", day(5), 70)
        with pytest.raises(lk.InsufficientPointsError) as refused:
            story.spend("y", day(1), 31)
        assert (refused.value.available, refused.value.requested) == (30, 31)
        story.spend("y", day(1), 30)
        assert story.lots(day(5)) == [("b", 100)]
        assert story.available(day(1)) == 70

    def test_s18_a_give_back_later_does_not_help(self) -> None:
        """S18: points given back on day 5 cannot be spent on day 3, while they were gone between."""
        story = Story(policy(expire_after=lk.NEVER))
        story.buy("a", day(0), 100)
        story.spend("x", day(2), 100)
        story.undo("u", "x", day(5))
        with pytest.raises(lk.InsufficientPointsError) as refused:
            story.spend("y", day(1), 1)
        assert refused.value.available == 0
        story.spend("y", day(5, 13), 100)

    def test_s18_lots_that_were_alive_at_its_date(self) -> None:
        """S18: a debit dated in the past may use a lot that has lapsed since, and none that came later."""
        story = Story()
        story.buy("a", day(0), 100)
        story.buy("b", day(20), 100)
        story.spend("x", day(5), 40)
        assert story.rows(day(20)) == [("accrual", 100), ("redemption", -40), ("expiry", -60), ("accrual", 100)]
        with pytest.raises(lk.InsufficientPointsError):
            story.spend("y", day(5), 61)

    @given(
        spends=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), min_size=1, max_size=6),
        points=st.integers(1, 150),
    )
    def test_s18_available_is_exactly_what_can_be_spent(self, spends: list[tuple[int, int]], points: int) -> None:
        """S18, I3, I4: what the error calls available is accepted, one point more is not; nobody ever owes."""
        story = Story()
        for name, number in (("a", 0), ("b", 3), ("c", 6)):
            story.buy(name, day(number, 0), 50)
        for serial, (number, asked) in enumerate(spends):
            try:
                story.spend(f"x{serial}", day(number), asked)
            except lk.InsufficientPointsError as error:
                with pytest.raises(lk.InsufficientPointsError):
                    story.spend(f"y{serial}", day(number), error.available + 1)
                if error.available:
                    story.spend(f"x{serial}", day(number), error.available)
        assert all(story.available(day(n, h)) >= 0 and not story.debt(day(n, h)) for n in range(20) for h in (0, 12))
        assert story.shop.storage.verify() == []

    def test_s8_what_a_late_debit_takes_repays_nothing(self) -> None:
        """S8: points that the debit takes itself are not there to repay what it leaves owing."""
        story = Story(policy(expire_after=lk.NEVER))
        story.buy("a", day(0), 50)
        story.spend("x", day(1), 50)
        story.adjust("b", day(2), 30)
        story.buy("c", day(5), 10)
        story.spend("y", day(6), 20)
        story.undo("u", "y", day(7))
        story.bring_back("r", "a", day(3))
        assert [story.debt(day(n)) for n in (3, 5, 7)] == [40, 30, 10]
        assert story.available(day(7)) == 0
        assert story.shop.storage.verify() == []

    def test_s18_returns_and_reversals_are_never_refused_for_this(self) -> None:
        """S18: a return in the past whose points were spent since is accepted, and owed."""
        story = Story()
        story.buy("a", day(0), 100)
        story.spend("x", day(5), 100)
        assert story.bring_back("r", "a", day(2)).points == -100
        assert (story.debt(day(2)), story.available(day(5))) == (100, 0)


class TestClaims:
    """S7: its own lapsed points, the rest of its lot, other lots, then debt; the policy bounds the walk."""

    def test_s7_own_lot_first_then_spend_order(self) -> None:
        """S7: the lot of the returned purchase answers first, though others end sooner."""
        story = Story()
        story.buy("a", day(0), 100)
        story.buy("b", day(1), 100)
        story.buy("c", day(2), 100)
        story.spend("x", day(2, 13), 160)
        assert story.lots(day(2, 13)) == [("b", 40), ("c", 100)]
        story.bring_back("r", "c", day(3), amount=70)
        assert story.lots(day(3)) == [("b", 40), ("c", 30)]
        story.bring_back("q", "c", day(3, 13))
        assert story.lots(day(4)) == [("b", 40)]
        assert story.bring_back("s", "b", day(4)).points == -100
        assert (story.lots(day(4)), story.debt(day(4))) == ([], 60)

    @pytest.mark.parametrize(
        ("terms", "points", "available", "debt"),
        [
            ({}, -100, 0, 30),
            ({"debt_limit": 30}, -100, 0, 30),
            ({"debt_limit": 29}, -99, 0, 29),
            ({"debt_limit": 0}, -70, 0, 0),
            ({"on_return": "within_balance"}, -70, 0, 0),
            ({"on_return": "only_pending"}, 0, 70, 0),
        ],
    )
    def test_s7_how_far_the_walk_goes(self, terms: dict[str, object], points: int, available: int, debt: int) -> None:
        """S7: debt to its limit, the balance only, or pending points only; the rest is waived."""
        story = Story(policy(**terms))
        story.buy("a", day(0), 100)
        story.buy("b", day(1), 50)
        story.spend("x", day(2), 80)
        assert story.bring_back("r", "a", day(3)).points == points
        assert (story.available(day(3)), story.debt(day(3))) == (available, debt)

    def test_s7_debt_limit_is_for_all_debts_together(self) -> None:
        """S7: what is owed already counts towards the limit."""
        story = Story(policy(debt_limit=50))
        for name in "ab":
            story.buy(name, day(0), 40)
        story.spend("x", day(1), 80)
        assert [story.bring_back(f"r{name}", name, day(2)).points for name in "ab"] == [-40, -10]
        assert story.debt(day(2)) == 50
        assert story.adjust("t", day(3), -5).points == 0

    def test_s7_what_lapsed_unspent_owes_nothing(self) -> None:
        """S7: the part of the lot that had lapsed counts as claimed; only what was spent is owed."""
        story = Story()
        story.buy("a", day(0), 100)
        story.spend("x", day(1), 30)
        assert story.bring_back("r", "a", day(20), amount=60).points == 0
        assert story.bring_back("s", "a", day(21), amount=20).points == -10
        assert story.bring_back("t", "a", day(22)).points == -20
        assert story.debt(day(22)) == 30
        assert story.rows()[-2:] == [("clawback", -10), ("clawback", -20)]

    def test_s7_points_have_lapsed_at_the_very_end_of_their_lot(self) -> None:
        """S7, I7: a return at that instant claims nothing, one a microsecond before it takes the points."""
        end = at(2024, 1, 12)
        for when, points in ((end, 0), (end - MICROSECOND, -100)):
            story = Story()
            story.buy("a", day(0), 100)
            assert story.bring_back("r", "a", when).points == points
            assert story.debt(when) == 0

    def test_s7_waived_once_is_waived_for_ever(self) -> None:
        """S6, S7: what the policy waived counts as claimed, whatever the balance is later."""
        story = Story(policy(on_return="within_balance"))
        story.buy("a", day(0), 100)
        story.spend("x", day(1), 100)
        assert story.bring_back("r", "a", day(2), amount=40).points == 0
        story.buy("b", day(3), 100)
        assert story.bring_back("s", "a", day(4)).points == -60
        assert story.available(day(4)) == 40

    def test_s7_what_lapsed_counts_under_only_pending_too(self) -> None:
        """S7: `only_pending` takes nothing from anybody."""
        story = Story(policy(on_return="only_pending"))
        story.buy("a", day(0), 100)
        assert story.bring_back("r", "a", day(20), amount=60).points == 0
        assert story.bring_back("s", "a", day(21)).points == 0
        assert story.rows() == [("accrual", 100), ("expiry", -100)]


class TestAdjustments:
    """S17: points put right by hand."""

    @pytest.mark.parametrize(
        ("terms", "points", "debt"),
        [
            ({}, -130, 30),
            ({"debt_limit": 10}, -110, 10),
            ({"on_return": "within_balance"}, -100, 0),
            ({"on_return": "only_pending"}, -100, 0),
        ],
    )
    def test_s17_taking_starts_at_other_lots(self, terms: dict[str, object], points: int, debt: int) -> None:
        """S17: a negative adjustment walks the lots in spend order; `only_pending` counts as `within_balance`."""
        story = Story(policy(**terms))
        story.buy("a", day(0), 60)
        story.buy("b", day(1), 40)
        assert story.adjust("t", day(2), -130).points == points
        assert (story.lots(day(2)), story.debt(day(2))) == ([], debt)

    def test_s17_nothing_to_take_writes_nothing(self) -> None:
        """S1, S17: where nothing is there and nothing may be owed, the receipt says 0 and no posting is written."""
        story = Story(policy(on_return="within_balance"))
        assert story.adjust("t", day(2), -130).points == 0
        assert story.rows() == []

    def test_s17_says_who_and_why(self) -> None:
        """S17: an adjustment without an actor or a reason is refused, with both problems at once."""
        with pytest.raises(lk.InvalidValueError) as refused:
            lk.Adjustment(id="a", member_id="m", points=5)
        assert {problem.field for problem in refused.value.problems} == {"actor", "reason"}

    def test_s17_an_end_before_its_beginning_is_refused(self) -> None:
        """S17: points cannot end before they come."""
        story = Story()
        for end in (day(3), day(2)):
            with pytest.raises(lk.InvalidValueError):
                story.adjust("a", day(3), 5, expires_at=end)
        assert story.rows() == []


def test_i4_only_two_things_make_debt() -> None:
    """I4: a redemption never does; a return of spent points and a negative adjustment may."""
    story = Story()
    with pytest.raises(lk.InsufficientPointsError):
        story.spend("x", day(0), 1)
    story.buy("a", day(0), 10)
    story.spend("x", day(0), 10)
    assert story.debt(LATE) == 0
    story.bring_back("r", "a", day(1))
    assert story.debt(LATE) == 10


@given(parts=st.lists(st.sampled_from(["0.01", "0.50", "3.33", "9.99", "15"]), min_size=1, max_size=5))
def test_i19_any_partition_of_a_return_claims_the_same(parts: list[str]) -> None:
    """I19, S6: returned in parts at one instant, a purchase loses in total what one whole return takes."""
    story = Story(club(tiers=lk.TierLadder(lk.Tier("only", multiplier="1.37"))))
    earned = story.buy("a", day(0), "77.77").points
    total = sum(story.bring_back(f"r{i}", "a", day(1), amount=part).points for i, part in enumerate(parts))
    total += story.bring_back("rest", "a", day(1)).points
    assert total == -earned
    assert story.available(day(1)) == 0
