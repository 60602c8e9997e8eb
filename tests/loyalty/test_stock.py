"""The stock of a reward is shared by all members (S24, I11, I14)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.ports import Storage
from loyaltykit.rules import spend
from loyaltykit.storage.memory import MemoryStorage
from tests.support.clock import Clock
from tests.support.digest import canonical
from tests.support.stories import FEW, LATE, START, club, day

MEMBERS = ("a", "b", "c")


class Counter:
    """A shop with three members of 100 points each, and a reward of which there are a few."""

    def __init__(self, stock: int | None, **parts: Any) -> None:
        reward = lk.Reward("pot", 10, stock=stock, **parts)
        program = club(points=lk.PointsPolicy(), rewards=[reward, lk.Reward("cup", 10, stock=5)])
        self.storage = MemoryStorage()
        self.shop = lk.Loyalty(program, storage=self.storage, clock=Clock(LATE))
        for member_id in MEMBERS:
            self.shop.enroll(lk.Member(id=member_id, enrolled_at=START))
            self.shop.record(lk.Purchase(id=f"p-{member_id}", member_id=member_id, amount=100, occurred_at=day(0)))

    def redeem(self, id: str, member_id: str = "a", reward: str = "pot") -> lk.Redemption:
        return lk.Redemption(id=id, member_id=member_id, reward=reward, occurred_at=day(1))

    def undo(self, of: str) -> lk.Reversal:
        return lk.Reversal(id=f"undo-{of}", of=of, occurred_at=day(2))

    def use(self, of: str) -> lk.VoucherUse:
        return lk.VoucherUse(id=f"use-{of}", of=of, occurred_at=day(2))

    @property
    def out(self) -> int:
        return rewards_out(self.storage)

    @property
    def counted(self) -> int:
        """The same, by asking every member."""
        vouchers = [voucher for member_id in MEMBERS for voucher in self.shop.vouchers(member_id)]
        return sum(voucher.status != "cancelled" for voucher in vouchers if voucher.reward == "pot")


def rewards_out(storage: Storage, reward_id: str = "pot") -> int:
    with storage.snapshot() as snapshot:
        return snapshot.rewards_out(reward_id)


def refused(counter: Counter, redemption: lk.Redemption) -> None:
    """Recording, quoting and ingesting say the same, and nothing changes."""
    before = canonical(counter.storage)
    for call in (counter.shop.quote, counter.shop.record):
        with pytest.raises(lk.errors.RewardUnavailableError) as caught:
            call(redemption)
        assert caught.value.reason == "is out of stock"
    (rejected,) = counter.shop.ingest([redemption]).rejected
    assert isinstance(rejected[2], lk.errors.RewardUnavailableError)
    assert canonical(counter.storage) == before


STEPS = st.lists(
    st.tuples(st.sampled_from(["redeem", "redeem", "cup", "reverse", "use"]), st.sampled_from(MEMBERS)), max_size=20
)


@given(stock=st.integers(0, 4), steps=STEPS)
def test_s24_never_more_than_the_stock(stock: int, steps: list[tuple[str, str]]) -> None:
    """S24: in no order of redemptions, uses and reversals of several members is more out than there is; up to that,
    nobody is refused."""
    counter = Counter(stock)
    out: dict[str, list[str]] = {member_id: [] for member_id in MEMBERS}
    for serial, (step, member_id) in enumerate(steps):
        mine = out[member_id]
        if step == "cup" and rewards_out(counter.storage, "cup") < 5:
            counter.shop.record(counter.redeem(f"c{serial}", member_id, "cup"))
        elif step == "redeem" and counter.out >= stock:
            refused(counter, counter.redeem(f"v{serial}", member_id))
        elif step == "redeem":
            redemption = counter.redeem(f"v{serial}", member_id)
            assert counter.shop.quote(redemption) == counter.shop.record(redemption)
            mine.append(f"v{serial}")
        elif step == "reverse" and mine:
            counter.shop.record(counter.undo(mine.pop()))
        elif step == "use" and mine:
            counter.shop.record(counter.use(mine.pop()))  # used, it is out for good
        assert counter.out == counter.counted <= stock
    assert counter.shop.storage.verify() == []


def test_s24_what_is_given_back_can_be_had_again() -> None:
    """S24: by anybody; what was used cannot."""
    counter = Counter(stock=1)
    counter.shop.record(counter.redeem("v", "a"))
    refused(counter, counter.redeem("w", "b"))
    counter.shop.record(counter.undo("v"))
    assert counter.shop.record(counter.redeem("w", "b")).voucher
    counter.shop.record(counter.use("w"))
    refused(counter, counter.redeem("x", "c"))


def test_s24_without_a_stock_there_is_always_one_more() -> None:
    """S24: None is no limit."""
    counter = Counter(stock=None)
    for serial in range(10):
        counter.shop.record(counter.redeem(f"v{serial}"))
    assert counter.out == 10


def test_s24_verification_does_not_ask_for_the_stock() -> None:
    """I12: a decision follows from the account and the transaction, however many are out by now."""
    counter = Counter(stock=2)
    for id, member_id in (("v", "a"), ("w", "b")):
        counter.shop.record(counter.redeem(id, member_id))
    assert counter.shop.storage.verify() == []


class BrokenOffError(Exception):
    """Something that happens between two writes."""


def break_off(counter: Counter, transactions: list[lk.Transaction]) -> None:
    """Write some transactions in one unit of work, and fail."""
    runtime = counter.shop._runtime
    with counter.storage.unit() as unit:
        for transaction in transactions:
            runtime.write(unit, transaction, runtime.now())
        assert unit.rewards_out("pot") == 2
        raise BrokenOffError


def test_i11_a_unit_that_breaks_leaves_the_stock() -> None:
    """I11: what is undone is not out, what a broken unit gave back still is."""
    counter = Counter(stock=2)
    counter.shop.record(counter.redeem("v", "a"))

    before = canonical(counter.storage)
    with pytest.raises(BrokenOffError):
        break_off(counter, [counter.redeem("w", "b"), counter.undo("v"), counter.use("w"), counter.redeem("x", "c")])
    assert canonical(counter.storage) == before
    assert counter.out == counter.counted == 1
    assert counter.shop.record(counter.redeem("y", "c")).voucher
    refused(counter, counter.redeem("z", "b"))


def test_c5_a_pinned_snapshot_tells_the_stock_of_now() -> None:
    """S24: what can be had is not a question about the past."""
    counter = Counter(stock=3)
    position = counter.storage.position()
    counter.shop.record(counter.redeem("v"))
    with counter.storage.snapshot(position) as snapshot:
        assert snapshot.rewards_out("pot") == 1
        assert snapshot.rewards_out("nothing") == 0


@FEW
@given(steps=STEPS, cuts=st.lists(st.integers(1, 6), max_size=6))
def test_i14_batches_share_the_stock(steps: list[tuple[str, str]], cuts: list[int]) -> None:
    """I14, S24: any cut of one order into batches gives the same state, the stock included."""
    made: list[lk.Transaction] = []
    for serial, (step, member_id) in enumerate(steps):
        others = [item.id for item in made if isinstance(item, lk.Redemption)] or ["none"]
        counter = Counter(None)
        made.append(
            {
                "redeem": counter.redeem(f"v{serial}", member_id),
                "cup": counter.redeem(f"c{serial}", member_id, "cup"),
                "reverse": counter.undo(others[serial % len(others)]),
                "use": counter.use(others[-1]),
            }[step]
        )
    whole, parts = Counter(2), Counter(2)
    whole.shop.ingest(made)
    rest = list(made)
    for cut in [*cuts, len(rest)]:
        parts.shop.ingest(rest[:cut])
        del rest[:cut]
    assert canonical(whole.storage) == canonical(parts.storage)
    assert whole.out == parts.out <= 2


def test_s24_the_member_is_judged_beside_the_stock() -> None:
    """S24: whoever may not have it does not take from it."""
    counter = Counter(stock=1, where=spend >= 1000)
    with pytest.raises(lk.errors.RewardUnavailableError) as caught:
        counter.shop.record(counter.redeem("v"))
    assert caught.value.reason == "is not for this member"
    assert counter.out == 0
