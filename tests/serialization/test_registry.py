"""The register of wire names."""

from __future__ import annotations

import pytest
from attrs import frozen

import loyaltykit as lk
from loyaltykit.serialization import register, registered_names
from loyaltykit.serialization.registry import snake_case
from tests.serialization.samples import library_names

WORDS = {"calendar"}
"""Wire names that are words of the rule language."""


@frozen
class Unknown:
    """Was never registered."""


@pytest.mark.parametrize("name", library_names())
def test_a_wire_name_is_that_of_its_class_or_of_a_word(name: str) -> None:
    """``snake_case`` of the class, but for what has a word in the rule language."""
    cls = registered_names()[name]
    assert name == snake_case(cls.__name__) or name in WORDS


@pytest.mark.parametrize(("cls", "name"), [(lk.Tier, "other"), (Unknown, "tier"), (Unknown, "decimal")])
def test_a_name_is_given_once(cls: type, name: str) -> None:
    """Two meanings of one name would read each other's data."""
    with pytest.raises(ValueError, match="already registered"):
        register(cls, name)
