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
from tests.model import moment_of
from tests.model_pair import FAR, FIRED, Pair
from tests.model_time import MICROSECOND
from tests.model_world import World
from tests.model_worlds import any_world

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
    """One programme, or any with None; one storage; see ``machine_for``."""

    world: ClassVar[World | None]
    storage: ClassVar[Callable[[], Any]]
    agrees_every: ClassVar[int] = 1
    verifies_every: ClassVar[int] = 4

    def __init__(self) -> None:
        super().__init__()
        self.pair: Pair
        self.probes: list[datetime] = []
        self.serial = 0
        self.steps = 0

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        self.pair.shop.close()
        with pytest.raises(lk.errors.ClosedError):
            self.pair.shop.storage.verify()

    # -- moments -----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.pair.now

    def boundaries(self) -> list[datetime]:
        """Where something begins or ends for somebody, of what is near."""
        found = {self.pair.world.start, self.now}
        for account in self.pair.accounts.values():
            found |= {moment_of(item) for item in account.history}
            found |= {account.points.expires_at(lot) for lot in account.points.lots}
            found |= {account.points.begins_at(lot) for lot in account.points.lots}
            found |= {account.points.ends_at(hold) for hold in account.points.holds}
            found |= {row.at for row in account.walk(self.now + FAR).rows}
            found |= {item.until for item in account.history if isinstance(item, lk.TierGrant) and item.until}
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
        allowed = self.pair.model.laws.at(start).program.late.before_enrolment_days
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
        self.pair.clock.advance(data.draw(st.sampled_from(STEPS), label="later"))
        event = data.draw(st.sampled_from([None, None, None, "wait", *MEANWHILE]), label="meanwhile")
        if event is not None:
            getattr(self, event)(data)
            FIRED[event] += 1
        self.probes = [self.draw_moment(data, self.now + FAR)]

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
        for member, account in self.pair.accounts.items():
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
        latest, early = self.now + timedelta(minutes=5), self.pair.accounts[member].enrolled_at - MICROSECOND
        assert not self.pair.send(lk.Purchase(id=id, member_id="nobody", amount=1))
        assert not self.pair.send(lk.Return(id=id, of="nothing"))
        assert not self.pair.send(lk.Reversal(id=id, of=known) if known[0] != "x" else lk.Return(id=id, of=known))
        assert not self.pair.send(lk.Event(id=id, member_id=member, name="undeclared"))
        assert not self.pair.send(lk.Purchase(id=id, member_id=member, amount="0.0001"))
        assert not self.pair.send(lk.Visit(id=id, member_id=member, occurred_at=latest + MICROSECOND))
        opening = lk.OpeningBalance(id=id, member_id=member, lots=[lk.OpeningLot(points=1)], occurred_at=early)
        assert not self.pair.send(opening)
        assert not self.pair.send(lk.TierGrantEnd(id=id, of="nothing", actor="staff", reason="-"))
        assert self.pair.send(lk.Visit(id=id, member_id=member, occurred_at=latest))
        for question in (self.pair.shop.balance, self.pair.shop.tier, self.pair.shop.statement):
            with pytest.raises(lk.NotEnrolledError):
                question(member, as_of=early)
        self.pair.enrol(evolve(self.pair.model.members[member], gender="female"))

    # -- members -----------------------------------------------------------------------------------------------------

    @initialize(data=st.data(), birthday=st.sampled_from(BIRTHDAYS))
    def open_with_one_member(self, data: Data, birthday: Any) -> None:
        world = self.world or data.draw(any_world(), label="world")
        self.pair = Pair(world, type(self).storage(), world.start + HEAD_START)
        self.pair.looks_every = self.agrees_every
        self.pair.enrol(lk.Member(id="m-0", birthday=birthday, enrolled_at=world.start))

    @precondition(lambda self: len(self.pair.accounts) < 2)
    @rule(data=st.data(), birthday=st.sampled_from(BIRTHDAYS))
    def enroll(self, data: Data, birthday: Any) -> None:
        member = lk.Member(id="m-1", birthday=birthday, enrolled_at=self.draw_past(data))
        self.pair.enrol(member)
        self.pair.enrol(member)
        FIRED["enroll"] += 1

    def draw_member(self, data: Data) -> str:
        return data.draw(st.sampled_from([*sorted(self.pair.accounts), "m-0"]), label="member")

    # -- transactions ------------------------------------------------------------------------------------------------

    def new_id(self, kind: str) -> str:
        """Ids that do not sort in the order of time, for ties are broken by id."""
        self.serial += 1
        return f"{kind}-{self.serial * 7 % 10}{self.serial}"

    def recorded(self, *kinds: type[lk.Transaction]) -> list[Any]:
        found = [account.history for id, account in self.pair.accounts.items() if id == account.member.id]
        return [item for history in found for item in history if isinstance(item, kinds)][::-1]

    def send(self, transaction: lk.Transaction, rule_name: str, *, looking: bool = False) -> None:
        accepted = self.pair.send(transaction, looking=looking)
        FIRED[rule_name] += accepted
        self.probes.append(transaction.occurred_at or self.now)

    @invariant()
    def agree(self) -> None:
        """After every step, now and at the moments that it touched; the slow check of the store now and then.

        In long runs every few steps, at the moments that all of them touched; receipts are compared at every one.
        """
        self.steps += 1
        if self.steps % self.agrees_every:
            return
        self.pair.agree(self.probes)
        self.probes = []
        if self.serial % self.verifies_every == 0:
            self.pair.verify()
