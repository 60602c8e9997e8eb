"""The life of a shop: opening, writing, asking, closing (C2, S15)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import spend
from loyaltykit.storage.memory import MemoryStorage
from tests.digest import canonical
from tests.stories import FEW, LATE, PROGRAMS, START, Story, accepted, club, day, happenings

EVERY_CALL: list[Callable[[lk.Loyalty], object]] = [
    lambda shop: shop.enroll(lk.Member(id="n")),
    lambda shop: shop.record(lk.Visit(id="v", member_id="m")),
    lambda shop: shop.quote(lk.Visit(id="v", member_id="m")),
    lambda shop: shop.ingest([lk.Member(id="n")]),
    lambda shop: shop.settle(),
    lambda shop: shop.member("m"),
    lambda shop: shop.balance("m"),
    lambda shop: shop.tier("m"),
    lambda shop: shop.statement("m"),
    lambda shop: shop.select(spend >= 0).count(),
    lambda shop: shop.programs.simulate(club()),
    lambda shop: shop.storage.verify(),
]


@pytest.mark.parametrize("call", EVERY_CALL)
def test_after_close_every_call_says_so(call: Callable[[lk.Loyalty], object]) -> None:
    """A closed shop raises `ClosedError`, whatever is asked; closing again does nothing."""
    story = Story()
    assert call(story.shop) is not None
    story.shop.close()
    story.shop.close()
    with pytest.raises(lk.errors.ClosedError):
        call(story.shop)


def test_the_context_manager_closes_and_lets_errors_pass() -> None:
    """Leaving the block closes the shop, an error included."""
    with lk.Loyalty(club()) as shop:
        shop.enroll(lk.Member(id="m"))
    with pytest.raises(lk.errors.ClosedError):
        shop.member("m")
    with pytest.raises(ZeroDivisionError), lk.Loyalty(club()) as shop:
        raise ZeroDivisionError
    with pytest.raises(lk.errors.ClosedError):
        shop.member("m")


def test_the_stored_programme_is_the_one_in_force() -> None:
    """An empty store keeps the programme; an equal one opens it in silence, another is refused with the difference."""
    storage = MemoryStorage()
    lk.Loyalty(club(), storage=storage).enroll(lk.Member(id="m"))
    assert lk.Loyalty(lk.Program.from_json(club().to_json()), storage=storage).member("m").id == "m"
    with pytest.raises(lk.errors.ProgramChangedError) as refused:
        lk.Loyalty(club(name="Other", points=lk.PointsPolicy()), storage=storage)
    assert set(refused.value.difference) == {"name", "points"}


@pytest.mark.parametrize("program", [None, "club", {"name": "Club"}])
def test_a_programme_is_a_program(program: Any) -> None:
    """I31: anything else is refused as a value, not by accident."""
    with pytest.raises(lk.InvalidValueError):
        lk.Loyalty(program)


class TestEnrolment:
    """S15: members have a namespace of their own."""

    def test_s15_the_same_member_again_changes_nothing(self) -> None:
        """S15, I9: an equal record, its instant told in another zone, is the same member."""
        story = Story()
        member = lk.Member(id="n", name="Ann", tags=["b", "a"], enrolled_at=day(1))
        first = story.shop.enroll(member)
        before = canonical(story.storage)
        again = lk.Member(id="n", name="Ann", tags=["a", "b", "a"], enrolled_at=day(1).astimezone(UTC))
        assert story.shop.enroll(again) == first
        assert canonical(story.storage) == before

    def test_i10_other_content_is_a_conflict(self) -> None:
        """I10: a taken id with other content is refused and D unchanged."""
        story = Story()
        before = canonical(story.storage)
        with pytest.raises(lk.IdempotencyConflictError):
            story.shop.enroll(lk.Member(id="m", name="Ann", enrolled_at=START))
        assert canonical(story.storage) == before

    def test_s15_content_is_what_was_passed_before_defaults(self) -> None:
        """S15: without `enrolled_at` the clock's now is taken once; sending it later is the same member."""
        story = Story()
        story.clock.set(day(5))
        assert story.shop.enroll(lk.Member(id="n")).enrolled_at == day(5)
        story.clock.set(day(9))
        assert story.shop.enroll(lk.Member(id="n")).enrolled_at == day(5)
        with pytest.raises(lk.IdempotencyConflictError):
            story.shop.enroll(lk.Member(id="n", enrolled_at=day(5)))

    def test_a_member_and_a_transaction_may_share_an_id(self) -> None:
        """S15: one namespace for transactions, one for members."""
        story = Story()
        assert story.buy("m", day(0)).points == 100

    @pytest.mark.parametrize(
        "member", [lk.Member(id="n", fields={"shoe": 42}), lk.Member(id="n", enrolled_at=LATE + timedelta(hours=1))]
    )
    def test_what_does_not_fit_is_refused(self, member: lk.Member) -> None:
        """Bad input: undeclared fields and enrolments of the future leave nothing behind."""
        story = Story()
        with pytest.raises(lk.InvalidValueError):
            story.shop.enroll(member)
        with pytest.raises(lk.UnknownMemberError):
            story.shop.member("n")


