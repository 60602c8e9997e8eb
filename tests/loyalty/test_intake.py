"""Taking in many things: in the order given, in units, harmless when run again (I9, I14, S15)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.loyalty import intake
from loyaltykit.storage.memory import MemoryUnit
from tests.support.digest import canonical
from tests.support.stories import PROGRAMS, START, Story, day, happenings

NEW = lk.Member(id="n", enrolled_at=START)


def purchase(id: str, member_id: str = "m", amount: int = 10) -> lk.Purchase:
    return lk.Purchase(id=id, member_id=member_id, amount=amount, occurred_at=day(1))


def test_mixed_items_in_the_order_given() -> None:
    """Members and transactions come as they are; what needs another one must follow it."""
    story = Story()
    items: list[lk.Member | lk.Transaction] = [
        purchase("early", "n"),
        NEW,
        purchase("a", "n"),
        lk.Return(id="r", of="a", occurred_at=day(2)),
        purchase("b"),
    ]
    report = story.shop.ingest(items)
    assert (report.enrolled, report.recorded, report.repeated) == (1, 3, 0)
    [(position, id, error)] = report.rejected
    assert (position, id, type(error)) == (0, "early", lk.UnknownMemberError)


def test_a_refused_item_does_not_stop_the_rest() -> None:
    """Every refusal comes with its position, id and error; the others are taken in all the same."""
    story = Story()
    items: list[Any] = [
        purchase("a"),
        lk.Redemption(id="x", member_id="m", points=1_000, occurred_at=day(2)),
        "nonsense",
        purchase("a", amount=11),
        lk.Member(id="m", name="other"),
        purchase("b"),
    ]
    report = story.shop.ingest(items)
    assert (report.recorded, report.enrolled, report.repeated) == (2, 0, 0)
    assert [(position, id, type(error)) for position, id, error in report.rejected] == [
        (1, "x", lk.InsufficientPointsError),
        (2, "", lk.InvalidValueError),
        (3, "a", lk.IdempotencyConflictError),
        (4, "m", lk.IdempotencyConflictError),
    ]
    assert story.available(day(2)) == 20


@given(program=st.sampled_from(PROGRAMS), told=happenings(), unit=st.integers(1, 4))
def test_i14_any_cut_into_units_gives_the_same_state(
    program: lk.Program, told: list[lk.Transaction], unit: int
) -> None:
    """I14, I9: taken in one by one, in units of any size, and all over again: one state."""
    one, other = Story(program), Story(program)
    report = one.shop.ingest(told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "_UNIT_ITEMS", unit)
        assert other.shop.ingest(iter(told)).recorded == report.recorded
        assert canonical(one.storage) == canonical(other.storage)
    again = one.shop.ingest([*told])
    assert again.recorded + again.repeated + len(again.rejected) == len(told)


def test_i9_running_it_again_is_harmless() -> None:
    """I9, S15: the second run repeats everything and changes nothing."""
    story = Story()
    items: list[lk.Member | lk.Transaction] = [NEW, *(purchase(f"p{i}", "mn"[i % 2]) for i in range(10))]
    assert story.shop.ingest(items) == lk.IngestReport(enrolled=1, recorded=10, repeated=0)
    before = canonical(story.storage)
    assert story.shop.ingest(items) == lk.IngestReport(enrolled=0, recorded=0, repeated=11)
    assert canonical(story.storage) == before


def test_nothing_to_take_in() -> None:
    """An empty run reports zeros and tells no progress."""
    seen: list[int] = []
    report = Story().shop.ingest([], progress=lambda done, _total: seen.append(done))
    assert (report, seen) == (lk.IngestReport(enrolled=0, recorded=0, repeated=0), [])


def test_progress_is_told_after_each_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many are done, and how many there are when that is known."""
    monkeypatch.setattr(intake, "_UNIT_ITEMS", 4)
    seen: list[tuple[int, int | None]] = []
    items = [purchase(f"p{i}") for i in range(10)]
    Story().shop.ingest(items, progress=lambda done, total: seen.append((done, total)))
    Story().shop.ingest((item for item in items), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 10), (8, 10), (10, 10), (4, None), (8, None), (10, None)]


