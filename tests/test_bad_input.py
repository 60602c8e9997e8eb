"""Bad input, through the public door: refused by name, whole, with the way out; nothing is half-written.

Every stated limit is met here from the outside; what each value checks is in the tests of its module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import events, line, member, per_amount, spend, visits
from tests.support.bad_limits import AHEAD, LIMITS, buy
from tests.support.bad_shop import BARE, NOW, PROGRAM, Shop, kept_out


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_stated_and_checked_at_the_door(limit: str, shop: Shop) -> None:
    """Bad input, I11, I31: the error names the field, the reason and the way out, and nothing is half-written."""
    call, kind, fields = LIMITS[limit]
    kept_out(shop, lambda: call(shop), kind, fields)


@pytest.mark.parametrize("seconds", [0, 300])
def test_tills_may_be_a_little_fast(seconds: int, shop: Shop) -> None:
    """Fixed: five minutes ahead of the clock is still now."""
    moment = NOW + timedelta(seconds=seconds)
    assert shop.loyalty.record(lk.Visit(id="v", member_id="m", occurred_at=moment)).occurred_at == moment


def test_a_refusal_leaves_the_id_free(shop: Shop) -> None:
    """S15: sending it again, put right, is a new attempt."""
    for wrong in ({"member_id": "nobody"}, {"amount": "0.001"}, {"occurred_at": AHEAD}):
        with pytest.raises(lk.RefusedError):
            buy(**({"amount": 1} | wrong))(shop)
    assert buy(amount=1)(shop)


def test_a_closed_shop_says_so() -> None:
    """Life cycle: every call after close, and close itself may be called again."""
    shop = Shop().loyalty
    selection = shop.select("active")
    shop.close()
    shop.close()
    for call in (
        lambda: shop.record(lk.Visit(id="v", member_id="m")),
        lambda: shop.quote(lk.Visit(id="v", member_id="m")),
        lambda: shop.enroll(lk.Member(id="x")),
        lambda: shop.ingest([lk.Member(id="x")]),
        lambda: shop.balance("m"),
        lambda: shop.tier("m"),
        lambda: shop.statement("m"),
        lambda: shop.member("m"),
        shop.settle,
        lambda: shop.select("active").count(),
        selection.count,
        lambda: shop.programs.simulate(PROGRAM),
        shop.programs.current,
        shop.programs.history,
        lambda: shop.transactions.get("single"),
        lambda: shop.transactions.list("m"),
        shop.transactions.since,
        shop.storage.verify,
    ):
        with pytest.raises(lk.errors.ClosedError):
            call()


# -- all problems of one value come together ---------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Bad input: nobody has to mend ten things in ten attempts."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Purchase(
            id="",
            member_id="x" * 129,
            amount=1.5,
            lines=[None],  # type: ignore[list-item]
            occurred_at=BARE,
            channel=5,  # type: ignore[arg-type]
            payments={"": "x"},
            currency="euro",
            rate=0,
            fields={"a": 0.5},
            actor="\ud800",
        )
    error = caught.value
    assert [problem.field for problem in error.problems] == [
        *("id", "actor", "member_id", "channel", "fields", "rate", "currency", "amount", "lines"),
        *("payments", "payments", "occurred_at"),
    ]
    assert (error.field, error.reason) == (error.problems[0].field, error.problems[0].reason)
    assert all(str(problem) in str(error) for problem in error.problems)


def test_a_programme_says_everything_that_is_wrong_with_its_rules() -> None:
    """Bad input: all rules are checked, each problem names its place."""
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        PROGRAM.evolve(
            accrual=[lk.AccrualRule("a", per_amount(), where=line["nothing"] == 1)],
            earns=lk.EarningPolicy(exclude=member.age >= 18),
            segments=[lk.Segment("s", (member["x"] == 1) | (spend >= visits) | (events("like") >= 1))],
        )
    assert [problem.field for problem in caught.value.problems] == [
        *('accrual.a: line["nothing"]', "earns.exclude: member.age", 'segments.s: member["x"]'),
        *("segments.s: spend", 'segments.s: events("like")'),
    ]


# -- nothing is half-written -------------------------------------------------------------------------------------------


def test_a_refused_item_does_not_stop_the_rest_and_leaves_nothing(shop: Shop) -> None:
    """I11: of a mixed batch exactly the good items are there, as if the others had never been sent."""
    good: list[lk.Member | lk.Transaction] = [
        lk.Member(id="n", enrolled_at=NOW - timedelta(days=1)),
        lk.Purchase(id="q", member_id="n", amount=5, occurred_at=NOW),
        lk.Return(id="r", of="p", lines=[lk.ReturnedLine(line=1)], occurred_at=NOW),
    ]
    bad: list[Any] = [
        lk.Purchase(id="b1", member_id="nobody", amount=5),
        lk.Return(id="b2", of="p", lines=[lk.ReturnedLine(line=0), lk.ReturnedLine(line=9)]),
        lk.Redemption(id="b3", member_id="n", points=10**6),
        lk.Member(id="b4", fields={"goal": "x"}),
        lk.Event(id="b5", member_id="n", name="like"),
        None,
        "a text",
        0.5,
        {"id": "b6"},
    ]
    other = Shop()
    other.loyalty.ingest(good)
    mixed: list[Any] = [item for pair in zip(bad, [*good, *[None] * 6], strict=True) for item in pair]
    report = shop.loyalty.ingest(mixed)
    assert (report.enrolled, report.recorded) == (1, 2)
    assert len(report.rejected) == len(mixed) - len(good)
    assert [mixed[position] for position, _, _ in report.rejected] == [item for item in mixed if item not in good]
    assert all(isinstance(error, lk.LoyaltyError) for _, _, error in report.rejected)
    assert shop.state == other.state
    again = shop.loyalty.ingest(mixed)
    assert (again.enrolled, again.recorded, again.repeated) == (0, 0, 3)
    assert shop.state == other.state


def test_a_batch_whose_source_breaks_is_taken_as_far_as_it_came(shop: Shop) -> None:
    """I11: an error of the caller's own passes through, and no item is half there."""

    def source() -> Iterator[lk.Member]:
        for serial in range(1_500):
            yield lk.Member(id=f"n{serial}", enrolled_at=NOW)
        raise RuntimeError("the file ends here")

    with pytest.raises(RuntimeError, match="the file ends here"):
        shop.loyalty.ingest(source())
    assert shop.loyalty.storage.verify() == []
    taken = set(shop.loyalty.select(member.id != "m").ids())
    assert taken == {f"n{serial}" for serial in range(len(taken))}


def test_quotes_and_questions_write_nothing(shop: Shop) -> None:
    """C2, C5: previews, refused or not, leave the state as it is."""
    before = shop.state
    shop.loyalty.quote(lk.Purchase(id="x", member_id="m", amount=5000))
    with suppress(lk.RefusedError):
        shop.loyalty.quote(lk.Return(id="x", of="p", amount=1))
    shop.loyalty.tier("m")
    shop.loyalty.statement("m", as_of=NOW + timedelta(days=1000))
    shop.loyalty.programs.simulate(PROGRAM)
    shop.loyalty.select("active").page(5)
    assert shop.state == before


@pytest.mark.parametrize("progress", [5, "x", object(), []])
def test_whoever_listens_can_be_called(progress: Any, shop: Shop) -> None:
    """I31: a progress that is no function is refused before anything is done."""
    for call in (
        lambda: shop.loyalty.ingest([lk.Member(id="x", enrolled_at=NOW)], progress),
        lambda: shop.loyalty.settle(progress=progress),
        lambda: shop.loyalty.storage.verify(progress),
    ):
        kept_out(shop, call, lk.InvalidValueError, ["progress"])
