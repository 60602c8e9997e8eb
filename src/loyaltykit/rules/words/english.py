"""Rules in English."""

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

    _numbers: ClassVar[Mapping[Operator, str]] = {
        "==": "is",
        "!=": "is not",
        "<": "is less than",
        "<=": "is at most",
        ">": "is more than",
        ">=": "is at least",
    }
    _words: ClassVar[Mapping[Operator, str]] = {
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

    def metric(self, metric: str, kind: str | None, window: str, where: str | None) -> str:
        text = self.metrics[metric].format(kind=self.quoted(kind or ""))
        return f"{text}{window}" + ("" if where is None else f" (where {where})")

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

    def compare(self, op: Operator, left: str, right: str, *, numbers: bool) -> str:
        return f"{left} {(self._numbers if numbers else self._words)[op]} {right}"

    def is_in(self, term: str, values: Sequence[str]) -> str:
        return f"{term} is one of {self.separator.join(values)}"

    def is_missing(self, term: str) -> str:
        return f"{term} is missing"

    def has(self, term: str, tag: str) -> str:
        return f"{term} include {tag}"

    def grouped(self, text: str) -> str:
        return f"({text})"

    def negation(self, text: str) -> str:
        return f"not ({text})"

    def outcome(self, text: str, *, met: bool, value: str | None, shortfall: str | None) -> str:
        now = "" if value is None else f": {value} now"
        missing = "" if shortfall is None else f", {shortfall} to go"
        return f"[{self.outcomes[met]}] {text}{now}{missing}"
