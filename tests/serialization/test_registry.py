"""The register of wire names: each given once, and nothing unregistered travels."""

import pytest
from attrs import frozen

from loyaltykit.errors import InvalidValueError
from loyaltykit.serialization import (
    from_wire,
    register,
    wire_name,
)


@wire_name("test.registered")
@frozen
class Registered:
    """Has a name."""


@frozen
class Unknown:
    """Was never registered."""


def test_unregistered_classes_are_not_read() -> None:
    """Not even by name."""
    with pytest.raises(InvalidValueError, match="does not name a type that fits here"):
        from_wire({"type": "Unknown"}, Unknown)


@pytest.mark.parametrize(
    ("cls", "name"), [(Registered, "test.other"), (Unknown, "test.registered"), (Unknown, "decimal")]
)
def test_a_name_is_given_once(cls: type, name: str) -> None:
    """Two meanings of one name would read each other's data."""
    with pytest.raises(ValueError, match="already registered"):
        register(cls, name)
