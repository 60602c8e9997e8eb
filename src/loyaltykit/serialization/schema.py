"""The JSON Schema (2020-12) of wire forms, derived from the same annotations that the converter follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias, get_args

import attrs

from loyaltykit.errors import InvalidValueError, LoyaltyError, Problem
from loyaltykit.serialization.registry import class_named, names_of
from loyaltykit.serialization.shapes import (
    attributes_of,
    is_class,
    is_fixed,
    is_literal,
    is_mapping,
    is_pairs,
    is_tuple,
    is_union,
    key_of,
    members_of,
    pair_of,
    tagged_scalars,
)

Schema: TypeAlias = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: Final[Mapping[object, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    type(None): {"type": "null"},
    Decimal: {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def schema(cls: type) -> Schema:
    """Return the JSON Schema of what ``to_json`` writes for a class and ``from_json`` reads.

    Args:
        cls: a class with a wire form, or a base class such as ``Transaction``: then one of its kinds fits.

    Returns:
        Plain data in the dialect 2020-12; every class has a definition of its own under ``"$defs"``.

    Raises:
        InvalidValueError: the class has no wire form.

    >>> from loyaltykit.calendars import Days
    >>> schema(Days)["$defs"]["days"]["properties"]
    {'type': {'const': 'days'}, 'count': {'type': 'integer'}}
    """
    if not (is_tuple(cls) or is_class(cls)) or not (is_tuple(cls) or names_of((cls,))):
        raise InvalidValueError([Problem("cls", "has no wire form", "pass a transaction, an answer or an error class")])
    writer = _Writer()
    body = writer.of(cls)
    return {"$schema": _DRAFT, **body, "$defs": dict(sorted(writer.definitions.items()))}


class _Writer:
    """Writes schemas, and the definition of each class once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """Return the schema of an annotation."""
        if kind in _SCALARS:
            return dict(_SCALARS[kind])
        if is_literal(kind):
            return {"enum": [*get_args(kind)]}
        if is_union(kind):
            return {"anyOf": self._alternatives(kind)}
        if is_fixed(kind):
            items = [self.of(item) for item in get_args(kind)]
            return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
        if is_tuple(kind):
            return {"type": "array", "items": self.of(get_args(kind)[0])}
        if is_mapping(kind):
            return {"type": "object", "additionalProperties": self.of(get_args(kind)[1])}
        if is_pairs(kind):
            return {"type": "array", "items": self.of(pair_of(kind))}
        return self._of_class(kind)

    def _alternatives(self, union: Any) -> list[Schema]:
        tagged = tagged_scalars(union)
        return [
            _object({"type": {"const": tagged[member]}, "value": self.of(member)}, ["type", "value"])
            if member in tagged
            else self.of(member)
            for member in members_of(union)
        ]

    def _of_class(self, kind: type) -> Schema:
        names = names_of((kind,))
        for name in names:
            if name not in self.definitions:
                self._define(name)
        found = [{"$ref": f"#/$defs/{name}"} for name in names]
        return found[0] if len(found) == 1 else {"oneOf": found}

    def _define(self, name: str) -> None:
        cls = class_named(name, (object,))
        assert cls is not None  # the register gave the name
        self.definitions[name] = {}  # a class may hold others of its own kind
        parts: dict[str, Schema] = {"type": {"const": name}}
        if issubclass(cls, LoyaltyError):
            parts |= {"code": {"const": cls.code}, "message": {"type": "string"}}
        required = ["type"]
        for item in attributes_of(cls):
            parts[key_of(item)] = self.of(item.type)
            if item.default is attrs.NOTHING:
                required.append(key_of(item))
        self.definitions[name] = {"title": cls.__name__, "description": _first_line(cls), **_object(parts, required)}


def _object(parts: Mapping[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": dict(parts), "required": required, "additionalProperties": False}


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]
