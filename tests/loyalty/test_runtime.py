"""The path of a write: idempotent for ever, whole or not at all, the same in every process (S15, I9-I12)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.dispatch import decide
from loyaltykit.ports import Storage, UnitOfWork
from tests.support.digest import canonical, digest
from tests.support.stories import FEW, KINDS, PROGRAMS, Story, accepted, adjustment, club, day, happenings

ROOT = Path(__file__).parent.parent.parent


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), data=st.data())
def test_i9_sent_often_and_in_turns_is_sent_once(
    program: lk.Program, told: list[lk.Transaction], data: st.DataObject
) -> None:
    """I9, S15: every accepted transaction sent again, in any interleaving, gives its first receipt and the same D."""
    once, often = Story(program), Story(program)
    receipts: dict[str, lk.Receipt] = {}
    for transaction in told:
        for _ in range(data.draw(st.integers(0, 2))):
            if receipts:
                again = data.draw(st.sampled_from([item for item in told if item.id in receipts]))
                assert often.shop.record(again) == receipts[again.id]
        if accepted(once.shop, [transaction]):
            receipts[transaction.id] = often.shop.record(transaction)
    for transaction in told:
        if transaction.id in receipts:
            assert often.shop.record(transaction) == receipts[transaction.id] == once.shop.record(transaction)
    assert canonical(once.storage) == canonical(often.storage)


@FEW
@given(told=happenings(), settled=st.integers(0, 60))
def test_i9_a_receipt_is_the_first_one_whatever_came_since(told: list[lk.Transaction], settled: int) -> None:
    """I9: late facts, returns and settlements do not change what a receipt says."""
    story = Story(PROGRAMS[0])
    first = {}
    for transaction in accepted(story.shop, told[:4]):
        first[transaction.id] = story.shop.record(transaction)
    story.shop.settle(as_of=day(settled))
    accepted(story.shop, told[4:])
    assert {item.id: story.shop.record(item) for item in told[:4] if item.id in first} == first


class TestContent:
    """S15: content is what the caller passed, in canonical form, before defaults."""

    purchase = lk.Purchase(
        id="p",
        member_id="m",
        occurred_at=day(1),
        lines=[lk.Line(amount="1", sku="s", fields={}), lk.Line(amount=Decimal("2.50"))],
        payments={"cash": "3.5"},
        currency="EUR",
    )

    @pytest.mark.parametrize(
        "same",
        [
            lk.Purchase(
                id="p",
                member_id="m",
                occurred_at=day(1).astimezone(UTC),
                lines=(lk.Line(amount="1.00", sku="s"), lk.Line(amount="2.5", quantity=1, discount="0.00")),
                payments={"cash": Decimal("3.50")},
                currency="EUR",
            ),
            evolve(purchase, occurred_at=day(1).astimezone(timezone(timedelta(hours=9)))),
        ],
    )
    def test_s15_equal_instants_and_numbers_are_equal(self, same: lk.Purchase) -> None:
        """S15: equal instants in other zones and "1" / "1.00" are the same content."""
        story = Story()
        receipt = story.shop.record(self.purchase)
        before = canonical(story.storage)
        assert story.shop.record(same) == receipt
        assert canonical(story.storage) == before

    @pytest.mark.parametrize(
        "other",
        [
            evolve(purchase, lines=[lk.Line(amount="1", sku="s"), lk.Line(amount="2.51")], payments={}),
            evolve(purchase, occurred_at=day(1) + timedelta(microseconds=1)),
            evolve(purchase, occurred_at=None),
            evolve(purchase, currency=None),
            evolve(purchase, payments={}),
            evolve(purchase, channel="web"),
            evolve(purchase, actor="till-1"),
            evolve(purchase, reason="gift"),
            evolve(purchase, lines=list(reversed(purchase.lines))),
            evolve(purchase, lines=(), amount="3.50"),
            evolve(purchase, member_id="n"),
            lk.Visit(id="p", member_id="m", occurred_at=day(1)),
            lk.Redemption(id="p", member_id="m", points=1, occurred_at=day(1)),
            lk.Return(id="p", of="p", occurred_at=day(2)),
        ],
    )
    def test_i10_other_content_is_a_conflict(self, other: lk.Transaction) -> None:
        """I10, S15: the id with other content, or another kind, is a conflict; D stays as it is."""
        story = Story()
        story.shop.record(self.purchase)
        before = canonical(story.storage)
        for send in (story.shop.record, story.shop.quote):
            with pytest.raises(lk.IdempotencyConflictError):
                send(other)
        [(position, id, error)] = story.shop.ingest([other]).rejected
        assert (position, id, type(error)) == (0, "p", lk.IdempotencyConflictError)
        assert canonical(story.storage) == before

    def test_s15_two_folds_of_one_wall_time_differ(self) -> None:
        """S15: 02:30 before and after the clocks go back are two instants."""
        story = Story()
        first = day(0).replace(year=2024, month=10, day=27, hour=2, minute=30)
        story.visit("v", first)
        with pytest.raises(lk.IdempotencyConflictError):
            story.visit("v", first.replace(fold=1))

    def test_s15_a_refused_id_is_free(self) -> None:
        """S15: a refusal writes nothing; the same id sent again is a new attempt."""
        story = Story()
        with pytest.raises(lk.InsufficientPointsError):
            story.spend("x", day(1), 50)
        story.buy("a", day(0), 50)
        assert story.spend("x", day(1), 50).points == -50


def record_in(unit: UnitOfWork, transaction: Any) -> None:
    """Write a transaction into a unit of work."""
    decision = decide(unit.account(transaction.member_id), transaction)
    unit.add_record(transaction.member_id, transaction, transaction, decision, 0)


def break_off(storage: Storage, error: type[BaseException]) -> None:
    """A unit that enrols, buys, spends and visits, and then fails."""
    new = lk.Member(id="n", enrolled_at=day(0))
    with storage.unit() as unit:
        unit.add_enrolment(new, new, 0)
        record_in(unit, lk.Purchase(id="b", member_id="m", amount=10, occurred_at=day(1)))
        record_in(unit, lk.Redemption(id="x", member_id="m", points=160, occurred_at=day(2)))
        record_in(unit, lk.Visit(id="v", member_id="n", occurred_at=day(1)))
        raise error


class TestWholeOrNotAtAll:
    """I11: any exception leaves D as it was."""

    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
    def test_i11_an_exception_in_the_middle_of_a_unit(self, error: type[BaseException]) -> None:
        """I11: what a unit that raises wrote is gone, and what comes later is numbered without a gap."""
        story = Story(PROGRAMS[0])
        story.buy("a", day(0), 150)
        before, position = canonical(story.storage), story.storage.position()
        with pytest.raises(error):
            break_off(story.storage, error)
        assert canonical(story.storage) == before
        assert story.storage.position() == position
        assert story.available(day(2)) == 150
        with pytest.raises(lk.UnknownMemberError):
            story.shop.member("n")
        assert story.buy("b", day(1), 10).points > 0
        assert story.shop.storage.verify() == []

    @FEW
    @given(told=happenings(kinds=KINDS), place=st.integers(0, 8))
    def test_i11_an_apply_that_fails_leaves_nothing(self, told: list[lk.Transaction], place: int) -> None:
        """I11: when taking a decision in fails half way, D and every answer are as before, and the retry succeeds."""
        story = Story(PROGRAMS[0])
        accepted(story.shop, told[:place])
        before, told_before = canonical(story.storage), story.rows(day(40))
        whole = Account.apply

        def half(account: Account, *parts: Any) -> None:
            whole(account, *parts)
            raise MemoryError

        purchase = lk.Purchase(id="new", member_id="m", amount=77, occurred_at=day(30))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Account, "apply", half)
            with pytest.raises(MemoryError):
                story.shop.record(purchase)
        assert canonical(story.storage) == before
        assert story.rows(day(40)) == told_before
        story.shop.record(purchase)
        assert story.shop.storage.verify() == []

    def test_i11_a_settlement_that_fails_half_way(self) -> None:
        """I11: a settlement of many members applies in units; the one that fails leaves nothing of itself."""
        story = Story()
        story.shop.enroll(lk.Member(id="n", enrolled_at=day(0)))
        for member_id in "mn":
            story.shop.record(lk.Purchase(id=f"p-{member_id}", member_id=member_id, amount=5, occurred_at=day(0)))
        before = canonical(story.storage)
        whole = Account.apply

        def half(account: Account, *parts: Any) -> None:
            if account.member.id == "n":
                raise MemoryError
            whole(account, *parts)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Account, "apply", half)
            with pytest.raises(MemoryError):
                story.shop.settle(as_of=day(30))
        assert canonical(story.storage) == before
        assert story.shop.settle(as_of=day(30)).expired_points == 10


class TestDigest:
    """D itself: it notices what matters, and only that."""

    def test_d_does_not_see_when_things_were_recorded(self) -> None:
        """I12: `recorded_at`, sequence numbers and the split of settlements are no part of D."""
        one, other = Story(PROGRAMS[0]), Story(PROGRAMS[0])
        other.clock.set(day(400))
        other.shop.enroll(lk.Member(id="m", enrolled_at=day(0, 0)))
        for story, settlements in ((one, [day(60)]), (other, [day(5), day(14), day(60)])):
            story.buy("a", day(0), 150)
            story.buy("b", day(3), 20)
            for when in settlements:
                story.shop.settle(as_of=when)
        assert digest(one.storage) == digest(other.storage)

    @pytest.mark.parametrize(
        "more",
        [
            lk.Visit(id="v", member_id="m", occurred_at=day(2)),
            adjustment("g", day(2), 1),
            lk.Redemption(id="x", member_id="m", points=1, occurred_at=day(2), reason="gift"),
        ],
    )
    def test_d_sees_everything_else(self, more: lk.Transaction) -> None:
        """I10: one more transaction, or another reason, is another D."""
        one, other, third = Story(), Story(), Story()
        for story in (one, other, third):
            story.buy("a", day(0))
        other.shop.record(more)
        third.shop.record(evolve(more, reason="other"))
        assert len({digest(story.storage) for story in (one, other, third)}) == 3


SCRIPT = """
import locale, os, time
from tests.support.digest import digest
from tests.support.stories import PROGRAMS, Story, accepted, adjustment, club, day
import loyaltykit as lk
locale.setlocale(locale.LC_ALL, os.environ["LC_ALL"])
time.tzset()
for number, program in enumerate(PROGRAMS):
    story = Story(program)
    story.shop.enroll(lk.Member(id="n", tags=["x", "y", "z"], enrolled_at=day(0)))
    told = [lk.Purchase(id=f"p{i}", member_id="mn"[i % 2], amount=f"{i * 13}.{i:02}", occurred_at=day(i * 5 % 31, i))
            for i in range(1, 20)]
    told += [lk.Redemption(id="x1", member_id="m", points=60, occurred_at=day(20)),
             lk.Reversal(id="u1", of="x1", points=7, occurred_at=day(33)),
             lk.Return(id="r1", of="p8", occurred_at=day(40)),
             adjustment("a1", day(9), -300)]
    accepted(story.shop, told)
    story.shop.settle(as_of=day(90))
    print(digest(story.storage), sorted(story.tier(day(n)) for n in range(60)), story.lots(day(21)))
"""


def test_i12_the_same_d_in_every_process() -> None:
    """I12, C1: hash seed, process time zone and locale make no difference."""
    surroundings = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/Sao_Paulo", "LC_ALL": "POSIX"},
    ]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **surrounding},
            stdout=subprocess.PIPE,
            text=True,
        )
        for surrounding in surroundings
    ]
    told = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert told[0].count("\n") == len(PROGRAMS)
    assert told[0] == told[1] == told[2]


def test_original_of_another_kind() -> None:
    """Bad input: a return names a purchase, a reversal a redemption; anything else is unknown."""
    story = Story(club())
    story.buy("a", day(0))
    story.visit("v", day(0))
    for of in ("v", "nothing"):
        with pytest.raises(lk.errors.UnknownTransactionError) as refused:
            story.bring_back("r", of, day(1))
        assert refused.value.field == "of"
        with pytest.raises(lk.errors.UnknownTransactionError):
            story.undo("u", of, day(1))
