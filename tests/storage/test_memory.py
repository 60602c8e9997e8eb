"""The reference storage: units that roll back, snapshots that stay, positions that only grow (I11, I12, I17)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import loyaltykit as lk
from loyaltykit.domain.decide.dispatch import decide, settle
from loyaltykit.ports import Storage, UnitOfWork
from loyaltykit.storage.memory import MemoryStorage, from_url
from loyaltykit.values import to_instant
from tests.support.digest import canonical
from tests.support.stories import START, Story, club, day

M = lk.Member(id="m", enrolled_at=START)
N = lk.Member(id="n", enrolled_at=START)


def opened() -> MemoryStorage:
    storage = MemoryStorage()
    storage.open(club(), 0)
    with storage.unit() as unit:
        unit.add_enrolment(M, M, 0)
    return storage


def purchase(id: str, amount: int = 100, member_id: str = "m") -> lk.Purchase:
    return lk.Purchase(id=id, member_id=member_id, amount=amount, occurred_at=day(1))


def add(unit: UnitOfWork, transaction: lk.Purchase) -> None:
    decision = decide(unit.account(transaction.member_id), transaction)
    unit.add_record(transaction.member_id, transaction, transaction, decision, to_instant(day(2)))


def available(storage: Storage, member_id: str = "m") -> int:
    with storage.snapshot() as snapshot:
        return snapshot.account(member_id).ledger.available(to_instant(day(1)))


def elsewhere(call: Callable[[], object]) -> list[object]:
    """Call in another thread; the list holds the answer as soon as there is one."""
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    thread.join(0.2)
    return answers


def write_everything(unit: UnitOfWork) -> None:
    """An enrolment, purchases of two members, a settlement."""
    unit.add_enrolment(N, N, 0)
    add(unit, purchase("b"))
    add(unit, purchase("c", 5, "n"))
    decision = settle(unit.account("m"), to_instant(day(30)))
    assert decision is not None
    unit.add_record("m", None, None, decision, 0)


def break_off(storage: Storage, write: Callable[[UnitOfWork], object]) -> None:
    """A unit that writes, and then fails."""
    with storage.unit() as unit:
        write(unit)
        raise ZeroDivisionError


class TestUnits:
    """I11: a unit applies as a whole, or not at all."""

    def test_i11_all_when_it_ends(self) -> None:
        """I11, I17: what a unit wrote is there when it ends, numbered in the order of writing."""
        storage = opened()
        with storage.unit() as unit:
            add(unit, purchase("a"))
            assert unit.account("m").ledger.live_left == 100
            unit.add_enrolment(N, N, 0)
            add(unit, purchase("b", 7, "n"))
            assert unit.find_record("b") is not None
            assert [record.sequence for record in unit.records("n")] == [4]
        assert storage.position() == 4
        assert (available(storage), available(storage, "n")) == (100, 7)

    def test_i11_nothing_when_it_raises(self) -> None:
        """I11: enrolments, records and settlements are undone, the folded accounts too."""
        storage = opened()
        with storage.unit() as unit:
            add(unit, purchase("a"))
        before = canonical(storage)
        with pytest.raises(ZeroDivisionError):
            break_off(storage, write_everything)
        assert canonical(storage) == before
        assert (storage.position(), available(storage)) == (2, 100)
        with storage.snapshot() as snapshot:
            assert list(snapshot.member_ids()) == ["m"]
            assert snapshot.find_record("b") is None
            assert list(snapshot.records("n")) == []

    def test_i11_a_unit_after_a_failed_one(self) -> None:
        """I11, S15: what was undone can be written again."""
        storage = opened()
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                break_off(storage, write_everything)
        with storage.unit() as unit:
            unit.add_enrolment(N, N, 0)
            add(unit, purchase("b", 7, "n"))
        assert (storage.position(), available(storage, "n")) == (3, 7)

    def test_no_other_unit_writes_meanwhile(self) -> None:
        """I30: a second unit waits for the first one."""
        storage = opened()

        def buy() -> int:
            with storage.unit() as unit:
                add(unit, purchase("b"))
                return unit.account("m").ledger.live_left

        with storage.unit() as unit:
            answers = elsewhere(buy)
            assert answers == []
            add(unit, purchase("a"))
        while not answers:
            threading.Event().wait(0.01)
        assert answers == [200]

    def test_i11_nobody_else_sees_what_is_not_written_yet(self) -> None:
        """I11: a position, and so a selection pinned to it, never counts what a unit may still undo."""
        storage = opened()
        before = storage.position()
        seen: list[list[object]] = []

        def write(unit: UnitOfWork) -> None:
            add(unit, purchase("a"))
            seen.append(elsewhere(storage.position))

        with pytest.raises(ZeroDivisionError):
            break_off(storage, write)
        [answers] = seen
        while not answers:
            threading.Event().wait(0.01)
        assert answers == [before]


class TestSnapshots:
    """C5: a snapshot is the state at one position."""

    def test_c5_pinned_at_a_position(self) -> None:
        """C5, I16: what was written later is not there: no record, no enrolment, no change of an account."""
        storage = opened()
        with storage.unit() as unit:
            add(unit, purchase("a"))
        position = storage.position()
        with storage.unit() as unit:
            add(unit, purchase("b"))
            unit.add_enrolment(N, N, 0)
            add(unit, purchase("c", 5, "n"))
        with storage.snapshot(position) as then:
            assert list(then.member_ids()) == ["m"]
            assert then.find_enrolment("n") is None
            assert (then.find_record("a") is None, then.find_record("b"), then.find_record("nothing")) == (
                False,
                None,
                None,
            )
            assert [record.transaction for record in then.records("m")] == [purchase("a")]
            assert list(then.records("n")) == []
            assert then.account("m").ledger.live_left == 100
            for unknown in ("n", "nobody"):
                with pytest.raises(lk.UnknownMemberError):
                    then.account(unknown)
        with storage.snapshot() as now:
            assert list(now.member_ids()) == ["m", "n"]
            assert now.find_record("c") is not None
            assert now.account("m").ledger.live_left == 200

    def test_c5_before_anything_and_as_it_grows(self) -> None:
        """C5: every position that ever was can be looked at."""
        storage = opened()
        for number in range(3):
            with storage.unit() as unit:
                add(unit, purchase(f"p{number}", 10))
        with storage.snapshot(0) as nothing:
            assert list(nothing.member_ids()) == []
        for position in range(1, 5):
            with storage.snapshot(position) as then:
                assert then.account("m").ledger.live_left == 10 * (position - 1)
                assert len(then.records("m")) == position - 1

    def test_ids_come_in_order(self) -> None:
        """Members are listed by id, however they arrived."""
        story = Story()
        for name in "zxay":
            story.shop.enroll(lk.Member(id=name, enrolled_at=START))
        with story.storage.snapshot() as snapshot:
            assert list(snapshot.member_ids()) == ["a", "m", "x", "y", "z"]


def test_i13_an_account_is_the_fold_of_its_records() -> None:
    """I13: an account that is not at hand is folded again, and is the same."""
    story = Story()
    story.buy("a", day(0))
    story.spend("x", day(1), 30)
    with pytest.raises(ZeroDivisionError):
        break_off(story.storage, lambda unit: add(unit, purchase("b")))
    assert story.lots(day(2)) == [("a", 70)]
    assert story.shop.storage.verify() == []


def test_an_empty_store_keeps_the_first_programme() -> None:
    """T7: it is version 1; whoever opens the store later gets the versions that are kept."""
    storage = MemoryStorage()
    rules = storage.open(club(), 0)
    assert storage.open(club(name="Other"), 1) is rules
    assert [(version.number, version.program) for version in rules.versions] == [(1, club())]
    storage.close()
    storage.close()


def test_the_url_has_nothing_behind_it() -> None:
    """Bad input: memory has no name."""
    assert isinstance(from_url("memory://"), MemoryStorage)
    with pytest.raises(lk.InvalidValueError):
        from_url("memory://shop")
