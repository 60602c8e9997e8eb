"""The values that each field and fact can have, and the conversion of constants to numbers.

Booleans and dates are converted to whole numbers. Money is in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from loyaltykit.rules.check import declared_fields, type_of
from loyaltykit.rules.evaluate import constant
from loyaltykit.rules.fields import Field, Scope
from loyaltykit.rules.nodes import EventField, Fact, LineField, Literal, MemberField, PurchaseField, Reference
from loyaltykit.rules.satisfiability.extents import ANYTHING, MISSING, PRESENT, Extent, among, compared
from loyaltykit.rules.value_types import FieldValue, ValueType

FROM_ZERO: Final = compared(">=", 0)
"""The range of sums and counts. They cannot be negative, since a return is limited to its purchase."""

_DATES: Final = compared(">=", date.min.toordinal()) & compared("<=", date.max.toordinal())
_DENSE: Final[tuple[ValueType, ...]] = ("text", "decimal")
_DAYS_SINCE: Final = ("days_since_purchase", "days_since_visit")

# Other facts are FROM_ZERO, other fields ANYTHING.
_METRICS: Final[Mapping[str, Extent]] = {
    **dict.fromkeys(_DAYS_SINCE, FROM_ZERO | MISSING),
    "days_since_enrolment": PRESENT,  # negative for an imported purchase from before the enrolment
}
_FIELDS: Final[Mapping[Reference, Extent]] = {
    MemberField("id"): PRESENT,
    MemberField("tier"): PRESENT,
    MemberField("tags"): PRESENT,
    MemberField("preferences"): PRESENT,
    MemberField("status"): PRESENT,
    MemberField("age"): FROM_ZERO | MISSING,
    MemberField("birthday_month"): among(range(1, 14)) | MISSING,  # a registered calendar may have thirteen months
    MemberField("days_to_birthday"): FROM_ZERO | MISSING,
    MemberField("enrolled_on"): _DATES,
    PurchaseField("amount"): FROM_ZERO,
    PurchaseField("weekday"): among(range(1, 8)),
    PurchaseField("hour"): among(range(24)),
    PurchaseField("date"): _DATES,
    LineField("quantity"): FROM_ZERO,
    LineField("amount"): FROM_ZERO,
    LineField("discount"): FROM_ZERO,
    LineField("tax"): FROM_ZERO,
}
_DECLARED: Final[Mapping[ValueType, Extent]] = {"boolean": among([0, 1]) | MISSING, "date": _DATES | MISSING}


def is_days_since(fact: Fact) -> bool:
    """Return whether a fact measures the days since the last purchase or visit; it is missing if there is none.

    >>> is_days_since(Fact("days_since_visit")), is_days_since(Fact("visits"))
    (True, False)
    """
    return fact.metric in _DAYS_SINCE


def range_of(reference: Reference, scope: Scope, kind: str | None = None) -> Extent:
    """Return the values that a field or a fact can have.

    Args:
        reference: built in, or declared.
        scope: the declarations of the programme.
        kind: the kind of event, for fields of events.

    >>> None in range_of(Fact("visits"), Scope()), -1 in range_of(MemberField("age"), Scope())
    (False, False)
    """
    if isinstance(reference, Fact):
        return _METRICS.get(reference.metric, FROM_ZERO)
    if not isinstance(reference, EventField) and not reference.custom:
        return _FIELDS.get(reference, ANYTHING)
    declared = declared_fields(reference, scope, kind)[reference.name]
    # A field with a default is never missing.
    return _range_of_declared(declared) & (ANYTHING if declared.default is None else PRESENT)


def _range_of_declared(declared: Field) -> Extent:
    if declared.choices and declared.type != "tags":
        return among(map(_to_number, declared.choices), whole=declared.type not in _DENSE) | MISSING
    return _DECLARED.get(declared.type, ANYTHING)


def is_whole(reference: Reference, scope: Scope, kind: str | None = None) -> bool:
    """Return whether the values of a term are whole numbers only; see ``range_of``.

    >>> is_whole(Fact("spend"), Scope()), is_whole(MemberField("region"), Scope())
    (True, False)
    """
    return type_of(reference, scope, kind) not in _DENSE


def to_comparable(literal: Literal, beside: Reference, scope: Scope) -> Any:
    """Return a constant as it is ordered among the values of the term beside it.

    >>> to_comparable(Literal(20), Fact("spend"), Scope(scale=2))
    2000
    """
    return _to_number(constant(literal, beside, scope))


def _to_number(value: object) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    return int(value) if isinstance(value, bool) else value


def from_comparable(comparable: Any, value_type: ValueType | None) -> FieldValue:
    """Return the value of a type for what ``to_comparable`` returned; money stays in minor units.

    >>> from_comparable(1, "boolean"), from_comparable(1, "date")
    (True, datetime.date(1, 1, 1))
    """
    if value_type == "date":
        return date.fromordinal(comparable)
    return bool(comparable) if value_type == "boolean" else comparable
