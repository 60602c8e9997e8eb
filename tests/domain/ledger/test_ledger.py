"""The ledger as a whole: sums that must hold at every instant, with or without any job (S1, S2, S8)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import astuple, has
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.merged_ledger import MergedLedger
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Allocation, Movement, Posting
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.rules import days, end_of
from loyaltykit.values import to_instant
from tests.support.stories import FEW, LATE, PROGRAMS, Story, accepted, adjustment, at, day, happenings, policy

EVERY_DAY = [day(n, hour) for n in range(0, 75, 6) for hour in (0, 13)]


def entries(story: Story) -> list[Movement | Posting]:
    """All that was written for ``m``, in the order of recording; of one transaction the movements come first."""
    with story.storage.snapshot() as snapshot:
        decisions = [record.decision for record in snapshot.records("m")]
    return [entry for decision in decisions for entry in (*decision.movements, *decision.postings)]


def postings(story: Story) -> list[Posting]:
    """Everything written for ``m``, in the order of recording."""
    return [entry for entry in entries(story) if isinstance(entry, Posting)]


def movements(story: Story) -> list[Movement]:
    """Everything that was set aside, let go or made active for ``m``, in the order of recording."""
    return [entry for entry in entries(story) if isinstance(entry, Movement)]


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_i1_i2_sums_hold_at_every_instant(program: lk.Program, told: list[lk.Transaction]) -> None:
    """I1, I2, I3: what came is what went and what is outstanding; lots and debt are the sum of the statement."""
    story = Story(program)
    accepted(story.shop, told)
    for when in EVERY_DAY:
        balance, rows = story.shop.balance("m", as_of=when), story.shop.statement("m", as_of=when)
        sums: Counter[str] = Counter()
        for row in rows:
            sums[row.kind] += row.points
        came = sums["accrual"] + sums["opening"] + sums["adjustment"]
        went = -sums["redemption"] - sums["reversal"] - sums["clawback"] - sums["expiry"]
        assert came == went + balance.total, "I1"
        apart = balance.pending + balance.held
        assert balance.total == sum(lot.remaining for lot in balance.lots) + apart - balance.debt, "I2"
        assert balance.available == sum(lot.remaining for lot in balance.lots), "I2"
        assert all(0 < lot.remaining <= lot.points for lot in balance.lots), "I3"
        assert (rows[-1].balance if rows else 0) == balance.total, "I2"


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), settled=st.lists(st.sampled_from(EVERY_DAY), max_size=3))
def test_s2_right_without_any_job(program: lk.Program, told: list[lk.Transaction], settled: list[datetime]) -> None:
    """S2, I8: balances and tiers are the same with settlements between and without any."""
    plain, kept = Story(program), Story(program)
    half = len(told) // 2
    accepted(plain.shop, told)
    accepted(kept.shop, told[:half])
    for when in settled:
        kept.shop.settle(as_of=when)
    accepted(kept.shop, told[half:])
    for when in EVERY_DAY:
        one, other = plain.shop.balance("m", as_of=when), kept.shop.balance("m", as_of=when)
        assert (one, one.lots) == (other, other.lots)
        assert plain.term(when) == kept.term(when)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_i3_points_are_left_taken_or_lapsed(program: lk.Program, told: list[lk.Transaction]) -> None:
    """I3: once all is settled, for every lot points = what is left + what debits and holds took + what expired."""
    story = Story(program)
    accepted(story.shop, told)
    story.shop.settle(as_of=LATE)
    left = dict(story.lots(LATE))
    taken: Counter[str] = Counter()
    for posting in postings(story):
        if posting.lapse is not None:
            taken[posting.lapse.lot] -= posting.points
    for item in (*postings(story), *movements(story)):
        for allocation in item.allocations:
            assert allocation.points, "an allocation moves points"
            taken[allocation.lot] += allocation.points
    for posting in postings(story):
        if posting.lot is not None:
            assert posting.lot.points == left.get(posting.lot.id, 0) + taken[posting.lot.id], "I3"


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_i17_numbered_without_gaps_and_never_changed(program: lk.Program, told: list[lk.Transaction]) -> None:
    """I17: posting numbers and sequence numbers rise without gaps; what stands is a beginning of what stands later."""
    story = Story(program)
    before: list[Posting] = []
    for transaction in told:
        accepted(story.shop, [transaction])
        after = postings(story)
        assert after[: len(before)] == before, "I17"
        before = after
    assert [posting.number for posting in before] == list(range(len(before))), "I17"
    with story.storage.snapshot() as snapshot:
        assert [record.sequence for record in snapshot.records("m")] == list(range(2, len(snapshot.records("m")) + 2))


def test_s2_an_expiry_is_dated_when_it_was_due() -> None:
    """S2: whenever the job runs, the posting is dated at the end of the lot."""
    story = Story()
    story.buy("a", day(0))
    story.clock.set(at(2045, 6, 1, 3))
    assert story.shop.settle().expired_points == 100
    [_, expiry] = story.shop.statement("m", as_of=LATE)
    assert (expiry.occurred_at, expiry.recorded_at, expiry.cause) == (at(2024, 1, 12), at(2045, 6, 1, 3), "a")


def test_s2_an_expiry_is_never_before_its_points() -> None:
    """S2: points that come after the fixed date of their end lapse when they come, not before."""
    story = Story(policy(expire_after=at(2024, 1, 3).date()))
    story.buy("a", day(9))
    assert story.available(day(9)) == 0
    assert [row.occurred_at for row in story.shop.statement("m", as_of=LATE)] == [day(9), day(9)]
    assert story.rows(day(8)) == []


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), cut=st.integers(0, 9))
def test_i13_any_beginning_plus_the_rest_is_the_fold_of_all(
    program: lk.Program, told: list[lk.Transaction], cut: int
) -> None:
    """I13: a ledger folded up to anywhere and continued answers like the fold of all that was written."""
    story = Story(program)
    accepted(story.shop, told)
    written = entries(story)
    whole, continued = Ledger(ProgramHistory.of(program)), Ledger(ProgramHistory.of(program))
    for entry in written:
        take(whole, entry)
    for entry in written[:cut]:
        take(continued, entry)
    answers(continued, EVERY_DAY)
    for entry in written[cut:]:
        take(continued, entry)
    assert answers(whole, EVERY_DAY) == answers(continued, EVERY_DAY)
    assert [answer[:2] for answer in answers(whole, EVERY_DAY)] == [
        (story.available(when), story.debt(when)) for when in EVERY_DAY
    ]


def take(ledger: Ledger, entry: Movement | Posting) -> None:
    """Take in one of them."""
    if isinstance(entry, Movement):
        ledger.apply_movement(entry)
    else:
        ledger.apply(entry)


def answers(ledger: Ledger, moments: Sequence[datetime]) -> list[tuple[object, ...]]:
    """What a ledger says at these moments, with what has fallen due by then."""
    found: list[tuple[object, ...]] = []
    for when in map(to_instant, moments):
        ledger = catch_up(ledger, when)[0]
        lots = [(state.lot.id, state.left) for state in ledger.lots_at(when)]
        spendable = sum(left for _, left in ledger.spendable(when))
        assert 0 <= spendable <= ledger.available(when)
        found.append((ledger.available(when), ledger.debt(when), lots, spendable))
    return found


def test_i15_nobody_else_is_touched() -> None:
    """I15: what happens to one member leaves another one's account as it was."""
    story = Story()
    story.shop.enroll(lk.Member(id="n", enrolled_at=day(0, 0)))
    story.shop.record(lk.Purchase(id="n-1", member_id="n", amount=50, occurred_at=day(1)))
    before = (story.shop.balance("n", as_of=day(5)), story.shop.statement("n", as_of=day(5)))
    story.buy("a", day(1))
    story.spend("x", day(2), 100)
    story.bring_back("r", "a", day(3))
    assert (story.shop.balance("n", as_of=day(5)), story.shop.statement("n", as_of=day(5))) == before
    assert story.debt(day(3)) == 100


