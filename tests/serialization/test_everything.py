"""Laws that hold for every class with a wire form, over values made at random from its annotations."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import pytest
from attrs import evolve, fields
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

import loyaltykit as lk
from loyaltykit import answers, matching, quality, records
from loyaltykit.errors import InvalidValueError
from loyaltykit.serialization import registered_names
from loyaltykit.serialization.shapes import (
    attributes_of,
    is_class,
    is_fixed,
    is_literal,
    is_mapping,
    is_pairs,
    is_tuple,
    is_union,
    members_of,
    pair_of,
)
from tests.serialization.samples import ANSWERS, BERLIN, ROOTS, TRANSACTIONS, library_names, samples

SAMPLES = samples()
FREE = {type(value) for value in ANSWERS} - {matching.MatchPolicy}
"""Classes that take any value of their annotations; the others check what they are given."""

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-(10**15), 10**15),
    bool: st.booleans(),
    type(None): st.none(),
    Decimal: st.decimals(-(10**9), 10**9, places=3),
    date: st.dates(date(1900, 1, 1), date(2199, 12, 31)),
}
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.sampled_from([UTC, BERLIN]))  # noqa: DTZ001


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values that fit an annotation."""
    if kind is datetime:
        return MOMENTS
    if kind in SCALARS:
        return SCALARS[kind]
    if is_literal(kind):
        return st.sampled_from(get_args(kind))
    if is_union(kind):
        # Within a union of all values moments are compared as Python does: only UTC is the same there and back.
        plain = [values_of(item) for item in members_of(kind) if item is not datetime]
        return st.one_of(*plain, *([MOMENTS.map(in_utc)] if datetime in members_of(kind) else []))
    if is_fixed(kind):
        return st.tuples(*map(values_of, get_args(kind)))
    if is_tuple(kind):
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    if is_mapping(kind) or is_pairs(kind):
        return st.lists(values_of(pair_of(kind)), max_size=3).map(dict)
    assert is_class(kind)
    return objects_of(kind) if kind in FREE or plain_parts(kind) else st.sampled_from(samples_of(kind))


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def samples_of(kind: type) -> list[Any]:
    return [value for value in (*SAMPLES.values(), *ROOTS) if isinstance(value, kind)]


PLAIN = (
    answers.LotView,
    answers.RuleShare,
    answers.TierCorrection,
    answers.TierDecision,
    answers.TierChange,
    lk.Voucher,
)


def plain_parts(kind: type) -> bool:
    return issubclass(kind, PLAIN)


@cache
def objects_of(cls: type) -> st.SearchStrategy[Any]:
    """Values of a class that checks nothing."""
    return st.builds(cls, **{item.name: values_of(item.type) for item in attributes_of(cls)})


ANY = st.one_of(st.sampled_from(ROOTS), *(objects_of(cls) for cls in sorted(FREE, key=lambda cls: cls.__name__)))


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


@cache
def validator_of(cls: type) -> Draft202012Validator:
    found = lk.schema(cls)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


@given(ANY)
@settings(deadline=None)
def test_every_value_fits_its_schema(value: Any) -> None:
    """The schema says what ``to_json`` writes."""
    import json

    assert [*validator_of(type(value)).iter_errors(json.loads(lk.to_json(value)))] == []


@pytest.mark.parametrize("name", library_names())
def test_every_class_has_a_schema(name: str) -> None:
    """Its sample fits, an unknown key does not, nor does a missing one that is needed."""
    import json

    cls = registered_names()[name]
    data: dict[str, Any] = json.loads(lk.to_json(SAMPLES[name]))
    validator = validator_of(cls)
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "nonsense": 1})
    assert not validator.is_valid({key: part for key, part in data.items() if key != "type"})


def test_base_classes_read_every_kind() -> None:
    """``Transaction`` and ``LoyaltyError`` are told apart by the key ``type``; so is a tuple of answers."""
    for value in TRANSACTIONS:
        assert lk.from_json(lk.Transaction, lk.to_json(value)) == value
    assert lk.from_json(tuple[lk.Transaction, ...], lk.to_json(TRANSACTIONS)) == tuple(TRANSACTIONS)
    with pytest.raises(InvalidValueError, match="does not name a type that fits here"):
        lk.from_json(lk.Purchase, lk.to_json(TRANSACTIONS[1]))


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


@pytest.mark.parametrize("cls", [int, object, lk.Loyalty, Mapping])
def test_what_has_no_wire_form_has_no_schema(cls: Any) -> None:
    """A schema is about transactions, answers, members, programmes and errors."""
    with pytest.raises(InvalidValueError, match="has no wire form"):
        lk.schema(cls)


def test_a_schema_of_several_is_an_array() -> None:
    """A tuple of answers has a schema as it has a text."""
    assert Draft202012Validator(lk.schema(tuple[lk.Voucher, ...])).is_valid([])


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
