"""Visits and events."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, check_fields
from loyaltykit.domain.transactions.transaction import ACTIVITY_RANK, CREDIT_RANK, Transaction, check_other
from loyaltykit.errors import Problem
from loyaltykit.read_only import NOTHING
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id, check_text


@named_arguments
@wire_name("visit")
@frozen(kw_only=True)
class Visit(Transaction):
    """A visit of a member to a store, a class or a web page.

    >>> Visit(id="v-1", member_id="m-1", channel="gym").channel
    'gym'
    """

    kind = "visit"
    rank = ACTIVITY_RANK
    moves_metrics = True

    member_id: str
    channel: str | None = None
    store: str | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_text(self.channel, "channel", problems)
        check_text(self.store, "store", problems)


@named_arguments
@wire_name("event")
@frozen(kw_only=True)
class Event(Transaction):
    """Another activity that a programme counts: a review, a referral, a completed profile.

    Args:
        name: which kind, declared as an ``EventType``.
        attributes: values of that kind's declared fields.
        other_member_id: another member whom it is about, such as the friend who was referred; see ``Achievement``.

    >>> Event(id="e-1", member_id="m-1", name="review", attributes={"stars": 5}).attributes["stars"]
    5
    >>> Event(id="e-2", member_id="m-1", name="referral", other_member_id="m-2").other_member_id
    'm-2'
    """

    kind = "event"
    rank = ACTIVITY_RANK
    moves_metrics = True

    member_id: str
    name: str
    attributes: Mapping[str, object] = field(default=NOTHING, converter=as_mapping)
    other_member_id: str | None = None

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "member_id", problems)
        check_id(self.name, "name", problems)
        check_fields(self.attributes, "attributes", problems)
        if self.other_member_id is not None:
            check_other(self.other_member_id, self.member_id, "other_member_id", problems)


@wire_name("achievement_share")
@frozen(kw_only=True)
class AchievementShare(Transaction):
    """The points of an achievement for the other member, recorded by the library beside the event whose id it has.

    Args:
        shares: points by the name of the achievement.
    """

    kind = "achievement"
    rank = CREDIT_RANK

    member_id: str
    shares: tuple[tuple[str, int], ...]

    def _check(self, problems: list[Problem]) -> None:
        """Accept it: it is made of what was checked."""