def test_i11_a_source_that_breaks_keeps_whole_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """I11, I9: units before the break are kept, the broken one leaves nothing; the next run goes on."""
    monkeypatch.setattr(intake, "_UNIT_ITEMS", 3)

    def source(length: int) -> Any:
        for number in range(length):
            yield purchase(f"p{number}")
        raise BrokenPipeError

    story = Story()
    with pytest.raises(BrokenPipeError):
        story.shop.ingest(source(5))
    assert story.available(day(1)) == 30
    assert story.shop.ingest([purchase(f"p{number}") for number in range(5)]) == lk.IngestReport(
        enrolled=0, recorded=2, repeated=3
    )


@pytest.mark.parametrize("items", [None, 5, "purchases", purchase("a")])
def test_what_is_no_collection(items: Any) -> None:
    """I31: what cannot be read item by item is refused."""
    with pytest.raises(lk.InvalidValueError):
        Story().shop.ingest(items)


class Visit(lk.Visit):
    """A kind of the shop's own: a plain subclass, taken as what it is."""


class Faulty(lk.Visit):
    """A kind of the shop's own with a mistake in it."""

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("张三")

    __hash__ = lk.Visit.__hash__


def test_a_mistake_in_a_class_of_the_shop_refuses_that_item_alone() -> None:
    """I11: its unit is undone and repeated without it; every other item is recorded, and counted once."""
    story = Story()
    faulty = Faulty(id="f", member_id="m", occurred_at=day(1))
    items = [purchase("a"), faulty, Visit(id="v", member_id="m", occurred_at=day(1)), faulty, purchase("b"), faulty]
    report = story.shop.ingest(items)
    assert (report.recorded, report.repeated) == (4, 0)
    assert [(place, id) for place, id, _ in report.rejected] == [(3, "f"), (5, "f")]
    error = report.rejected[0][2]
    assert isinstance(error, lk.InvalidValueError)
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert "raised ZeroDivisionError" in str(error)
    assert "张三" not in str(error)
    assert [story.shop.transactions.get(id).number for id in ("a", "f", "v", "b")] == [1, 2, 3, 4]


def test_a_failure_of_the_storage_is_not_the_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """I11: what fails with the library's own classes reaches the caller, and the unit leaves nothing."""
    story = Story()

    def fail(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(MemoryUnit, "add_enrolment", fail)
    with pytest.raises(ConnectionError):
        story.shop.ingest([purchase("a"), NEW])
    assert story.available(day(1)) == 0


def test_an_item_that_is_nothing_has_no_id() -> None:
    """I31: an id is a text, or there is none."""
    thing = type("Thing", (), {"id": 7})()
    [(place, id, error)] = Story().shop.ingest([thing]).rejected
    assert (place, id, type(error)) == (0, "", lk.InvalidValueError)


def test_merges_and_edits_are_ingested_like_any_transaction() -> None:
    """Decision 0002: one verb for writing; what a preview says is what is recorded."""
    story = Story()
    story.shop.enroll(NEW)
    items: list[lk.Transaction] = [
        purchase("a", "n"),
        lk.MemberEdit(
            id="e", member_id="m", member=lk.Member(id="m", name="Li"), actor="a", occurred_at=day(2), reason="r"
        ),
        lk.Merge(id="mg", member_id="m", other="n", actor="a", reason="r", occurred_at=day(3)),
        lk.Unmerge(id="um", member_id="n", actor="a", reason="r", occurred_at=day(4)),
        lk.KeepApart(id="ap", member_id="m", other="n", actor="a", reason="r", occurred_at=day(5)),
    ]
    for item in items:
        preview = story.shop.quote(item)
        assert story.shop.ingest([item]) == lk.IngestReport(enrolled=0, recorded=1, repeated=0)
        assert story.shop.transactions.receipt(item.id) == preview == story.shop.record(item)
    assert story.shop.ingest(items) == lk.IngestReport(enrolled=0, recorded=0, repeated=5)
    assert (story.shop.member("m").name, story.shop.member("n").id) == ("Li", "n")
