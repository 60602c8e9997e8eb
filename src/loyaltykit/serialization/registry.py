"""The register of stable wire names: which classes travel, and under which name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from loyaltykit.calendars import Days, EndOf, Inactivity, Months, Never
from loyaltykit.serialization.scalars import SCALAR_TAGS

T = TypeVar("T")

_names: Final[dict[type, str]] = {}
_classes: Final[dict[str, type]] = {}


def register(cls: type, name: str) -> None:
    """Give an attrs class the stable name under which its values travel.

    Raises:
        ValueError: the class or the name is taken, a mistake in the code that registers.
    """
    if cls in _names or name in _classes or name in SCALAR_TAGS.values():
        raise ValueError(f"{cls.__name__} or {name!r} is already registered")
    _names[cls] = name
    _classes[name] = cls


def wire_name(name: str) -> Callable[[type[T]], type[T]]:
    """Register the class below under a stable name."""

    def registered(cls: type[T]) -> type[T]:
        register(cls, name)
        return cls

    return registered


def name_of(cls: type) -> str | None:
    """The wire name of a class, or None when it is not registered."""
    return _names.get(cls)


def class_named(name: object, expected: tuple[type, ...]) -> type | None:
    """The class of a wire name, if it is one of those expected or below one."""
    cls = _classes.get(name) if isinstance(name, str) else None
    return cls if cls is not None and issubclass(cls, expected) else None


def names_of(expected: tuple[type, ...]) -> list[str]:
    """The wire names of everything that is one of those expected or below one."""
    return sorted(name for name, cls in _classes.items() if issubclass(cls, expected))


# The spans live on the floor below, so their names are given here.
for _cls, _name in {Months: "months", Days: "days", EndOf: "end_of", Inactivity: "inactivity", Never: "never"}.items():
    register(_cls, _name)
