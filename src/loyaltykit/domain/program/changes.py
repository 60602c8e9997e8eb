"""What ``evolve`` and ``replace`` of a programme take, for type checkers: the arguments of the constructors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from loyaltykit.calendars import Ending
    from loyaltykit.domain.members.birthday import LeapDay
    from loyaltykit.domain.program.achievements import Achievement
    from loyaltykit.domain.program.late import LatePolicy
    from loyaltykit.domain.program.notices import NoticePolicy
    from loyaltykit.domain.program.points import AccrualRule, EarningPolicy, PointsPolicy
    from loyaltykit.domain.program.program import EventType, Segment
    from loyaltykit.domain.program.rewards import Reward
    from loyaltykit.domain.program.tiers import AtReturn, Downgrade, Tier, TierLadder
    from loyaltykit.rules.fields import Field
    from loyaltykit.rules.nodes import Predicate
    from loyaltykit.values import Amount


class ProgramChanges(TypedDict, total=False):
    """The arguments of ``Program``."""

    name: str
    currency: str
    timezone: str | ZoneInfo
    accrual: Iterable[AccrualRule]
    points: PointsPolicy
    tiers: TierLadder
    segments: Iterable[Segment]
    rewards: Iterable[Reward]
    fields: Iterable[Field]
    purchase_fields: Iterable[Field]
    line_fields: Iterable[Field]
    events: Iterable[EventType]
    earns: EarningPolicy
    birthday_29_february: LeapDay
    achievements: Iterable[Achievement]
    notices: NoticePolicy | None
    late: LatePolicy


class TierChanges(TypedDict, total=False):
    """The arguments of ``Tier``."""

    name: str
    enter: Predicate | None
    keep: Predicate | None
    multiplier: Amount


class LadderChanges(TypedDict, total=False):
    """The terms of a ``TierLadder``."""

    tiers: Iterable[Tier]
    valid_for: Ending
    downgrade: Downgrade
    grace_days: int
    on_return: AtReturn
