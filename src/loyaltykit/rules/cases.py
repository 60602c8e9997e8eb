"""Cases of a derived field."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.serialization import wire_name


@named_arguments
@wire_name("case")
@frozen
class Case:
    """A case of a derived field: the value that it has where a predicate holds.

    Args:
        value: a value of the field's type.
        where: a predicate over the member's record.

    >>> from loyaltykit.rules import member
    >>> Case("child", member.age < 18).value
    'child'
    """

    value: FieldValue
    where: Predicate
