"""Values of every class with a wire form, made at random from its annotations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit import answers, matching
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
from tests.serialization.samples import ANSWERS, BERLIN, ROOTS, samples

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
