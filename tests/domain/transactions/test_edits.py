"""Changes of records against the oracle, late ones included (T8, T10, T12, I16, I23, decision 0024)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.members.diff import FieldChange, difference
from loyaltykit.domain.transactions.edits import MemberEdit, patched, record_at
from loyaltykit.rules import member, per_amount, spend
from tests.machine.compared import outcome, tier_of_oracle, tier_of_shop, version_parts
from tests.oracle.oracle import Oracle
from tests.oracle.records import Update, behind, parts_of, record_at as oracle_record_at
from tests.support.digest import digest
from tests.support.stories import FEW, START, Story, club, day

WUHAN = "Wuhan"
PARTS = ("name", "region", "status")

IN_WUHAN = member.region == WUHAN
PER_EURO = per_amount(points=1, every=1)
PROGRAM = club(
    points=lk.PointsPolicy(),
    accrual=[lk.AccrualRule("base", PER_EURO), lk.AccrualRule("local", PER_EURO, where=IN_WUHAN)],
    tiers=lk.TierLadder(lk.Tier("plain"), lk.Tier("local", enter=IN_WUHAN & (spend >= 100), multiplier="3")),
)

MOMENTS = st.builds(day, st.integers(0, 8))
VALUES: dict[str, list[Any]] = {
    "name": ["Li", "Wang", None],
    "region": [WUHAN, WUHAN, "Rome", None],
    "status": ["active", "active", "active", "pending", "closed"],
}
WANTED = st.dictionaries(st.sampled_from(PARTS), st.integers(0, 9), min_size=0, max_size=2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), MOMENTS, WANTED),
        st.tuples(st.just("buy"), MOMENTS, st.sampled_from([10, 60, 110])),
        st.tuples(st.just("spend"), MOMENTS, st.just(1)),
    ),
    max_size=9,
)


class Both:
    """A shop and the oracle that live through the same."""

    def __init__(self) -> None:
        self.story, self.oracle = Story(PROGRAM), Oracle(PROGRAM)
        self.oracle.enroll(lk.Member(id="m", enrolled_at=START), self.now)
        self.known: list[datetime] = []

    @property
    def now(self) -> datetime:
        return self.story.clock.now

    def edit(self, id: str, at: datetime, wanted: dict[str, int]) -> None:
        """From the record of that date, as somebody does who corrects it."""
        values = {part: VALUES[part][number % len(VALUES[part])] for part, number in wanted.items()}
        self.known.append(self.now)
        record = self.story.shop.member("m", as_of=at).evolve(**values)
        made = self.story.shop.members.update(record, id=id, actor="a", reason="r", occurred_at=at)
        expected = self.oracle.update(Update(id, record, "a", reason="r", occurred_at=at), self.now)
        assert version_parts(made) == version_parts(expected)

    def buy(self, id: str, at: datetime, amount: int) -> None:
        self.send(lk.Purchase(id=id, member_id="m", amount=amount, occurred_at=at))

    def spend(self, id: str, at: datetime, points: int) -> None:
        self.send(lk.Redemption(id=id, member_id="m", points=points, occurred_at=at))

    def send(self, transaction: lk.Transaction) -> None:
        expected = outcome(lambda: self.oracle.record(transaction, self.now))
        assert outcome(lambda: self.story.shop.record(transaction)) == expected

    def agree(self) -> None:
        shop, account = self.story.shop, self.oracle.store.account("m")
        for number in range(-1, 10):
            at = day(number + 1, 0) if number < 0 else day(number)
            assert parts_of(shop.member("m", as_of=at)) == parts_of(self.oracle.member("m", at))
            assert tier_of_shop(shop.tier("m", as_of=at)) == tier_of_oracle(self.oracle, "m", at)
            for count, moment in enumerate(self.known[:3]):
                then = oracle_record_at(account.member, account.edits[:count], behind(at))
                assert parts_of(shop.member("m", as_of=at, known_at=moment)) == parts_of(then)
        assert shop.balance("m").available == self.oracle.balance("m", self.now).available
        assert shop.storage.verify() == []


@FEW
@given(STEPS)
def test_records_mean_what_the_model_means(steps: list[tuple[str, datetime, Any]]) -> None:
    """T8, T10, T12, I16: records, tiers, points and refusals, whatever arrives in whatever order."""
    both = Both()
    for serial, (kind, at, what) in enumerate(steps):
        both.story.clock.now += timedelta(minutes=1)
        getattr(both, kind)(f"{kind}-{serial:02}", at, what)
    both.agree()


@FEW
@given(STEPS)
def test_a_merge_rests_the_other_versions_and_an_unmerge_wakes_them(steps: list[tuple[str, datetime, Any]]) -> None:
    """S23: as if it had never been, records and versions included."""
    both = Both()
    for serial, (kind, at, what) in enumerate(steps):
        getattr(both, kind)(f"{kind}-{serial:02}", at, what)
    shop = both.story.shop
    shop.enroll(lk.Member(id="n", name="N", enrolled_at=START))
    shop.members.update(lk.Member(id="n", name="O"), id="e-n", actor="a", reason="r", occurred_at=day(4))
    before, versions = digest(both.story.storage), shop.members.history("m")
    for survivor, other in (("m", "n"), ("n", "m")):
        shop.members.merge(survivor, other, id=f"mg-{survivor}", actor="a", reason="r")
        assert shop.member(other).id == survivor
        assert len(shop.members.history(other)) == (len(versions) if survivor == "m" else 2)
        shop.members.unmerge(other, id=f"um-{survivor}", actor="a", reason="r")
        assert digest(both.story.storage) == before
        assert shop.members.history("m") == versions


FULL: dict[str, Any] = {
    "name": "Li",
    "gender": "f",
    "birthday": lk.Birthday(2, 29),
    "region": WUHAN,
    "tags": ["a"],
    "preferences": ["b"],
    "channel": "c",
    "store": "s",
    "status": "pending",
    "reviewer": "r",
    "review_due": START.date(),
    "contacts": [
        lk.Contact("phone", "1"),
        lk.Contact("phone", "2", preferred=True),
        lk.Contact("email", "a@b.example"),
    ],
    "external_ids": {"web.shop": "1", "app": "2"},
    "fields": {"a.b": 1, "c": "x"},
}
RECORDS = st.fixed_dictionaries({}, optional={part: st.just(value) for part, value in FULL.items()}).map(
    lambda parts: lk.Member(id="m", enrolled_at=START, **parts)
)


@given(RECORDS, RECORDS)
def test_a_difference_applied_gives_the_other_record(old: lk.Member, new: lk.Member) -> None:
    """Every part of a record, there or not; the first record stays as it is."""
    assert patched(old, difference(old, new)) == new
    assert patched(new, ()) == new


def test_changes_count_in_the_order_of_their_dates() -> None:
    """Whatever the order in which they are passed; one at the place counts."""
    enrolled = lk.Member(id="m")
    edits = [
        MemberEdit(
            id=id,
            member_id="m",
            member=enrolled,
            actor="a",
            occurred_at=when,
            changes=[FieldChange("name", None, name)],
        )
        for id, when, name in (("a", day(2), "Q"), ("b", day(1), "Li"))
    ]
    assert [record_at(enrolled, edits, edit.order).name for edit in edits] == ["Q", "Li"]
    assert record_at(enrolled, [], edits[0].order) is enrolled


def test_a_change_shows_nothing_personal() -> None:
    """I31: neither its repr nor that of what it changes."""
    record, changes = lk.Member(id="m", name="canary"), [FieldChange("name", None, "canary")]
    change = MemberEdit(id="e", member_id="m", member=record, actor="a", changes=changes)
    assert "canary" not in repr(change)
    assert isinstance(change.changes, tuple)
