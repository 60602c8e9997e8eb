"""What each field and fact can be, and what a constant allows it to be, as sets of values on one line.

Booleans and dates are numbers on their line, and money is what readers hold it as: whole minor units.
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
"""Sums and counts: no more can come back than was there."""

_DATES: Final = compared(">=", date.min.toordinal()) & compared("<=", date.max.toordinal())
_DENSE: Final[tuple[ValueType, ...]] = ("text", "decimal")
_DISTANCES: Final = ("days_since_purchase", "days_since_visit")

# Whatever is not named here is FROM_ZERO for facts and ANYTHING for fields.
_METRICS: Final[Mapping[str, Extent]] = {
    **dict.fromkeys(_DISTANCES, FROM_ZERO | MISSING),
    "days_since_enrolment": PRESENT,  # below zero for a purchase that was taken in from before the enrolment
}
_FIELDS: Final[Mapping[Reference, Extent]] = {
    MemberField("id"): PRESENT,
    MemberField("tier"): PRESENT,
    MemberField("tags"): PRESENT,
    MemberField("preferences"): PRESENT,
    MemberField("status"): PRESENT,
    MemberField("age"): FROM_ZERO | MISSING,
    MemberField("birthday_month"): among(range(1, 14)) | MISSING,  # the calendar may be one of thirteen months
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


def is_distance(fact: Fact) -> bool:
    """Whether a fact says how long ago something was: it is missing when it never was.

    >>> is_distance(Fact("days_since_visit")), is_distance(Fact("visits"))
    (True, False)
    """
    return fact.metric in _DISTANCES


def range_of(reference: Reference, scope: Scope, kind: str | None = None) -> Extent:
    """What a field or a fact can be at all.

    Args:
        reference: built in, or declared.
        scope: the programme's.
        kind: the kind of event, for fields of events.

    >>> None in range_of(Fact("visits"), Scope()), -1 in range_of(MemberField("age"), Scope())
    (False, False)
    """
    if isinstance(reference, Fact):
        return _METRICS.get(reference.metric, FROM_ZERO)
    if not isinstance(reference, EventField) and not reference.custom:
        return _FIELDS.get(reference, ANYTHING)
    declared = declared_fields(reference, scope, kind)[reference.name]
    # Where a field has a default, that is read in place of nothing.
    return _range_of_declared(declared) & (ANYTHING if declared.default is None else PRESENT)


def _range_of_declared(declared: Field) -> Extent:
    if declared.choices and declared.type != "tags":
        return among(map(_placed, declared.choices), whole=declared.type not in _DENSE) | MISSING
    return _DECLARED.get(declared.type, ANYTHING)


def is_whole(reference: Reference, scope: Scope, kind: str | None = None) -> bool:
    """Whether there are only whole numbers on the line of a term; see ``range_of``.

    >>> is_whole(Fact("spend"), Scope()), is_whole(MemberField("region"), Scope())
    (True, False)
    """
    return type_of(reference, scope, kind) not in _DENSE


def on_line(literal: Literal, beside: Reference, scope: Scope) -> Any:
    """The place of a constant on the line of the term beside it.

    >>> on_line(Literal(20), Fact("spend"), Scope(scale=2)), on_line(Literal(True), MemberField("id"), Scope())
    (2000, 1)
    """
    return _placed(constant(literal, beside, scope))


def _placed(value: object) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    return int(value) if isinstance(value, bool) else value


def off_line(place: Any, value_type: ValueType | None) -> FieldValue:
    """The value that stands at a place of the line of its type; money stays in minor units.

    >>> off_line(1, "boolean"), off_line(1, "date")
    (True, datetime.date(1, 1, 1))
    """
    if value_type == "date":
        return date.fromordinal(place)
    return bool(place) if value_type == "boolean" else place
