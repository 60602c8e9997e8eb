"""The JSON Schema of every class says what `to_json` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import loyaltykit as lk
from loyaltykit.errors import InvalidValueError
from loyaltykit.serialization import registered_names
from tests.serialization.samples import library_names
from tests.serialization.strategies import ANY, SAMPLES


@cache
def validator_of(cls: type) -> Draft202012Validator:
    found = lk.schema(cls)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


@given(ANY)
@settings(deadline=None)
def test_every_value_fits_its_schema(value: Any) -> None:
    """The schema says what ``to_json`` writes."""
    assert [*validator_of(type(value)).iter_errors(json.loads(lk.to_json(value)))] == []


@pytest.mark.parametrize("name", library_names())
def test_every_class_has_a_schema(name: str) -> None:
    """Its sample fits, an unknown key does not, nor does a missing one that is needed."""
    cls = registered_names()[name]
    data: dict[str, Any] = json.loads(lk.to_json(SAMPLES[name]))
    validator = validator_of(cls)
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "nonsense": 1})
    assert not validator.is_valid({key: part for key, part in data.items() if key != "type"})


@pytest.mark.parametrize("cls", [int, object, lk.Loyalty, Mapping])
def test_what_has_no_wire_form_has_no_schema(cls: Any) -> None:
    """A schema is about transactions, answers, members, programmes and errors."""
    with pytest.raises(InvalidValueError, match="has no wire form"):
        lk.schema(cls)


def test_a_schema_of_several_is_an_array() -> None:
    """A tuple of answers has a schema as it has a text."""
    assert Draft202012Validator(lk.schema(tuple[lk.Voucher, ...])).is_valid([])