class TestClock:
    """What lies ahead of the clock."""

    def test_occurred_at_is_now_unless_given(self) -> None:
        """S15: a transaction without `occurred_at` happens now; sent again later it is the same one."""
        story = Story()
        story.clock.set(day(3))
        visit = lk.Visit(id="v", member_id="m")
        first = story.shop.record(visit)
        assert first.occurred_at == day(3)
        story.clock.set(day(4))
        assert story.shop.record(visit) == first

    def test_five_minutes_ahead_and_no_more(self) -> None:
        """Bad input: a till may be five minutes fast."""
        story = Story()
        story.clock.set(day(3))
        with pytest.raises(lk.InvalidValueError) as refused:
            story.visit("v", day(3) + timedelta(minutes=5, microseconds=1))
        assert [problem.field for problem in refused.value.problems] == ["occurred_at"]
        story.visit("v", day(3) + timedelta(minutes=5))

    def test_a_clock_that_jumps_back(self) -> None:
        """I8: nothing breaks when the clock jumps back; what was settled stays settled."""
        story = Story()
        story.buy("a", day(0))
        story.clock.set(day(30))
        assert story.shop.settle().expired_points == 100
        story.clock.set(day(1))
        assert story.shop.settle().expired_points == 0
        assert story.shop.balance("m").available == 100
        story.clock.set(day(31))
        assert story.shop.balance("m").available == 0
        assert story.shop.storage.verify() == []


class TestQuotes:
    """C2: `quote` previews, and freezes its instant."""

    @FEW
    @given(program=st.sampled_from(PROGRAMS), told=happenings())
    def test_c2_what_is_quoted_is_what_is_recorded(self, program: lk.Program, told: list[lk.Transaction]) -> None:
        """C2, I11: each quote writes nothing, and recording gives the same receipt, or the same refusal."""
        story = Story(program)
        for transaction in told:
            before = canonical(story.storage)
            quoted = outcome(story.shop.quote, transaction)
            assert canonical(story.storage) == before
            assert outcome(story.shop.record, transaction) == quoted
            assert outcome(story.shop.quote, transaction) == quoted

    def test_c2_the_instant_is_frozen(self) -> None:
        """C2: quoted without an instant, the receipt says which was taken; recorded with it, nothing differs."""
        tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 1, multiplier="2"), valid_for=lk.NEVER)
        story = Story(club(tiers=tiers))
        story.clock.set(day(3))
        lines = [lk.Line(amount="10.37", category="tea"), lk.Line(amount="0.81")]
        quoted = story.shop.quote(lk.Purchase(id="p", member_id="m", lines=lines))
        story.clock.set(day(5))
        frozen = lk.Purchase(id="p", member_id="m", lines=lines, occurred_at=quoted.occurred_at)
        assert story.shop.record(frozen) == quoted

    def test_s15_a_quote_of_a_recorded_id(self) -> None:
        """S15: its receipt, or a conflict when the content differs."""
        story = Story()
        receipt = story.buy("a", day(0))
        story.spend("x", day(1), 100)
        assert story.shop.quote(lk.Purchase(id="a", member_id="m", amount="100.00", occurred_at=day(0))) == receipt
        with pytest.raises(lk.IdempotencyConflictError):
            story.shop.quote(lk.Purchase(id="a", member_id="m", amount="100.01", occurred_at=day(0)))


def outcome(call: Callable[[lk.Transaction], lk.Receipt], transaction: lk.Transaction) -> object:
    """A receipt, or the class of the error."""
    try:
        return call(transaction)
    except lk.LoyaltyError as error:
        return type(error)


