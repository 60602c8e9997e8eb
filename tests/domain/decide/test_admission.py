"""Pending and closed records: what may be recorded for them (decision 0024)."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import loyaltykit as lk
from loyaltykit.domain.members.member import Status
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.rules import spend
from tests.support.stories import LATE, MICROSECOND, REWARDS, START, Story, club, day

SHARED = lk.Achievement("friend", on="friend", points=5, other_points=5)
PROGRAM = club(
    points=lk.PointsPolicy(),
    rewards=REWARDS,
    achievements=[SHARED],
    events=[lk.EventType("friend")],
    tiers=lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 10**6)),
)
WHEN: dict[str, Any] = {"occurred_at": day(9)}
BY: dict[str, Any] = {"actor": "a", "reason": "r"}
OF_M: dict[str, Any] = {"member_id": "m"} | WHEN

EARNING: dict[str, lk.Transaction] = {
    "purchase": lk.Purchase(id="x", amount=10, **OF_M),
    "visit": lk.Visit(id="x", **OF_M),
    "event": lk.Event(id="x", name="friend", **OF_M),
    "opening": lk.OpeningBalance(id="x", lots=[lk.OpeningLot(points=5)], **OF_M),
    "arrival": lk.Transfer(id="x", member_id="n", to="m", points=5, **WHEN),
    "share": lk.Event(id="x", name="friend", member_id="n", other_member_id="m", **WHEN),
    "tier by hand": lk.TierGrant(id="x", tier="high", mode="floor", **BY, **OF_M),
}
SPENDING: dict[str, lk.Transaction] = {
    "redemption": lk.Redemption(id="x", points=5, **OF_M),
    "reward": lk.Redemption(id="x", reward="cup", **OF_M),
    "hold": lk.Hold(id="x", points=5, **OF_M),
    "transfer": lk.Transfer(id="x", to="n", points=5, **OF_M),
    "paying": lk.Purchase(id="x", amount=10, paid_with=lk.PointsPayment(points=5, value=1), **OF_M),
    "voucher": lk.VoucherUse(id="x", of="cup", **WHEN),
}
PROMISED: dict[str, lk.Transaction] = {"capture": lk.Capture(id="x", of="h", **WHEN)}
UNDOING: dict[str, lk.Transaction] = {
    "return": lk.Return(id="x", of="p", **WHEN),
    "reversal": lk.Reversal(id="x", of="cup", **WHEN),
    "release": lk.Release(id="x", of="h", **WHEN),
    "end of a tier": lk.TierGrantEnd(id="x", of="g", **BY, **WHEN),
    "adjustment": lk.Adjustment(id="x", points=-5, **BY, **OF_M),
    "edit": MemberEdit(id="x", member=lk.Member(id="m"), **BY, **OF_M),
}
ALL = EARNING | SPENDING | PROMISED | UNDOING
REFUSED: dict[Status, set[str]] = {"active": set(), "pending": {*SPENDING}, "closed": {*EARNING, *SPENDING, *PROMISED}}


def story(status: Status) -> Story:
    """A member who has done a bit of everything, and whose record then becomes what it is."""
    told = Story(PROGRAM)
    told.shop.enroll(lk.Member(id="n", enrolled_at=START))
    told.buy("p", day(1), 200)
    told.shop.record(lk.Purchase(id="q", member_id="n", amount=50, occurred_at=day(1)))
    told.shop.record(lk.Redemption(id="cup", member_id="m", reward="cup", occurred_at=day(6)))
    told.hold("h", day(6), 5)
    told.shop.record(lk.TierGrant(id="g", member_id="m", tier="high", mode="floor", occurred_at=day(6), **BY))
    become(told, status)
    return told


def become(told: Story, status: Status, id: str = "status") -> None:
    record = told.shop.member("m").evolve(status=status, reviewer="staff-1")
    told.shop.members.update(record, id=id, occurred_at=day(8), **BY)


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("kind", ALL)
def test_what_a_status_lets_through(kind: str, status: Status) -> None:
    """A pending member earns and cannot spend; a closed one accepts nothing new but what undoes something."""
    told = story(status)
    if kind not in REFUSED[status]:
        assert told.shop.record(ALL[kind]).id == "x"
        assert told.shop.storage.verify() == []
        return
    with pytest.raises(lk.errors.NotActiveError, match=r"shop\.members\.update") as caught:
        told.shop.record(ALL[kind])
    assert caught.value.status == status
    assert caught.value.field == {"arrival": "to", "share": "other_member_id"}.get(kind, "member_id")
    become(told, "active", "review")
    assert told.shop.record(ALL[kind]).id == "x"


def test_points_of_a_purchase_are_not_activated_for_a_closed_one() -> None:
    """What somebody does by hand is something new; a pending member's points may become active."""
    program = club(points=lk.PointsPolicy(active_after="activation"))
    for status in ("pending", "closed"):
        told = Story(program)
        told.buy("p", day(1), 20)
        become(told, status)
        if status == "pending":
            assert told.activate("x", "p", day(9)).moved == 20
        else:
            with pytest.raises(lk.errors.NotActiveError):
                told.activate("x", "p", day(9))


def test_the_status_is_that_of_the_date_of_the_transaction() -> None:
    """What happened before the closing is taken in after it, and nothing at its instant."""
    told = story("closed")
    told.spend("r-1", day(8) - MICROSECOND, 5)
    with pytest.raises(lk.errors.NotActiveError):
        told.spend("r-2", day(8), 5)
    with pytest.raises(lk.errors.NotActiveError):
        told.shop.quote(lk.Visit(id="v", member_id="m"))
    assert told.shop.storage.verify() == []


def test_what_was_recorded_stays_whatever_becomes_of_the_record() -> None:
    """As known when it is recorded: a status that is dated back takes nothing away."""
    told = story("active")
    told.spend("r-1", day(9), 5)
    become(told, "closed", "closing")
    assert told.available(LATE) == 200 - 10 - 5 - 5
    assert told.shop.storage.verify() == []
    with pytest.raises(lk.errors.NotActiveError):
        told.spend("r-2", day(9), 5)


def test_who_is_enrolled_as_pending_earns_until_the_review() -> None:
    """From the enrolment on; the way out is a change of the record by its reviewer."""
    shop = lk.Loyalty(PROGRAM, clock=lambda: LATE)
    shop.enroll(lk.Member(id="m", enrolled_at=START, status="pending"))
    assert shop.record(lk.Purchase(id="p", member_id="m", amount=10, occurred_at=day(1))).points == 10
    with pytest.raises(lk.errors.NotActiveError):
        shop.record(lk.Redemption(id="r", member_id="m", points=5))
    record = shop.member("m").evolve(status="active", reviewer="staff-1")
    shop.members.update(record, id="review", actor="staff-1")
    assert shop.record(lk.Redemption(id="r", member_id="m", points=5)).points == -5


def test_a_merged_member_has_the_status_of_the_survivor() -> None:
    """S23: the record is the survivor's, and so is its status; after an unmerge each has its own again."""
    told = story("closed")
    told.shop.members.merge("n", "m", id="mg", **BY)
    assert told.shop.record(lk.Visit(id="v-1", member_id="m")).id == "v-1"
    told.shop.members.unmerge("m", id="um", **BY)
    with pytest.raises(lk.errors.NotActiveError):
        told.shop.record(lk.Visit(id="v-2", member_id="m"))
