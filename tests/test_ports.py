"""The ports: small protocols, each method with its law, and no engine's type in them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit import ports
from loyaltykit.domain.accounts.account import Account
from loyaltykit.storage.memory import MemoryStorage
from tests.support.stories import START, Story, club, day

PROTOCOLS = [ports.Reads, ports.UnitOfWork, ports.Snapshot, ports.Storage]


def methods(protocol: type) -> dict[str, Any]:
    return {
        name: value for name, value in vars(protocol).items() if inspect.isfunction(value) and not name.startswith("_")
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_method_states_its_law(protocol: type) -> None:
    """A port is read by those who write a storage: each class and method says what must hold."""
    assert protocol.__doc__
    assert all(method.__doc__ for method in methods(protocol).values())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ports_are_small(protocol: type) -> None:
    """A storage offers units of work, snapshots, ids, and little else."""
    assert 1 <= len(methods(protocol)) <= 7
    for method in methods(protocol).values():
        names = " ".join(str(hint) for hint in inspect.get_annotations(method).values())
        assert not any(engine in names for engine in ("pyarrow", "sqlalchemy", "numpy", "narwhals"))


def test_the_memory_storage_has_all_of_them() -> None:
    """The reference storage offers each method under its name, with its parameters."""
    storage = MemoryStorage()
    storage.open(club(), 0)
    with storage.unit() as unit, storage.snapshot() as snapshot:
        pairs = [(ports.Storage, storage), (ports.UnitOfWork, unit), (ports.Reads, unit), (ports.Snapshot, snapshot)]
        for protocol, offered in [*pairs, (ports.Reads, snapshot)]:
            for name, method in methods(protocol).items():
                expected = list(inspect.signature(method).parameters)[1:]
                assert list(inspect.signature(getattr(offered, name)).parameters) == expected


def test_records_are_frozen_and_hold_everything() -> None:
    """I17: enrolments and records are values; what they hold is enough to fold the account again."""
    story = Story()
    story.buy("a", day(0))
    story.shop.settle(as_of=day(30))
    with story.storage.snapshot() as snapshot:
        enrolment, records = snapshot.find_enrolment("m"), snapshot.records("m")
        assert isinstance(snapshot.account("m"), Account)
    assert enrolment is not None
    assert (enrolment.sequence, enrolment.member, enrolment.member.enrolled_at) == (1, enrolment.given, START)
    assert [(record.sequence, record.member_id) for record in records] == [(2, "m"), (3, "m")]
    assert (records[0].transaction, records[1].transaction, records[1].given) == (records[0].given, None, None)
    for value in (enrolment, records[0]):
        with pytest.raises(AttributeError):
            value.sequence = 9  # type: ignore[misc]


def test_reads_of_what_is_not_there() -> None:
    """`find` gives None, `records` nothing, `account` raises."""
    storage = MemoryStorage()
    storage.open(club(), 0)
    for open_reads in (storage.unit, storage.snapshot):
        with open_reads() as reads:
            assert reads.find_record("nothing") is None
            assert reads.find_enrolment("nobody") is None
            assert list(reads.records("nobody")) == []
            with pytest.raises(lk.UnknownMemberError):
                reads.account("nobody")
