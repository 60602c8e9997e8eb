"""The register of stable wire names: which classes have a wire form, and under which name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from loyaltykit import errors
from loyaltykit.calendars import Days, EndOf, Inactivity, Months, Never
from loyaltykit.errors import Problem
from loyaltykit.read_only import ReadOnly
from loyaltykit.serialization.scalars import SCALAR_TAGS

T = TypeVar("T")

_names: Final[dict[type, str]] = {}
_classes: Final[dict[str, type]] = {}


def register(cls: type, name: str) -> None:
    """Give a class the stable name that its values carry on the wire.

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
    """Return the wire name of a class, or None when it is not registered."""
    return _names.get(cls)


def wire_name_of(cls: type) -> str:
    """Return the wire name of a registered class.

    >>> wire_name_of(Months)
    'months'
    """
    return _names[cls]


def class_named(name: object, expected: tuple[type, ...]) -> type | None:
    """Return the class of a wire name, if it is one of those expected or a subclass of one."""
    cls = _classes.get(name) if isinstance(name, str) else None
    return cls if cls is not None and issubclass(cls, expected) else None


def registered_names() -> Mapping[str, type]:
    """Return every registered class by its wire name."""
    return ReadOnly(_classes)


def names_of(expected: tuple[type, ...]) -> list[str]:
    """Return the wire names of the expected classes and their subclasses."""
    return sorted(name for name, cls in _classes.items() if issubclass(cls, expected))


def snake_case(name: str) -> str:
    """Return the wire name that a class of this name has by custom.

    >>> snake_case("OpeningBalance")
    'opening_balance'
    """
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


# What lies on the floors below cannot register itself, so its names are given here.
for _cls, _name in {Months: "months", Days: "days", EndOf: "end_of", Inactivity: "inactivity", Never: "never"}.items():
    register(_cls, _name)
for _cls in (Problem, *(getattr(errors, _name) for _name in errors.__all__ if _name.endswith("Error"))):
    register(_cls, snake_case(_cls.__name__))
