"""Laws that hold for every class with a wire form."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve, fields, frozen
from hypothesis import given, settings

import loyaltykit as lk
from loyaltykit import answers, matching, quality, records
from loyaltykit.errors import InvalidValueError
from loyaltykit.serialization import registered_names
from loyaltykit.serialization.shapes import (
    is_class,
)
from tests.serialization.samples import ANSWERS, TRANSACTIONS
from tests.serialization.strategies import ANY


@given(ANY)
@settings(deadline=None)
def test_every_value_comes_back_equal(value: Any) -> None:
    """From text, from bytes and from parsed data, by its own class; and the text is the same again (``I28``)."""
    text = lk.to_json(value)
    twin = lk.from_json(type(value), text)
    assert twin == value
    assert lk.to_json(twin) == text
    assert lk.from_json(type(value), text.encode()) == value
    assert hash(twin) == hash(value)


@given(ANY)
@settings(deadline=None)
def test_every_value_is_plain(value: Any) -> None:
    """It has a hash and survives a queue between processes: no closure, no storage behind an attribute."""
    twin = pickle.loads(pickle.dumps(value))
    assert twin == value
    assert hash(twin) == hash(value)
    assert lk.to_json(twin) == lk.to_json(value)


def test_base_classes_read_every_kind() -> None:
    """``Transaction`` and ``LoyaltyError`` are told apart by the key ``type``; so is a tuple of answers."""
    for value in TRANSACTIONS:
        assert lk.from_json(lk.Transaction, lk.to_json(value)) == value
    assert lk.from_json(tuple[lk.Transaction, ...], lk.to_json(TRANSACTIONS)) == tuple(TRANSACTIONS)
    with pytest.raises(InvalidValueError, match="does not name a type that fits here"):
        lk.from_json(lk.Purchase, lk.to_json(TRANSACTIONS[1]))


class OwnReturn(lk.Return):
    """A shop's own kind without attributes of its own."""


@frozen(kw_only=True)
class WithTill(lk.Return):
    """A shop's own kind with an attribute more."""

    till: str = "3"


def test_a_kind_of_the_shops_own_is_written_as_what_it_extends() -> None:
    """It is recorded as that kind, and reads as it; what has more attributes is refused, since they would be lost."""
    own = OwnReturn(id="r", of="o")
    assert lk.from_json(lk.Transaction, lk.to_json(own)) == lk.Return(id="r", of="o")
    with pytest.raises(InvalidValueError, match="WithTill: has no wire form"):
        lk.to_json(WithTill(id="r", of="o"))


def public_classes() -> list[type]:
    """Every class of answers that is public, and every public kind of transaction."""
    modules = (lk, answers, quality, matching, records)
    found = {value for module in modules for name in module.__all__ if is_class(value := getattr(module, name))}
    return sorted(found - NOT_SENT, key=lambda cls: cls.__name__)


NOT_SENT: set[type] = {lk.Transaction}


@pytest.mark.parametrize("cls", public_classes())
def test_every_public_value_has_a_wire_form(cls: type) -> None:
    """A new answer cannot be forgotten."""
    assert cls in registered_names().values()


@pytest.mark.parametrize("value", ANSWERS, ids=lambda value: type(value).__name__)
def test_mappings_of_answers_cannot_be_changed(value: Any) -> None:
    """Frozen values: what an answer was made from can change later, the answer cannot."""
    for part in fields(type(value)):
        held = getattr(value, part.name)
        if isinstance(held, Mapping):
            with pytest.raises(TypeError):
                held["x"] = 1  # type: ignore[index]
            given_ = {**held}
            twin = evolve(value, **{part.name: given_})
            given_.clear()
            assert twin == value


@pytest.mark.parametrize("data", [[], [1, "o-4"], [1, "o-4", {"type": "closed_error"}, 4], {}])
def test_a_tuple_of_so_many_items_has_so_many(data: Any) -> None:
    """Neither fewer nor more of them are read, and nothing else."""
    with pytest.raises(
        InvalidValueError, match=r"IngestReport.rejected\[0\]: (does not have 3 items|is not of type list)"
    ):
        lk.from_json(
            lk.IngestReport, {"type": "ingest_report", "enrolled": 0, "recorded": 0, "repeated": 0, "rejected": [data]}
        )


def test_an_error_says_more_than_is_read() -> None:
    """Its code and its message are for those who read the text; what makes the error is its content."""
    assert (
        lk.from_json(lk.LoyaltyError, {"type": "closed_error", "code": "x", "message": "y"}) == lk.errors.ClosedError()
    )
    with pytest.raises(InvalidValueError, match="has unknown keys"):
        lk.from_json(lk.LoyaltyError, {"type": "closed_error", "codes": "x"})
