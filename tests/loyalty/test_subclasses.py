"""A shop's own subclasses of transactions: each is recorded as its kind, and what is of no kind is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import frozen

import loyaltykit as lk
from loyaltykit.domain.decide.dispatch import _EFFECTS, _INTERNAL
from loyaltykit.domain.transactions import Arrival
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from tests.stories import Story, club, day

KINDS = [kind for kind in (*_EFFECTS, Merge, Unmerge) if kind not in _INTERNAL]
COMMON: dict[str, Any] = {"actor": "staff", "reason": "asked"}
PARTS: dict[str, dict[str, Any]] = {
    "purchase": {"member_id": "m", "amount": 20},
    "return": {"of": "p", "amount": 1},
    "visit": {"member_id": "m"},
    "event": {"member_id": "m", "name": "review"},
    "redemption": {"member_id": "m", "points": 1},
    "reversal": {"of": "rd"},
    "voucher_use": {"of": "v"},
    "adjustment": {"member_id": "m", "points": 5},
    "transfer": {"member_id": "m", "to": "n", "points": 1},
    "opening": {"member_id": "m", "lots": [lk.OpeningLot(points=5)]},
    "hold": {"member_id": "m", "points": 5},
    "release": {"of": "h"},
    "capture": {"of": "h"},
    "activation": {"of": "p"},
    "tier_grant": {"member_id": "m", "tier": "member", "mode": "floor"},
    "tier_grant_end": {"of": "g"},
    "member_edit": {"member_id": "m", "member": lk.Member(id="m", region="east")},
    "keep_apart": {"member_id": "m", "other": "n"},
    "merge": {"member_id": "m", "other": "n"},
    "unmerge": {"member_id": "o"},
}


def story() -> Story:
    """A shop in which something of every kind can be told."""
    made = Story(club(rewards=[lk.Reward("tea", 1)], events=[lk.EventType("review")]))
    record = made.shop.record
    for name in ("n", "o"):
        made.shop.enroll(lk.Member(id=name, enrolled_at=day(0)))
    record(lk.Purchase(id="p", member_id="m", amount=90, occurred_at=day(1)))
    record(lk.Redemption(id="rd", member_id="m", points=5, occurred_at=day(1)))
    record(lk.Redemption(id="v", member_id="m", reward="tea", occurred_at=day(1)))
    record(lk.Hold(id="h", member_id="m", points=5, occurred_at=day(1)))
    record(lk.TierGrant(id="g", member_id="m", tier="member", mode="floor", occurred_at=day(1), **COMMON))
    made.shop.record(Merge(id="me", member_id="n", other="o", occurred_at=day(1), **COMMON))
    made.shop.record(Unmerge(id="um", member_id="o", occurred_at=day(1), **COMMON))
    made.shop.record(Merge(id="me-2", member_id="n", other="o", occurred_at=day(1), **COMMON))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_subclass_is_recorded_as_its_kind(kind: type[lk.Transaction]) -> None:
    """S15: the receipt is that of the kind, delivered twice it is recorded once, and nothing is damaged."""
    terms = {"id": "x", "occurred_at": day(2), **COMMON, **PARTS[kind.kind]}
    own = frozen(kw_only=True)(type("Own", (kind,), {"__annotations__": {"till": str}}))
    shop = story().shop
    receipt = shop.record(own(till="3", **terms))
    assert receipt == story().shop.record(kind(**terms))
    assert shop.record(own(till="3", **terms)) == receipt
    assert shop.storage.verify() == []


class Foreign(lk.Transaction):
    """A transaction that is of no kind."""

    kind, rank = "foreign", 5
    member_id = "m"

    def _check(self, problems: list[lk.Problem]) -> None:
        """Accept everything."""


class Follower(Foreign):
    """Another one, which follows a purchase."""

    follows = (lk.Purchase,)
    of = "p"


@pytest.mark.parametrize("kind", [Foreign, Follower])
def test_what_is_of_no_kind_is_refused_and_harms_no_batch(kind: type[lk.Transaction]) -> None:
    """I31: it is refused by itself, and the rest of a batch is recorded."""
    shop = story().shop
    with pytest.raises(lk.InvalidValueError, match="transaction: is not one of the known kinds"):
        shop.record(kind(id="x", occurred_at=day(2)))
    report = shop.ingest([kind(id="x", occurred_at=day(2)), lk.Visit(id="y", member_id="m", occurred_at=day(2))])
    assert (report.recorded, len(report.rejected)) == (1, 1)


def test_what_the_library_records_beside_others_is_not_accepted() -> None:
    """S16: points arrive with a transfer only."""
    arrival = Arrival(id="x", member_id="m", lots=(), occurred_at=day(2))
    with pytest.raises(lk.InvalidValueError, match="transaction: is not one of the known kinds"):
        story().shop.record(arrival)


def of_two(other: Any) -> list[Any]:
    """Ways to name two members."""
    return [
        lambda: lk.Transfer(id="x", member_id=other, to=other, points=1),
        lambda: lk.Event(id="x", name="review", member_id=other, other_member_id=other),
        lambda: lk.KeepApart(id="x", member_id=other, other=other, **COMMON),
        lambda: lk.Merge(id="x", member_id=other, other=other, **COMMON),
    ]


@pytest.mark.parametrize("other", [Decimal("sNaN"), "m", None, datetime(2025, 1, 1)])  # noqa: DTZ001
def test_two_members_are_two_ids(other: Any) -> None:
    """I31: what cannot be compared is refused like any other id."""
    for make in of_two(other):
        with pytest.raises(lk.InvalidValueError):
            make()


def test_the_multiplier_of_a_receipt_is_the_one_that_was_used() -> None:
    """S6: a return has that of its purchase, whatever tier the member is in by then; a redemption has none."""
    made = Story(club(tiers=lk.TierLadder(lk.Tier("member", multiplier=2), lk.Tier("gold", enter=SPENT, multiplier=3))))
    record = made.shop.record
    assert record(lk.Purchase(id="a", member_id="m", amount=100, occurred_at=day(1))).multiplier == 2
    assert record(lk.Purchase(id="b", member_id="m", amount=100, occurred_at=day(2))).multiplier == 3
    assert record(lk.Return(id="r", of="a", occurred_at=day(3))).multiplier == 2
    assert record(lk.Redemption(id="c", member_id="m", points=1, occurred_at=day(3))).multiplier == 1


SPENT = lk.rules.spend >= 100


def test_all_points_that_ever_came_have_one_limit() -> None:
    """I31: by hand or by purchases, a member gets at most 10^15 points, so that every sum stays below 2^63."""
    made = Story(club())
    record = made.shop.record
    adjust = {"member_id": "m", **COMMON}
    record(lk.Adjustment(id="a", points=10**15 - 5, occurred_at=day(1), **adjust))
    record(lk.Redemption(id="b", member_id="m", points=10**15 - 5, occurred_at=day(1)))
    record(lk.Reversal(id="c", of="b", occurred_at=day(1)))
    record(lk.Purchase(id="d", member_id="m", amount=5, occurred_at=day(1)))
    for beyond in (
        lk.Purchase(id="x", member_id="m", amount=1, occurred_at=day(2)),
        lk.Adjustment(id="x", points=1, occurred_at=day(2), **adjust),
        lk.Adjustment(id="x", points=-1, occurred_at=day(2), **adjust),
    ):
        with pytest.raises(lk.InvalidValueError, match=r"points: would be more than 10\^15") as refused:
            record(beyond)
        assert [problem.code for problem in refused.value.problems] == ["points.sum"]
    record(lk.Return(id="e", of="d", occurred_at=day(2)))
    assert made.shop.storage.verify() == []
