"""The cattrs converter: strict, with a name on every object. It is built when it is first used."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, Union, cast, get_args, get_origin

import attrs

from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.serialization.registry import class_named, name_of, names_of
from loyaltykit.serialization.scalars import SCALAR_TAGS, SCALARS, MisfitError, Wire, as_is, of_type

if TYPE_CHECKING:
    from cattrs import Converter

Hook: TypeAlias = Callable[[Any, Any], Any]
Writer: TypeAlias = Callable[[Any], Wire]

_ANY_SCALAR: Final = (str, int, bool, Decimal, date, datetime, type(None))


@cache
def shared_converter() -> Converter:
    """The one converter."""
    from cattrs import Converter

    made = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={tuple: list},
        unstructure_fallback_factory=lambda kind: as_is if _is_literal(kind) else _no_wire_form,
    )
    for scalar, (write, read) in SCALARS.items():
        made.register_unstructure_hook(scalar, write)
        made.register_structure_hook(scalar, _reader(read))
    for kind in (set, frozenset, bytes):  # cattrs would pass them on, and JSON has no such thing
        made.register_unstructure_hook(kind, _no_wire_form)
    made.register_structure_hook_factory(_is_literal, _literal_reader)
    made.register_structure_hook_factory(_is_tuple, _tuple_reader)
    made.register_structure_hook_factory(_is_mapping, _mapping_reader)
    made.register_structure_hook_factory(_is_union, _union_reader)
    made.register_unstructure_hook_factory(_is_union, _union_writer)
    made.register_structure_hook_factory(_is_class, _class_reader)
    made.register_unstructure_hook_factory(_is_class, _class_writer)
    return made


def _no_wire_form(value: object) -> Wire:
    way_out = "register its class, or use a type that serialization knows"
    raise InvalidValueError([Problem(type(value).__name__, "has no wire form", way_out)])


def _reader(read: Callable[[Wire], object]) -> Hook:
    def hook(data: Wire, _kind: object) -> object:
        return read(data)

    return hook


# -- collections -------------------------------------------------------------------------------------------------------


def _is_literal(kind: object) -> bool:
    return get_origin(kind) is Literal


def _literal_reader(kind: Any) -> Hook:
    words = get_args(kind)

    def hook(data: Wire, _kind: object) -> object:
        if data not in words:
            raise MisfitError("is not one of the known words", f"use {' or '.join(map(repr, words))}")
        return data

    return hook


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _tuple_reader(kind: Any, converter: Converter) -> Hook:
    from cattrs.cols import list_structure_factory

    items = list_structure_factory(kind, converter)
    return lambda data, as_kind: tuple(items(of_type(data, list), as_kind))


def _is_mapping(kind: object) -> bool:
    return get_origin(kind) is Mapping


def _mapping_reader(kind: Any, converter: Converter) -> Hook:
    from cattrs.cols import mapping_structure_factory

    items = mapping_structure_factory(kind, converter)
    return lambda data, as_kind: items(of_type(data, dict), as_kind)


# -- unions ------------------------------------------------------------------------------------------------------------


def _is_union(kind: object) -> bool:
    return kind is object or get_origin(kind) in (Union, types.UnionType)


def _members(union: Any) -> tuple[Any, ...]:
    return _ANY_SCALAR if union is object else get_args(union)


def _tagged_scalars(union: Any) -> Mapping[type, str]:
    """Those scalars of a union that carry a tag, because their text alone would not tell which one it is."""
    texts = [member for member in _members(union) if member is str or member in SCALAR_TAGS or _is_literal(member)]
    return {member: SCALAR_TAGS[member] for member in texts if member in SCALAR_TAGS} if len(texts) > 1 else {}


def _union_writer(union: Any, converter: Converter) -> Writer:
    tagged = _tagged_scalars(union)

    def write(value: Any) -> Wire:
        if union is object and type(value) not in _ANY_SCALAR:
            return _no_wire_form(value)
        tag = tagged.get(type(value))
        plain = converter.unstructure(value)
        return plain if tag is None else {"type": tag, "value": plain}

    return write


def _union_reader(union: Any, converter: Converter) -> Hook:
    tags = {tag: member for member, tag in _tagged_scalars(union).items()}
    by_shape = {_shape(member): member for member in _members(union) if member not in tags.values()}
    classes = tuple(member for member in _members(union) if _is_class(member))

    def read(data: Wire, _kind: object) -> object:
        tag = data.get("type") if isinstance(data, dict) else None
        if isinstance(tag, str) and tag in tags and data.keys() == {"type", "value"}:
            return converter.structure(data["value"], tags[tag])
        if isinstance(data, dict) and classes:
            return _read_tagged(data, classes)
        if type(data) not in by_shape:
            raise MisfitError("is of none of the types that fit here", "pass what to_wire gave")
        return converter.structure(data, by_shape[type(data)])

    return read


def _shape(member: Any) -> type:
    """The JSON type under which a member of a union arrives."""
    if member in (int, bool, type(None)):
        return cast("type", member)
    if _is_tuple(member):
        return list
    return dict if _is_class(member) or _is_mapping(member) else str


# -- classes -----------------------------------------------------------------------------------------------------------


def _is_class(kind: object) -> bool:
    return isinstance(kind, type) and attrs.has(kind)


def _class_reader(kind: type) -> Hook:
    return lambda data, _kind: _read_tagged(of_type(data, dict), (kind,))


def _read_tagged(data: dict[str, Wire], expected: tuple[type, ...]) -> object:
    cls = class_named(data.get("type"), expected)
    if cls is None:
        raise MisfitError("names no type that fits here", f"give it a type out of {', '.join(names_of(expected))}")
    parts = {key: part for key, part in data.items() if key != "type"}
    return _parts_reader(cls)(parts, cls)


def _class_writer(_kind: type) -> Writer:
    def write(value: Any) -> Wire:
        cls: Any = type(value)
        name = name_of(cls)
        return _no_wire_form(value) if name is None else {"type": name, **_parts_writer(cls)(value)}

    return write


@cache
def _parts_reader(cls: type) -> Hook:
    from cattrs.gen import make_dict_structure_fn_from_attrs

    attributes = list(attrs.fields(attrs.resolve_types(cls)))
    reader = make_dict_structure_fn_from_attrs(attributes, _rebuilder(cls), shared_converter(), **_renamed(attributes))
    return cast("Hook", reader)


@cache
def _parts_writer(cls: type) -> Callable[[Any], dict[str, Wire]]:
    from cattrs.gen import make_dict_unstructure_fn

    attributes = list(attrs.fields(attrs.resolve_types(cls)))
    return make_dict_unstructure_fn(cls, shared_converter(), **_renamed(attributes))


def _renamed(attributes: list[attrs.Attribute[Any]]) -> dict[str, Any]:
    from cattrs.gen import override

    return {"type": override(rename="value_type")} if any(item.name == "type" for item in attributes) else {}


def _rebuilder(cls: type) -> Any:
    """What makes an instance out of its attributes, whatever the class's own ``__init__`` looks like."""
    if not hasattr(cls, "__attrs_init__"):
        return cls

    def rebuild(**parts: object) -> object:
        instance: Any = object.__new__(cls)
        instance.__attrs_init__(**parts)
        return instance

    return rebuild
