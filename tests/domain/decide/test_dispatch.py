"""The one entry: what is refused, and that a refusal changes nothing (S14, S15, S18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from tests.support.digest import canonical
from tests.support.stories import MICROSECOND, START, Story, adjustment, club, day

Call = Callable[[Story], Any]
REFUSALS: list[tuple[type[lk.LoyaltyError], Call]] = [
    (lk.NotEnrolledError, lambda story: story.buy("p", START - MICROSECOND)),
    (lk.NotEnrolledError, lambda story: story.visit("v", START - timedelta(days=1))),
    (lk.NotEnrolledError, lambda story: story.spend("y", START - timedelta(days=1), 1)),
    (lk.NotEnrolledError, lambda story: story.adjust("y", START - timedelta(days=1), 1)),
    (lk.InvalidValueError, lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="unheard of"))),
    (
        lk.InvalidValueError,
        lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="review", attributes={"stars": "5"})),
    ),
    (
        lk.InvalidValueError,
        lambda story: story.shop.record(lk.Event(id="e", member_id="m", name="review", attributes={"moons": 5})),
    ),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "0.005")),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "5", currency="USD")),
    (lk.InvalidValueError, lambda story: story.buy("p", day(1), "5", fields={"gift": True})),
    (lk.UnknownMemberError, lambda story: story.shop.record(lk.Visit(id="v", member_id="nobody"))),
    (lk.errors.UnknownTransactionError, lambda story: story.bring_back("r", "nothing", day(1))),
    (lk.errors.UnknownTransactionError, lambda story: story.bring_back("r", "x", day(3))),
    (lk.errors.UnknownTransactionError, lambda story: story.undo("u", "a", day(3))),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "a", day(0) - MICROSECOND)),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "a", day(3), amount="100.01")),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "gone", day(5))),
    (lk.errors.ReturnExceedsPurchaseError, lambda story: story.bring_back("r", "gone", day(5), amount="0.01")),
    (
        lk.errors.ReturnExceedsPurchaseError,
        lambda story: story.bring_back("r", "b", day(5), lines=[lk.ReturnedLine(line=0, quantity=4)]),
    ),
    (
        lk.InvalidValueError,
        lambda story: story.bring_back("r", "b", day(5), lines=[lk.ReturnedLine(line=2, quantity=1)]),
    ),
    (lk.InvalidValueError, lambda story: story.bring_back("r", "b", day(5), amount=1)),
    (lk.InvalidValueError, lambda story: story.bring_back("r", "a", day(5), amount="0.001")),
    (lk.errors.ReversalExceedsRedemptionError, lambda story: story.undo("u", "x", day(1))),
    (lk.errors.ReversalExceedsRedemptionError, lambda story: story.undo("u", "x", day(3), 41)),
    (lk.InsufficientPointsError, lambda story: story.spend("y", day(3), 10_000)),
    (lk.InvalidValueError, lambda story: story.adjust("t", day(3), 5, expires_at=day(3))),
    (lk.IdempotencyConflictError, lambda story: story.spend("a", day(3), 5)),
]


def told() -> Story:
    """A purchase, one that came back whole, one of two lines, a redemption."""
    story = Story(club(events=[lk.EventType("review", fields=[lk.Field("stars", int)])]))
    story.buy("a", day(0))
    story.buy("gone", day(0))
    story.bring_back("g", "gone", day(1))
    lines = [lk.Line(amount=30, quantity=3), lk.Line(amount=5)]
    story.shop.record(lk.Purchase(id="b", member_id="m", lines=lines, occurred_at=day(1)))
    story.spend("x", day(2), 40)
    return story


@pytest.mark.parametrize("place", range(len(REFUSALS)))
def test_i11_a_refusal_writes_nothing_and_leaves_the_id_free(place: int) -> None:
    """S15, I11: every refusal has its error and leaves D as it was; the id can be used for something else."""
    error, call = REFUSALS[place]
    story = told()
    before = canonical(story.storage)
    with pytest.raises(error) as refused:
        call(story)
    assert all((refused.value.field, refused.value.reason, refused.value.way_out))
    assert canonical(story.storage) == before
    for free in ("p", "r", "u", "v", "e", "y", "t"):
        assert story.shop.record(adjustment(free, day(4), 1)).points == 1


def test_s14_a_foreign_purchase_carries_its_rate() -> None:
    """S14: with its rate it earns in the programme's currency, and returns are converted over all of them together."""
    story = Story()
    assert story.buy("a", day(0), "10.00", currency="USD", rate="0.925").points == 9
    assert story.bring_back("r", "a", day(1), amount="5.00").points == -5
    story.buy("b", day(0), "0.03", currency="USD", rate="0.5")
    for serial in range(3):
        story.bring_back(f"b{serial}", "b", day(1), amount="0.01")
    with pytest.raises(lk.InvalidValueError):
        story.bring_back("fine", "a", day(1), amount="0.001")


def test_i3_points_never_come_from_nowhere() -> None:
    """I3: a purchase, its redemption, its return, its reversal: what is there is what the steps sum up to."""
    story = told()
    steps = [
        story.bring_back("r", "a", day(3), amount=50).points,
        story.undo("u", "x", day(4), 10).points,
        story.undo("w", "x", day(5)).points,
    ]
    assert steps == [-50, 10, 30]
    assert story.available(day(5)) == 100 + 35 - 50
    assert story.shop.storage.verify() == []


class _TillPurchase(lk.Purchase):
    """A shop's own kind of purchase."""


def test_a_shops_own_kind_leads_to_what_its_kind_leads_to() -> None:
    """A subclass is recorded like the class above it."""
    story = Story()
    assert story.shop.record(_TillPurchase(id="a", member_id="m", amount=100, occurred_at=day(0))).points == 100
    assert story.shop.storage.verify() == []
