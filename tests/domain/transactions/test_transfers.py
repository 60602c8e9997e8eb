"""Points from elsewhere: given by another member (S16), brought from another system (S22)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.stories import FEW, LATE, START, Story, at, club, day, happenings, policy


def pair(program: lk.Program | None = None) -> Story:
    """A shop with two members, m and n."""
    story = Story(program)
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    return story


def give(story: Story, id: str, when: object, points: int, **more: object) -> lk.Receipt:
    """From m to n, unless told otherwise."""
    parts = {"member_id": "m", "to": "n"} | more
    return story.shop.record(lk.Transfer(id=id, points=points, occurred_at=when, **parts))  # type: ignore[arg-type]


def lots(story: Story, member: str, when: object) -> list[tuple[int, object]]:
    """What a member has, with its ends."""
    balance = story.shop.balance(member, as_of=when)  # type: ignore[arg-type]
    return [(lot.remaining, lot.expires_at) for lot in balance.lots]


class TestTransfers:
    """S16: lot by lot with the original expiry, atomically, never for tiers."""

    def test_s16_lot_by_lot_with_the_expiry_they_had(self) -> None:
        """S16, S4, I22: in spend order, each lot with its own end."""
        story = pair()
        story.buy("a", day(1), 100)
        story.buy("b", day(3), 100)
        assert give(story, "t", day(4), 130).points == -130
        assert lots(story, "m", day(4)) == [(70, at(2024, 1, 15))]
        assert lots(story, "n", day(4)) == [(100, at(2024, 1, 13)), (30, at(2024, 1, 15))]
        assert [(row.kind, row.points, row.cause) for row in story.shop.statement("n", as_of=day(4))] == [
            ("transfer", 100, "t"),
            ("transfer", 30, "t"),
        ]
        assert story.rows(day(4))[-1] == ("transfer", -130)

    def test_s16_both_or_neither(self) -> None:
        """S16, I11: whatever either side refuses leaves both as they were, in a batch too."""
        story = pair()
        story.shop.enroll(lk.Member(id="late", enrolled_at=day(9)))
        story.buy("a", day(1), 100)
        refusals: list[tuple[lk.Transfer, type[lk.LoyaltyError]]] = [
            (lk.Transfer(id="t", member_id="m", to="n", points=101, occurred_at=day(2)), lk.InsufficientPointsError),
            (lk.Transfer(id="t", member_id="m", to="nobody", points=1, occurred_at=day(2)), lk.UnknownMemberError),
            (lk.Transfer(id="t", member_id="nobody", to="m", points=1, occurred_at=day(2)), lk.UnknownMemberError),
            (lk.Transfer(id="t", member_id="m", to="late", points=1, occurred_at=day(2)), lk.NotEnrolledError),
        ]
        for transfer, error in refusals:
            with pytest.raises(error):
                story.shop.record(transfer)
            with pytest.raises(error):
                story.shop.quote(transfer)
            [(_, _, rejected)] = story.shop.ingest([transfer]).rejected
            assert type(rejected) is error
        assert story.available(day(2)) == 100
        assert lots(story, "n", day(2)) == []

    def test_s16_to_oneself_is_refused(self) -> None:
        """S16: at the door."""
        with pytest.raises(lk.InvalidValueError):
            lk.Transfer(id="t", member_id="m", to="m", points=1)

    def test_s15_sent_again_changes_nothing(self) -> None:
        """S15, I9: on neither side."""
        story = pair()
        story.buy("a", day(1), 100)
        first = give(story, "t", day(2), 60)
        assert give(story, "t", day(2), 60) == first
        assert [points for points, _ in lots(story, "n", day(2))] == [60]

    def test_s16_repays_what_the_receiver_owes(self) -> None:
        """S8: an arrival is a credit; its lots repay in spend order."""
        story = pair()
        story.buy("a", day(1), 100)
        story.buy("b", day(3), 100)
        story.shop.record(lk.Adjustment(id="x", member_id="n", points=-120, actor="s", reason="r", occurred_at=day(0)))
        give(story, "t", day(4), 150)
        balance = story.shop.balance("n", as_of=day(4))
        assert (balance.available, balance.debt) == (30, 0)

    def test_s7_the_givers_lots_answer(self) -> None:
        """S7: a return after a transfer never touches the receiver."""
        story = pair()
        story.buy("a", day(1), 100)
        give(story, "t", day(2), 100)
        story.bring_back("r", "a", day(3))
        assert story.debt(day(3)) == 100
        assert [points for points, _ in lots(story, "n", day(3))] == [100]

    def test_s16_under_inactivity_the_end_that_stands_moves_along(self) -> None:
        """S3, S16: an end that activity had put off goes along, and the receiver's activity puts it off again."""
        from loyaltykit.rules import days

        story = pair(policy(expire_after=lk.inactivity(days(6))))
        story.buy("a", day(1), 100)
        story.buy("b", day(5), 50)
        give(story, "t", day(6), 100)
        assert lots(story, "n", day(6)) == [(100, at(2024, 1, 13))]
        story.shop.record(lk.Redemption(id="s", member_id="n", points=10, occurred_at=day(10)))
        assert lots(story, "n", day(10)) == [(90, at(2024, 1, 18))]

    @FEW
    @given(happenings(max_size=6), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 120)), min_size=1, max_size=5))
    def test_i1_transfers_cancel_across_members(
        self, told: list[lk.Transaction], transfers: list[tuple[int, int]]
    ) -> None:
        """I1, I22: what one gives is what the other gets, with the same ends; nothing else comes or goes."""
        story = pair()
        story.shop.ingest(told)
        for serial, (number, points) in enumerate(transfers):
            try:
                give(story, f"t{serial}", day(number), points)
            except lk.InsufficientPointsError:
                continue
        given = [row.points for row in story.shop.statement("m", as_of=LATE) if row.kind == "transfer"]
        came = [row.points for row in story.shop.statement("n", as_of=LATE) if row.kind == "transfer"]
        assert sum(given) + sum(came) == 0
        assert story.shop.storage.verify() == []


