"""What kinds of annotation there are, and what each class consists of: the converter and the schema follow these."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from inspect import Parameter, signature
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import attrs

from loyaltykit.errors import LoyaltyError
from loyaltykit.serialization.scalars import SCALAR_TAGS

ANY_SCALAR: Final = (str, int, bool, Decimal, date, datetime, type(None))
"""What ``object`` stands for, beside tuples of texts: any value of a field."""

ONLY_WRITTEN: Final = ("code", "message")
"""What the wire form of an error has for its readers alone: it follows from the rest."""


def is_literal(kind: object) -> bool:
    """Return whether an annotation is a ``Literal``."""
    return get_origin(kind) is Literal


def is_tuple(kind: object) -> bool:
    """Return whether an annotation is a tuple with the types of its items."""
    return get_origin(kind) is tuple


def is_fixed(kind: object) -> bool:
    """Return whether an annotation is a tuple of so many items, each with a type of its own."""
    return is_tuple(kind) and get_args(kind)[-1] is not ...


def is_mapping(kind: object) -> bool:
    """Return whether an annotation is a mapping with texts as keys."""
    return get_origin(kind) is Mapping and get_args(kind)[0] is str


def is_pairs(kind: object) -> bool:
    """Return whether an annotation is a mapping with other keys: it travels as a list of pairs."""
    return get_origin(kind) is Mapping and get_args(kind)[0] is not str


def pair_of(mapping: Any) -> Any:
    """Return the annotation of one entry of a mapping."""
    return types.GenericAlias(tuple, get_args(mapping))


def is_union(kind: object) -> bool:
    """Return whether an annotation is a union; ``object`` and ``Any`` are those of all values of a field."""
    return _is_anything(kind) or get_origin(kind) in (Union, types.UnionType)


def _is_anything(kind: Any) -> bool:
    return kind is object or kind is Any


def is_class(kind: object) -> bool:
    """Return whether an annotation is a class whose values are objects on the wire."""
    return isinstance(kind, type) and (attrs.has(kind) or issubclass(kind, LoyaltyError))


def members_of(union: Any) -> tuple[Any, ...]:
    """Return what a union consists of."""
    return (*ANY_SCALAR, tuple[str, ...]) if _is_anything(union) else get_args(union)


def tagged_scalars(union: Any) -> Mapping[type, str]:
    """Return those scalars of a union that carry a tag, because their text alone would not tell which one it is."""
    texts = [member for member in members_of(union) if member is str or member in SCALAR_TAGS or is_literal(member)]
    return {member: SCALAR_TAGS[member] for member in texts if member in SCALAR_TAGS} if len(texts) > 1 else {}


@cache
def attributes_of(cls: type) -> list[attrs.Attribute[Any]]:
    """Return what the wire form of a class holds: its attributes, or the parameters of an error."""
    if issubclass(cls, LoyaltyError):
        return [*attrs.fields(_parameters_as_class(cls))]
    hints = get_type_hints(cls)
    return [item.evolve(type=hints[item.name]) for item in attrs.fields(cast("Any", cls)) if item.init]


def key_of(attribute: attrs.Attribute[Any]) -> str:
    """Return the key of an attribute on the wire: ``type`` is the name of the class."""
    return "value_type" if attribute.name == "type" else attribute.name


def _parameters_as_class(error: type[LoyaltyError]) -> type:
    # Errors are ordinary exceptions: what their constructors take is looked at as if it were the attributes of a class.
    hints = get_type_hints(error.__init__)
    parts = {
        name: attrs.field(
            type=_stored(hints[name]), default=attrs.NOTHING if item.default is Parameter.empty else item.default
        )
        for name, item in signature(error).parameters.items()
    }
    return attrs.make_class(error.__name__, parts)


def _stored(kind: Any) -> Any:
    return types.GenericAlias(tuple, (get_args(kind)[0], ...)) if get_origin(kind) is Iterable else kind
