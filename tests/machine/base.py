"""The ground of the machine: a shop with its members, time that passes, and what happens between transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import loyaltykit as lk
from tests.machine.pair import FAR, FIRED, Pair
from tests.machine.world import World
from tests.machine.worlds import any_world
from tests.oracle.order import moment_of
from tests.oracle.wall import MICROSECOND

HEAD_START = timedelta(days=20)
"""How long the shop was open when the story begins: room for what arrives late."""

BIRTHDAYS = [None, date(1990, 2, 28), date(2004, 2, 29), date(2010, 4, 26), lk.Birthday(12, 31)]
STEPS = [timedelta(0), MICROSECOND, timedelta(hours=5), timedelta(days=1), timedelta(days=3), timedelta(days=8)]
ASIDE = [timedelta(0), timedelta(0), MICROSECOND, -MICROSECOND, timedelta(hours=3), timedelta(days=-2)]
MEANWHILE = [
    *("wait", "settle", "settle_late", "look_around", "send_again", "send_other", "send_what_is_wrong"),
    *("look_back", "look_back", "open_again"),
]

Data = st.DataObject


class MachineBase(RuleBasedStateMachine):
    """One programme, or any with None; one storage; see ``machine_for``.

    Receipts are compared at every step; everything else at some steps that each story draws, and at its end.
    """

    world: ClassVar[World | None]
    storage: ClassVar[Callable[[], Any]]
    length: ClassVar[int] = 40
    looks: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__()
        self.pair: Pair
        self.probes: list[datetime] = []
        self.looked = set[int]()
        self.serial = 0
        self.steps = 0
        self.near: tuple[object, list[datetime]] = (None, [])
        self.is_whole = True  # no step has been broken off

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        if self.is_whole:
            self.look()
        self.pair.shop.close()
        with pytest.raises(lk.errors.ClosedError):
            self.pair.shop.storage.verify()

    # -- moments -----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.pair.now

    def boundaries(self) -> list[datetime]:
        """Where something begins or ends for somebody, of what is near, as this step finds it."""
        if self.near[0] != (self.steps, self.now):
            self.near = ((self.steps, self.now), self.look_for_boundaries())
        return self.near[1]

    def look_for_boundaries(self) -> list[datetime]:
        found = {self.pair.world.start, self.now}
        for account in self.pair.accounts().values():
            book = account.book()
            found |= {moment_of(item) for item in account.history}
            found |= {moment for lot in book.lots for moment in (book.begins_at(lot), book.expires_at(lot))}
            found |= {book.ends_at(hold) for hold in book.holds}
            found |= {*account.walk(self.now + FAR).moments()}
        return sorted(moment for moment in found if moment <= self.now + FAR)

    def draw_moment(self, data: Data, latest: datetime, earliest: datetime | None = None) -> datetime:
        """Some moment, mostly at a boundary, just before or just after one."""
        near = [moment for moment in self.boundaries() if (earliest or moment) <= moment <= latest] or [latest]
        moment = data.draw(st.sampled_from(near[::-1]), label="near")
        return min(moment + data.draw(st.sampled_from(ASIDE), label="aside"), latest)

    def draw_past(self, data: Data, since: datetime | None = None, *, early: bool = False) -> datetime | None:
        """When something happened: now, as most things do, or earlier; mostly not before ``since``.

        With ``early``, sometimes before the enrolment, where the programme takes that (``T8``).
        """
        start = self.pair.world.start
        allowed = self.pair.oracle.versions.at(start).program.late.before_enrolment_days
        kinds = ["now", "now", "late", "late", "late", "any", *(["early"] if early and allowed else [])]
        when = data.draw(st.sampled_from(kinds), label="when")
        if when == "early":
            days = data.draw(st.sampled_from([0, 1, allowed, allowed + 1]), label="days before")
            return start - timedelta(days=days) - data.draw(st.sampled_from([MICROSECOND, timedelta(0)]), label="aside")
        if when == "now":
            return data.draw(st.sampled_from([None, self.now]), label="at")
        return self.draw_moment(data, self.now, since if when == "late" else None)

    # -- before each transaction -------------------------------------------------------------------------------------

    def meanwhile(self, data: Data) -> None:
        """What happens between two transactions."""
        self.is_whole = False
        self.pair.clock.advance(data.draw(st.sampled_from(STEPS), label="later"))
        event = data.draw(st.sampled_from([None, None, None, "wait", *MEANWHILE]), label="meanwhile")
        if event is not None:
            getattr(self, event)(data)
            FIRED[event] += 1
        self.probes.append(self.draw_moment(data, self.now + FAR))

    def wait(self, data: Data) -> None:
        """Time passes up to the very moment at which something ends, or just before it."""
        ahead = [moment for moment in self.boundaries() if moment > self.now]
        before = data.draw(st.sampled_from([timedelta(0), MICROSECOND]), label="before")
        self.pair.clock.set(ahead[0] - before if ahead else self.now + timedelta(days=32))

    def settle(self, data: Data) -> None:
        """The job runs when something has just ended."""
        self.pair.clock.set(min((moment for moment in self.boundaries() if moment > self.now), default=self.now))
        self.pair.settle(self.now)

    def settle_late(self, data: Data) -> None:
        """The job runs for an earlier moment; never for a later one."""
        self.pair.settle(self.draw_moment(data, self.now))
        with pytest.raises(lk.InvalidValueError):
            self.pair.shop.settle(as_of=self.now + MICROSECOND)

    def look_around(self, data: Data) -> None:
        """Segments and prospects, now and at some other moment."""
        at = self.draw_moment(data, self.now + FAR)
        some = st.lists(st.sampled_from(self.pair.world.program.segments), min_size=2, max_size=3, unique_by=id)
        for segment in data.draw(some, label="segments"):
            self.pair.agree_on_segment(segment, at)
            self.pair.agree_on_segment(segment, self.now)
        for member, account in self.pair.accounts().items():
            self.pair.agree_on_outlook(member, max(at, account.enrolled_at))

    def send_again(self, data: Data) -> None:
        """I9: once more is once, with the first receipt, one by one or with all the others."""
        if self.pair.sent:
            assert self.pair.send(data.draw(st.sampled_from(self.pair.sent[::-1]), label="again")), "I9"
            report = self.pair.shop.ingest(self.pair.sent)
            assert (report.recorded, report.repeated, report.rejected) == (0, len(self.pair.sent), ()), "I9"

    def send_other(self, data: Data) -> None:
        """I10: other content under a taken id is a conflict."""
        for taken in self.pair.sent[-1:]:
            assert not self.pair.send(evolve(taken, reason="another")), "I10"
            assert isinstance(taken, lk.Visit) or not self.pair.send(lk.Visit(id=taken.id, member_id="m-0")), "I10"

    def send_what_is_wrong(self, data: Data) -> None:
        """What nobody can accept, and the last moment that the clock accepts."""
        id, member = self.new_id("z"), self.draw_member(data)
        known = self.pair.sent[0].id if self.pair.sent else "nothing"
        latest, early = self.now + timedelta(minutes=5), self.pair.account(member).enrolled_at - MICROSECOND
        assert not self.pair.send(lk.Purchase(id=id, member_id="nobody", amount=1))
        assert not self.pair.send(lk.Return(id=id, of="nothing"))
        assert not self.pair.send(lk.Reversal(id=id, of=known) if known[0] != "x" else lk.Return(id=id, of=known))
        assert not self.pair.send(lk.Event(id=id, member_id=member, name="undeclared"))
        assert not self.pair.send(lk.Purchase(id=id, member_id=member, amount="0.0001"))
        assert not self.pair.send(lk.Visit(id=id, member_id=member, occurred_at=latest + MICROSECOND))
        opening = lk.OpeningBalance(id=id, member_id=member, lots=[lk.OpeningLot(points=1)], occurred_at=early)
        assert not self.pair.send(opening)
        assert not self.pair.send(lk.TierGrantEnd(id=id, of="nothing", actor="staff", reason="-"))
        is_closed = self.pair.account(member).record(latest).status == "closed"
        assert self.pair.send(lk.Visit(id=id, member_id=member, occurred_at=latest)) != is_closed
        for question in (self.pair.shop.balance, self.pair.shop.tier, self.pair.shop.statement):
            with pytest.raises(lk.NotEnrolledError):
                question(member, as_of=early)
        self.pair.enrol(evolve(self.pair.oracle.given[member], gender="female"))

    # -- members -----------------------------------------------------------------------------------------------------

    @initialize(data=st.data(), birthday=st.sampled_from(BIRTHDAYS))
    def open_with_one_member(self, data: Data, birthday: Any) -> None:
        world = self.world or data.draw(any_world(), label="world")
        self.pair = Pair(world, type(self).storage(), world.start + HEAD_START)
        self.looked = {1 + data.draw(st.integers(0, self.length - 1), label="look at") for _ in range(self.looks)}
        self.pair.enrol(lk.Member(id="m-0", birthday=birthday, enrolled_at=world.start))

    @precondition(lambda self: len(self.pair.oracle.store.members) < 2)
    @rule(data=st.data(), birthday=st.sampled_from(BIRTHDAYS))
    def enroll(self, data: Data, birthday: Any) -> None:
        member = lk.Member(id="m-1", birthday=birthday, enrolled_at=self.draw_past(data))
        self.pair.enrol(member)
        self.pair.enrol(member)
        FIRED["enroll"] += 1

    def draw_member(self, data: Data) -> str:
        return data.draw(st.sampled_from([*sorted(self.pair.oracle.store.members), "m-0"]), label="member")

    # -- transactions ------------------------------------------------------------------------------------------------

    def new_id(self, kind: str) -> str:
        """Ids that do not sort in the order of time, for ties are broken by id."""
        self.serial += 1
        return f"{kind}-{self.serial * 7 % 10}{self.serial}"

    def recorded(self, *kinds: type[lk.Transaction]) -> list[Any]:
        return [entry.item for entry in self.pair.oracle.store.entries if isinstance(entry.item, kinds)][::-1]

    def send(self, transaction: lk.Transaction, rule_name: str, *, looking: bool = False) -> None:
        accepted = self.pair.send(transaction, looking=looking)
        FIRED[rule_name] += accepted
        self.probes.append(transaction.occurred_at or self.now)

    @invariant()
    def agree(self) -> None:
        """Look at everything, at the steps that the story has drawn."""
        self.is_whole = True
        self.steps += 1
        if self.steps in self.looked:
            self.look()

    def look(self) -> None:
        """Compare everything, now and at the moments that were touched since; the store is looked through too."""
        self.pair.agree(self.probes[-3:])
        self.pair.verify()
        self.probes = []
