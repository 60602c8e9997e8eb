"""What was known when, of a shop and the oracle: answers that must never change (``I16``)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attrs import frozen

import loyaltykit as lk
from tests.machine.compared import (
    balance_of_oracle,
    balance_of_shop,
    rows_of_oracle,
    rows_of_shop,
    tier_of_oracle,
    tier_of_shop,
    vouchers_of,
)
from tests.machine.pair import FIRED, Pair
from tests.oracle.wall import MICROSECOND


@frozen
class Known:
    """Answers as of an instant, as they were known at another one.

    Args:
        known_at: exclusive.
        at: what they are about.
        answers: by member.
        segment: a name, and who was in it.
    """

    known_at: datetime
    at: datetime
    answers: dict[str, Any]
    segment: tuple[str, list[str]]


def remember(pair: Pair, at: datetime, segment: str) -> Known:
    """What the oracle answers at this moment; the clock moves on, for ``known_at`` is exclusive."""
    pair.clock.advance(MICROSECOND)
    asked = [member for member, account in pair.accounts().items() if at >= account.enrolled_at]
    where = pair.oracle.versions.at(at).program.segment(segment).where
    return Known(
        pair.now,
        at,
        {member: told_by_oracle(pair, member, at) for member in asked},
        (segment, pair.oracle.select(where, at)),
    )


def look_back(pair: Pair, known: Known) -> None:
    """I16: the shop still says what was known then."""
    for member, expected in known.answers.items():
        got = told_by_shop(pair.shop, member, known)
        assert got == expected, f"I16 {member} {known.at} known at {known.known_at}: shop {got}, oracle {expected}"
    for member in set(pair.oracle.store.members) - set(known.answers):
        with pytest.raises(LookupError):
            pair.shop.member(member, as_of=known.at, known_at=known.known_at)
    name, expected_ids = known.segment
    ids = list(pair.shop.select(name, as_of=known.at, known_at=known.known_at).ids())
    assert ids == expected_ids, f"I16 {name} {known.at} known at {known.known_at}: shop {ids}, oracle {expected_ids}"
    FIRED["looked back"] += 1


def told_by_oracle(pair: Pair, member: str, at: datetime) -> Any:
    oracle = pair.oracle
    return (
        balance_of_oracle(oracle, member, at),
        tier_of_oracle(oracle, member, at),
        rows_of_oracle(oracle, member, at),
        vouchers_of(oracle.vouchers(member, at)),
    )


def told_by_shop(shop: lk.Loyalty, member: str, known: Known) -> Any:
    when = {"as_of": known.at, "known_at": known.known_at}
    assert shop.member(member, **when).id is not None
    return (
        balance_of_shop(shop.balance(member, **when)),
        tier_of_shop(shop.tier(member, **when)),
        rows_of_shop(shop.statement(member, **when)),
        vouchers_of(shop.vouchers(member, **when)),
    )
