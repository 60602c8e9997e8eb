"""Plain data for every value that is stored or sent, under names that never change.

A class takes part once it is registered: ``register(Tier, "tier")``, or ``@wire_name("tier")`` above it; errors take
part by themselves. Its attributes may be of these types, nested at will:

* registered classes, and classes above them (``Predicate``): an object with its name, ``{"type": "tier", ...}``;
* ``str``, ``int``, ``bool`` and None as themselves; ``Decimal``, ``date`` and ``datetime`` as text, a datetime in UTC;
* ``typing.Literal`` of strings, ``tuple[X, ...]``, ``tuple[X, Y]``, ``Mapping[str, X]``; mappings with other keys as
  lists of pairs;
* unions of these. Where a union has several of ``str``, ``Decimal``, ``date`` and ``datetime``, all but ``str`` carry a
  name too: ``{"type": "decimal", "value": "1.5"}``. ``object`` is the union of all values of a field: scalars, and
  tuples of texts.

An attribute called ``type`` travels as ``value_type``. Attributes with ``init=False`` do not travel. Missing keys take
their defaults, so a class may gain an attribute with a default; unknown keys are refused. A class with an ``__init__``
of its own (``@frozen(init=False)``) is rebuilt through ``__attrs_init__``. An error has the parameters of its
constructor, beside its code and its message, which are written and not read.
"""

from loyaltykit.serialization.registry import register, registered_names, wire_name, wire_name_of
from loyaltykit.serialization.scalars import canonical_decimal
from loyaltykit.serialization.schema import schema
from loyaltykit.serialization.wire import from_json, from_wire, to_json, to_wire

__all__ = [
    "canonical_decimal",
    "from_json",
    "from_wire",
    "register",
    "registered_names",
    "schema",
    "to_json",
    "to_wire",
    "wire_name",
    "wire_name_of",
]
