"""What a member is told, and which of it a programme wants told (``S21``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from attrs import field, fields, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, instant_or_none, raise_problems
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name

_MAX_DAYS = 3_660

Plain: TypeAlias = str | int | bool | None
"""What stands in a notice: values that every wire form has."""


@named_arguments
@wire_name("notice_policy")
@frozen(kw_only=True)
class NoticePolicy:
    """The policy of what goes into the outbox of a programme (``S21``).

    The flags are about what a transaction, a tier check or a date led to. The days say how long before an end or a
    birthday a member is told; None is never, 0 on the very day.

    Args:
        points_added: points came: earned, given, given back, transferred here or brought along.
        points_active: points that were pending can be spent (``S5``).
        points_spent: points were redeemed, captured or transferred away.
        points_taken_back: points were clawed back or adjusted away.
        points_expiring_days: before the last day of points that are not spent.
        tier_up, tier_down: the member came to another tier; with either, a tier decided again is told too (``T8``).
        tier_ending_days: before the last day of a tier that the next check would not keep as things stand.
        voucher_issued: a reward was redeemed (``S24``).
        voucher_expiring_days: before the last day of a voucher that is not used.
        birthday_days: before the day on which the birthday is observed (``C3``).

    Raises:
        InvalidValueError: everything that is wrong with it at once.

    >>> NoticePolicy(points_expiring_days=30, birthday_days=7).tier_up
    True
    """

    points_added: bool = True
    points_active: bool = True
    points_spent: bool = True
    points_taken_back: bool = True
    points_expiring_days: int | None = None
    tier_up: bool = True
    tier_down: bool = True
    tier_ending_days: int | None = None
    voucher_issued: bool = True
    voucher_expiring_days: int | None = None
    birthday_days: int | None = None

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        for part in fields(NoticePolicy):
            value = getattr(self, part.name)
            if part.name.endswith("_days"):
                if value is not None and not _is_days(value):
                    problems.append(Problem(part.name, f"is not a number of days up to {_MAX_DAYS}", "or None"))
            elif not isinstance(value, bool):
                problems.append(Problem(part.name, "is not a bool", "use True or False"))
        raise_problems(problems)


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_DAYS


@named_arguments
@wire_name("notice")
@frozen(kw_only=True)
class Notice:
    """A message to a member, made from facts alone (``S21``).

    Args:
        id: stable: made from what it is about, so that the same news has the same id whenever it is found.
        kind: such as ``"points.added"`` or ``"tier.down"``.
        member_id: whom it is about.
        occurred_at: the date it is about, which lies ahead for what is about to end; of a birthday, which is a
            personal value, the instant up to which was settled when it was found.
        data: plain values: numbers of points, ids, names of tiers, instants in ISO 8601. Never a personal value.
    """

    id: str
    kind: str
    member_id: str
    occurred_at: datetime = field(eq=instant_or_none)
    data: Mapping[str, Plain] = field(converter=as_mapping)


def notice_id(kind: str, *parts: object) -> str:
    """Return an id made of what a notice is about; other parts never make the same id.

    >>> notice_id("points.added", "o-1"), notice_id("birthday", "m:1", 2025)
    ('points.added:o-1', 'birthday:m%3A1:2025')
    """
    return ":".join([kind, *(str(part).replace("%", "%25").replace(":", "%3A") for part in parts)])
