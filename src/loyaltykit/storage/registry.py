"""Storages by URL. A package adds its own with the entry-point group ``loyaltykit.storage``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.ports import Storage

ENTRY_POINT_GROUP: Final = "loyaltykit.storage"

# scheme -> "module:callable"; a module is imported when its scheme is used.
BUILT_IN: Final[Mapping[str, str]] = MappingProxyType({"memory": "loyaltykit.storage.memory:from_url"})


def open_storage(url: str) -> Storage:
    """Return the storage that a URL names.

    Args:
        url: such as ``"memory://"``.

    Raises:
        InvalidValueError: the scheme is unknown, or the rest of the URL is not valid for it.
    """
    scheme, separator, _ = url.partition("://")
    target = BUILT_IN.get(scheme) if separator else None
    if target is not None:
        module, name = target.split(":")
        build: Callable[[str], Storage] = getattr(import_module(module), name)
        return build(url)
    from importlib.metadata import entry_points  # loads much of the standard library: only for other schemes

    plugins = {found.name: found for found in entry_points(group=ENTRY_POINT_GROUP)}
    if separator and scheme in plugins:
        plugin: Callable[[str], Storage] = plugins[scheme].load()
        return plugin(url)
    raise _unknown(scheme, [*BUILT_IN, *plugins])


def _unknown(scheme: str, known: list[str]) -> InvalidValueError:
    """The error for an unknown scheme. It shows nothing of the URL, which may hold a password."""
    from difflib import get_close_matches

    urls = ", ".join(f'"{name}://"' for name in sorted(set(known)))
    close = get_close_matches(scheme.lower().rstrip(":/"), known, n=1)
    if close:
        return InvalidValueError([Problem("storage", "is not the URL of a storage", f'did you mean "{close[0]}://"?')])
    way_out = f"use a URL that begins with one of {urls}, install the package for this one, or pass a storage object"
    return InvalidValueError([Problem("storage", "is not the URL of a storage", way_out)])
