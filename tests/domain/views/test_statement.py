"""Statements and lots as of an instant (C1, C5, S2, S4, T12)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from tests.support.stories import FEW, LATE, MICROSECOND, PROGRAMS, START, Story, accepted, at, club, day, happenings

EVERY_DAY = [day(n) for n in range(0, 75, 7)]


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), settled=st.none() | st.sampled_from(EVERY_DAY))
def test_c5_a_statement_is_in_order_and_sums_up(
    program: lk.Program, told: list[lk.Transaction], settled: datetime | None
) -> None:
    """C5, T12, I2: rows stand in order of time, nothing later than asked for, the last balance is the total."""
    story = Story(program)
    accepted(story.shop, told)
    if settled is not None:
        story.shop.settle(as_of=settled)
    whole = story.shop.statement("m", as_of=LATE)
    for when in EVERY_DAY:
        rows = story.shop.statement("m", as_of=when)
        assert [row.occurred_at for row in rows] == sorted(row.occurred_at for row in rows)
        assert all(row.occurred_at <= when for row in rows)
        assert [(row.kind, row.points, row.cause) for row in whole if row.occurred_at <= when] == [
            (row.kind, row.points, row.cause) for row in rows
        ]
        running = 0
        for row in rows:
            running += row.points
            assert row.balance == running
        assert running == story.shop.balance("m", as_of=when).total


def test_c5_what_is_due_shows_written_or_not() -> None:
    """C5, S2: an expiry shows from its instant on; once it is written it also says when."""
    story = Story()
    story.buy("a", day(0))
    end = at(2024, 1, 12)
    assert story.rows(end - MICROSECOND) == [("accrual", 100)]
    [_, due] = story.shop.statement("m", as_of=end)
    assert (due.kind, due.points, due.balance, due.occurred_at, due.recorded_at) == ("expiry", -100, 0, end, None)
    story.clock.set(at(2045, 2, 1))
    story.shop.settle()
    [_, written] = story.shop.statement("m", as_of=end)
    assert (written.occurred_at, written.recorded_at, written.cause) == (end, at(2045, 2, 1), "a")


def test_c5_as_of_omitted_is_now() -> None:
    """C5: without `as_of` the clock's now is meant, in every question."""
    story = Story()
    story.buy("a", day(0))
    for when, available in ((day(1), 100), (day(40), 0)):
        story.clock.set(when)
        assert story.shop.balance("m").available == available
        assert story.shop.balance("m").as_of == story.shop.tier("m").as_of == when
        assert sum(row.points for row in story.shop.statement("m")) == available


def test_c5_statements_and_balances_stay_as_they_were_made() -> None:
    """C5, I16: what was told does not change when more is recorded."""
    story = Story()
    story.buy("a", day(0))
    balance, statement = story.shop.balance("m", as_of=day(5)), story.shop.statement("m", as_of=day(5))
    lots_before = balance.lots
    story.spend("x", day(1), 60)
    assert (balance.available, [(lot.id, lot.remaining) for lot in balance.lots]) == (100, [("a", 100)])
    assert balance.lots == lots_before
    assert [row.kind for row in statement] == ["accrual"]
    assert story.shop.balance("m", as_of=day(5)).available == 40


def test_statement_says_who_and_why() -> None:
    """S1, S17: actor and reason of the transaction stand in its row; an expiry has neither."""
    story = Story()
    story.adjust("g", day(0), 50)
    rows = story.shop.statement("m", as_of=LATE)
    assert [(row.kind, row.actor, row.reason) for row in rows] == [
        ("adjustment", "staff-7", "by hand"),
        ("expiry", None, None),
    ]


def test_t12_a_correction_stands_behind_the_expiry_it_corrects() -> None:
    """T8, T12: expiry and its reversal have one instant, and the sums after them agree with the balance."""
    story = Story()
    story.buy("a", day(0))
    story.shop.settle(as_of=day(20))
    story.shop.record(
        lk.Redemption(id="x", member_id="m", points=30, occurred_at=day(3), actor="till-1", reason="voucher")
    )
    rows = story.shop.statement("m", as_of=LATE)
    assert [(row.kind, row.balance) for row in rows] == [
        ("accrual", 100),
        ("redemption", 70),
        ("expiry", -30),
        ("reversal", 0),
    ]
    assert (rows[3].actor, rows[3].reason) == ("till-1", "voucher")


class TestDays:
    """C1: days belong to the programme's zone, never to the server's."""

    @pytest.mark.parametrize(
        ("zone", "end"),
        [
            ("Asia/Shanghai", datetime(2024, 5, 11, 16, tzinfo=UTC)),
            ("Europe/Berlin", datetime(2024, 5, 10, 22, tzinfo=UTC)),
            ("America/Los_Angeles", datetime(2024, 5, 11, 7, tzinfo=UTC)),
        ],
    )
    def test_c1_the_end_of_a_day_is_the_shops(self, zone: str, end: datetime) -> None:
        """C1, S3: ten days from one instant end when the shop's day does."""
        bought = datetime(2024, 4, 30, 20, tzinfo=UTC)
        story = Story(club(timezone=zone))
        story.buy("a", bought)
        [lot] = story.shop.balance("m", as_of=bought).lots
        assert lot.expires_at == end
        assert lot.expires_at.utcoffset() is not None
        assert str(lot.expires_at.tzinfo) == zone

    def test_c1_a_midnight_that_does_not_exist(self) -> None:
        """C1: where the clocks skip midnight, the day begins with its first instant."""
        story = Story(club(timezone="America/Sao_Paulo"), enrolled=datetime(2018, 1, 1, tzinfo=UTC))
        bought = datetime(2018, 10, 24, 15, tzinfo=UTC)
        story.buy("a", bought)
        [lot] = story.shop.balance("m", as_of=bought).lots
        assert lot.expires_at == datetime(2018, 11, 4, 3, tzinfo=UTC)

    def test_c1_days_since_purchase_is_a_difference_of_dates(self) -> None:
        """C1: from 23:59 to 00:01 is one day."""
        from loyaltykit.rules import days_since_purchase

        story = Story()
        story.buy("a", at(2024, 3, 30, 23, 59))
        for when, days in ((at(2024, 3, 30, 23, 59), 0), (at(2024, 3, 31), 1), (at(2024, 4, 1, 23), 2)):
            assert story.shop.select(days_since_purchase == days, as_of=when).count() == 1


def test_questions_before_the_enrolment() -> None:
    """T10: there is nothing to tell before the member was enrolled; from that instant on there is."""
    story = Story()
    for ask in (story.shop.balance, story.shop.statement, story.shop.tier):
        with pytest.raises(lk.NotEnrolledError):
            ask("m", as_of=START - MICROSECOND)
        assert ask("m", as_of=START) is not None
        with pytest.raises(lk.UnknownMemberError):
            ask("nobody", as_of=START)
