"""Many tills at once (I30): a concurrent run equals some serial order.

Twelve threads start together on one storage in which whoever has decided waits a while for all others before
writing, so that those who are not kept apart do get in between. The guard at the end takes the lock away and shows that
the same questions catch it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Condition, Thread
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.storage.memory import MemoryStorage, MemoryUnit
from tests.support.stories import START, Story, club, day

THREADS = 12

Act = Callable[[int], object]


class _Gate:
    """Where whoever comes waits for all others, if they can come.

    Args:
        patience_s: how long.
    """

    def __init__(self, patience_s: float) -> None:
        self._arrived = 0
        self._patience_s = patience_s
        self._changed = Condition()

    def pass_through(self) -> None:
        with self._changed:
            self._arrived += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._arrived >= THREADS, self._patience_s)


class _SlowUnit(MemoryUnit):
    """A unit that lets others in, if they can get in, before it writes."""

    gate: _Gate | None

    def add_record(self, *parts: Any) -> None:
        if self.gate is not None:
            self.gate.pass_through()
        super().add_record(*parts)


class _SlowStorage(MemoryStorage):
    gate: _Gate | None = None
    patience_s = 0.01  # nobody else can come

    def unit(self) -> MemoryUnit:
        unit = _SlowUnit(self._tables)
        unit.gate = self.gate
        return unit


class _NoLock:
    """A lock that keeps nobody out."""

    def acquire(self) -> None: ...

    def release(self) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def unlocked() -> _SlowStorage:
    """The broken store of the guard."""
    storage = _SlowStorage()
    storage.patience_s = 10.0  # somebody will come, on a busy machine too
    storage._tables.lock = _NoLock()  # type: ignore[assignment]
    return storage


def together(story: Story, act: Act) -> list[object]:
    """What twelve threads got that started at once: a result, or an error's class."""
    assert isinstance(story.storage, _SlowStorage)
    story.storage.gate = _Gate(story.storage.patience_s)
    start, got = Barrier(THREADS), list[object]()

    def run(serial: int) -> None:
        start.wait()
        try:
            got.append(act(serial))
        except Exception as error:  # the broken store may break in any way
            got.append(type(error))

    threads = [Thread(target=run, args=(serial,)) for serial in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


GIFTS = club(points=lk.PointsPolicy(), rewards=[lk.Reward("cup", points=10, stock=5)])


def tea_house(storage: MemoryStorage) -> Story:
    """A shop whose members m and n have 120 points each."""
    story = Story(GIFTS, storage=storage)
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    for member in "mn":
        story.shop.record(lk.Purchase(id=f"p-{member}", member_id=member, amount=120, occurred_at=day(0)))
    return story


def redeem_from_both_sides(story: Story) -> bool:
    """No overspend: twelve times twenty points from a hundred and twenty."""

    def act(serial: int) -> object:
        return story.spend(f"s{serial}", day(1), 20).points

    got = together(story, act)
    return got.count(-20) == 6 and got.count(lk.InsufficientPointsError) == 6 and story.available(day(1)) == 0


def send_the_same_twice(story: Story) -> bool:
    """Delivered twelve times at once, recorded once."""
    got = together(story, lambda _: story.spend("same", day(1), 20).points)
    return got == [-20] * THREADS and story.available(day(1)) == 100


def give_to_each_other(story: Story) -> bool:
    """Transfers both ways at once: together the two have what they had."""

    def act(serial: int) -> object:
        giver, receiver = ("m", "n") if serial % 2 else ("n", "m")
        transfer = lk.Transfer(id=f"t{serial}", member_id=giver, to=receiver, points=50, occurred_at=day(1))
        return story.shop.record(transfer).points

    together(story, act)
    return sum(story.shop.balance(member, as_of=day(1)).total for member in "mn") == 240


def end_a_hold(story: Story) -> bool:
    """A hold ends once, by a capture or by a release."""
    story.hold("h", day(1), 60)

    def act(serial: int) -> object:
        return (story.capture if serial % 2 else story.release)(f"e{serial}", "h", day(2)).id

    got = together(story, act)
    return got.count(lk.errors.HoldEndedError) == THREADS - 1 and story.available(day(2)) in (60, 120)


def take_the_last_gifts(story: Story) -> bool:
    """Twelve want a cup, five are there."""

    def act(serial: int) -> object:
        member = "mn"[serial % 2]
        return story.shop.record(
            lk.Redemption(id=f"g{serial}", member_id=member, reward="cup", occurred_at=day(1))
        ).points

    got = together(story, act)
    return got.count(-10) == 5 and got.count(lk.errors.RewardUnavailableError) == THREADS - 5


def use_a_voucher(story: Story) -> bool:
    """A voucher is used once."""
    story.shop.record(lk.Redemption(id="v", member_id="m", reward="cup", occurred_at=day(1)))
    got = together(
        story, lambda serial: story.shop.record(lk.VoucherUse(id=f"u{serial}", of="v", occurred_at=day(2))).id
    )
    return got.count(lk.errors.VoucherNotUsableError) == THREADS - 1


RUSHES: Sequence[Callable[[Story], bool]] = (
    redeem_from_both_sides,
    send_the_same_twice,
    give_to_each_other,
    end_a_hold,
    take_the_last_gifts,
    use_a_voucher,
)


@pytest.mark.parametrize("rush", RUSHES)
def test_i30_as_if_one_after_the_other(rush: Callable[[Story], bool]) -> None:
    """I30: what twelve threads get is what some order of them would get; the store is in order afterwards."""
    story = tea_house(_SlowStorage())
    assert rush(story)
    assert story.shop.storage.verify() == []


@pytest.mark.parametrize("rush", RUSHES)
def test_a_store_without_its_lock_is_caught(rush: Callable[[Story], bool]) -> None:
    """The guard: without the lock, each of these rushes goes wrong, or leaves the store in disorder."""
    story = tea_house(unlocked())
    assert not rush(story) or story.shop.storage.verify() != []