class TestOpeningBalances:
    """S22: lot by lot with their own expiry, without a purchase behind them."""

    def test_s22_each_lot_with_its_own_expiry(self) -> None:
        """S22, S3: a date, never, or the policy counted from the opening."""
        story = Story()
        opening = lk.OpeningBalance(
            id="o",
            member_id="m",
            occurred_at=day(1),
            lots=[
                lk.OpeningLot(points=10, expires_at=day(5)),
                lk.OpeningLot(points=20, expires_at=lk.NEVER),
                lk.OpeningLot(points=30),
            ],
        )
        assert story.shop.record(opening).points == 60
        assert lots(story, "m", day(1)) == [(10, day(5)), (30, at(2024, 1, 13)), (20, None)]
        assert story.rows(day(1)) == [("opening", 10), ("opening", 20), ("opening", 30)]
        assert story.shop.storage.verify() == []

    def test_s22_repays_what_is_owed(self) -> None:
        """S8: an opening is a credit."""
        story = Story()
        story.adjust("t", day(0), -25)
        story.shop.record(
            lk.OpeningBalance(
                id="o", member_id="m", occurred_at=day(1), lots=[lk.OpeningLot(points=20), lk.OpeningLot(points=20)]
            )
        )
        assert story.places(day(1)) == (0, 15, 0, 0)

    def test_s22_counts_for_no_tier(self) -> None:
        """T1: points that were brought along are no metric."""
        from loyaltykit.rules import points_accrued

        ladder = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=points_accrued >= 10))
        story = Story(club(tiers=ladder))
        story.shop.record(lk.OpeningBalance(id="o", member_id="m", occurred_at=day(1), lots=[lk.OpeningLot(points=50)]))
        assert story.tier(day(2)) == "low"

    @pytest.mark.parametrize("given", [[], ["50"], 50, [lk.OpeningLot(points=1)] * 10_001])
    def test_bad_openings(self, given: object) -> None:
        """No lots, something else, too many: refused at the door."""
        with pytest.raises(lk.InvalidValueError):
            lk.OpeningBalance(id="o", member_id="m", lots=given)  # type: ignore[arg-type]

    def test_an_end_before_the_opening_is_refused(self) -> None:
        """S22: points that were dead on arrival are a mistake in the file."""
        story = Story()
        with pytest.raises(lk.InvalidValueError):
            story.shop.record(
                lk.OpeningBalance(
                    id="o", member_id="m", occurred_at=day(5), lots=[lk.OpeningLot(points=1, expires_at=day(5))]
                )
            )
        with pytest.raises(lk.InvalidValueError):
            lk.OpeningLot(points=-1, expires_at=LATE)