class TestAskingForWhatIsNot:
    """I31: no question fails in another way than with a `LoyaltyError`."""

    @pytest.mark.parametrize("member_id", ["nobody", "", 5, None, ["m"], {}])
    def test_unknown_members(self, member_id: Any) -> None:
        """I31: whatever is passed as an id, nobody has it."""
        shop = Story().shop
        for ask in (shop.member, shop.balance, shop.tier, shop.statement):
            with pytest.raises(lk.UnknownMemberError):
                ask(member_id)

    @pytest.mark.parametrize("as_of", [datetime(2024, 5, 5), "2024-05-05", 5, day(1).date()])  # noqa: DTZ001
    def test_moments_that_are_none(self, as_of: Any) -> None:
        """I31: a naive datetime and anything that is none is refused."""
        shop = Story().shop
        for ask in (shop.balance, shop.tier, shop.statement):
            with pytest.raises(lk.InvalidValueError):
                ask("m", as_of=as_of)
        for refused in (
            lambda: shop.select(spend >= 0, as_of=as_of),
            lambda: shop.settle(as_of=as_of),
            lambda: shop.programs.simulate(club(), as_of=as_of),
        ):
            with pytest.raises(lk.InvalidValueError):
                refused()

    @pytest.mark.parametrize("given_", [None, "purchase", lk.Member(id="n"), 5])
    def test_things_that_are_no_transactions(self, given_: Any) -> None:
        """I31: only transactions are recorded and quoted, only members enrolled."""
        shop = Story().shop
        for call in (shop.record, shop.quote):
            with pytest.raises(lk.InvalidValueError):
                call(given_)
        with pytest.raises(lk.InvalidValueError):
            shop.enroll(lk.Visit(id="v", member_id="m"))  # type: ignore[arg-type]


def test_one_logger_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """One logger, `loyaltykit`: a line per command with kind, id and milliseconds, and no personal value."""
    story = Story()
    with caplog.at_level(logging.INFO, "loyaltykit"):
        story.buy("a", day(0))
    assert caplog.records == []
    with caplog.at_level(logging.DEBUG, "loyaltykit"):
        story.shop.record(lk.Redemption(id="x", member_id="m", points=1, occurred_at=day(1), reason="for Ann"))
    [line] = caplog.records
    assert line.name == "loyaltykit"
    assert line.getMessage().startswith("redemption x ")
    assert "Ann" not in line.getMessage()


def test_i30_threads_never_spend_twice() -> None:
    """I30: eight threads that redeem ten points each from fifty: five succeed, nobody owes."""
    story = Story()
    story.buy("a", day(0), 50)
    outcomes: list[str] = []

    def redeem(serial: int) -> None:
        try:
            story.spend(f"x{serial}", day(1), 10)
            outcomes.append("spent")
        except lk.InsufficientPointsError:
            outcomes.append("refused")

    threads = [threading.Thread(target=redeem, args=(serial,)) for serial in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["spent"] * 5
    assert (story.available(day(1)), story.debt(day(1))) == (0, 0)
    assert story.shop.storage.verify() == []


def test_i14_members_do_not_share_anything() -> None:
    """I14, I15: two members told of in turns have the accounts that each would have alone."""
    program = PROGRAMS[0]
    together = Story(program)
    together.shop.enroll(lk.Member(id="n", enrolled_at=START))
    alone = Story(program)
    for serial in range(12):
        amount = 40 + serial * 7
        for shop, member_id in ((together.shop, "m"), (together.shop, "n"), (alone.shop, "m")):
            shop.record(
                lk.Purchase(id=f"{member_id}-{serial}", member_id=member_id, amount=amount, occurred_at=day(serial * 3))
            )
    for when in (day(20), day(60)):
        assert together.shop.statement("m", as_of=when) == alone.shop.statement("m", as_of=when)
        assert together.term(when) == alone.term(when)
        assert together.available(when) == together.shop.balance("n", as_of=when).available


def test_an_error_of_the_shop_in_a_story_is_no_surprise() -> None:
    """S15: what `accepted` leaves out was refused, and refused things leave no trace."""
    story = Story()
    before = canonical(story.storage)
    assert accepted(story.shop, [lk.Redemption(id="x", member_id="m", points=5, occurred_at=day(0))]) == []
    assert canonical(story.storage) == before


def test_a_shop_shows_its_programme_and_nothing_personal() -> None:
    """The text of a shop names the programme, never a member."""
    story = Story()
    story.shop.enroll(lk.Member(id="n", name="Ann", enrolled_at=START))
    assert "Club" in repr(story.shop)
    assert "Ann" not in repr(story.shop)
    story.shop.close()
    assert "Club" in repr(story.shop)
