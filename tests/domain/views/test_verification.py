"""`storage.verify()` names what does not hold: one stored row is damaged for each kind of invariant it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from attrs import evolve

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account, rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.family import MergedMembers
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.ports import Enrolment, Record, Snapshot, UnitOfWork
from loyaltykit.rules import days, spend, visits
from loyaltykit.storage.memory import MemoryStorage
from loyaltykit.values import to_instant
from tests.support.stories import Story, club, day

Damage = Callable[[list[Record]], None]


class DamagedStorage:
    """A storage in which something was changed behind the library's back.

    Args:
        inner: what was recorded.
        damage: changes a copy of the records of ``m``.
        forgotten: how many of the last records the account at hand does not know.
    """

    def __init__(self, inner: MemoryStorage, damage: Damage, forgotten: int = 0) -> None:
        self.inner, self.damage, self.forgotten = inner, damage, forgotten

    def open(self, program: lk.Program, recorded_at: int) -> ProgramHistory:
        return self.inner.open(program, recorded_at)

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        return self.inner.unit()

    @contextmanager
    def snapshot(self, position: int | None = None) -> Iterator[Snapshot]:
        with self.inner.snapshot(position) as snapshot:
            yield DamagedSnapshot(self, snapshot)

    def position(self, known_at: int | None = None) -> int:
        return self.inner.position(known_at)

    def close(self) -> None:
        self.inner.close()


class DamagedSnapshot:
    """What a damaged storage shows."""

    def __init__(self, storage: DamagedStorage, inner: Snapshot) -> None:
        self.storage, self.inner = storage, inner

    def rules(self) -> ProgramHistory:
        return self.inner.rules()

    def find_record(self, transaction_id: str) -> Record | None:
        return self.inner.find_record(transaction_id)

    def find_enrolment(self, member_id: str) -> Enrolment | None:
        return self.inner.find_enrolment(member_id)

    def records(self, member_id: str) -> Sequence[Record]:
        records = list(self.inner.records(member_id))
        if member_id == "m":
            self.storage.damage(records)
        return records

    def account(self, member_id: str) -> Account:
        if member_id != "m" or not self.storage.forgotten:
            return self.inner.account(member_id)
        enrolment = self.inner.find_enrolment(member_id)
        assert enrolment is not None
        known = self.inner.records(member_id)[: -self.storage.forgotten]
        return rebuild(enrolment.member, self.inner.rules(), [(item.transaction, item.decision) for item in known])

    def joint(self, *member_ids: str) -> MergedMembers:
        return self.inner.joint(*member_ids)

    def notices(self, limit: int) -> Sequence[lk.Notice]:
        return self.inner.notices(limit)

    def rewards_out(self, reward_id: str) -> int:
        return self.inner.rewards_out(reward_id)

    def member_ids(self) -> Iterator[str]:
        return self.inner.member_ids()


PROGRAM = club(
    tiers=lk.TierLadder(
        lk.Tier("low"),
        lk.Tier("mid", enter=spend.over(days(20)) >= 100),
        lk.Tier("high", enter=visits >= 1),
        valid_for=days(15),
    )
)


def told() -> Story:
    """Postings 0 to 4 of ``m``: accrual, redemption, clawback with a debt, accrual that repays it, expiry."""
    story = Story(PROGRAM)
    story.shop.enroll(lk.Member(id="another", enrolled_at=day(0)))
    story.shop.record(lk.Purchase(id="o", member_id="another", amount=5, occurred_at=day(1)))
    story.buy("a", day(0), 100)
    story.spend("x", day(1), 40)
    story.bring_back("r", "a", day(2))
    story.buy("b", day(3), 70)
    story.shop.settle(as_of=day(40))
    story.visit("v", day(50))
    return story


def findings(damage: Damage, forgotten: int = 0) -> list[tuple[str, str, int | None]]:
    """What a damaged store is found to be."""
    storage = DamagedStorage(told().storage, damage, forgotten)  # type: ignore[arg-type]
    with lk.Loyalty(PROGRAM, storage=storage) as shop:
        return [(finding.invariant, finding.member_id, finding.posting) for finding in shop.storage.verify()]


def changed(value: Any, **changes: Any) -> Any:
    """A frozen value with some parts changed, however it is made."""
    return value._replace(**changes) if hasattr(value, "_replace") else evolve(value, **changes)


def decision_of(number: int, change: Callable[[Decision], Decision]) -> Damage:
    """Damage the decision of one record."""

    def damage(records: list[Record]) -> None:
        records[number] = changed(records[number], decision=change(records[number].decision))

    return damage


def posting_of(number: int, change: Callable[[Posting], Posting]) -> Damage:
    """Damage one posting; record and posting have one number here."""
    return decision_of(
        number, lambda decision: evolve(decision, postings=tuple(change(it) for it in decision.postings))
    )


def posting(number: int, /, **changes: Any) -> Damage:
    """Give one posting other values."""
    return posting_of(number, lambda it: changed(it, **changes))


def allocation(number: int, /, **changes: Any) -> Damage:
    """Give the allocations of one posting other values."""
    return posting_of(
        number, lambda it: changed(it, allocations=tuple(changed(part, **changes) for part in it.allocations))
    )


def both(one: Damage, other: Damage) -> Damage:
    """One after the other."""

    def damage(records: list[Record]) -> None:
        one(records)
        other(records)

    return damage


def forget_a_row(records: list[Record]) -> None:
    """One tier decision is lost."""
    records[0] = changed(records[0], decision=evolve(records[0].decision, rows=()))


def forget_the_last(records: list[Record]) -> None:
    """A record is lost whole."""
    records.pop()


def no_damage(records: list[Record]) -> None:
    """Nothing is changed."""


def other_lines(decision: Decision) -> Decision:
    """The lines of a purchase no longer sum up."""
    assert decision.sale is not None
    earned = changed(decision.sale.earned, points=99)
    return evolve(decision, sale=changed(decision.sale, earned=earned))


DAMAGES: dict[str, tuple[Damage, tuple[str, int | None]]] = {
    "a gap in the numbers": (posting(1, number=7), ("I17", 7)),
    "another cause": (posting(1, cause="other"), ("S1", 1)),
    "a lot that never was": (allocation(1, lot="nowhere"), ("I3", 1)),
    "other points": (posting(1, points=-41), ("I1", 1)),
    "no points": (posting(3, points=0), ("I1", 3)),
    "a larger lot": (posting_of(0, lambda it: changed(it, lot=changed(it.lot, points=101))), ("I1", 0)),
    "a smaller debt": (posting(2, owed=39), ("I1", 2)),
    "shares of lines": (decision_of(0, other_lines), ("I20", 0)),
    "more than a lot had": (both(posting(1, points=-140), allocation(1, points=140)), ("I3", 1)),
    "more given back than taken": (both(posting(1, points=40, kind="reversal"), allocation(1, points=-40)), ("I3", 1)),
    "taken from a dead lot": (allocation(1, at=to_instant(day(30))), ("I7", 1)),
    "repaid twice": (allocation(3, points=50), ("I2", None)),
    "too much written off": (posting(4, points=-31), ("I8", 4)),
    "an expiry of no lot": (
        posting_of(4, lambda it: changed(it, lapse=changed(it.lapse, at=to_instant(day(38))))),
        ("I8", 4),
    ),
    "another kind": (posting(1, kind="adjustment"), ("I12", 1)),
    "another version": (posting(3, version=2), ("I12", 3)),
    "a tier decision lost": (forget_a_row, ("I12", 0)),
    "a settlement that found nothing": (
        decision_of(4, lambda decision: evolve(decision, settled_until=to_instant(day(2)))),
        ("I12", 4),
    ),
    "a transaction that would be refused": (
        lambda records: records.__setitem__(
            1, changed(records[1], transaction=lk.Redemption(id="x", member_id="m", points=4_000, occurred_at=day(1)))
        ),
        ("I12", 1),
    ),
    "a record lost that gave no points": (forget_the_last, ("I13", None)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named(name: str) -> None:
    """I1, I2, I3, I7, I8, I12, I13, I17, I20, S1: the invariant, the member and the posting are named."""
    damage, expected = DAMAGES[name]
    found = findings(damage)
    assert (expected[0], "m", expected[1]) in found
    assert {member for _, member, _ in found} == {"m"}


def test_an_account_at_hand_that_is_behind() -> None:
    """I13: points and tier of the account that a storage keeps at hand are those of its records."""
    assert findings(no_damage, forgotten=1) == [("I13", "m", None)]
    assert ("I13", "m", None) in findings(no_damage, forgotten=3)


def test_notices_are_part_of_what_must_follow() -> None:
    """I12, I13: a notice that nobody was told of, or that does not follow from what was recorded, is found."""
    story = Story(PROGRAM.evolve(notices=lk.NoticePolicy(points_expiring_days=3)))
    story.buy("a", day(0), 100)
    story.shop.settle(as_of=day(40))
    with story.storage.snapshot() as snapshot:
        sale, run = snapshot.records("m")
        told = snapshot.account("m").notice_ids
    assert (len(sale.decision.notices), len(run.decision.notices), len(told)) == (2, 2, 4)
    run.decision.notices = run.decision.notices[:1]
    assert [finding.invariant for finding in story.shop.storage.verify()] == ["I12"]
    run.decision.notices = ()
    told.clear()
    sale.decision.notices = tuple(evolve(notice, member_id="other") for notice in sale.decision.notices)
    assert [finding.invariant for finding in story.shop.storage.verify()] == ["I12"]


def test_what_was_told_is_at_hand() -> None:
    """I13: else it would be told twice."""
    story = Story(PROGRAM.evolve(notices=lk.NoticePolicy()))
    story.buy("a", day(0), 100)
    with story.storage.snapshot() as snapshot:
        snapshot.account("m").notice_ids.clear()
    assert [finding.invariant for finding in story.shop.storage.verify()] == ["I13"]


def test_i2_a_statement_that_does_not_sum_to_the_balance() -> None:
    """I2: the account at hand has lost an expiry that is due: the balance leaves it out, the statement does not."""
    story = Story(PROGRAM)
    story.buy("a", day(0), 100)
    story.buy("b", day(20), 100)
    assert story.shop.storage.verify() == []
    with story.storage.snapshot() as snapshot:
        snapshot.account("m").ledger.unsettled.clear()
    [finding] = story.shop.storage.verify()
    assert (finding.invariant, finding.member_id, finding.posting) == ("I2", "m", None)


def test_nothing_is_found_where_all_holds() -> None:
    """A store that nobody damaged has no findings, and progress is told member by member."""
    seen: list[tuple[int, int | None]] = []
    assert told().shop.storage.verify(progress=lambda done, total: seen.append((done, total))) == []
    assert seen == [(1, 2), (2, 2)]
    assert findings(no_damage) == []


def test_a_finding_reads_as_a_sentence() -> None:
    """The text names the invariant, the member and, where there is one, the posting."""
    assert str(lk.answers.Finding("I3", "m", 7, "is odd")) == "I3: is odd (member m, posting 7)"
    assert str(lk.answers.Finding("I13", "m", None, "is odd")) == "I13: is odd (member m)"
