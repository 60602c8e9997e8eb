"""Whatever comes late, in whatever order and batches: the state is what it would have been (``T8``, I23)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.domain.tiers.timeline import Timeline
from tests.support.arrivals import (
    KINDS,
    MULTIPLIED,
    PLAIN,
    RESTATING,
    SAMPLES,
    Arrivals,
    Shop,
    arrivals,
    histories,
    moments,
    small_copies,
)
from tests.support.digest import canonical
from tests.support.stories import START, day

FEW = settings(max_examples=max(settings().max_examples * 3 // 5, 10))
"""Each example is a story that is told at least twice."""


def on_time(program: lk.Program, facts: list[lk.Transaction]) -> Shop:
    """The shop to which everything was told as it happened."""
    shop = Shop(program)
    shop.take_in(Arrivals(tuple(facts)))
    return shop


def late(program: lk.Program, how: Arrivals) -> Shop:
    """The shop to which it was told in another way."""
    shop = Shop(program)
    shop.take_in(how)
    return shop


def check_tiers(program: lk.Program, facts: list[lk.Transaction], how: Arrivals) -> None:
    """Metrics and tiers at every instant are those of arrival on time."""
    one, other = on_time(program, facts), late(program, how)
    for when in moments(facts):
        assert one.tier(when) == other.tier(when), when
    for when in moments(facts)[::4]:
        assert one.metrics(when) == other.metrics(when), when
    assert not list(other.shop.storage.verify())


@FEW
@given(data=st.data(), program=st.sampled_from([*PLAIN, *MULTIPLIED, *RESTATING]))
def test_i23_the_same_metrics_and_tiers(data: st.DataObject, program: lk.Program) -> None:
    """I23, I14, T8, T10: any order of arrival, any cut into batches, settlements anywhere; tiers by hand too (T6)."""
    facts = data.draw(histories(program), label="facts")
    with small_copies():
        check_tiers(program, facts, data.draw(arrivals(facts), label="arrivals"))


@FEW
@given(data=st.data(), program=st.sampled_from(PLAIN))
def test_i23_the_same_lots(data: st.DataObject, program: lk.Program) -> None:
    """I23, I8: without multiplier, cap, debit or shared instant the lots are the same too, written or not."""
    facts = data.draw(histories(program), label="facts")
    one, other = on_time(program, facts), late(program, data.draw(arrivals(facts), label="arrivals"))
    for when in moments(facts):
        assert one.points(when) == other.points(when), when
        assert one.lots(when) == other.lots(when), when


@FEW
@given(data=st.data(), program=st.sampled_from(RESTATING))
def test_i23_the_same_points_where_they_are_restated(data: st.DataObject, program: lk.Program) -> None:
    """I23, T8: with `restate=True` and no returns, points agree at every instant, whatever the tier was meanwhile."""
    kinds = [kind for kind in KINDS if kind not in ("return", "end")]
    facts = data.draw(histories(program, kinds=kinds), label="facts")
    one, other = on_time(program, facts), late(program, data.draw(arrivals(facts), label="arrivals"))
    for when in moments(facts):
        assert one.points(when) == other.points(when), when


@FEW
@given(data=st.data(), program=st.sampled_from([*PLAIN, *MULTIPLIED, *RESTATING]))
def test_i24_corrections_account_for_every_difference(data: st.DataObject, program: lk.Program) -> None:
    """I24, T8: what was decided, with the correcting rows, is what holds now, for every instant that was closed."""
    facts = data.draw(histories(program), label="facts")
    how = data.draw(arrivals(facts), label="arrivals")
    asked, shop, closed = moments(facts), Shop(program), START
    waiting, last = list(how.facts), min(item.order for item in facts)
    with small_copies(3):
        while waiting:
            item = waiting.pop(0)
            assert item.occurred_at is not None
            # What comes in order at the last closed instant is not late: it joins what happened then.
            is_late = item.occurred_at < closed or item.order < last
            past = [when for when in asked if when <= closed and (is_late or when != item.occurred_at)]
            decided = {when: shop.tier(when)[0] for when in past}
            receipt = shop.record(item)
            if receipt is None:
                waiting.append(item)
                continue
            assert all(correction.cause == item.id for correction in receipt.corrections)
            for when, was in decided.items():
                assert corrected(was, receipt.corrections, when) == shop.tier(when)[0], (item.id, when)
            closed, last = max(closed, item.occurred_at), max(last, item.order)
            closed = max([closed, *settle_as_told(shop, how, len(facts) - len(waiting))])


def corrected(decided: object, rows: tuple[lk.answers.TierCorrection, ...], when: datetime) -> object:
    """A decided tier as correcting rows leave it."""
    for row in rows:
        if row.effective_from <= when and (row.effective_until is None or when < row.effective_until):
            assert row.before == decided
            return row.after
    return decided


def settle_as_told(shop: Shop, how: Arrivals, done: int) -> list[datetime]:
    """Settle what is to be settled behind so many facts; up to when something was written."""
    due = [when for place, when in how.settled if place == done]
    return [when for when in due if shop.shop.settle(as_of=when).members]


@FEW
@given(data=st.data(), program=st.sampled_from([*MULTIPLIED, *RESTATING]))
def test_i16_what_was_known_stays_known(data: st.DataObject, program: lk.Program) -> None:
    """I16: an answer as of an instant, known at an instant, is the same whatever comes later."""
    facts = data.draw(histories(program), label="facts")
    how, shop = data.draw(arrivals(facts), label="arrivals"), Shop(program)
    asked = data.draw(st.lists(st.sampled_from(moments(facts)), min_size=1, max_size=3), label="asked")
    known: list[tuple[datetime, datetime, object]] = []
    for place, item in enumerate(how.facts, start=1):
        shop.record(item)
        settle_as_told(shop, how, place)
        shop.clock.advance(timedelta(microseconds=1))
        known += [(when, shop.clock.now, shop.answers(when)) for when in asked]
    shop.clock.advance(timedelta(days=3))
    shop.shop.settle()
    for when, known_at, answer in known:
        assert shop.answers(when, known_at) == answer, (when, known_at)


@FEW
@given(data=st.data(), program=st.sampled_from([*PLAIN, *MULTIPLIED, *RESTATING]), every=st.sampled_from([2, 3]))
def test_i13_kept_step_by_step_is_folded_from_scratch(data: st.DataObject, program: lk.Program, every: int) -> None:
    """I13, T10: after every step the account at hand says what a fold of all records says; copies change nothing."""
    facts = data.draw(histories(program), label="facts")
    how, shop = data.draw(arrivals(facts), label="arrivals"), Shop(program)
    with small_copies(every):
        for place, item in enumerate(how.facts, start=1):
            shop.record(item)
            settle_as_told(shop, how, place)
            for kept, folded in shop.kept_and_folded():
                assert kept == folded
    for kept, folded in shop.kept_and_folded():
        assert kept == folded


@FEW
@given(data=st.data(), program=st.sampled_from([*PLAIN, *RESTATING]), cuts=st.integers(1, 5))
def test_i14_any_cut_into_batches(data: st.DataObject, program: lk.Program, cuts: int) -> None:
    """I14: in the same order, one by one or in batches of any size: the same digest."""
    facts = data.draw(histories(program, kinds=[kind for kind in KINDS if kind not in ("return", "end")]))
    order = tuple(data.draw(st.permutations(facts)))
    one, other = late(program, Arrivals(order)), late(program, Arrivals(order, cuts))
    assert canonical(one.storage) == canonical(other.storage)


@given(
    parts=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    before=st.sampled_from([0, 7, 30]),
    fewer=st.booleans(),
    program=st.sampled_from(RESTATING),
)
def test_i19_any_partition_of_a_return_of_what_was_put_right(
    parts: list[int], before: int, fewer: bool, program: lk.Program
) -> None:
    """I19, S6, T8: in parts or whole, what was put right comes back with the purchase, and once."""
    whole, split = (bought_and_put_right(program, sum(parts) + before, before, fewer=fewer) for _ in range(2))
    when = day(12)
    whole.record(lk.Return(id="r", of="p", amount=sum(parts), occurred_at=when))
    for number, part in enumerate(parts):
        split.record(lk.Return(id=f"r{number}", of="p", amount=part, occurred_at=when))
    assert whole.points(when) == split.points(when)
    assert whole.points(when) == ((0, 0, 0) if fewer else (300, 0, 0)), "only what else was bought is left"


def bought_and_put_right(program: lk.Program, amount: int, back: int, *, fewer: bool) -> Shop:
    """A purchase of which some came back, and a late fact that changes the tier it was made at, up or down."""
    shop = Shop(program)
    by_hand = {"member_id": "m", "actor": "staff", "reason": "by hand"}
    if fewer:
        shop.record(lk.TierGrant(id="g", tier="high", occurred_at=day(1), until=day(20), **by_hand))
    shop.record(lk.Purchase(id="p", member_id="m", amount=amount, occurred_at=day(9)))
    if back:
        shop.record(lk.Return(id="b", of="p", amount=back, occurred_at=day(10)))
    if fewer:
        shop.record(lk.TierGrant(id="late", tier="low", mode="fixed", occurred_at=day(8), **by_hand))
    else:
        shop.record(lk.Purchase(id="late", member_id="m", amount=300, occurred_at=day(8)))
    return shop


# -- the harness can fail ----------------------------------------------------------------------------------------------

CROSSING: list[lk.Transaction] = [
    lk.Purchase(id="a", member_id="m", amount=100, occurred_at=day(3)),
    lk.Purchase(id="b", member_id="m", amount=20, occurred_at=day(9)),
]


def test_the_harness_catches_what_is_folded_as_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core that puts a late fact behind all others is caught."""

    def in_order_of_arrival(self: Timeline, given: lk.Transaction) -> tuple[Timeline, object]:
        step = self.standing.step(given)
        self.append(given, step)
        return self, step

    how = Arrivals(tuple(reversed(CROSSING)))
    check_tiers(MULTIPLIED[0], CROSSING, how)
    monkeypatch.setattr(Timeline, "with_late", in_order_of_arrival)
    with pytest.raises(AssertionError):
        check_tiers(MULTIPLIED[0], CROSSING, how)


def test_the_harness_catches_a_missing_correction() -> None:
    """A row that is left out, or says too much, does not account for what differs."""
    shop = late(MULTIPLIED[0], Arrivals((CROSSING[1],)))
    was = shop.tier(day(9))[0]
    receipt = shop.record(CROSSING[0])
    assert receipt is not None
    [row] = receipt.corrections
    assert corrected(was, receipt.corrections, day(9)) == shop.tier(day(9))[0] == "mid"
    assert corrected(was, (), day(9)) != shop.tier(day(9))[0]
    with pytest.raises(AssertionError):
        corrected(was, (evolve(row, before="high"),), day(9))
    assert day(15, 12) in SAMPLES
