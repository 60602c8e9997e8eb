"""Write the rules of accrual, tiers, segments and searches.

Compare a term to get a predicate, and combine predicates with ``&``, ``|`` and ``~``.

>>> from loyaltykit.rules import days, describe, line, member, spend
>>> print(describe((spend.where(line.category == "tea").over(days(90)) >= 100) & (member.age >= 18)))
spend in the last 90 days (where category is "tea") is at least 100 and age is at least 18

- Fields: ``member.age``, ``purchase.amount``, ``line.category``, ``event["stars"]``; ``member["goal"]`` if declared.
- Facts, narrowed by ``where`` and ``over``: ``spend``, ``purchases``, ``units``, ``visits``, ``events``,
  ``points_accrued``, ``days_since_purchase``, ``days_since_visit``, ``days_since_enrolment``.
- Windows: ``months``, ``days``, ``calendar``, ``anniversary``, ``since_tier``, ``lifetime``.
- Points: ``per_amount``, ``per_purchase``, ``per_unit``, ``bonus``, ``times``.
- Expiry: ``months``, ``days``, ``end_of``, ``inactivity``.
- Predicates: ``all_of``, ``any_of``, ``describe``, ``normalize``, ``references``; ``descending`` for ``order_by``.
"""

from loyaltykit.calendars import days, end_of, inactivity, months
from loyaltykit.rules.earning import bonus, per_amount, per_purchase, per_unit, times
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.normalize import normalize
from loyaltykit.rules.references import references
from loyaltykit.rules.terms import (
    Descending,
    Term,
    all_of,
    any_of,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    descending,
    event,
    events,
    line,
    member,
    points_accrued,
    purchase,
    purchases,
    spend,
    units,
    visits,
)
from loyaltykit.rules.windows import anniversary, calendar, lifetime, since_tier
from loyaltykit.rules.words.describe import describe
from loyaltykit.values import Amount

__all__ = [
    "Amount",
    "Descending",
    "Predicate",
    "Term",
    "all_of",
    "anniversary",
    "any_of",
    "bonus",
    "calendar",
    "days",
    "days_since_enrolment",
    "days_since_purchase",
    "days_since_visit",
    "descending",
    "describe",
    "end_of",
    "event",
    "events",
    "inactivity",
    "lifetime",
    "line",
    "member",
    "months",
    "normalize",
    "per_amount",
    "per_purchase",
    "per_unit",
    "points_accrued",
    "purchase",
    "purchases",
    "references",
    "since_tier",
    "spend",
    "times",
    "units",
    "visits",
]
