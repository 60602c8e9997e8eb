"""The cattrs converter: strict, with a name on every object. It is built when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeAlias, cast, get_args

from loyaltykit.errors import InvalidValueError, LoyaltyError, Problem
from loyaltykit.read_only import ReadOnly
from loyaltykit.serialization.registry import class_named, name_of, names_of
from loyaltykit.serialization.scalars import SCALARS, MisfitError, Wire, as_is, of_type
from loyaltykit.serialization.shapes import (
    ANY_SCALAR,
    ONLY_WRITTEN,
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

if TYPE_CHECKING:
    from cattrs import Converter

Hook: TypeAlias = Callable[[Any, Any], Any]
Writer: TypeAlias = Callable[[Any], Wire]


@cache
def shared_converter() -> Converter:
    """Return the one converter."""
    from cattrs import Converter

    made = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={tuple: list},
        unstructure_fallback_factory=lambda kind: as_is if is_literal(kind) else _no_wire_form,
    )
    for scalar, (write, read) in SCALARS.items():
        made.register_unstructure_hook(scalar, write)
        made.register_structure_hook(scalar, _reader(read))
    for kind in (set, frozenset, bytes):  # cattrs would pass them on, and JSON has no such thing
        made.register_unstructure_hook(kind, _no_wire_form)
    made.register_structure_hook_factory(is_literal, _literal_reader)
    made.register_structure_hook_factory(is_tuple, _tuple_reader)
    made.register_structure_hook_factory(is_fixed, _fixed_reader)
    made.register_unstructure_hook_factory(is_fixed, _fixed_writer)
    made.register_structure_hook_factory(is_mapping, _mapping_reader)
    made.register_structure_hook_factory(is_pairs, _pairs_reader)
    made.register_unstructure_hook_factory(is_pairs, _pairs_writer)
    made.register_structure_hook_factory(is_union, _union_reader)
    made.register_unstructure_hook_factory(is_union, _union_writer)
    made.register_structure_hook_factory(is_class, _class_reader)
    made.register_unstructure_hook_factory(is_class, _class_writer)
    return made


def _no_wire_form(value: object) -> Wire:
    way_out = "register its class, or use a type that serialization knows"
    raise InvalidValueError([Problem(type(value).__name__, "has no wire form", way_out)])


def _reader(read: Callable[[Wire], object]) -> Hook:
    def hook(data: Wire, _kind: object) -> object:
        return read(data)

    return hook


# -- collections -------------------------------------------------------------------------------------------------------


def _literal_reader(kind: Any) -> Hook:
    words = get_args(kind)

    def hook(data: Wire, _kind: object) -> object:
        if data not in words:
            raise MisfitError("is not one of the known words", f"use {' or '.join(map(repr, words))}")
        return data

    return hook


def _tuple_reader(kind: Any, converter: Converter) -> Hook:
    from cattrs.cols import list_structure_factory

    items = list_structure_factory(kind, converter)
    return lambda data, as_kind: tuple(items(of_type(data, list), as_kind))


def _fixed_reader(kind: Any, converter: Converter) -> Hook:
    from cattrs.gen import make_hetero_tuple_structure_fn

    items, count = make_hetero_tuple_structure_fn(kind, converter), len(get_args(kind))

    def hook(data: Wire, as_kind: object) -> object:
        if len(of_type(data, list)) != count:
            raise MisfitError(f"does not have {count} items", "pass what to_json wrote")
        return items(data, as_kind)

    return hook


def _fixed_writer(kind: Any, converter: Converter) -> Writer:
    from cattrs.gen import make_hetero_tuple_unstructure_fn

    return make_hetero_tuple_unstructure_fn(kind, converter, unstructure_to=list)


def _mapping_reader(kind: Any, converter: Converter) -> Hook:
    from cattrs.cols import mapping_structure_factory

    items = mapping_structure_factory(kind, converter)
    return lambda data, as_kind: ReadOnly(items(of_type(data, dict), as_kind))


def _pairs_reader(kind: Any, converter: Converter) -> Hook:
    pairs: Any = GenericAlias(tuple, (pair_of(kind), ...))
    return lambda data, _kind: ReadOnly(dict(converter.structure(data, pairs)))


def _pairs_writer(kind: Any, converter: Converter) -> Writer:
    pair = pair_of(kind)
    return lambda value: sorted((converter.unstructure(item, pair) for item in value.items()), key=repr)


# -- unions ------------------------------------------------------------------------------------------------------------


def _union_writer(union: Any, converter: Converter) -> Writer:
    tagged = tagged_scalars(union)
    is_any = union in (object, Any)

    def write(value: Any) -> Wire:
        if is_any and not _is_field_value(value):
            return _no_wire_form(value)
        tag = tagged.get(type(value))
        plain = converter.unstructure(value)
        return plain if tag is None else {"type": tag, "value": plain}

    return write


def _is_field_value(value: object) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(item, str) for item in value)
    return type(value) in ANY_SCALAR


def _union_reader(union: Any, converter: Converter) -> Hook:
    tags = {tag: member for member, tag in tagged_scalars(union).items()}
    by_shape = {_shape(member): member for member in members_of(union) if member not in tags.values()}
    classes = tuple(member for member in members_of(union) if is_class(member))

    def read(data: Wire, _kind: object) -> object:
        tag = data.get("type") if isinstance(data, dict) else None
        if isinstance(tag, str) and tag in tags and data.keys() == {"type", "value"}:
            return converter.structure(data["value"], tags[tag])
        if isinstance(data, dict) and classes:
            return _read_tagged(data, classes)
        if type(data) not in by_shape:
            raise MisfitError("does not have a type that fits here", "pass what to_json wrote")
        return converter.structure(data, by_shape[type(data)])

    return read


def _shape(member: Any) -> type:
    """Return the JSON type under which a member of a union arrives."""
    if member in (int, bool, type(None)):
        return cast("type", member)
    if is_tuple(member) or is_pairs(member):
        return list
    return dict if is_class(member) or is_mapping(member) else str


# -- classes -----------------------------------------------------------------------------------------------------------


def _class_reader(kind: type) -> Hook:
    return lambda data, _kind: _read_tagged(of_type(data, dict), (kind,))


def _read_tagged(data: dict[str, Wire], expected: tuple[type, ...]) -> object:
    cls = class_named(data.get("type"), expected)
    if cls is None:
        raise MisfitError("does not name a type that fits here", f"use one of {', '.join(names_of(expected))}")
    left_out = ("type", *ONLY_WRITTEN) if issubclass(cls, LoyaltyError) else ("type",)
    parts = {key: part for key, part in data.items() if key not in left_out}
    return _parts_reader(cls)(parts, cls)


def _class_writer(_kind: type) -> Writer:
    def write(value: Any) -> Wire:
        kind: Any = type(value)
        cls = _written_as(kind)
        name = name_of(cls)
        return _no_wire_form(value) if name is None else {"type": name, **_parts_writer(cls)(value)}

    return write


@cache
def _written_as(cls: type) -> type:
    """Return the registered class that a class extends without attributes of its own, or the class itself."""
    extended = (base for base in cls.__mro__ if name_of(base) is not None)
    base = next(extended, cls)
    return base if base is cls or attributes_of(base) == attributes_of(cls) else cls


@cache
def _parts_reader(cls: type) -> Hook:
    from cattrs.gen import make_dict_structure_fn_from_attrs

    attributes = attributes_of(cls)
    reader = make_dict_structure_fn_from_attrs(attributes, _rebuilder(cls), shared_converter(), **_renamed(attributes))
    return cast("Hook", reader)


@cache
def _parts_writer(cls: type) -> Callable[[Any], dict[str, Wire]]:
    from cattrs.gen import make_dict_unstructure_fn_from_attrs

    attributes = attributes_of(cls)
    write: Writer = make_dict_unstructure_fn_from_attrs(attributes, cls, shared_converter(), **_renamed(attributes))
    if not issubclass(cls, LoyaltyError):
        return write
    return lambda error: {"code": error.code, "message": str(error), **write(error)}


def _renamed(attributes: list[Any]) -> dict[str, Any]:
    from cattrs.gen import override

    return {item.name: override(rename=key_of(item)) for item in attributes if key_of(item) != item.name}


def _rebuilder(cls: type) -> Any:
    """Return what makes an instance out of its attributes, whatever the class's own ``__init__`` looks like."""
    if not hasattr(cls, "__attrs_init__"):
        return cls

    def rebuild(**parts: object) -> object:
        instance: Any = object.__new__(cls)
        instance.__attrs_init__(**parts)
        return instance

    return rebuild