def test_answers_before_the_first_posting() -> None:
    """S2: before anything came there is nothing, and nothing is owed."""
    story = Story(enrolled=day(0) - timedelta(days=40))
    story.buy("a", day(0))
    assert (story.available(day(-30)), story.debt(day(-30)), story.lots(day(-30))) == (0, 0, [])


@given(
    expiry=st.sampled_from([days(10), end_of("month"), lk.NEVER]),
    bought=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 300)), min_size=1, max_size=5, unique_by=lambda it: it[0]
    ),
    data=st.data(),
)
def test_i23_the_same_lots_in_every_order_of_arrival(
    expiry: Any, bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    """I23: without multiplier, debit or shared instant, purchases and returns give the same lots in any order."""
    told: list[lk.Transaction] = []
    for serial, (number, amount) in enumerate(bought):
        told.append(lk.Purchase(id=f"p{serial}", member_id="m", amount=amount, occurred_at=day(number)))
        if data.draw(st.booleans()):
            part = data.draw(st.none() | st.integers(1, amount))
            later = day(number + data.draw(st.integers(1, 20)), 13 + serial)
            told.append(lk.Return(id=f"r{serial}", of=f"p{serial}", amount=part, occurred_at=later))
    one, other = Story(policy(expire_after=expiry)), Story(policy(expire_after=expiry))
    assert accepted(one.shop, told) == told
    waiting = data.draw(st.permutations(told))
    for _ in range(2):
        accepted(other.shop, waiting)
    for when in EVERY_DAY:
        assert one.shop.balance("m", as_of=when).lots == other.shop.balance("m", as_of=when).lots
        assert (one.available(when), one.debt(when)) == (other.available(when), other.debt(when))


def contents(ledger: Ledger) -> dict[str, Any]:
    """All that a ledger holds, in plain values and in its order."""
    return {name: plain(value) for name, value in vars(ledger).items() if name != "rules"}


def plain(value: Any) -> Any:
    """A part of it."""
    if isinstance(value, dict):
        return [(key, plain(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return astuple(value) if has(type(value)) else value


def use_up(ledger: Ledger) -> None:
    """Take a point of every lot and owe some, repay it, end every hold and begin another."""
    for place, name in enumerate([*ledger.lots]):
        taken, number = (Allocation(name, 1, ledger.position),), len(ledger.postings)
        posting = Posting(number, "redemption", -2, ledger.position, f"x{place}", 1, allocations=taken, owed=1)
        ledger.apply(posting)
    for debt in [*ledger.debts]:
        repaid = (Allocation(next(iter(ledger.lots)), 1, ledger.position, debt),)
        ledger.apply(Posting(len(ledger.postings), "adjustment", 1, ledger.position, debt, 1, allocations=repaid))
    for hold in [*ledger.open_holds]:
        ledger.apply_movement(Movement("release", ledger.position + 1, f"e{hold}", hold=hold))
    ledger.apply_movement(Movement("hold", ledger.position, "held", hold="held"))


# What every ledger of the property below has: a lot, a hold that lasts, a debt where the policy allows one, and an
# entry at the end that is no posting.
AT_LAST = [
    adjustment("in", day(61), 50),
    lk.Hold(id="kept", member_id="m", points=20, occurred_at=day(62)),
    lk.Hold(id="let go", member_id="m", points=5, occurred_at=day(62)),
    adjustment("out", day(63), -70),
    lk.Release(id="gone", of="let go", occurred_at=day(64)),
]


def folded_again(ledger: Ledger) -> Ledger:
    """The ledger of the same postings and movements, each applied to an empty one in its turn."""
    again = Ledger(ledger.rules)
    if isinstance(ledger, MergedLedger):
        again = MergedLedger(ledger.rules, ledger._active_for, ledger._group)
    movements = deque(ledger.movements)
    for place, posting in enumerate(ledger.postings):
        while movements and movements[0][0] <= place:
            again.apply_movement(movements.popleft()[1])
        again.apply(posting)
    for _, movement in movements:
        again.apply_movement(movement)
    again.sales, again.restored = ledger.sales, ledger.restored  # which the account keeps beside postings
    return again


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(max_size=14), is_merged=st.booleans())
@example(program=PROGRAMS[1], told=[], is_merged=True)
def test_i13_a_copy_is_what_folding_again_gives(
    program: lk.Program, told: list[lk.Transaction], is_merged: bool
) -> None:
    """I13: a copy to try an entry on is the ledger, and what is tried on it does not show in the ledger."""
    story = Story(program)
    if is_merged:
        story.shop.enroll(lk.Member(id="n", enrolled_at=day(-1)))
        story.shop.record(lk.Purchase(id="other", member_id="n", amount=120, occurred_at=day(5)))
        story.shop.members.merge("m", "n", id="mg", actor="staff", reason="two cards", occurred_at=day(30))
    accepted(story.shop, [*told, *AT_LAST])
    with story.storage.snapshot() as snapshot:
        ledger = snapshot.account("m").ledger
    before, trial = contents(ledger), ledger.copy()
    assert contents(trial) == contents(folded_again(ledger)) == before
    use_up(trial)
    assert contents(ledger) == before
