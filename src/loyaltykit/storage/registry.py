"""Storages by URL. A package adds its own with the entry-point group ``loyaltykit.storage``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.ports import Storage

ENTRY_POINT_GROUP: Final = "loyaltykit.storage"

# scheme -> "module:callable"; nothing is imported before it is asked for.
BUILT_IN: Final[Mapping[str, str]] = MappingProxyType({"memory": "loyaltykit.storage.memory:from_url"})


def open_storage(url: str) -> Storage:
    """The storage that a URL names.

    Args:
        url: such as ``"memory://"``.

    Raises:
        InvalidValueError: no storage of that scheme is known, or the URL is not one of its own.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise _unknown("is not a URL")
    target = BUILT_IN.get(scheme)
    if target is not None:
        module, name = target.split(":")
        build: Callable[[str], Storage] = getattr(import_module(module), name)
        return build(url)
    from importlib.metadata import entry_points  # loads a third of the standard library: only for a stranger's scheme

    for found in entry_points(group=ENTRY_POINT_GROUP, name=scheme):
        plugin: Callable[[str], Storage] = found.load()
        return plugin(url)
    raise _unknown("names an unknown kind of storage")


def _unknown(reason: str) -> InvalidValueError:
    known = ", ".join(f"{scheme}://" for scheme in BUILT_IN)
    return InvalidValueError([Problem("storage", reason, f"use {known}, or pass a storage object")])
