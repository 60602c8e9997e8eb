"""Descriptions of rules in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, assert_never

from loyaltykit.calendars import Months
from loyaltykit.rules.nodes import Operator
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier
from loyaltykit.rules.words.wording import AnyWindow, Language, Wording


class English(Wording):
    """English."""

    language: ClassVar[Language] = "en"
    member: ClassVar[Mapping[str, str]] = {
        "id": "member id",
        "name": "name",
        "phone": "phone",
        "email": "e-mail",
        "gender": "gender",
        "region": "region",
        "tier": "tier",
        "tags": "tags",
        "age": "age",
        "birthday_month": "month of birth",
        "days_to_birthday": "number of days to the birthday",
        "enrolled_on": "date of enrolment",
        "preferences": "preferences",
        "channel": "channel of registration",
        "store": "store of registration",
        "status": "status of the member",
    }
    purchase: ClassVar[Mapping[str, str]] = {
        "amount": "purchase amount",
        "channel": "channel",
        "store": "store",
        "weekday": "weekday (1 is Monday)",
        "hour": "hour",
        "date": "date of purchase",
    }
    line: ClassVar[Mapping[str, str]] = {
        "sku": "article",
        "category": "category",
        "quantity": "quantity",
        "amount": "line amount",
        "discount": "discount",
        "tax": "tax",
    }
    metrics: ClassVar[Mapping[str, str]] = {
        "spend": "spend",
        "purchases": "number of purchases",
        "units": "number of units",
        "visits": "number of visits",
        "points_accrued": "number of points accrued",
        "events": "number of {kind} events",
        "days_since_purchase": "number of days since the last purchase",
        "days_since_visit": "number of days since the last visit",
        "days_since_enrolment": "number of days since enrolment",
    }
    booleans: ClassVar[Mapping[bool, str]] = {True: "yes", False: "no"}
    quotes = '""'
    separator = ", "
    conjunctions = (" and ", " or ")
    groups = ("all of", "any of", "not")
    outcomes: ClassVar[Mapping[bool, str]] = {True: "met", False: "not met"}
    nothing = "no value"

    fact_pattern = "{name}{window}"
    filter_pattern = " (where {})"
    compare_pattern = "{} {} {}"
    is_in_pattern = "{} is one of {}"
    is_missing_pattern = "{} is missing"
    has_pattern = "{} include {}"
    grouped_pattern = "({})"
    negation_pattern = "not ({})"
    outcome_pattern = "[{}] {}"
    value_pattern = ": {} now"
    shortfall_pattern = ", {} to go"

    number_operators: ClassVar[Mapping[Operator, str]] = {
        "==": "is",
        "!=": "is not",
        "<": "is less than",
        "<=": "is at most",
        ">": "is more than",
        ">=": "is at least",
    }
    other_operators: ClassVar[Mapping[Operator, str]] = {
        "==": "is",
        "!=": "is not",
        "<": "is before",
        "<=": "is not after",
        ">": "is after",
        ">=": "is not before",
    }
    _units: ClassVar[Mapping[str, str]] = {"year": "year", "half": "half-year", "quarter": "quarter", "month": "month"}
    _months: ClassVar[Sequence[str]] = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )

    def window(self, window: AnyWindow) -> str:
        match window:
            case Lifetime():
                return " over all time"
            case Rolling(span):
                unit = "month" if isinstance(span, Months) else "day"
                return f" in the last {unit}" if span.count == 1 else f" in the last {span.count} {unit}s"
            case CalendarWindow(unit, first_month):
                start = "" if first_month == 1 else f" (years start in {self._months[first_month - 1]})"
                return f" in this calendar {self._units[unit]}{start}"
            case Anniversary():
                return " since the last anniversary of enrolment"
            case SinceTier():
                return " since the current tier began"
            case _:
                assert_never(window)
