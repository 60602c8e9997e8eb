"""Storages by URL, and those that other packages add."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.storage.memory import MemoryStorage
from loyaltykit.storage.registry import open_storage
from tests.support.stories import club


def test_memory_is_built_in() -> None:
    """Each URL opens a store of its own."""
    one, other = open_storage("memory://"), open_storage("memory://")
    assert isinstance(one, MemoryStorage)
    assert one is not other


@pytest.mark.parametrize("url", ["", "memory", "memory:", "nothing://here", "://", "memory://named"])
def test_what_names_no_storage(url: str) -> None:
    """Bad input: the error names the field and the ways out, and never the URL, which may hold a password."""
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.Loyalty(club(), storage=url)
    assert refused.value.problems[0].field == "storage"
    assert "here" not in str(refused.value)


@pytest.mark.parametrize("url", ["memory", "memory:", "memory:/", "Memory://", "memroy://", "memori://x:secret@host"])
def test_a_misspelt_url_is_corrected(url: str) -> None:
    """Bad input: the error says what was meant, and nothing that stands behind the scheme."""
    with pytest.raises(lk.InvalidValueError, match='did you mean "memory://"') as refused:
        lk.Loyalty(club(), storage=url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("storage", [None, 5, b"memory://", object()])
def test_what_is_no_storage(storage: Any) -> None:
    """I31: an object without the methods of a storage is refused."""
    with pytest.raises(lk.InvalidValueError):
        lk.Loyalty(club(), storage=storage)


def test_a_package_adds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point of the group `loyaltykit.storage` named like the scheme is asked with the whole URL."""
    asked: list[str] = []

    def entry_points(*, group: str) -> list[EntryPoint]:
        asked.append(group)
        return [EntryPoint("drawer", "tests.storage.test_registry:open_drawer", group)]

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    OPENED.clear()
    with lk.Loyalty(club(), storage="drawer://top?key=1") as shop:
        shop.enroll(lk.Member(id="m"))
    assert asked == ["loyaltykit.storage"]
    assert OPENED == ["drawer://top?key=1"]
    with pytest.raises(lk.InvalidValueError, match='"drawer://", "memory://"'):
        open_storage("shelf://")
    with pytest.raises(lk.InvalidValueError, match='did you mean "drawer://"'):
        open_storage("drawr://top")


OPENED: list[str] = []


def open_drawer(url: str) -> MemoryStorage:
    """What the entry point of the test leads to."""
    from tests.storage import test_registry

    test_registry.OPENED.append(url)
    return MemoryStorage()
