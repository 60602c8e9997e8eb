"""Points that change their place: pending (S5), and what falls due by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import days
from tests.support.stories import FEW, LATE, MICROSECOND, PROGRAMS, Story, day, happenings, policy

WAITING = policy(active_after=days(7), expire_after=days(20))
ON_ACTIVATION = policy(active_after="activation", expire_after=days(20))


class TestPending:
    """S5: pending points show as pending, cannot be spent, become active by date or by an action."""

    def test_s5_active_from_the_day_after_the_span(self) -> None:
        """S5, S3: pending through the end of day D + 7; active from the first instant of the next."""
        story = Story(WAITING)
        story.buy("a", day(1), 100)
        start = day(9, 0)
        assert story.places(day(1)) == story.places(start - MICROSECOND) == (100, 0, 0, 0)
        assert story.places(start) == (0, 100, 0, 0)
        assert story.places(day(0)) == (0, 0, 0, 0)
        assert story.lots(start - MICROSECOND) == []
        assert story.lots(start) == [("a", 100)]

    def test_s5_cannot_be_spent_held_or_given(self) -> None:
        """S5, S16: what is pending is not there for any debit."""
        story = Story(WAITING)
        story.shop.enroll(lk.Member(id="n", enrolled_at=day(0)))
        story.buy("a", day(1), 100)
        for debit in (
            lk.Redemption(id="d", member_id="m", points=1, occurred_at=day(2)),
            lk.Hold(id="d", member_id="m", points=1, occurred_at=day(2)),
            lk.Transfer(id="d", member_id="m", to="n", points=1, occurred_at=day(2)),
        ):
            with pytest.raises(lk.InsufficientPointsError) as refused:
                story.shop.record(debit)
            assert refused.value.available == 0

    def test_s5_expiry_counts_from_the_purchase(self) -> None:
        """S3, S5: points that nobody activates lapse at their end, as the statement and a settlement say."""
        story = Story(ON_ACTIVATION)
        story.buy("a", day(1), 100)
        end = day(22, 0)
        assert story.places(end - MICROSECOND) == (100, 0, 0, 0)
        assert story.places(end) == (0, 0, 0, 0)
        assert story.rows() == [("accrual", 100), ("expiry", -100)]
        assert story.shop.settle(as_of=LATE).expired_points == 100
        assert story.rows() == [("accrual", 100), ("expiry", -100)]
        assert story.activate("x", "a", day(23)).moved == 0
        assert story.shop.storage.verify() == []

    def test_s5_an_activation_makes_active_what_is_pending(self) -> None:
        """S5: from its own instant on; sooner than the date too, and late as well."""
        for program in (WAITING, ON_ACTIVATION):
            story = Story(program)
            story.buy("a", day(1), 100)
            assert story.activate("x", "a", day(3)).moved == 100
            assert story.places(day(3) - MICROSECOND) == (100, 0, 0, 0)
            assert story.places(day(3)) == (0, 100, 0, 0)
            assert story.activate("y", "a", day(4)).moved == 0
            assert story.activate("z", "a", day(2)).moved == 100
            assert story.places(day(2)) == (0, 100, 0, 0)

    def test_s5_an_activation_needs_its_purchase(self) -> None:
        """S5: one without a purchase, or before it, is refused; one of a purchase without points does nothing."""
        story = Story(ON_ACTIVATION)
        story.buy("a", day(1), 0)
        with pytest.raises(lk.errors.UnknownTransactionError):
            story.activate("x", "b", day(3))
        with pytest.raises(lk.InvalidValueError):
            story.activate("x", "a", day(0))
        assert story.activate("x", "a", day(3)).moved == 0

    def test_s5_repays_debt_when_it_becomes_active(self) -> None:
        """S5, S8: not before; by date without anybody writing it, by an activation at once."""
        story = Story(WAITING)
        story.adjust("t", day(0), -30)
        story.buy("a", day(1), 100)
        start = day(9, 0)
        assert story.places(start - MICROSECOND) == (100, 0, 0, 30)
        assert story.places(start) == (0, 70, 0, 0)
        story.spend("s", day(10), 70)
        assert story.places(start - MICROSECOND) == (100, 0, 0, 30)
        assert story.places(start) == (0, 70, 0, 0)
        assert story.places(day(10)) == (0, 0, 0, 0)
        activated = Story(ON_ACTIVATION)
        activated.adjust("t", day(0), -30)
        activated.buy("a", day(1), 100)
        activated.activate("x", "a", day(3))
        assert activated.places(day(3)) == (0, 70, 0, 0)
        assert story.shop.storage.verify() == activated.shop.storage.verify() == []

    def test_s5_a_late_purchase_repays_at_its_own_date(self) -> None:
        """S5, S2: the lot of a late purchase that is active by now repays on the day it became active."""
        story = Story(WAITING)
        story.adjust("t", day(0), -30)
        story.adjust("u", day(15), -1)
        story.buy("a", day(1), 100)
        assert [story.places(when) for when in (day(8), day(9), day(15))] == [
            (100, 0, 0, 30),
            (0, 70, 0, 0),
            (0, 69, 0, 0),
        ]

    def test_s7_a_return_takes_pending_points_first(self) -> None:
        """S7: the pending part of its own lot, whatever other lots would expire sooner."""
        story = Story(WAITING)
        story.adjust("g", day(1), 50, expires_at=day(12))
        story.buy("a", day(1), 100)
        story.bring_back("r", "a", day(3), amount="40.00")
        assert story.places(day(3)) == (60, 50, 0, 0)

    def test_s7_only_pending_stops_there(self) -> None:
        """S7: under only_pending a return of pending points takes them, a later one waives its claim."""
        story = Story(policy(active_after=days(7), expire_after=days(30), on_return="only_pending"))
        story.buy("a", day(1), 100)
        assert story.bring_back("r", "a", day(3), amount="40.00").points == -40
        assert story.bring_back("s", "a", day(12), amount="40.00").points == 0
        assert story.places(day(12)) == (0, 60, 0, 0)


def test_s19_s8_what_falls_due_first_repays_first() -> None:
    """S8, S19: of two holds that time out, the one that ends first repays at its own end, whatever its id."""
    story = Story(policy(expire_after=lk.NEVER))
    story.adjust("a", day(0), 100)
    story.hold("h-1", day(1), 60, until=day(6))
    story.hold("h-2", day(1), 40, until=day(4))
    story.adjust("t", day(2), -70)
    story.adjust("g", day(7), 5)  # writes down what fell due before it
    assert [(story.debt(day(n)), story.available(day(n))) for n in (3, 4, 6)] == [(70, 0), (30, 0), (0, 30)]


class TestAnswers:
    """What holds for every answer, whatever was held, pending, given or paid with."""

    @FEW
    @given(st.sampled_from(PROGRAMS), happenings(max_size=12))
    def test_i2_places_sum_to_the_statement(self, program: lk.Program, told: list[lk.Transaction]) -> None:
        """I2, I8: pending + available + held - debt is what the statement sums to, on any day, settled or not."""
        story = Story(program)
        story.shop.ingest(told)
        moments = [day(number, hour) for number in range(0, 100, 7) for hour in (0, 13)]
        before = [self._sums(story, when) for when in moments]
        story.shop.settle(as_of=day(50))
        story.shop.settle(as_of=day(99, 13))
        assert [self._sums(story, when) for when in moments] == before
        assert story.shop.storage.verify() == []

    def _sums(self, story: Story, when: object) -> tuple[int, ...]:
        places = story.places(when)  # type: ignore[arg-type]
        pending, available, held, debt = places
        assert min(places) >= 0
        statement = story.shop.statement("m", as_of=when)  # type: ignore[arg-type]
        assert pending + available + held - debt == sum(row.points for row in statement)
        assert available == sum(lot.remaining for lot in story.shop.balance("m", as_of=when).lots)  # type: ignore[arg-type]
        return places

    @FEW
    @given(st.sampled_from(PROGRAMS), happenings(max_size=10))
    def test_i15_quotes_are_what_is_recorded(self, program: lk.Program, told: list[lk.Transaction]) -> None:
        """C2: a quote gives the receipt, or the refusal, that recording gives."""
        story = Story(program)
        for item in told:
            try:
                quoted: object = story.shop.quote(item)
            except lk.LoyaltyError as refusal:
                quoted = str(refusal)
            try:
                recorded: object = story.shop.record(item)
            except lk.LoyaltyError as refusal:
                recorded = str(refusal)
            assert quoted == recorded
