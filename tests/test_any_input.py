"""Whatever is passed, wherever: every public call returns or raises a LoyaltyError (I31)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import loyaltykit as lk
from loyaltykit import rules
from loyaltykit.rules import member, spend
from tests.support.any_calls import CALLS, ODD, Call
from tests.support.bad_shop import NOW, PROGRAM


def use(value: object) -> None:
    """What was accepted is used: recorded, built into a programme, asked for."""
    shop = lk.Loyalty(PROGRAM, clock=lambda: NOW)
    shop.enroll(lk.Member(id="m", enrolled_at=NOW - timedelta(days=9)))
    shop.record(lk.Purchase(id="single", member_id="m", amount=50, occurred_at=NOW - timedelta(days=8)))
    shop.record(lk.Redemption(id="rd", member_id="m", points=5, occurred_at=NOW - timedelta(days=7)))
    shop.record(lk.Redemption(id="cup-1", member_id="m", reward="cup", occurred_at=NOW - timedelta(days=1)))
    shop.record(lk.Hold(id="h", member_id="m", points=5, occurred_at=NOW - timedelta(days=1)))
    shop.enroll(lk.Member(id="n", enrolled_at=NOW - timedelta(days=9)))
    if isinstance(value, lk.Member | lk.Transaction):
        shop.ingest([value])
    elif isinstance(value, lk.OpeningLot):
        shop.record(lk.OpeningBalance(id="x", member_id="m", lots=[value]))
    elif isinstance(value, lk.Line):
        shop.record(lk.Purchase(id="x", member_id="m", lines=[value]))
    elif isinstance(value, lk.Birthday):
        shop.enroll(lk.Member(id="x", birthday=value))
    elif isinstance(value, lk.ReturnedLine):
        shop.record(lk.Return(id="x", of="single", lines=[value]))
    elif isinstance(value, rules.Predicate):
        shop.select(value).count()
    elif isinstance(value, rules.Term):
        list(shop.select("active", order_by=value).facts(value))
    else:
        _use_in_programme(value)
    _ask(shop)


def _use_in_programme(value: object) -> None:
    parts: dict[type, Callable[[Any], dict[str, Any]]] = {
        lk.AccrualRule: lambda rule: {"accrual": [rule]},
        lk.PointsPolicy: lambda policy: {"points": policy},
        lk.EarningPolicy: lambda earns: {"earns": earns},
        lk.TierLadder: lambda ladder: {"tiers": ladder},
        lk.Tier: lambda tier: {"tiers": lk.TierLadder(lk.Tier("the lowest"), tier)},
        lk.Segment: lambda segment: {"segments": [segment]},
        lk.Reward: lambda reward: {"rewards": [reward]},
        lk.Achievement: lambda item: {"achievements": [item], "events": [lk.EventType("review")]},
        lk.NoticePolicy: lambda notices: {"notices": notices},
        lk.EventType: lambda kind: {"events": [kind]},
        lk.Field: lambda field: {"fields": [field]},
    }
    if isinstance(value, lk.Program):
        program = value
    elif type(value) in parts:
        program = PROGRAM.evolve(**parts[type(value)](value))
    else:
        return
    program = lk.Program.from_json(program.to_json())
    shop = lk.Loyalty(program, clock=lambda: NOW)
    shop.enroll(lk.Member(id="m", enrolled_at=NOW - timedelta(days=9)))
    with suppress(lk.LoyaltyError):
        shop.record(lk.Purchase(id="single", member_id="m", amount=50, occurred_at=NOW - timedelta(days=8)))
    _ask(shop)


def _ask(shop: lk.Loyalty) -> None:
    shop.settle()
    for member_id in list(shop.select(spend >= 0).ids()):
        shop.balance(member_id)
        shop.tier(member_id).explain()
        shop.statement(member_id)
        shop.vouchers(member_id)
    list(shop.select((member.age >= 0) | (member.days_to_birthday >= 0) | (spend >= 0)).facts(member.age, spend))
    assert shop.storage.verify() == []


def survives(call: Call, arguments: Mapping[str, Any], *, used: bool = True) -> None:
    """The call returns or raises a LoyaltyError with field, reason and way out; so does using what it returned."""
    refused: lk.LoyaltyError | None = None
    try:
        value = call.make(**arguments)
        if used:
            use(value)
    except lk.LoyaltyError as error:
        refused = error
    if refused is not None:
        assert all([refused.field, refused.reason, refused.way_out, str(refused), repr(refused)])


@pytest.mark.parametrize("name", CALLS)
def test_a_right_call_is_accepted(name: str) -> None:
    """The arguments that are varied below are right as they are."""
    CALLS[name].make(**CALLS[name].right)


ARGUMENTS = [(name, argument) for name, call in CALLS.items() for argument in call.right]


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_anything_in_any_place_returns_or_is_refused(name: str, argument: str) -> None:
    """I31: no bare KeyError, TypeError, DecimalException, AttributeError or RecursionError escapes."""
    call = CALLS[name]
    for odd in ODD:
        survives(call, {**call.right, argument: odd}, used=False)


plain = st.one_of(
    st.sampled_from(ODD),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Lo"]), max_size=5),
    st.binary(max_size=5),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=400)
@given(st.data())
def test_anything_in_several_places_returns_or_is_refused(data: st.DataObject) -> None:
    """I31: several wrong arguments at once, and what is accepted all the same can be used."""
    call = CALLS[data.draw(st.sampled_from(sorted(CALLS)))]
    places = data.draw(st.sets(st.sampled_from(sorted(call.right)), min_size=1, max_size=3))
    survives(call, {**call.right, **{place: data.draw(anything) for place in sorted(places)}})
